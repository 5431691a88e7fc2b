//! A comparison in the formats that are its own. Its texts come from documents and plugins: none is written unescaped.

mod html;
mod json;
mod markdown;

pub(super) use html::html;
pub(super) use json::{json, oasdiff};
pub(super) use markdown::markdown;
