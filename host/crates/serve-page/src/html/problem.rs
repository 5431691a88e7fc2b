//! The page that says why there is no other.

use super::frame::{CSRF_FIELD, Frame, Page, VERSION, Viewer};
use super::render;
use crate::address::Action;
use crate::text;
use crate::view::ProblemDetails;
use askama::Template;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemTemplate<'a> {
    page: Page<'a>,
    view: &'a ProblemDetails,
}

/// Write the page of a problem. It goes with the problem's status.
pub fn problem(frame: &Frame, view: &ProblemDetails) -> String {
    render(&ProblemTemplate { page: Page::still(frame), view })
}
