//! Patterns over paths and operations. A path template's braces are literal, which no common glob library
//! offers: `{id}` is no list of alternatives here.

use countersign_document::excerpt;

/// The methods that a path item can have (OpenAPI 3.2, Path Item Object).
pub(crate) const METHODS: [&str; 9] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// A path with `*` and `**`, of all methods or of one.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    text: String,
    method: Option<&'static str>,
    segments: Vec<String>,
}

impl Pattern {
    /// Read `/path` or `METHOD /path`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (method, path) = match text.split_once(' ') {
            Some((method, path)) => (Some(known(method, text)?), path.trim_start()),
            None => (None, text),
        };
        let Some(path) = path.strip_prefix('/') else {
            return Err(format!("the path in `{}` must start with `/`", excerpt(text)));
        };
        let segments = path.split('/').map(str::to_owned).collect();
        Ok(Self { text: text.to_owned(), method, segments })
    }

    /// As the user wrote it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The method in lower case, where the pattern names one.
    pub(crate) fn method(&self) -> Option<&'static str> {
        self.method
    }

    /// Does the pattern match this path? The states of all prefixes are kept at once, so that no pattern
    /// takes longer than its length times the path's.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let Some(path) = path.strip_prefix('/') else { return false };
        let segments: Vec<_> = path.split('/').collect();
        let mut reached = vec![false; segments.len() + 1];
        reached[0] = true;
        for pattern in &self.segments {
            reached = if pattern == "**" { onward(&reached) } else { step(&reached, pattern, &segments) };
        }
        reached.last().copied().unwrap_or_default()
    }
}

fn known(method: &str, text: &str) -> Result<&'static str, String> {
    METHODS
        .iter()
        .find(|known| known.eq_ignore_ascii_case(method))
        .copied()
        .ok_or_else(|| format!("`{}` in `{}` is no method of an operation", excerpt(method), excerpt(text)))
}

/// Any number of segments more.
fn onward(reached: &[bool]) -> Vec<bool> {
    let mut any = false;
    let from = |here: &bool| {
        any |= here;
        any
    };
    reached.iter().map(from).collect()
}

/// One segment more, where it fits.
fn step(reached: &[bool], pattern: &str, segments: &[&str]) -> Vec<bool> {
    let fits = |(here, segment): (&bool, &&str)| *here && fits(pattern, segment);
    std::iter::once(false).chain(reached.iter().zip(segments).map(fits)).collect()
}

/// Does a segment fit a pattern in which `*` stands for any text?
fn fits(pattern: &str, segment: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == segment };
    let Some(mut left) = segment.strip_prefix(first) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        // The earliest place leaves the most for the parts that follow.
        match left.find(part) {
            Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(path)
    }

    #[test]
    fn one_star_stays_within_its_segment_and_two_do_not() {
        for (pattern, path) in [
            ("/a", "/a"),
            ("/a/*", "/a/b"),
            ("/a/**", "/a/b/c"),
            ("/a/**", "/a"),
            ("/a/**", "/a/"),
            ("/**", "/"),
            ("/**/d", "/a/b/d"),
            ("/**/d", "/d"),
            ("/a/*/c", "/a/{id}/c"),
            ("/a/{id}", "/a/{id}"),
            ("/a*c/x", "/abc/x"),
            ("/*b*d*", "/abcde"),
            ("/a/**/z/**", "/a/b/z"),
            ("get /a", "/a"),
            ("/*.json", "/a.json"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/a", "/a/"),
            ("/a", "/b"),
            ("/a/*", "/a"),
            ("/a/*", "/a/b/c"),
            ("/a/**", "/ab"),
            ("/**/d", "/a/d/e"),
            ("/a/{a,b}", "/a/a"),
            ("/a*c", "/ab"),
            ("/ab*ba", "/aba"),
            ("/a", "a"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_may_name_a_method_that_openapi_knows() {
        assert_eq!(Pattern::parse("Get /a").unwrap().method(), Some("get"));
        assert_eq!(Pattern::parse("/a").unwrap().method(), None);
        assert!(Pattern::parse("FETCH /a").unwrap_err().contains("no method"));
        assert!(Pattern::parse("GET a").unwrap_err().contains("must start with `/`"));
    }
}
