//! The template of a path.

/// The names of a template's parameters, in their order.
///
/// # Errors
/// What is wrong with the template, in words.
pub(super) fn names(path: &str) -> Result<Vec<&str>, &'static str> {
    if !path.starts_with('/') {
        return Err("a path starts with `/`");
    }
    if path.contains("//") || path.chars().any(|c| c.is_control() || c.is_whitespace() || "`\\\"".contains(c))
    {
        return Err(
            "a path has neither empty segments, nor white space, quotes, backslashes or control characters",
        );
    }
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(start) = rest.find(['{', '}']) {
        let (_, after) = rest.split_at(start);
        let inside = after.strip_prefix('{').ok_or("a `}` in the path closes nothing")?;
        let end = inside.find('}').ok_or("a `{` in the path is not closed")?;
        let name = &inside[..end];
        if name.is_empty() || name.contains(['{', '/']) || names.contains(&name) {
            return Err("the parameters of a path have names, and each its own");
        }
        names.push(name);
        rest = &inside[end + 1..];
    }
    Ok(names)
}

/// The template with other names of parameters.
pub(super) fn rename(path: &str, renamed: &[(String, String)]) -> String {
    renamed.iter().fold(path.to_owned(), |path, (before, after)| {
        path.replace(&format!("{{{before}}}"), &format!("{{{after}}}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_names_its_parameters() {
        assert_eq!(names("/a/{b}/{c}:x"), Ok(vec!["b", "c"]));
        for wrong in ["a", "/a}", "/{a", "/{}", "/{a}/{a}", "/{a{b}}", "//a", "/a\nb", "/a\"b"] {
            assert!(names(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn parameters_are_renamed_by_their_whole_names() {
        assert_eq!(rename("/{a}/{ab}", &[("a".into(), "x".into())]), "/{x}/{ab}");
    }
}
