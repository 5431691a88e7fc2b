//! What a query asks for: parts of a list, read from a URL and written into one.

use crate::view::{ProblemDetails, State};
use form_urlencoded::Serializer;
use std::fmt;

/// How many items a page has if nobody asks for another number, and at most.
const PER_PAGE: u32 = 50;
const MOST_PER_PAGE: u32 = 200;
/// A longer text is looked for nowhere.
const LONGEST_TEXT: usize = 200;

/// A query that asks for nothing that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadQuery {
    /// The parameter.
    pub parameter: &'static str,
    /// What it may be.
    pub expected: String,
}

impl fmt::Display for BadQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the parameter `{}` is not {}", self.parameter, self.expected)
    }
}

impl std::error::Error for BadQuery {}

impl From<&BadQuery> for ProblemDetails {
    fn from(bad: &BadQuery) -> Self {
        Self::new(400, "Bad Request", "bad-query", bad.to_string())
    }
}

/// Which page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Counted from 1.
    pub page: u32,
    /// At most 200.
    pub per_page: u32,
}

impl Default for Paging {
    fn default() -> Self {
        Self { page: 1, per_page: PER_PAGE }
    }
}

impl Paging {
    /// Read a query, such as `page=2`.
    pub fn parse(query: &str) -> Result<Self, BadQuery> {
        Query::of(query).paging()
    }

    /// How many items are before this page.
    pub fn offset(&self) -> u64 {
        u64::from(self.page.saturating_sub(1)) * u64::from(self.per_page)
    }

    fn write(&self, query: &mut Serializer<'_, String>) {
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
        if self.per_page != PER_PAGE {
            query.append_pair("per_page", &self.per_page.to_string());
        }
    }
}

/// A part of the matrix: the first row and the first column, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first contract.
    pub row: u32,
    /// The first repository.
    pub column: u32,
}

/// Which contracts and clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OverviewFilter {
    /// Part of the name of a contract, a client or a repository, in any case.
    pub text: String,
    /// Those in this state.
    pub state: Option<State>,
    /// Which page of the list.
    pub paging: Paging,
    /// The part of the matrix, where that is asked for instead of the list.
    pub window: Option<Window>,
}

impl OverviewFilter {
    /// Read a query, such as `q=watcher&state=drifted` or `view=matrix&row=50`.
    pub fn parse(query: &str) -> Result<Self, BadQuery> {
        let query = Query::of(query);
        let matrix = query.word("view", &["list", "matrix"], |word| word)? == Some("matrix");
        let window =
            Window { row: query.number("row")?.unwrap_or(0), column: query.number("column")?.unwrap_or(0) };
        Ok(Self {
            text: query.text("q")?.unwrap_or_default(),
            state: query.word("state", &State::ALL, State::as_str)?,
            paging: query.paging()?,
            window: matrix.then_some(window),
        })
    }

    /// The query that [`parse`](Self::parse) reads this from, without `?`.
    pub fn query(&self) -> String {
        let mut query = writer(&self.text);
        append(&mut query, "state", self.state.map(State::as_str));
        if let Some(window) = self.window {
            query.append_pair("view", "matrix");
            for (name, first) in [("row", window.row), ("column", window.column)] {
                append(&mut query, name, (first > 0).then(|| first.to_string()).as_deref());
            }
        }
        self.paging.write(&mut query);
        query.finish()
    }
}

/// Which runs or deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeFilter {
    /// Those of the node of this name.
    pub node: Option<String>,
    /// Which page.
    pub paging: Paging,
}

impl NodeFilter {
    /// Read a query, such as `node=watcher&page=2`.
    pub fn parse(query: &str) -> Result<Self, BadQuery> {
        let query = Query::of(query);
        Ok(Self { node: query.text("node")?, paging: query.paging()? })
    }

    /// The query that [`parse`](Self::parse) reads this from, without `?`.
    pub fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        append(&mut query, "node", self.node.as_deref());
        self.paging.write(&mut query);
        query.finish()
    }
}

fn writer(text: &str) -> Serializer<'static, String> {
    let mut query = Serializer::new(String::new());
    append(&mut query, "q", Some(text).filter(|text| !text.is_empty()));
    query
}

fn append(query: &mut Serializer<'_, String>, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        query.append_pair(name, value);
    }
}

/// The parameters of a URL. A form sends empty ones for what was left open; those ask for nothing.
struct Query(Vec<(String, String)>);

impl Query {
    fn of(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        Self(pairs.filter(|(_, value)| !value.is_empty()).collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn text(&self, parameter: &'static str) -> Result<Option<String>, BadQuery> {
        let text = self.get(parameter).map(str::trim).filter(|text| !text.is_empty());
        if text.is_some_and(|text| text.chars().count() > LONGEST_TEXT) {
            let expected = format!("a text of at most {LONGEST_TEXT} characters");
            return Err(BadQuery { parameter, expected });
        }
        Ok(text.map(str::to_owned))
    }

    fn number(&self, parameter: &'static str) -> Result<Option<u32>, BadQuery> {
        let bad = |_| BadQuery { parameter, expected: "a number".into() };
        self.get(parameter).map(|text| text.parse().map_err(bad)).transpose()
    }

    fn paging(&self) -> Result<Paging, BadQuery> {
        let page = self.number("page")?.unwrap_or(1).max(1);
        let per_page = self.number("per_page")?.unwrap_or(PER_PAGE);
        if !(1..=MOST_PER_PAGE).contains(&per_page) {
            let expected = format!("a number from 1 to {MOST_PER_PAGE}");
            return Err(BadQuery { parameter: "per_page", expected });
        }
        Ok(Paging { page, per_page })
    }

    fn word<T: Copy>(
        &self,
        parameter: &'static str,
        known: &[T],
        as_str: fn(T) -> &'static str,
    ) -> Result<Option<T>, BadQuery> {
        let Some(word) = self.get(parameter) else { return Ok(None) };
        let found = known.iter().copied().find(|known| as_str(*known) == word);
        let names = || known.iter().map(|known| format!("`{}`", as_str(*known))).collect::<Vec<_>>();
        let bad = || BadQuery { parameter, expected: format!("one of {}", names().join(", ")) };
        found.map(Some).ok_or_else(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_query_says_is_read_and_written_alike() {
        for query in ["", "q=a+%26b&state=drifted&page=3", "view=matrix&row=50&column=100", "per_page=10"] {
            assert_eq!(OverviewFilter::parse(query).unwrap().query(), query);
        }
        for query in ["", "node=a+%26b&page=2", "page=3&per_page=7"] {
            assert_eq!(NodeFilter::parse(query).unwrap().query(), query);
        }
    }

    #[test]
    fn a_form_that_was_left_open_asks_for_nothing() {
        assert_eq!(OverviewFilter::parse("q=&state=&view=").unwrap(), OverviewFilter::default());
    }

    #[test]
    fn a_query_for_what_there_is_not_says_what_there_is() {
        let error = |query| OverviewFilter::parse(query).unwrap_err().to_string();
        assert!(error("state=sad").contains("`blocked`, `drifted`"), "{}", error("state=sad"));
        assert_eq!(error("page=x"), "the parameter `page` is not a number");
        assert_eq!(error("per_page=0"), "the parameter `per_page` is not a number from 1 to 200");
        assert!(error(&format!("q={}", "x".repeat(201))).contains("at most 200"));
    }

    #[test]
    fn page_zero_is_the_first() {
        assert_eq!(Paging::parse("page=0").unwrap(), Paging::default());
        assert_eq!(Paging { page: u32::MAX, per_page: 200 }.offset(), 4_294_967_294 * 200);
    }
}
