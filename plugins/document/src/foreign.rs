//! What is found in place of a document, or around it, in real life. Each gets a name, because "expected a
//! value, found `<`" sends nobody to the server's error page.

use crate::{Code, Position, Problem, document, excerpt, json};

/// The text of a document: UTF-8 without a byte order mark, and nothing that is known to be something else.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Problem> {
    document::check_size(bytes)?;
    let text = decode(bytes)?;
    let start = text.trim_start();
    if start.is_empty() {
        return Err(Problem::new(Code::EmptyDocument, "the document is empty")
            .help("the program or server that made it wrote nothing; look at its own errors"));
    }
    refuse_markup(text, start)?;
    if start.starts_with("version https://git-lfs") {
        return Err(at_start(
            text,
            Problem::new(Code::LfsPointer, "a Git LFS pointer stands in place of the document")
                .help("fetch the file itself with `git lfs pull`"),
        ));
    }
    Ok(text)
}

fn decode(bytes: &[u8]) -> Result<&str, Problem> {
    let utf8 = |message: &str| Problem::new(Code::InvalidUtf8, message).help("write it as UTF-8");
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(utf8("the document is UTF-16"));
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(Problem::new(Code::InvalidUtf8, "the document is compressed with gzip")
            .help("unpack it before it is read"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (valid, _) = bytes.split_at(error.valid_up_to());
        let valid = String::from_utf8_lossy(valid);
        utf8("the document is not valid UTF-8").at(document::position(&valid, valid.len()))
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn refuse_markup(text: &str, start: &str) -> Result<(), Problem> {
    // `<<` begins a conflict marker, or a merge key of YAML.
    if !start.starts_with('<') || start.starts_with("<<") {
        return Ok(());
    }
    let what = if start.starts_with("<?xml") { "an XML document" } else { "an HTML page" };
    let problem = Problem::new(Code::HtmlPage, format!("{what} stands in place of the document"))
        .help("servers answer so with a login or error page; check the URL and what it needs");
    Err(at_start(text, problem))
}

fn at_start(text: &str, problem: Problem) -> Problem {
    let offset = text.len() - text.trim_start().len();
    problem.at(document::position(text, offset))
}

/// Refuse the markers of an unresolved merge. They stand at the beginning of a line, where neither JSON nor
/// a block of YAML has text of its own.
pub(crate) fn refuse_conflict(text: &str) -> Result<(), Problem> {
    let marker = |line: &str| {
        ["<<<<<<<", ">>>>>>>"].iter().any(|marker| {
            line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\r']))
        })
    };
    let Some(number) = text.split('\n').position(marker) else { return Ok(()) };
    let line = u32::try_from(number + 1).unwrap_or(u32::MAX);
    Err(Problem::new(Code::ConflictMarkers, "the markers of an unresolved merge stand in the document")
        .help("resolve the merge, or write the document again")
        .at(Position { line, column: 1 }))
}

/// Say what is really wrong with a text that could not be parsed.
pub(crate) fn explain(text: &str, problem: Problem) -> Problem {
    if let Err(conflict) = refuse_conflict(text) {
        return conflict;
    }
    let start = text.trim_start();
    let first = start.lines().next().unwrap_or_default();
    let position = document::position(text, text.len() - start.len());
    let on_first_line = problem.position.is_none_or(|at| at.line == position.line);
    // A document that was printed begins a line of its own with its brace.
    let document_follows = start.lines().skip(1).any(|line| line.starts_with('{'));
    let is_log = document_follows
        && if problem.code == Code::TrailingContent {
            json::parse(first).is_ok()
        } else if start.starts_with(['{', '[']) {
            may_be_log(problem.code) && on_first_line && first.trim_end().len() > 1
        } else {
            may_be_log(problem.code)
        };
    if is_log { log_line(first).at(position) } else { problem }
}

/// Can a line that does not belong to the document be the reason for a problem?
fn may_be_log(code: Code) -> bool {
    match code {
        Code::NotADocument | Code::InvalidJson | Code::InvalidYaml | Code::UnsupportedYaml => true,
        Code::EmptyDocument
        | Code::InvalidUtf8
        | Code::TooLarge
        | Code::TooDeep
        | Code::TooManyAliases
        | Code::HtmlPage
        | Code::LfsPointer
        | Code::ConflictMarkers
        | Code::LogLine
        | Code::TrailingContent
        | Code::Truncated
        | Code::DuplicateKey => false,
    }
}

fn log_line(line: &str) -> Problem {
    Problem::new(Code::LogLine, format!("a log line stands before the document: `{}`", excerpt(line)))
        .help("log to standard error, or have the command write its document to `{out}`")
}
