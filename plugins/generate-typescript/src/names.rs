//! Names of ours for names of theirs: identifiers, each given once.

use std::collections::HashSet;

/// Names that the files declare themselves or take from the platform.
const TAKEN: [&str; 17] = [
    "ApiError",
    "ArrayBuffer",
    "Blob",
    "CallOptions",
    "Client",
    "ClientOptions",
    "Fetch",
    "FormData",
    "HeaderValues",
    "Operations",
    "Promise",
    "ReadableStream",
    "String",
    "URLSearchParams",
    "Uint8Array",
    "isApiError",
    "globalThis",
];

/// Members that a class has already, or that would make its objects something else: whatever has a `then` is
/// taken for a promise.
const MEMBERS: [&str; 8] = [
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "then",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// Names that were given.
#[derive(Debug, Default)]
pub(crate) struct Names {
    given: HashSet<String>,
}

impl Names {
    /// A name that nobody has yet: this one, or it with the first number from 2 on that is free.
    pub(crate) fn give(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2_u32;
        while !self.given.insert(name.clone()) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        name
    }

    /// A name for each of these, in their order. Those that are called so already choose first, so that a name
    /// made of another one never takes theirs.
    pub(crate) fn give_all(&mut self, wanted: &[Wanted]) -> Vec<String> {
        let mut names: Vec<Option<String>> =
            wanted.iter().map(|wanted| wanted.exact.then(|| self.give(&wanted.name))).collect();
        for (name, wanted) in names.iter_mut().zip(wanted) {
            name.get_or_insert_with(|| self.give(&wanted.name));
        }
        names.into_iter().flatten().collect()
    }
}

/// A name that somebody would like.
#[derive(Debug)]
pub(crate) struct Wanted {
    name: String,
    /// Is it what the document says, to the letter?
    exact: bool,
}

impl Wanted {
    /// A name that was made of a text of the document.
    pub(crate) fn new(name: String, text: &str) -> Self {
        Self { exact: name == text, name }
    }
}

/// The name of a type: `simple-user` becomes `SimpleUser`.
pub(crate) fn of_type(text: &str) -> String {
    let name = joined(text, true, |character| !is_part(character));
    if TAKEN.contains(&name.as_str()) { format!("{name}Schema") } else { name }
}

/// The name of a method: `list_watches` and `list-watches` become `listWatches`.
pub(crate) fn of_method(text: &str) -> String {
    let name = joined(text, false, |character| !is_part(character) || character == '_');
    let is_taken = MEMBERS.contains(&name.as_str());
    if is_taken { format!("{name}_") } else { name }
}

/// The words of a text with a capital at the beginning of each, or of each but the first.
fn joined(text: &str, capital_first: bool, is_gap: impl Fn(char) -> bool) -> String {
    let mut name = String::with_capacity(text.len());
    for word in text.split(is_gap).filter(|word| !word.is_empty()) {
        let mut characters = word.chars();
        let Some(first) = characters.next() else { continue };
        // `GetWatch` becomes `getWatch`; an abbreviation such as `URLs` stays as it is.
        let is_abbreviation = characters.clone().next().is_some_and(|second| second.is_ascii_uppercase());
        if capital_first || !name.is_empty() {
            name.push(first.to_ascii_uppercase());
        } else if is_abbreviation {
            name.push(first);
        } else {
            name.push(first.to_ascii_lowercase());
        }
        name.push_str(characters.as_str());
    }
    let starts_well = name.starts_with(is_start);
    if starts_well { name } else { format!("_{name}") }
}

/// May it stand in an identifier (ECMAScript, section 12.7)? What lies outside the basic plane is left out,
/// since compilers bring tables of different age.
fn is_part(character: char) -> bool {
    character == '$' || character <= '\u{ffff}' && unicode_ident::is_xid_continue(character)
}

fn is_start(character: char) -> bool {
    matches!(character, '$' | '_') || character <= '\u{ffff}' && unicode_ident::is_xid_start(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_named_as_in_the_document_as_far_as_it_can_be() {
        let cases = [
            ("Watch", "Watch"),
            ("simple-user", "SimpleUser"),
            ("Page_Watch_", "Page_Watch_"),
            ("com.example/Watch", "ComExampleWatch"),
            ("3d", "_3d"),
            ("", "_"),
            ("💥", "_"),
            ("見張り", "見張り"),
            ("string", "String"),
            ("Blob", "BlobSchema"),
            ("__proto__", "__proto__"),
            ("a\u{202e}b", "AB"),
            ("x; alert(1)//", "XAlert1"),
        ];
        for (text, expected) in cases {
            let expected = if expected == "String" { "StringSchema" } else { expected };
            assert_eq!(of_type(text), expected, "{text}");
        }
    }

    #[test]
    fn a_method_is_written_in_camel_case() {
        let cases = [
            ("list_watches", "listWatches"),
            ("repos/get-content", "reposGetContent"),
            ("GetWatch", "getWatch"),
            ("URLs", "URLs"),
            ("constructor", "constructor_"),
            ("__proto__", "proto"),
            ("then", "then_"),
            ("2fa", "_2fa"),
        ];
        for (text, expected) in cases {
            assert_eq!(of_method(text), expected, "{text}");
        }
    }

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::default();
        assert_eq!(["A", "A", "A2", "A"].map(|name| names.give(name)), ["A", "A2", "A22", "A3"]);
    }
}
