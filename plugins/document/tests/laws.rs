//! Laws of printing, over generated documents.

use countersign_document::{Document, Omissions, Order, Printer};
use proptest::prelude::*;

/// The text of a string in any spelling that JSON allows.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-e /]{1,3}".boxed(),
        1 => any::<char>().prop_map(spell).boxed(),
        1 => any::<char>().prop_map(|character| escape(character, false)).boxed(),
        1 => any::<char>().prop_map(|character| escape(character, true)).boxed(),
        1 => prop::sample::select(vec!["\\n", "\\/", "\\\"", "\\\\", "\\u0000", "\\u001F", "\\b", "\u{7f}", "\u{202e}"])
            .prop_map(str::to_owned).boxed(),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn spell(character: char) -> String {
    match character {
        '"' | '\\' | '\0'..='\u{1f}' => escape(character, false),
        other => other.to_string(),
    }
}

fn escape(character: char, upper: bool) -> String {
    let units = character.encode_utf16(&mut [0; 2]).to_vec();
    let digits = |unit: &u16| if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
    units.iter().map(digits).collect()
}

fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,4})?([eE][+-]?[0-9]{1,4})?"
}

fn space() -> impl Strategy<Value = String> {
    "[ \t\r\n]{0,9}"
}

/// A value in any spelling. Keys may stand twice; such documents are refused.
fn value() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        string(),
        number(),
        prop::sample::select(vec!["null", "true", "false"]).prop_map(str::to_owned),
    ];
    scalar.prop_recursive(5, 60, 24, |inner| {
        let item = (space(), inner.clone()).prop_map(|(space, item)| space + &item);
        let entry =
            (string(), space(), inner).prop_map(|(key, space, value)| format!("{key}{space}:{space}{value}"));
        prop_oneof![
            prop::collection::vec(item, 0..24).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(entry, 0..24).prop_map(|entries| format!("{{ {}\n}}", entries.join(", "))),
        ]
    })
}

fn document() -> impl Strategy<Value = String> {
    prop::collection::vec(value(), 1..4).prop_map(|items| format!("[{}]", items.join(",")))
}

fn order() -> impl Strategy<Value = Order> {
    prop::sample::select(vec![Order::Preserve, Order::Sorted])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printing_what_was_printed_changes_nothing(text in document(), order in order()) {
        let Ok(document) = Document::parse_json(text.as_bytes()) else { return Ok(()) };
        let once = Printer::new().order(order).print(&document);
        let again = Document::parse_json(&once).expect("canonical text parses");
        prop_assert_eq!(&Printer::new().order(order).print(&again), &once);
        prop_assert!(again.root().same(document.root()));
    }

    #[test]
    fn what_is_printed_is_what_was_read(text in document(), order in order()) {
        // An independent reader agrees. It keeps number tokens, except that it rewrites exponents.
        let Ok(document) = Document::parse_json(text.as_bytes()) else { return Ok(()) };
        let printed = Printer::new().order(order).print(&document);
        let expected: serde_json::Value = serde_json::from_str(&text).expect("ours is no laxer");
        let found: serde_json::Value = serde_json::from_slice(&printed).expect("ours prints JSON");
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_spelling_of_a_document_does_not_reach_its_canonical_text(text in document()) {
        let Ok(document) = Document::parse_json(text.as_bytes()) else { return Ok(()) };
        let printed = Printer::new().print(&document);
        let compact: Vec<u8> = compact(&text);
        let compact = Document::parse_json(&compact).expect("white space does not matter");
        prop_assert_eq!(Printer::new().print(&compact), printed);
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_agree_with_another_reader(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Document::parse(&bytes, "application/yaml");
        if Document::parse_json(&bytes).is_ok() {
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&bytes).is_ok());
        }
    }

    #[test]
    fn arbitrary_json_like_text_agrees_with_another_reader(text in "[\\[{][\\[\\]{}:,\"a\\\\u0-9.eE+ -]{0,24}") {
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match Document::parse_json(text.as_bytes()) {
            Ok(_) => prop_assert!(theirs.is_ok(), "{}", text),
            Err(problem) if problem.code == countersign_document::Code::DuplicateKey => {}
            Err(problem) => prop_assert!(theirs.is_err(), "{} {}", text, problem),
        }
    }

    #[test]
    fn arbitrary_yaml_like_text_never_panics(text in "[\\[\\]{}:,\"'a!&*<>|~#%@?0-9.\\n e-]{0,40}") {
        if let Ok(document) = Document::parse_yaml(text.as_bytes()) {
            let printed = Printer::new().print(&document);
            let again = Document::parse_json(&printed).expect("canonical text parses");
            prop_assert!(again.root().same(document.root()));
        }
    }

    #[test]
    fn json_read_as_yaml_means_the_same(text in document()) {
        let Ok(json) = Document::parse_json(text.as_bytes()) else { return Ok(()) };
        let compact = Printer::new().print(&json);
        if let Ok(yaml) = Document::parse_yaml(&compact) {
            prop_assert!(yaml.root().same(json.root()), "{}", String::from_utf8_lossy(&compact));
        }
    }

    #[test]
    fn what_is_omitted_is_gone_and_the_rest_stays(text in document(), seed in any::<u64>()) {
        let Ok(document) = Document::parse_json(text.as_bytes()) else { return Ok(()) };
        let mut omissions = Omissions::new();
        let items: Vec<_> = document.root().items().collect();
        let kept: Vec<_> = items.iter().enumerate().filter(|(at, _)| seed >> at & 1 == 0).map(|(_, item)| item).collect();
        items.iter().enumerate().filter(|(at, _)| seed >> at & 1 == 1).for_each(|(_, item)| omissions.omit(*item));
        let printed = Printer::new().without(&omissions).print(&document);
        let left = Document::parse_json(&printed).expect("canonical text parses");
        prop_assert_eq!(left.root().len(), kept.len());
        prop_assert!(left.root().items().zip(kept).all(|(one, two)| one.same(*two)));
    }
}

/// The text without white space between tokens.
fn compact(text: &str) -> Vec<u8> {
    let (mut output, mut inside, mut escaped) = (Vec::new(), false, false);
    for byte in text.bytes() {
        match byte {
            b'"' if !escaped => inside = !inside,
            b' ' | b'\t' | b'\r' | b'\n' if !inside => continue,
            _ => {}
        }
        escaped = inside && byte == b'\\' && !escaped;
        output.push(byte);
    }
    output
}

#[test]
fn keys_are_sorted_by_code_point_and_not_by_utf_16() {
    let document =
        Document::parse_json("{\"\u{1f600}\": 1, \"\u{fb33}\": 2, \"\\u0062\": 3, \"a\": 4}".as_bytes())
            .unwrap();
    let printed = Printer::new().order(Order::Sorted).print(&document);
    let expected = "{\n  \"a\": 4,\n  \"b\": 3,\n  \"\u{fb33}\": 2,\n  \"\u{1f600}\": 1\n}\n";
    assert_eq!(String::from_utf8(printed).unwrap(), expected);
}
