//! What the JSON parser accepts and what its nodes say.

use countersign_document::{Code, Document, Kind, MAXIMUM_DEPTH, Node, Position};

fn parse(text: &str) -> Document<'_> {
    Document::parse_json(text.as_bytes()).unwrap_or_else(|problem| panic!("{problem}: {text}"))
}

fn refuse(text: &str) -> (Code, String, Option<Position>) {
    let problem = Document::parse_json(text.as_bytes()).expect_err(text);
    (problem.code, problem.pointer, problem.position)
}

#[test]
fn a_document_is_walked_in_the_authors_order() {
    let document = parse(r#" {"b": [1, {"x": null}], "a": "t\u0041", "c": {}, "d": true} "#);
    let root = document.root();
    let names: Vec<_> = root.entries().map(|entry| entry.name().into_owned()).collect();
    assert_eq!(names, ["b", "a", "c", "d"]);
    assert_eq!(root.len(), 4);
    assert_eq!(root.get("a").and_then(Node::as_str).as_deref(), Some("tA"));
    assert_eq!(root.get("d").and_then(Node::as_bool), Some(true));
    assert_eq!(root.get("x").map(Node::kind), None);
    assert_eq!(root.resolve("/b/1/x").map(Node::kind), Some(Kind::Null));
    assert_eq!(root.resolve("/b/2").map(Node::kind), None);
    assert_eq!(root.resolve("/b/01").map(Node::kind), None);
    assert!(root.resolve("").is_some_and(|node| node.id() == root.id()));
    assert_eq!(root.get("c").map(|node| (node.len(), node.raw())), Some((0, "{}")));
}

#[test]
fn every_node_knows_its_pointer() {
    let document = parse(r#"{"a/b": [[], {"~": 1}], "c": 2}"#);
    for pointer in ["", "/a~1b", "/a~1b/0", "/a~1b/1", "/a~1b/1/~0", "/c"] {
        let node = document.root().resolve(pointer).unwrap();
        assert_eq!(node.pointer(), pointer);
    }
    let keys: Vec<_> = document.root().entries().map(|entry| entry.key.pointer()).collect();
    assert_eq!(keys, ["/a~1b", "/c"]);
}

#[test]
fn positions_count_lines_and_bytes_from_one() {
    let document = parse("{\n  \"é\": [1,\r\n 22]}");
    let place = |pointer| document.root().resolve(pointer).map(Node::position);
    assert_eq!(place(""), Some(Position { line: 1, column: 1 }));
    assert_eq!(place("/é"), Some(Position { line: 2, column: 9 }));
    assert_eq!(place("/é/1"), Some(Position { line: 3, column: 2 }));
}

#[test]
fn large_objects_are_looked_up_by_what_their_keys_read() {
    let entries: Vec<_> =
        (0..1000).rev().map(|number| format!("\"\\u006b{number}\": {{\"n\": {number}}}")).collect();
    let text = format!("{{\"outer\": {{{}}}, {}}}", entries.join(","), entries.join(","));
    let document = parse(&text);
    for object in [document.root(), document.root().get("outer").unwrap()] {
        for number in [0, 17, 999] {
            let value = object.get(&format!("k{number}")).and_then(|value| value.get("n"));
            assert_eq!(value.and_then(Node::as_number), Some(number.to_string().as_str()));
        }
        assert!(object.get("k1000").is_none());
    }
}

#[test]
fn documents_that_say_the_same_are_the_same_whatever_their_spelling() {
    let one = parse(r#"{"a": [1, "\u0041"], "b": {"x": null, "y": 2}}"#);
    let two = parse(r#"{"b":{"y":2,"x":null},"a":[1,"A"]}"#);
    assert!(one.root().same(two.root()));
    for text in [
        r#"{"a":[1,"A"]}"#,
        r#"{"a":[1.0,"A"],"b":{"x":null,"y":2}}"#,
        r#"{"a":["A",1],"b":{"x":null,"y":2}}"#,
        r#"{"a":[1,"A"],"b":{"x":null,"z":2}}"#,
    ] {
        assert!(!one.root().same(parse(text).root()), "{text}");
    }
}

#[test]
fn the_grammar_is_that_of_rfc_8259() {
    for text in [
        "[1,]",
        "{\"a\":1,}",
        "[,1]",
        "[1 2]",
        "{a:1}",
        "{'a':1}",
        "{\"a\" 1}",
        "[01]",
        "[1.]",
        "[.5]",
        "[+1]",
        "[NaN]",
        "[tru]",
        "[nulL]",
        "[\"\t\"]",
        "[\"a\nb\"]",
        "[\"\\x41\"]",
        "[\"\\ud800\"]",
        "[1]//",
        "[/**/1]",
        "[1}",
        "{\"a\":1]",
        "[\u{a0}1]",
        "[\"\u{1}\"]",
        "{1:1}",
        "[Infinity]",
        "[-]",
        "[1e]",
        "[\\u0041]",
    ] {
        let (code, _, position) = refuse(text);
        assert!(matches!(code, Code::InvalidJson | Code::TrailingContent), "{text} {code:?}");
        assert!(position.is_some());
    }
}

#[test]
fn a_key_that_stands_twice_is_refused_with_its_place() {
    let twice = Some(Position { line: 2, column: 16 });
    assert_eq!(refuse("{\"x\": [0,\n  {\"a\": 1, {\"a\": 2}]}").0, Code::InvalidJson);
    let text = "{\"x\": [0,\n  {\"a/\": 1, \"b\":2, \"\\u0061/\": 2}]}";
    assert_eq!(refuse(text), (Code::DuplicateKey, "/x/1/a~1".into(), Some(Position { line: 2, column: 20 })));
    assert_eq!(refuse("{\"x\": [0,\n     {\"a\" : 1, \"a\": 2}]}").2, twice);
    let many: String = (0..40).map(|number| format!("\"k{number}\": 0, ")).collect();
    let text = format!("{{{many}\"k7\": 1}}");
    let (code, pointer, position) = refuse(&text);
    assert_eq!((code, pointer.as_str()), (Code::DuplicateKey, "/k7"));
    assert_eq!(position.map(|position| position.column as usize), Some(many.len() + 2));
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    parse(&nested(MAXIMUM_DEPTH));
    assert_eq!(refuse(&nested(MAXIMUM_DEPTH + 1)).0, Code::TooDeep);
    assert_eq!(refuse(&"[".repeat(1_000_000)).0, Code::TooDeep);
}

#[test]
fn every_proper_prefix_of_a_document_is_truncated() {
    let text = r#"{"a": [1, true, null, "x\u00e9", {"b": -1.5e-7}], "c": "é"}"#;
    for (end, _) in text.char_indices().skip(1) {
        assert_eq!(refuse(&text[..end]).0, Code::Truncated, "{}", &text[..end]);
    }
    assert_eq!(refuse("{\"a\": {\"b\": [0, ").1, "/a/b/1");
}

#[test]
fn the_pointer_of_every_node_leads_back_to_it() {
    let members: Vec<String> =
        (0..40).map(|number| format!("\"k~/{number}\": [[], {{\"\": {number}}}]")).collect();
    let text = format!("[{{{}}}, {{}}, 1]", members.join(", "));
    let document = Document::parse_json(text.as_bytes()).unwrap();
    let mut open = vec![document.root()];
    while let Some(node) = open.pop() {
        assert_eq!(
            document.root().resolve(&node.pointer()).map(countersign_document::Node::id),
            Some(node.id())
        );
        for entry in node.entries() {
            assert_eq!(entry.key.pointer(), entry.value.pointer());
            assert_eq!(node.get(&entry.name()).map(countersign_document::Node::id), Some(entry.value.id()));
        }
        open.extend(node.entries().map(|entry| entry.value).chain(node.items()));
    }
}

#[test]
fn values_are_counted_and_not_only_bytes() {
    let text = format!("[0{}]", ",0".repeat(countersign_document::MAXIMUM_NODES));
    let problem = Document::parse_json(text.as_bytes()).unwrap_err();
    assert_eq!(problem.code.as_str(), "too-large");
}

#[test]
fn entries_are_found_by_their_key_wherever_they_stand() {
    let text = r##"{"$ref": "a", "x": ["$ref", {"\u0024ref" : {"$ref": 1}}], "y": "$ref"}"##;
    let document = Document::parse_json(text.as_bytes()).unwrap();
    let found: Vec<String> =
        document.values_of("$ref").into_iter().map(countersign_document::Node::pointer).collect();
    assert_eq!(found, ["/$ref", "/x/1/$ref", "/x/1/$ref/$ref"]);
}
