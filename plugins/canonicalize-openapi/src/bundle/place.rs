//! The places of files beside each other: relative references of URIs (RFC 3986, section 5.2), without a base that
//! anybody could fetch from.

use countersign_document::reference::percent_decoded;

/// The two parts of a reference: the file, empty for the file that it stands in, and the fragment.
pub(super) fn parts(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// The place that a relative path leads to from the file at `from`; both are relative to the folder of the first
/// document. None for what is no file beside it: a URL, an absolute path.
pub(super) fn join(from: &str, path: &str) -> Option<String> {
    let path = percent_decoded(path);
    let is_relative = !path.starts_with('/') && !path.contains(['\\', '\0', '?']);
    // A scheme ends at a colon before the first slash (RFC 3986, section 4.2).
    let first = path.split('/').next().unwrap_or_default();
    if !is_relative || path.is_empty() || first.contains(':') {
        return None;
    }
    let mut segments: Vec<&str> = from.split('/').collect();
    segments.pop();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    Some(segments.join("/")).filter(|place| !place.is_empty())
}

/// A name for the component that a reference leads to: the end of its pointer, or the name of its file.
pub(super) fn name(place: &str, pointer: &str) -> String {
    let end = pointer.rsplit('/').next().filter(|end| !end.is_empty());
    let file = place.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("component");
    let chosen = end.map_or_else(|| stem.to_owned(), |end| end.replace("~1", "/").replace("~0", "~"));
    // The names that components may have: OpenAPI 3.2, section 4.7.
    let may_stand = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    chosen.chars().map(|letter| if may_stand(letter) { letter } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_joined_and_nothing_else_is() {
        let cases = [
            ("", "a.yaml", Some("a.yaml")),
            ("", "./a.yaml", Some("a.yaml")),
            ("schemas/pet.yaml", "../common.yaml", Some("common.yaml")),
            ("schemas/pet.yaml", "../../common.yaml", Some("../common.yaml")),
            ("../x/a.yaml", "../b.yaml", Some("../b.yaml")),
            ("a/b.yaml", "c%20d.yaml", Some("a/c d.yaml")),
            ("", "https://example.com/a.yaml", None),
            ("", "//example.com/a.yaml", None),
            ("", "urn:a", None),
            ("", "/etc/passwd", None),
            ("", "", None),
            ("", "a\\b.yaml", None),
            ("", "a.yaml?b", None),
        ];
        for (from, path, place) in cases {
            assert_eq!(join(from, path).as_deref(), place, "{from} {path}");
        }
    }

    #[test]
    fn a_component_is_named_for_what_it_is_called_elsewhere() {
        assert_eq!(name("schemas/pet.yaml", "/components/schemas/Pet"), "Pet");
        assert_eq!(name("schemas/pet.v1.yaml", ""), "pet");
        assert_eq!(name("a.yaml", "/definitions/a b~1c"), "a_b_c");
        assert_eq!(name(".yaml", ""), "component");
    }
}
