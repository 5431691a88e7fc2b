//! The pages, as text. Each function takes what it shows and gives a whole document, which works without a script.

mod contract;
mod deliveries;
mod frame;
mod log;
mod mark;
mod nodes;
mod overview;
mod pager;
mod pointers;
mod problem;
mod runs;
mod sign_in;

pub use contract::contract;
pub use deliveries::{deliveries, delivery};
pub use frame::{CSRF_FIELD, Frame, Viewer};
pub use nodes::nodes;
pub use overview::overview;
pub use pointers::pointers;
pub use problem::problem;
pub use runs::{run, runs};
pub use sign_in::{SignIn, sign_in};

use askama::Template;

/// A template becomes text. Writing to memory does not fail, and no value of a view does.
fn render(page: &impl Template) -> String {
    page.render().expect("a page of plain values can be written")
}
