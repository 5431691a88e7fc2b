//! What stands in place of a document in real life.

use countersign_document::{Code, Document, Problem};

fn refuse(bytes: &[u8], media_type: &str) -> Problem {
    Document::parse(bytes, media_type).expect_err(&String::from_utf8_lossy(bytes))
}

#[test]
fn what_is_no_document_is_named() {
    let cases: &[(&[u8], Code)] = &[
        (b"", Code::EmptyDocument),
        (b" \n\t", Code::EmptyDocument),
        (b"<!DOCTYPE html>\n<html></html>", Code::HtmlPage),
        (b"\n <HTML><body>502</body>", Code::HtmlPage),
        (b"<?xml version=\"1.0\"?><x/>", Code::HtmlPage),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", Code::LfsPointer),
        (b"<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> x\n", Code::ConflictMarkers),
        (
            b"{\n  \"a\": 1,\n<<<<<<< HEAD\n  \"b\": 2\n=======\n  \"b\": 3\n>>>>>>> x\n}\n",
            Code::ConflictMarkers,
        ),
        (b"INFO: starting\n{\n  \"openapi\": \"3.1.0\"\n}\n", Code::LogLine),
        (b"2024-01-01 12:00:00 starting\n{\"openapi\": \"3.1.0\"}\n", Code::LogLine),
        (b"[INFO] starting\n[INFO] more\n{\"openapi\": \"3.1.0\"}\n", Code::LogLine),
        (b"{\"level\": \"info\"}\n{\n\"openapi\": \"3.1.0\"}\n", Code::LogLine),
        (b"{\n\"openapi\": \"3.1.0\"\n}\nDone in 3 s\n", Code::TrailingContent),
        (b"{\n\"a\": 1\n}\n{\n\"b\": 2\n}\n", Code::TrailingContent),
        (b"{\"a\": \"\xff\"}", Code::InvalidUtf8),
        (b"\xff\xfe{\x00}\x00", Code::InvalidUtf8),
        (b"\x1f\x8b\x08\x00", Code::InvalidUtf8),
        (b"{\"a\": ", Code::Truncated),
    ];
    for media_type in ["application/json", "application/octet-stream", "text/plain; charset=utf-8"] {
        for (bytes, code) in cases {
            let problem = refuse(bytes, media_type);
            assert_eq!(problem.code, *code, "{media_type} {problem}: {}", String::from_utf8_lossy(bytes));
            assert!(problem.message.len() < 200);
        }
    }
}

#[test]
fn a_scalar_is_no_document() {
    for text in ["\"Not found\"", "null", "42", "true", "Not found"] {
        for media_type in ["application/json", "application/yaml", "text/plain"] {
            assert_eq!(refuse(text.as_bytes(), media_type).code, Code::NotADocument, "{media_type} {text}");
        }
    }
}

#[test]
fn a_utf8_byte_order_mark_is_dropped() {
    let document = Document::parse(b"\xef\xbb\xbf{\"a\": 1}", "").unwrap();
    assert_eq!(document.text(), "{\"a\": 1}");
    assert_eq!(document.root().get("a").unwrap().position().column, 7);
}

#[test]
fn the_media_type_and_the_first_byte_decide_the_language() {
    assert!(Document::parse(b"a: 1", "application/vnd.oai.openapi+json;version=3.1").is_err());
    assert!(Document::parse(b"a: 1", "application/octet-stream").is_ok());
    assert!(Document::parse(b"{a: 1}", "application/octet-stream").is_err());
    assert!(Document::parse(b"{a: 1}", "application/yaml").is_ok());
    assert!(Document::parse(b" [1]", "text/plain").is_ok());
}

#[test]
fn untrusted_text_in_messages_is_short() {
    let long = "x".repeat(10_000);
    for text in [format!("{{\"{long}\": 1, \"{long}\": 2}}"), long.clone(), format!("{{}} {long}")] {
        assert!(refuse(text.as_bytes(), "application/json").message.len() < 200);
    }
    assert!(refuse(format!("a: !{long} b").as_bytes(), "application/yaml").message.len() < 200);
}
