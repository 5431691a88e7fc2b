//! The canonical form of text that has no other structure.

use countersign_plugin::{Canonicalize, Description, Document, Failure, diagnostic, read};

struct Text;

impl Canonicalize for Text {
    fn describe() -> Description {
        Description::new(
            "canonicalize-text",
            env!("CARGO_PKG_VERSION"),
            "Write text as UTF-8 without a byte order mark, with LF line ends and one final newline",
        )
        .example("line ends become LF", "{}", "text/plain", &["a\r\nb"], "a\nb\n")
    }

    fn canonicalize(document: &Document) -> Result<Vec<u8>, Failure> {
        canonical(&read(document)).map(String::into_bytes)
    }
}

countersign_plugin::export_canonicalize!(Text);

/// `bytes` as UTF-8 without a byte order mark, each line ended by LF, the last one too.
fn canonical(bytes: &[u8]) -> Result<String, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        Failure::InvalidInput(vec![diagnostic("invalid-utf8", format!("line {line} is not valid UTF-8"))])
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Failure::InvalidInput(vec![diagnostic("empty-document", "the document is empty")]));
    }
    let mut canonical = text.replace("\r\n", "\n");
    if !canonical.ends_with('\n') {
        canonical.push('\n');
    }
    Ok(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_text_is_a_fixed_point() {
        for text in ["a\r\nb", "\u{feff}a\n\n", "a", "a\rb"] {
            let once = canonical(text.as_bytes()).unwrap();
            assert_eq!(canonical(once.as_bytes()).unwrap(), once);
        }
    }

    #[test]
    fn empty_and_invalid_text_is_refused() {
        assert!(matches!(canonical(b" \n"), Err(Failure::InvalidInput(_))));
        assert!(matches!(canonical(b"a\n\xff"), Err(Failure::InvalidInput(_))));
    }
}
