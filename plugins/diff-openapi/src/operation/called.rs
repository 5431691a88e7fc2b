//! What the server sends when it calls the client, in webhooks and callbacks: rules for what is turned around.

use super::Flow;
use crate::rule::{Place, Rule, rules};
use countersign_plugin::Direction;

rules! {
    PARAMETER_ADDED = "callback-parameter-added", Compatible,
        "The server sends one more parameter when it calls a client. Clients that do not know it leave it out.",
        "Nothing to do.";
    PARAMETER_REMOVED = "callback-parameter-removed", Breaking,
        "The server no longer sends a parameter when it calls a client, which had it in every call.",
        "Go on sending the parameter.";
    OPTIONAL_PARAMETER_REMOVED = "callback-optional-parameter-removed", Risky,
        "The server no longer sends a parameter when it calls a client, which could have it.",
        "Go on sending the parameter until no client reads it.";
    PARAMETER_BECAME_OPTIONAL = "callback-parameter-became-optional", Breaking,
        "A parameter that the server sent in every call of a client may now be missing.",
        "Go on sending the parameter in every call.";
    PARAMETER_BECAME_REQUIRED = "callback-parameter-became-required", Compatible,
        "A parameter that could be missing is now in every call of a client.",
        "Nothing to do.";
    BODY_ADDED = "callback-body-added", Compatible,
        "The server sends a body when it calls a client, which had none.",
        "Nothing to do, where clients leave out what they do not know.";
    BODY_REMOVED = "callback-body-removed", Breaking,
        "The server no longer sends a body when it calls a client.",
        "Go on sending the body.";
    BODY_BECAME_OPTIONAL = "callback-body-became-optional", Breaking,
        "The body that the server sent in every call of a client may now be missing.",
        "Go on sending the body in every call.";
    BODY_BECAME_REQUIRED = "callback-body-became-required", Compatible,
        "The body that could be missing is now in every call of a client.",
        "Nothing to do.";
}

impl Flow {
    /// Which way parameters go.
    pub(super) fn direction(self) -> Direction {
        match self {
            Self::Call => Direction::Request,
            Self::Callback => Direction::Response,
        }
    }

    /// The place of the value of a parameter.
    pub(super) fn parameter(self) -> Place {
        match self {
            Self::Call => Place::RequestParameter,
            Self::Callback => Place::CallbackProperty,
        }
    }

    /// The rule that holds in this flow, of one for calls and one for what is turned around.
    pub(super) fn choose(self, call: &'static Rule, callback: &'static Rule) -> &'static Rule {
        match self {
            Self::Call => call,
            Self::Callback => callback,
        }
    }
}
