//! Text that wants out. The end-to-end tests have the compiler read `tests/typescript/hostile.json`; here nothing
//! but strings and comments may hold a word of the document.

use super::with_paths;
use crate::{Enums, Settings, generate};
use proptest::prelude::*;
use serde_json::json;

const HOSTILE: &str = include_str!("../../../../tests/typescript/hostile.json");

/// The program without its comments and strings. It panics where one of them does not end.
fn bare(program: &str) -> String {
    let mut bare = String::new();
    let mut rest = program;
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = &comment[comment.find("*/").expect("a comment ends") + 2..];
        } else if let Some(comment) = rest.strip_prefix("//") {
            rest = &comment[comment.find('\n').expect("a comment ends")..];
        } else if let Some(string) = rest.strip_prefix('"') {
            rest = after_string(string);
            bare.push_str("\"\"");
        } else {
            bare.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    bare
}

fn after_string(string: &str) -> &str {
    let mut escaped = false;
    for (at, character) in string.char_indices() {
        assert!(!matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}'), "a string ends on its line");
        match character {
            '"' if !escaped => return &string[at + 1..],
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    panic!("a string ends")
}

#[track_caller]
fn programs(document: &str, settings: &Settings) -> Vec<String> {
    let files = generate(document.as_bytes(), "application/json", settings).expect("it can be told").files;
    let ours = files.into_iter().filter(|file| file.path != "runtime.ts");
    ours.map(|file| String::from_utf8(file.content).expect("it is text")).collect()
}

#[test]
fn no_text_of_a_document_stands_outside_of_strings_and_comments() {
    for enums in [Enums::Union, Enums::Const] {
        for program in programs(HOSTILE, &Settings { enums, ..Settings::default() }) {
            let bare = bare(&program);
            for trace in ["alert(", "${", "`", "@", "\\", "<", "script>"] {
                let found = bare.match_indices(trace).find(|(at, _)| !is_ours(&bare[*at..]));
                assert_eq!(found, None, "{trace}");
            }
            assert!(
                !program.contains(['\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}', '\u{feff}', '\0', '\r'])
            );
            let is_directive = |line: &str| line.trim_start_matches([' ', '*', '/']).starts_with("@ts-");
            assert_eq!(program.lines().find(|line| is_directive(line)), None);
        }
    }
}

/// Generics of ours.
fn is_ours(text: &str) -> bool {
    ["<Name extends", "<Operations[", "<Uint8Array>"].iter().any(|ours| text.starts_with(ours))
}

proptest! {
    #[test]
    fn whatever_the_names_and_texts_the_program_keeps_its_shape(
        name in any::<String>(), other in ".{0,12}[*/@`$\"'\\\\{}\n]{0,6}.{0,6}", status in "[1-5](XX|[0-9]{2})",
    ) {
        let schema = json!({"type": "object", "description": other, "required": [other],
            "properties": {name.clone(): {"enum": [name, other]}, "fixed": {"default": other, "description": name}}});
        let operation = json!({"operationId": name, "summary": other, "description": name,
            "parameters": [{"name": other, "in": "query", "schema": {}}, {"name": name, "in": "header", "description": other}],
            "requestBody": {"content": {other.clone(): {"schema": schema}, "application/json": {"schema": schema}}},
            "responses": {status: {"description": other, "content": {name.clone(): {"schema": schema}}}}});
        let paths = json!({format!("/{other}"): {"post": operation}});
        for program in programs(&with_paths(&paths.to_string()), &Settings::default()) {
            let bare = bare(&program);
            let count = |character: char| bare.matches(character).count();
            prop_assert_eq!((count('{'), count('('), count('[')), (count('}'), count(')'), count(']')));
            prop_assert!(!bare.contains(['`', '@', '\\', '\'']));
        }
    }
}
