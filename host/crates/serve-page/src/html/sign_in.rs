//! The page to sign in on.

use super::frame::{CSRF_FIELD, Frame, Page, VERSION, Viewer};
use super::render;
use crate::address::{self, Action};
use crate::text;
use askama::Template;
use form_urlencoded::Serializer;

/// The ways to sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignIn {
    /// Whether a token is a way. The form posts it as `token`.
    pub token: bool,
    /// The name of who else can say who somebody is. Its link leads to `/sign-in/oidc`, since a form's answer may not lead
    /// to another server.
    pub provider: Option<String>,
    /// Why the last attempt failed, as a sentence.
    pub failed: Option<String>,
    /// Where to go afterwards, as the query had it. Only a path of this server is taken.
    pub return_to: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInTemplate<'a> {
    page: Page<'a>,
    view: &'a SignIn,
}

/// Write the page to sign in on.
pub fn sign_in(frame: &Frame, view: &SignIn) -> String {
    render(&SignInTemplate { page: Page::still(frame), view })
}

impl SignInTemplate<'_> {
    fn return_to(&self) -> &str {
        address::local(&self.view.return_to)
    }

    fn elsewhere(&self) -> String {
        let query = Serializer::new(String::new()).append_pair("return", self.return_to()).finish();
        format!("/sign-in/oidc?{query}")
    }
}
