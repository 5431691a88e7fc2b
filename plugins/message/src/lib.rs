//! Titles and messages about a changed contract: what a notice says, the templates that users write, and one
//! escape for each place that a message may go to. Pure; the notify stages call it.
//!
//! A template's own text is the user's and goes out as it is. Everything that fills a placeholder comes from a
//! specification, a plugin or a repository, and is escaped for its [`Target`], so that nobody is mentioned,
//! nothing becomes a link, and no markup is somebody else's.

mod answer;
mod clean;
mod defaults;
mod escape;
mod event;
mod findings;
mod forge;
mod message;
mod notice;
mod pushes;
mod render;
mod target;
mod template;
mod url;

#[cfg(test)]
mod tests;

pub use answer::{header, refusal, retry_after, unavailable};
pub use clean::clean;
pub use escape::escape;
pub use event::event;
pub use forge::told;
pub use message::{Message, Wording};
pub use notice::{Counts, Finding, Impact, Notice, Provider, Verdict};
pub use pushes::Pushes;
pub use render::Style;
pub use target::{Limit, Target};
pub use template::Template;
pub use url::{encode_segment, safe_url};
