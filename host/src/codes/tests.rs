use super::{AREAS, CODES};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What a code's literal follows in the sources.
const GIVEN_BY: [&str; 7] = [
    "Problem::new(",
    "diagnostic(",
    "diagnose(",
    "refused(",
    "Level::Error, ",
    "Level::Warning, ",
    "Level::Note, ",
];

/// Files that map the variants of an enum to codes.
const TABLES: [&str; 8] = [
    "host/crates/pipeline/src/git/error.rs",
    "host/crates/pipeline/src/stage/failure.rs",
    "host/crates/pipeline/src/store/error.rs",
    "host/crates/pipeline/src/tool/error.rs",
    "host/src/render/hooks.rs",
    "host/src/render/item.rs",
    "host/src/render/proposal.rs",
    "plugins/document/src/problem.rs",
];

/// `unknown-{what}` is put together.
const UNKNOWN: &str = "unknown-";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every source file of the host and the plugins, without tests, and its path in the workspace.
fn sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![PathBuf::from("host"), PathBuf::from("plugins")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(workspace().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type().unwrap().is_dir() {
                let skipped = ["target", "tests", "codes", "cases", "examples"].contains(&name.as_str());
                folders.extend((!skipped).then_some(path));
            } else if name.ends_with(".rs")
                && !["tests.rs", "fake.rs", "samples.rs", "hostile_tests.rs"].contains(&&*name)
            {
                let text = std::fs::read_to_string(workspace().join(&path)).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                found.insert(path.to_string_lossy().into_owned(), code.to_owned());
            }
        }
    }
    found
}

/// A literal in kebab case at the beginning of `text`.
fn literal(text: &str) -> Option<&str> {
    let (literal, _) = text.trim_start().strip_prefix('"')?.split_once('"')?;
    let kebab = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (!literal.is_empty() && literal.bytes().all(kebab)).then_some(literal)
}

/// The literals that follow `lead`.
fn after<'a>(text: &'a str, lead: &str) -> Vec<&'a str> {
    text.match_indices(lead).filter_map(|(at, lead)| literal(&text[at + lead.len()..])).collect()
}

/// Every code that the sources give, and where.
fn given() -> BTreeMap<String, String> {
    let mut given = BTreeMap::new();
    for (path, text) in sources() {
        let mut codes: BTreeSet<&str> = GIVEN_BY.iter().flat_map(|lead| after(&text, lead)).collect();
        if TABLES.contains(&path.as_str()) {
            codes.extend(["=> ", "=> ("].iter().flat_map(|lead| after(&text, lead)));
        }
        given.extend(codes.into_iter().map(|code| (code.to_owned(), path.clone())));
    }
    given
}

#[test]
fn every_code_that_the_sources_give_has_an_explanation() {
    let given = given();
    assert!(given.len() > 100, "only {} codes were found: {given:#?}", given.len());
    for table in TABLES {
        assert!(given.values().any(|path| path == table), "no code was found in {table}");
    }
    let missing: Vec<_> = given.iter().filter(|(id, _)| !CODES.iter().any(|code| code.id == **id)).collect();
    assert!(missing.is_empty(), "add an entry to host/src/codes: {missing:#?}");
}

#[test]
fn every_explanation_is_of_a_code_that_the_sources_give() {
    let sources = sources();
    let stands = |id: &str| {
        let literal = format!("\"{id}\"");
        sources.values().any(|text| text.contains(&literal))
            // The rule's line is written whole.
            || sources["host/src/render/concise.rs"].contains(&format!("note {id} "))
            || id.strip_prefix(UNKNOWN).is_some_and(|what| {
                sources.values().any(|text| text.contains(&format!("\"{what}\"")))
            })
    };
    let stale: Vec<_> = CODES.iter().map(|code| code.id).filter(|id| !stands(id)).collect();
    assert!(stale.is_empty(), "take the entry out of host/src/codes: {stale:?}");
}

#[test]
fn each_area_is_sorted_and_no_code_is_in_two() {
    for area in AREAS {
        assert!(
            area.windows(2).all(|pair| pair[0].id < pair[1].id),
            "{:?}",
            area.iter().map(|it| it.id).collect::<Vec<_>>()
        );
    }
    assert!(CODES.windows(2).all(|pair| pair[0].id < pair[1].id));
}

#[test]
fn every_code_says_what_it_means() {
    for code in CODES.iter() {
        assert!(code.explanation.ends_with('.'), "{}: {}", code.id, code.explanation);
        assert!(code.advice.is_empty() || code.advice.ends_with('.'), "{}: {}", code.id, code.advice);
    }
}
