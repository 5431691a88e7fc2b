//! From the lowered document to Rust.

use crate::lower::Lowered;
use crate::patch;
use crate::settings::{Interface, Settings, Tags};
use countersign_plugin::Failure;
use openapiv3::OpenAPI;
use proc_macro2::{TokenStream, TokenTree};
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use quote::ToTokens;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Generated code, and the crates that it names.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) text: String,
    pub(crate) crates: BTreeSet<&'static str>,
}

/// Generate the code.
pub(crate) fn code(lowered: &Lowered, settings: &Settings) -> Result<Code, Failure> {
    let document = OpenAPI::deserialize(&lowered.document)
        .map_err(|error| failed(&format!("the lowered document is not OpenAPI 3.0: {error}")))?;
    let mut generator = Generator::new(&generation(settings));
    let tokens = generator.generate_tokens(&document).map_err(|error| failed(&error.to_string()))?;
    let mut file = parse(tokens)?;
    patch::apply(&mut file, &lowered.patches);
    let text = prettyplease::unparse(&file);
    reads_back(&file, &text)?;
    Ok(Code { crates: crates(&generator, &text), text })
}

fn failed(why: &str) -> Failure {
    Failure::Unsupported(format!("progenitor makes no client of this document: {why}"))
}

fn generation(settings: &Settings) -> GenerationSettings {
    let mut generation = GenerationSettings::new();
    generation
        .with_interface(match settings.interface {
            Interface::Builder => InterfaceStyle::Builder,
            Interface::Positional => InterfaceStyle::Positional,
        })
        .with_tag(match settings.tags {
            Tags::Merged => TagStyle::Merged,
            Tags::Separate => TagStyle::Separate,
        });
    for derive in &settings.derives {
        generation.with_derive(derive);
    }
    if let Some(seconds) = settings.timeout {
        generation.with_timeout(seconds);
    }
    generation
}

fn parse(tokens: TokenStream) -> Result<syn::File, Failure> {
    syn::parse2(tokens).map_err(|error| Failure::Other(format!("the generated code is not Rust: {error}")))
}

/// What was printed means what was generated: no text of the document has become code. Words and literals are
/// compared; printing adds braces and commas.
fn reads_back(file: &syn::File, text: &str) -> Result<(), Failure> {
    let read = syn::parse_file(text)
        .map_err(|error| Failure::Other(format!("the printed code is not Rust: {error}")))?;
    let (mut meant, mut printed) = (Vec::new(), Vec::new());
    words(file.to_token_stream(), &mut meant);
    words(read.to_token_stream(), &mut printed);
    if meant == printed {
        return Ok(());
    }
    let first = meant.iter().zip(&printed).find(|(meant, printed)| meant != printed);
    let first = first.map(|(meant, _)| crate::quote(meant)).unwrap_or_default();
    Err(Failure::Other(format!("the printed code does not mean what was generated, from `{first}` on")))
}

fn words(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => words(group.stream(), found),
            TokenTree::Ident(word) => found.push(word.to_string()),
            TokenTree::Literal(literal) => found.push(literal.to_string()),
            TokenTree::Punct(_) => {}
        }
    }
}

fn crates(generator: &Generator, text: &str) -> BTreeSet<&'static str> {
    let types = generator.get_type_space();
    let used = [
        ("chrono", types.uses_chrono()),
        ("uuid", types.uses_uuid()),
        ("regress", types.uses_regress()),
        ("futures", generator.uses_futures()),
        ("base64", generator.uses_websockets()),
        ("rand", generator.uses_websockets()),
        ("serde_json", text.contains("::serde_json::")),
    ];
    used.into_iter().filter(|(_, used)| *used).map(|(name, _)| name).collect()
}
