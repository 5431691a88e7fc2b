//! Paths and globs of the file: relative, with `/` between segments, and never out of the repository.

use globset::GlobBuilder;

/// `text` without empty and `.` segments; empty for the folder itself. Or why it is not a path inside a folder.
pub(super) fn normalize(text: &str) -> Result<String, &'static str> {
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.starts_with(['/', '~']) || text.get(1..2) == Some(":") {
        return Err("it is absolute");
    }
    if text.chars().any(|character| character == '\\' || character.is_control()) {
        return Err("it holds a backslash or a control character; write `/` between segments");
    }
    let segments: Vec<_> = text.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect();
    if segments.contains(&"..") {
        return Err("it holds `..`");
    }
    if segments.iter().any(|segment| is_owned_by_git(segment)) {
        return Err("it names a file of version control");
    }
    Ok(segments.join("/"))
}

/// What version control and its hosts go by. `.gitignore` and its like are files of the project, which
/// formatters read.
fn is_owned_by_git(segment: &str) -> bool {
    let segment = segment.to_lowercase();
    segment.starts_with(".git") && !matches!(segment.as_str(), ".gitignore" | ".gitattributes" | ".gitkeep")
}

/// What a tool may read, without empty and `.` segments: an absolute path, one below the home folder (`~/`), or
/// one inside the repository. Or why it is none of them.
pub(super) fn readable(text: &str) -> Result<String, &'static str> {
    let (base, rest) = match (text.strip_prefix("~/"), text.strip_prefix('/')) {
        (Some(rest), _) => ("~/", rest),
        (None, Some(rest)) => ("/", rest),
        (None, None) if text == "~" => ("~/", ""),
        (None, None) => return normalize(text),
    };
    if rest.chars().any(|character| character == '\\' || character.is_control()) {
        return Err("it holds a backslash or a control character; write `/` between segments");
    }
    let segments: Vec<_> = rest.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect();
    if segments.contains(&"..") {
        return Err("it holds `..`");
    }
    if segments.is_empty() {
        return Err("it is all of a home or of the machine");
    }
    Ok(format!("{base}{}", segments.join("/")))
}

/// Whether two normalized paths are equal or one lies in the other, also where the file system folds case.
pub(super) fn overlap(left: &str, right: &str) -> bool {
    let fold =
        |path: &str| if path.is_empty() { "/".to_owned() } else { format!("/{}/", path.to_lowercase()) };
    let (left, right) = (fold(left), fold(right));
    left.starts_with(&right) || right.starts_with(&left)
}

/// Why a text is not a glob of files inside a folder.
pub(super) fn glob_mistake(text: &str) -> Option<String> {
    if let Err(reason) = normalize(text) {
        return Some(reason.into());
    }
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    glob.err().map(|error| error.kind().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_stay_inside_are_normalized() {
        assert_eq!(normalize("./src//api/."), Ok("src/api".into()));
        assert_eq!(normalize("."), Ok(String::new()));
        for text in ["", "/a", "~/a", "C:/a", "a/../b", "..", "a\\b", "a\nb", ".git", "a/.GitHub/x"] {
            assert!(normalize(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_tool_may_read_below_the_home_anywhere_or_in_the_repository() {
        for (text, path) in
            [("~/.m2/", "~/.m2"), ("/opt//data", "/opt/data"), ("./crates/generator", "crates/generator")]
        {
            assert_eq!(readable(text).as_deref(), Ok(path));
        }
        for text in
            ["", "/", "~", "~/.", "~root/x", "/a/../b", "~/..", "../x", "/a\\b", "~/a\n", ".git/config"]
        {
            assert!(readable(text).is_err(), "{text}");
        }
    }

    #[test]
    fn equal_and_nested_paths_overlap_whatever_their_case() {
        for (left, right) in [("a", "a"), ("a", "a/b"), ("A/b", "a"), ("", "a"), ("", "")] {
            assert!(overlap(left, right) && overlap(right, left), "{left} {right}");
        }
        assert!(!overlap("a", "ab") && !overlap("a/b", "a/c"));
    }
}
