//! Answers with the headers that each kind of them has.

use crate::site::Page;
use crate::store::StoreError;
use axum::http::StatusCode;
use countersign_serve_page::assets::Asset;
use countersign_serve_page::filter::BadQuery;
use countersign_serve_page::html::{self, Frame};
use countersign_serve_page::view::ProblemDetails;
use countersign_serve_page::{headers, json};
use serde::Serialize;

/// Why a request is not answered.
pub(super) struct Refusal {
    problem: ProblemDetails,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &str, detail: impl Into<String>) -> Self {
        let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let problem = ProblemDetails::new(status, title.unwrap_or("Problem"), code, detail);
        Self { problem, headers: Vec::new() }
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "not-found", "there is nothing here")
    }

    pub(super) fn method(allowed: &[&str]) -> Self {
        let allowed = allowed.join(", ");
        Self::new(405, "method", format!("this takes {allowed}")).with("allow", allowed)
    }

    pub(super) fn hint(self, hint: &str) -> Self {
        Self { problem: self.problem.hint(hint), ..self }
    }

    pub(super) fn with(mut self, header: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((header, value.into()));
        self
    }

    pub(super) fn status(&self) -> u16 {
        self.problem.status
    }

    pub(super) fn page(self, frame: &Frame) -> Page {
        let page = page(self.problem.status, html::problem(frame, &self.problem));
        self.headed(page)
    }

    pub(super) fn json(self) -> Page {
        let mut page = json(&self.problem);
        page.status = self.problem.status;
        for (_, value) in page.headers.iter_mut().filter(|(name, _)| name == "content-type") {
            headers::PROBLEM_JSON.clone_into(value);
        }
        self.headed(page)
    }

    fn headed(self, mut page: Page) -> Page {
        page.headers.extend(self.headers.into_iter().map(|(name, value)| (name.to_owned(), value)));
        page
    }
}

impl From<StoreError> for Refusal {
    /// What a store says of its files is for the log, which has it.
    fn from(_: StoreError) -> Self {
        Self::new(503, "store-down", "the store does not answer").with("retry-after", "30")
    }
}

impl From<BadQuery> for Refusal {
    fn from(bad: BadQuery) -> Self {
        Self { problem: ProblemDetails::from(&bad), headers: Vec::new() }
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Page {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Page { status, headers, body: body.into() }
}

pub(super) fn page(status: u16, html: String) -> Page {
    answer(status, &headers::PAGE, html)
}

pub(super) fn json(view: &impl Serialize) -> Page {
    json_text(json::render(view))
}

pub(super) fn json_text(text: String) -> Page {
    answer(200, &headers::JSON, text)
}

pub(super) fn asset(asset: &Asset) -> Page {
    let mut page = answer(200, &headers::ASSET, asset.body);
    page.headers.push(("content-type".into(), asset.content_type.into()));
    page
}

/// Leads to a page of ours, by GET (RFC 9110, section 15.4.4).
pub(super) fn see(path: &str, cookie: Option<String>) -> Page {
    let mut page = answer(303, &headers::PAGE, "");
    page.headers.push(("location".into(), path.to_owned()));
    page.headers.extend(cookie.map(|cookie| ("set-cookie".to_owned(), cookie)));
    page
}
