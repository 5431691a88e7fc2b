use std::fmt::Write as _;

/// A link as it may stand in every target without closing what is around it: `http` or `https`, and every
/// character that means something to some markup percent-encoded (RFC 3986, section 2.1). None for anything else.
pub fn safe_url(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    if authority.is_empty() || !authority.bytes().all(plain) || url.chars().any(char::is_control) {
        return None;
    }
    let scheme = &url[..url.len() - rest.len()];
    let path = encode(&rest[authority.len()..], b"-._/?#&=%+:,");
    Some(format!("{scheme}{authority}{path}"))
}

/// A text as one segment of a URL's path.
pub fn encode_segment(text: &str) -> String {
    encode(text, b"-._~")
}

fn encode(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_closes_nothing_around_it() {
        let hostile = "https://forge.example/a/b)|>\"'`*~<img onerror=x>;@all ü";
        let safe = safe_url(hostile).unwrap();
        assert!(safe.bytes().all(|byte| !b")|>\"'`*~<;@ ".contains(&byte)), "{safe}");
        assert_eq!(
            safe_url("https://github.com/acme/api/compare/a...b?x=1&y=2#L1").as_deref(),
            Some("https://github.com/acme/api/compare/a...b?x=1&y=2#L1")
        );
    }

    #[test]
    fn only_web_addresses_are_links() {
        for url in ["javascript:alert(1)", "data:text/html,x", "https://", "https://user@evil.example/", ""] {
            assert_eq!(safe_url(url), None, "{url}");
        }
    }

    #[test]
    fn a_segment_holds_no_separator() {
        assert_eq!(encode_segment("#room:example.org/x?"), "%23room%3Aexample.org%2Fx%3F");
    }
}
