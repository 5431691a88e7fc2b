//! Which path is what.

use super::act::Act;
use countersign_serve_page::address::named;
use countersign_serve_page::assets::{self, Asset};

/// A path that there is, and what may be done with it.
pub(super) struct Route {
    pub(super) place: Place,
    pub(super) methods: &'static [&'static str],
}

pub(super) enum Place {
    Asset(Asset),
    OpenApi,
    SignIn,
    /// Something that changes something.
    Act(Act),
    /// Something to see, as a page or as JSON.
    Show(Showing),
}

/// What there is to see.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Showing {
    Contracts,
    /// Of the API only.
    Clients,
    Contract(String),
    Runs,
    Run(String),
    Deliveries,
    Delivery(String),
    Nodes,
    Pointers,
}

const READ: &[&str] = &["GET", "HEAD"];
const FORM: &[&str] = &["GET", "HEAD", "POST"];
const ACT: &[&str] = &["POST"];

impl Route {
    /// What is at a path; none where there is nothing.
    pub(super) fn of(path: &str) -> Option<Self> {
        if let Some(asset) = assets::find(path) {
            return Some(Self { place: Place::Asset(asset), methods: READ });
        }
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        let (place, methods) = match segments.as_slice() {
            ["api", "openapi.json"] => (Place::OpenApi, READ),
            ["api", "contracts"] | [""] => (Place::Show(Showing::Contracts), READ),
            ["api", "clients"] => (Place::Show(Showing::Clients), READ),
            ["sign-in"] => (Place::SignIn, FORM),
            ["sign-out"] => (Place::Act(Act::SignOut), ACT),
            ["reload"] => (Place::Act(Act::Reload), ACT),
            ["runs" | "deliveries", id, "replay"] => (Place::Act(Act::Replay(named(id)?)), ACT),
            ["api", rest @ ..] | rest => (Place::Show(showing(rest)?), READ),
        };
        Some(Self { place, methods })
    }
}

/// What pages and API have alike.
fn showing(segments: &[&str]) -> Option<Showing> {
    Some(match segments {
        ["contracts", name] => Showing::Contract(named(name)?),
        ["runs"] => Showing::Runs,
        ["runs", id] => Showing::Run(named(id)?),
        ["deliveries"] => Showing::Deliveries,
        ["deliveries", id] => Showing::Delivery(named(id)?),
        ["nodes"] => Showing::Nodes,
        ["pointers"] => Showing::Pointers,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str) -> Option<Showing> {
        match Route::of(path)?.place {
            Place::Show(showing) => Some(showing),
            Place::Asset(_) | Place::OpenApi | Place::SignIn | Place::Act(_) => None,
        }
    }

    #[test]
    fn pages_and_api_show_the_same() {
        for path in
            ["/contracts/a", "/runs", "/runs/r", "/deliveries", "/deliveries/d", "/nodes", "/pointers"]
        {
            assert!(shown(path).is_some(), "{path}");
            assert_eq!(shown(path), shown(&format!("/api{path}")), "{path}");
        }
        assert_eq!(shown("/"), Some(Showing::Contracts));
        assert_eq!(shown("/deliveries/github%3A1%2F2"), Some(Showing::Delivery("github:1/2".into())));
    }

    #[test]
    fn what_changes_something_is_only_posted() {
        for path in ["/runs/r/replay", "/deliveries/d/replay", "/reload", "/sign-out"] {
            assert_eq!(Route::of(path).map(|route| route.methods), Some(ACT), "{path}");
        }
        assert_eq!(Route::of("/runs").map(|route| route.methods), Some(READ));
    }

    #[test]
    fn there_is_nothing_else() {
        let nothing = ["", "*", "/x", "//", "/api", "/api/", "/api/reload", "/contracts", "/clients"];
        for path in nothing.into_iter().chain(["/runs/a/b", "/runs/%ff", "/static/x", "/api/sign-in"]) {
            assert!(Route::of(path).is_none(), "{path}");
        }
    }
}
