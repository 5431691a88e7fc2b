//! Paths: text that is sent, and places for parameters.

/// A path, taken apart and put together again.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template {
    /// With each parameter in braces. Everything else is what RFC 3986 allows in a path, with `?` for those who
    /// write a query into their paths.
    pub(super) text: String,
    /// The parameters, each once.
    pub(super) names: Vec<String>,
}

impl Template {
    pub(super) fn parse(path: &str) -> Self {
        let mut template = Self { text: String::new(), names: Vec::new() };
        if !path.starts_with('/') {
            template.text.push('/');
        }
        let mut rest = path;
        while let Some((fixed, name, after)) = next(rest) {
            template.fixed(fixed);
            template.text.push_str(&format!("{{{name}}}"));
            if !template.names.iter().any(|known| known == name) {
                template.names.push(name.to_owned());
            }
            rest = after;
        }
        template.fixed(rest);
        template
    }

    fn fixed(&mut self, text: &str) {
        for character in text.chars() {
            let is_sent = character.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@?%".contains(character);
            if is_sent {
                self.text.push(character);
                continue;
            }
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                self.text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
}

/// The next parameter, with what stands before and behind it. A brace that closes nothing is text.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let first = text.find('{')?;
    let close = first + text.get(first..)?.find('}')?;
    let open = text.get(..close)?.rfind('{')?;
    Some((text.get(..open)?, text.get(open + 1..close)?, text.get(close + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(path: &str) -> (String, Vec<String>) {
        let Template { text, names } = Template::parse(path);
        (text, names)
    }

    #[test]
    fn parameters_stand_in_braces() {
        let names = ["a", "b"].map(String::from).to_vec();
        assert_eq!(parse("/x/{a}.{b}/{a}"), ("/x/{a}.{b}/{a}".into(), names));
        assert_eq!(parse("x"), ("/x".into(), Vec::new()));
    }

    #[test]
    fn everything_else_is_what_is_sent() {
        assert_eq!(parse("/a b/`${x}\"#é").0, "/a%20b/%60${x}%22%23%C3%A9");
        assert_eq!(parse("/a}{{b}").0, "/a%7D%7B{b}");
        assert_eq!(parse("/a{b").0, "/a%7Bb");
        assert_eq!(parse("/a?b=c").0, "/a?b=c");
    }
}
