//! Where things are on this server, and which addresses elsewhere may become links.

use countersign_model::is_deceptive;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands in one segment of a path (RFC 3986, section 3.3) as it is: its unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The page of a contract.
pub fn contract(name: &str) -> String {
    format!("/contracts/{}", segment(name))
}

/// The page of a run.
pub fn run(id: &str) -> String {
    format!("/runs/{}", segment(id))
}

/// The page of a delivery.
pub fn delivery(id: &str) -> String {
    format!("/deliveries/{}", segment(id))
}

/// What a form asks for. Each is a POST with the field [`crate::html::CSRF_FIELD`], but for [`Action::SignIn`], which has
/// no session yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// Run this run again.
    ReplayRun(&'a str),
    /// Handle this delivery again.
    ReplayDelivery(&'a str),
    /// Read the configuration again.
    Reload,
    /// Sign in, with the field `token`.
    SignIn,
    /// Sign out.
    SignOut,
}

impl Action<'_> {
    /// Where the form posts to.
    pub fn path(self) -> String {
        match self {
            Self::ReplayRun(id) => format!("{}/replay", run(id)),
            Self::ReplayDelivery(id) => format!("{}/replay", delivery(id)),
            Self::Reload => "/reload".into(),
            Self::SignIn => "/sign-in".into(),
            Self::SignOut => "/sign-out".into(),
        }
    }
}

/// The path to go to after signing in: `wanted`, if it is one of this server, or else the first page. Browsers take `\`
/// for `/` and drop line ends (WHATWG URL, section 4.4), so neither passes.
pub fn local(wanted: &str) -> &str {
    let mut characters = wanted.chars();
    let is_local = characters.next() == Some('/') && !matches!(characters.next(), Some('/' | '\\'));
    let is_plain = wanted.chars().all(|character| character.is_ascii_graphic() && character != '\\');
    if is_local && is_plain { wanted } else { "/" }
}

/// An address elsewhere, if it may become a link: `https:` or `http:`, without characters that would deceive.
pub(crate) fn elsewhere(url: &str) -> Option<&str> {
    let lower = url.get(..8)?.to_ascii_lowercase();
    let is_web = lower.starts_with("https://") || lower.starts_with("http://");
    let deceives =
        |character: char| character.is_whitespace() || is_deceptive(character) || character == '\\';
    (is_web && !url.contains(deceives)).then_some(url)
}

/// `.` and `..` would be taken for steps (RFC 3986, section 5.2.4), however they are encoded.
fn segment(text: &str) -> String {
    match text {
        "." | ".." => text.replace('.', "%252E"),
        text => utf8_percent_encode(text, SEGMENT).to_string(),
    }
}

/// The name or id that a segment of a path stands for; none where it is no text.
pub fn named(segment: &str) -> Option<String> {
    let name = percent_decode_str(segment).decode_utf8().ok()?.into_owned();
    Some(match name.as_str() {
        "%2E" | "%2E%2E" => name.replace("%2E", "."),
        _ => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_leads_back_to_its_name() {
        for name in ["api", "github:1", "a/../b?c#d", "..", ".", "%2f", "ä b"] {
            let path = run(name);
            let segment = path.strip_prefix("/runs/").expect("a path of runs");
            assert_eq!(named(segment).as_deref(), Some(name), "{segment}");
        }
        assert_eq!(named("%ff"), None);
    }

    #[test]
    fn no_name_leaves_its_segment() {
        assert_eq!(run("a/../b?c#d"), "/runs/a%2F..%2Fb%3Fc%23d");
        assert_eq!(delivery(".."), "/deliveries/%252E%252E");
        assert_eq!(Action::ReplayRun("x y").path(), "/runs/x%20y/replay");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(elsewhere("https://forge.example/a").is_some());
        assert!(elsewhere("HTTP://forge.example/a").is_some());
        for url in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//x.example",
            "https:\\\\x.example",
            "https://x\u{202e}",
            "",
            "https://a b",
            "äöüäöüäöü",
        ] {
            assert_eq!(elsewhere(url), None, "{url}");
        }
    }

    #[test]
    fn signing_in_leads_nowhere_else() {
        assert_eq!(local("/runs?page=2"), "/runs?page=2");
        for wanted in ["//x.example", "/\\x.example", "https://x.example", "", "/\t/x.example", "/a\\b"] {
            assert_eq!(local(wanted), "/", "{wanted}");
        }
    }
}
