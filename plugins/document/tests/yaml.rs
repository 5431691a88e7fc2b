//! What YAML means as JSON, and what is refused because JSON cannot say it.

use countersign_document::{Code, Document, MAXIMUM_DEPTH, Node, Position, Printer, Problem};

fn json(yaml: &str) -> String {
    let document =
        Document::parse_yaml(yaml.as_bytes()).unwrap_or_else(|problem| panic!("{problem}: {yaml}"));
    document.text().to_owned()
}

fn refuse(yaml: &str) -> Problem {
    Document::parse_yaml(yaml.as_bytes()).expect_err(yaml)
}

#[test]
fn yaml_is_read_as_the_json_it_means() {
    let yaml = "# comment\nopenapi: 3.1.0\nversion: '1.0'\npaths:\n  /a:\n    get: {x: [1, 1E2, -0, 1.50]}\n  \"/b\":\nresponses:\n  200: ok\n  404: ~\ntext: |\n  one\n  \"two\"\nfolded: >-\n  a\n  b\n";
    let expected = r#"{"openapi":"3.1.0","version":"1.0","paths":{"/a":{"get":{"x":[1,1E2,-0,1.50]}},"/b":null},"responses":{"200":"ok","404":null},"text":"one\n\"two\"\n","folded":"a b"}"#;
    assert_eq!(json(yaml), expected);
}

#[test]
fn only_plain_scalars_of_the_core_schema_are_no_strings() {
    let yaml = "[yes, on, 2024-01-01, 'true', \"1\", true, 0x10, 0o17, !!str 1, ! 2, !!int 3, null, 'null']";
    assert_eq!(json(yaml), r#"["yes","on","2024-01-01","true","1",true,16,15,"1","2",3,null,"null"]"#);
}

#[test]
fn nodes_keep_their_places_in_the_yaml_text() {
    let document = Document::parse_yaml("é: ü\nb:\n  - x: 1\n    y: [a, é, b]\n".as_bytes()).unwrap();
    let place = |pointer: &str| {
        let Position { line, column } = document.root().resolve(pointer).unwrap().position();
        (line, column)
    };
    assert_eq!([place("/é"), place("/b/0/x"), place("/b/0/y/2")], [(1, 5), (3, 8), (4, 16)]);
    let key = document.root().resolve("/b/0").unwrap().entries().nth(1).unwrap().key;
    assert_eq!(key.position(), Position { line: 4, column: 5 });
}

#[test]
fn aliases_are_expanded() {
    let yaml = "a: &x {k: [1, &y two]}\nb: *x\nc: [*y, *x]\n*y : 3\n";
    assert_eq!(
        json(yaml),
        r#"{"a":{"k":[1,"two"]},"b":{"k":[1,"two"]},"c":["two",{"k":[1,"two"]}],"two":3}"#
    );
    let document = Document::parse_yaml(yaml.as_bytes()).unwrap();
    let copied = document.root().resolve("/c/1/k/1").unwrap();
    assert_eq!(copied.as_str().as_deref(), Some("two"));
    assert_eq!(copied.position().line, 1);
    assert_eq!(copied.pointer(), "/c/1/k/1");
}

#[test]
fn large_objects_are_looked_up_in_their_copies_too() {
    let entries: String = (0..50).map(|number| format!("  k{number}: {number}\n")).collect();
    let document = format!("a: &a\n{entries}b: [*a]\n");
    let document = Document::parse_yaml(document.as_bytes()).unwrap();
    let copy = document.root().resolve("/b/0").unwrap();
    assert_eq!(copy.get("k42").and_then(Node::as_number), Some("42"));
    assert!(copy.same(document.root().get("a").unwrap()));
}

#[test]
fn what_json_cannot_say_is_refused() {
    let cases = [
        ("a: 1\n---\nb: 2\n", Code::UnsupportedYaml),
        ("a: .inf", Code::UnsupportedYaml),
        ("a: .nan", Code::UnsupportedYaml),
        ("[1]: 2", Code::UnsupportedYaml),
        ("? {a: 1}\n: 2", Code::UnsupportedYaml),
        ("a: &a {x: 1}\nb:\n  <<: *a\n", Code::UnsupportedYaml),
        ("a: !!binary aGk=", Code::UnsupportedYaml),
        ("a: !custom b", Code::UnsupportedYaml),
        ("a: !!set {b}", Code::UnsupportedYaml),
        ("&a [*a]", Code::UnsupportedYaml),
        ("a: !!int x", Code::InvalidYaml),
        ("a: *unknown", Code::InvalidYaml),
        ("a: [1", Code::InvalidYaml),
        ("a: b: c", Code::InvalidYaml),
        ("a: 1\na: 2", Code::DuplicateKey),
        ("a: 1\n'a': 2", Code::DuplicateKey),
        ("# nothing\n", Code::EmptyDocument),
        ("---\n", Code::EmptyDocument),
        ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n", Code::ConflictMarkers),
    ];
    for (yaml, code) in cases {
        assert_eq!(refuse(yaml).code, code, "{yaml}: {}", refuse(yaml));
    }
}

#[test]
fn a_key_that_stands_twice_is_named_with_its_place() {
    let problem = refuse("x:\n  - a: 1\n    b: 2\n    a: 3\n");
    assert_eq!(problem.pointer, "/x/0/a");
    assert_eq!(problem.position, Some(Position { line: 4, column: 5 }));
}

#[test]
fn aliases_cannot_multiply_without_end() {
    let mut yaml = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let inner = format!("*a{}", level - 1);
        yaml.push_str(&format!("a{level}: &a{level} [{}]\n", vec![inner; 10].join(", ")));
    }
    assert_eq!(refuse(&yaml).code, Code::TooManyAliases);
}

#[test]
fn depth_is_limited_through_aliases_too() {
    let nested = |depth: usize, inner: &str| "- ".repeat(depth) + inner;
    json(&nested(MAXIMUM_DEPTH, "x"));
    assert_eq!(refuse(&nested(MAXIMUM_DEPTH + 1, "x")).code, Code::TooDeep);
    assert_eq!(refuse(&"[".repeat(100_000)).code, Code::TooDeep);
    let half = MAXIMUM_DEPTH / 2 + 1;
    let yaml = format!("- &a\n  {}\n- {}\n", nested(half, "x"), nested(half, "*a"));
    assert_eq!(refuse(&yaml).code, Code::TooDeep);
}

#[test]
fn yaml_prints_as_the_same_json_would() {
    let document = Document::parse_yaml(b"b: [1, {}]\na: \"\\x41\\n\"\n").unwrap();
    let printed = Printer::new().print(&document);
    assert_eq!(printed, b"{\n  \"b\": [\n    1,\n    {}\n  ],\n  \"a\": \"A\\n\"\n}\n");
}
