//! Names of Rust items. The generator derives names by itself and takes two types of one name for the same
//! type, so every name is made here, and once.

use heck::{ToPascalCase, ToSnakeCase};
use std::collections::BTreeSet;

/// Words that cannot be identifiers.
const KEYWORDS: &[&str] = &[
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "Self", "self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Names that generated code takes from Rust's prelude or imports without a path.
const TAKEN_TYPES: &[&str] = &[
    "Box",
    "Option",
    "Result",
    "String",
    "Vec",
    "Some",
    "None",
    "Ok",
    "Err",
    "ByteStream",
    "Client",
    "ClientHooks",
    "ClientInfo",
    "OperationInfo",
    "RequestBuilderExt",
    "ResponseValue",
];

/// Methods that the client and its traits have already.
const TAKEN_METHODS: &[&str] = &[
    "new",
    "new_with_client",
    "baseurl",
    "client",
    "inner",
    "api_version",
    "pre",
    "post",
    "exec",
    "clone",
    "into",
    "try_into",
    "from",
    "borrow",
    "to_owned",
    "type_id",
];

/// The name of a type, as the generator would write it.
pub(crate) fn pascal(text: &str) -> String {
    identifier(text, ToPascalCase::to_pascal_case, "X")
}

/// The name of a type that the generator would write just so: `a b` is `AB` at first, and then `Ab`.
fn settled(text: &str) -> String {
    pascal(&pascal(text))
}

/// The name of a function or parameter, as the generator would write it.
pub(crate) fn snake(text: &str) -> String {
    identifier(text, ToSnakeCase::to_snake_case, "_")
}

/// The name of a field: as [`snake`], but typify prefixes a digit in another way.
pub(crate) fn field(text: &str) -> String {
    identifier(text, ToSnakeCase::to_snake_case, "x")
}

fn identifier(text: &str, case: fn(&str) -> String, before_digit: &str) -> String {
    let words = match text {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        other => case(&other.replace('\'', "").replace(|c: char| !is_word(c), "-")),
    };
    let name = match words.chars().next() {
        None => case("x"),
        Some(first) if first.is_ascii_digit() || !is_first(first) => format!("{before_digit}{words}"),
        Some(_) => words,
    };
    if KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn is_first(c: char) -> bool {
    c.is_alphabetic()
}

/// Only ASCII: what counts as a letter elsewhere differs between Unicode's versions.
fn ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c } else { '-' }).collect()
}

/// Would the generator find a variant's name for each of these texts?
pub(crate) fn make_variants(texts: &[&str]) -> bool {
    let unique = |names: BTreeSet<String>| names.len() == texts.len();
    unique(texts.iter().map(|text| pascal(text)).collect())
        || unique(
            texts.iter().map(|text| pascal(&text.replace(|c: char| c == '_' || !is_word(c), "X"))).collect(),
        )
}

/// The names of one kind that are given away.
#[derive(Debug)]
pub(crate) struct Names {
    given: BTreeSet<String>,
}

impl Names {
    /// Names of types.
    pub(crate) fn of_types() -> Self {
        Self { given: TAKEN_TYPES.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// A name like the wished one that nothing else has.
    pub(crate) fn type_for(&mut self, wish: &str) -> String {
        let name = settled(&ascii(wish));
        self.first_free(&name, |number| format!("{name}{number}"))
    }

    /// Names of operations.
    pub(crate) fn of_operations() -> Self {
        Self { given: TAKEN_TYPES.iter().chain(TAKEN_METHODS).map(|name| pascal(name)).collect() }
    }

    /// A method's name like the wished one. Methods whose names differ by case or underscores only would have
    /// builders of the same name.
    pub(crate) fn method_for(&mut self, wish: &str) -> String {
        let name = snake(&ascii(wish));
        if self.given.insert(pascal(&name)) {
            return name;
        }
        let numbered = |number: usize| {
            if number == 2 { format!("{name}_operation") } else { format!("{name}_n{number}") }
        };
        let free = (2..).map(numbered).find(|name| self.given.insert(pascal(name)));
        free.expect("there are more numbers than operations")
    }

    fn first_free(&mut self, name: &str, numbered: impl Fn(usize) -> String) -> String {
        let candidates = std::iter::once(name.to_owned()).chain((2..).map(numbered));
        let free = candidates.map(|name| settled(&name)).find(|name| !self.given.contains(name));
        let free = free.expect("there are more numbers than types");
        self.given.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_a_name_again_changes_nothing() {
        for text in
            ["Page_Watch_", "HTTPValidationError", "a b", "2fa", "self", "Self", "", "übung", "x-1", "type"]
        {
            assert_eq!(settled(&settled(text)), settled(text), "{text}");
            assert_eq!(snake(&snake(text)), snake(text), "{text}");
        }
    }

    #[test]
    fn every_type_gets_a_name_of_its_own() {
        let mut names = Names::of_types();
        let given: Vec<_> = ["Foo", "foo", "F-oo", "Foo2", "Option"].map(|wish| names.type_for(wish)).into();
        assert_eq!(given, ["Foo", "Foo2", "FOo", "Foo22", "Option2"]);
    }

    #[test]
    fn an_operation_does_not_hide_a_method_of_the_client() {
        let mut names = Names::of_operations();
        assert_eq!(names.method_for("new"), "new_operation");
        assert_eq!(names.method_for("getWatch"), "get_watch");
        assert_eq!(names.method_for("get_watch"), "get_watch_operation");
        assert_eq!(names.method_for("get-watch"), "get_watch_n3");
    }

    #[test]
    fn texts_without_letters_make_no_variants() {
        assert!(make_variants(&["a", "b"]));
        assert!(make_variants(&["+1", "-1"]));
        assert!(!make_variants(&["!", "?"]));
    }
}
