//! Rules: what this stage can report, what it means by default and what to do about it.
//!
//! A [`Rule`] stands beside the code that reports it. Where the same thing can happen to a body, a property,
//! a parameter and a header, one [`Family`] stands for a rule at each [`Place`]. Ids and impacts are oasdiff's
//! where the meaning is the same.

use crate::settings::Policy;
use countersign_plugin::{Direction, Impact};
use std::borrow::Cow;

/// One rule, documented.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    /// The impact on the wire.
    pub(crate) impact: Impact,
    /// The impact on a generated client with types, where it is another.
    pub(crate) typed_client: Option<Impact>,
    /// The least impact on code that is written against a generated client.
    pub(crate) source: Option<Impact>,
    /// Whether the rule says something about such code and nothing else.
    pub(crate) only_source: bool,
    pub(crate) explanation: &'static str,
    pub(crate) advice: &'static str,
}

/// One rule for every place where a schema can stand.
#[derive(Debug)]
pub(crate) struct Family {
    /// What follows the place in the id.
    pub(crate) stem: &'static str,
    /// The impact in data that clients send.
    pub(crate) request: Impact,
    /// The impact in data that clients receive.
    pub(crate) response: Impact,
    /// The impact in data that clients receive on a generated client with types, where it is another.
    pub(crate) typed_client: Option<Impact>,
    /// The least impact on code that is written against a generated client, for data that clients send and for data
    /// that they receive.
    pub(crate) source: Option<(Impact, Impact)>,
    /// Places whose impact is another.
    pub(crate) except: &'static [(Place, Impact)],
    /// `{place}` stands for the place.
    pub(crate) explanation: &'static str,
    pub(crate) advice: &'static str,
}

/// Where a schema stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    RequestBody,
    RequestProperty,
    RequestParameter,
    RequestParameterProperty,
    ResponseBody,
    ResponseProperty,
    ResponseHeader,
    /// What the server sends to the client in a webhook or a callback. It is told by the rules for responses, but
    /// whoever is called checks what comes in, so that it is taken as strictly as by a client with types.
    CallbackBody,
    CallbackProperty,
}

impl Place {
    pub(crate) const ALL: [Self; 7] = [
        Self::RequestBody,
        Self::RequestProperty,
        Self::RequestParameter,
        Self::RequestParameterProperty,
        Self::ResponseBody,
        Self::ResponseProperty,
        Self::ResponseHeader,
    ];

    /// How ids of rules at this place begin.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::RequestBody => "request-body",
            Self::RequestProperty => "request-property",
            Self::RequestParameter => "request-parameter",
            Self::RequestParameterProperty => "request-parameter-property",
            Self::ResponseBody | Self::CallbackBody => "response-body",
            Self::ResponseProperty | Self::CallbackProperty => "response-property",
            Self::ResponseHeader => "response-header",
        }
    }

    /// The place in words.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::RequestBody => "request body",
            Self::RequestProperty => "request property",
            Self::RequestParameter => "request parameter",
            Self::RequestParameterProperty => "property of a request parameter",
            Self::ResponseBody => "response body",
            Self::ResponseProperty => "response property",
            Self::ResponseHeader => "response header",
            Self::CallbackBody => "body of the callback",
            Self::CallbackProperty => "property of the callback",
        }
    }

    /// Whether the client sends what stands here.
    pub(crate) fn is_request(self) -> bool {
        match self {
            Self::RequestBody
            | Self::RequestProperty
            | Self::RequestParameter
            | Self::RequestParameterProperty => true,
            Self::ResponseBody
            | Self::ResponseProperty
            | Self::ResponseHeader
            | Self::CallbackBody
            | Self::CallbackProperty => false,
        }
    }

    pub(crate) fn direction(self) -> Direction {
        if self.is_request() { Direction::Request } else { Direction::Response }
    }

    /// The place of what is inside a schema at this place.
    pub(crate) fn inside(self) -> Self {
        match self {
            Self::RequestBody | Self::RequestProperty => Self::RequestProperty,
            Self::RequestParameter | Self::RequestParameterProperty => Self::RequestParameterProperty,
            Self::ResponseBody | Self::ResponseProperty | Self::ResponseHeader => Self::ResponseProperty,
            Self::CallbackBody | Self::CallbackProperty => Self::CallbackProperty,
        }
    }
}

/// What a finding refers to: a rule, or a family at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RuleRef {
    One(&'static Rule),
    At(&'static Family, Place),
}

impl RuleRef {
    pub(crate) fn id(self) -> Cow<'static, str> {
        match self {
            Self::One(rule) => rule.id.into(),
            Self::At(family, place) => format!("{}-{}", place.prefix(), family.stem).into(),
        }
    }

    /// The impact by default under a policy.
    pub(crate) fn impact(self, policy: Policy) -> Impact {
        let impact = match self {
            Self::One(rule) => chosen(rule.impact, rule.typed_client, policy),
            Self::At(family, place) => family.impact(place, policy),
        };
        self.at_least(impact, policy)
    }

    /// An impact on the wire and on types, raised to what code written against a client meets, if that counts.
    pub(crate) fn at_least(self, impact: Impact, policy: Policy) -> Impact {
        let source = match self {
            Self::One(rule) => rule.source,
            Self::At(family, place) => {
                family.source.map(|(request, response)| if place.is_request() { request } else { response })
            }
        };
        source.filter(|_| policy == Policy::Source).map_or(impact, |source| worse(impact, source))
    }

    /// Whether it is about what the server sends in a webhook or a callback.
    pub(crate) fn is_called(self) -> bool {
        matches!(self, Self::At(_, Place::CallbackBody | Place::CallbackProperty))
    }

    /// What the policies make of the rule, where they differ.
    fn by_policy(self) -> String {
        if !self.applies(Policy::default()) {
            return " It is reported under the policy `source` only.".into();
        }
        let [wire, typed, source] =
            [Policy::Wire, Policy::TypedClient, Policy::Source].map(|policy| word(self.impact(policy)));
        if wire == typed && typed == source {
            return String::new();
        }
        format!(
            " It is {wire} under the policy `wire`, {typed} under `typed-client`, {source} under `source`."
        )
    }

    /// Whether there is anything to report under a policy.
    pub(crate) fn applies(self, policy: Policy) -> bool {
        match self {
            Self::One(rule) => !rule.only_source || policy == Policy::Source,
            Self::At(..) => true,
        }
    }

    /// The rule's documentation.
    pub(crate) fn document(self, policy: Policy) -> countersign_plugin::Rule {
        let (mut explanation, advice) = match self {
            Self::One(rule) => (rule.explanation.to_owned(), rule.advice),
            Self::At(family, place) => (family.explanation.replace("{place}", place.noun()), family.advice),
        };
        explanation.push_str(&self.by_policy());
        let policy = if self.applies(policy) { policy } else { Policy::Source };
        countersign_plugin::Rule {
            id: self.id().into_owned(),
            impact: self.impact(policy),
            explanation,
            advice: advice.into(),
        }
    }
}

impl From<&'static Rule> for RuleRef {
    fn from(rule: &'static Rule) -> Self {
        Self::One(rule)
    }
}

impl Family {
    fn impact(&self, place: Place, policy: Policy) -> Impact {
        if let Some((_, impact)) = self.except.iter().find(|(other, _)| *other == place) {
            return *impact;
        }
        match place {
            Place::CallbackBody | Place::CallbackProperty => {
                chosen(self.response, self.typed_client, policy.max(Policy::TypedClient))
            }
            Place::ResponseBody | Place::ResponseProperty | Place::ResponseHeader => {
                chosen(self.response, self.typed_client, policy)
            }
            Place::RequestBody
            | Place::RequestProperty
            | Place::RequestParameter
            | Place::RequestParameterProperty => self.request,
        }
    }
}

/// The worse of two impacts.
pub(crate) fn worse(left: Impact, right: Impact) -> Impact {
    if rank(left) <= rank(right) { left } else { right }
}

/// The order in which impacts are told: the worst first.
pub(crate) fn rank(impact: Impact) -> u8 {
    match impact {
        Impact::Breaking => 0,
        Impact::Risky => 1,
        Impact::Compatible => 2,
    }
}

fn word(impact: Impact) -> &'static str {
    match impact {
        Impact::Breaking => "breaking",
        Impact::Risky => "risky",
        Impact::Compatible => "compatible",
    }
}

fn chosen(wire: Impact, typed_client: Option<Impact>, policy: Policy) -> Impact {
    match policy {
        Policy::Wire => wire,
        Policy::TypedClient | Policy::Source => typed_client.unwrap_or(wire),
    }
}

/// Every rule of the stage, sorted by id.
pub(crate) fn registry() -> Vec<RuleRef> {
    let single = [crate::operation::rules(), crate::schema::rules()].concat();
    let families = crate::schema::families();
    let members = families
        .into_iter()
        .flat_map(|family| Place::ALL.into_iter().map(move |place| RuleRef::At(family, place)));
    let mut all: Vec<RuleRef> = single.into_iter().map(RuleRef::One).chain(members).collect();
    all.sort_by_cached_key(|rule| rule.id());
    all
}

/// Declare the rules of a module beside its code, and `RULES`, the list of them.
macro_rules! rules {
    ($($name:ident = $id:literal, $impact:ident $(, typed_client: $typed:ident)? $(, source: $source:ident)? $(, only $only:ident)?,
        $explanation:literal, $advice:literal;)*) => {
        $(
            pub(crate) static $name: $crate::rule::Rule = $crate::rule::Rule {
                id: $id,
                impact: countersign_plugin::Impact::$impact,
                typed_client: $crate::rule::optional_impact!($($typed)?),
                source: $crate::rule::optional_impact!($($source)?),
                only_source: $crate::rule::is_given!($($only)?),
                explanation: $explanation,
                advice: $advice,
            };
        )*
        pub(crate) static RULES: &[&$crate::rule::Rule] = &[$(&$name),*];
    };
}

/// Declare the families of a module beside its code, and `FAMILIES`, the list of them.
macro_rules! families {
    ($($name:ident = $stem:literal, $request:ident, $response:ident
        $(, typed_client: $typed:ident)? $(, source: ($sends:ident, $receives:ident))? $(, except: [$($place:ident => $impact:ident),*])?,
        $explanation:literal, $advice:literal;)*) => {
        $(
            pub(crate) static $name: $crate::rule::Family = $crate::rule::Family {
                stem: $stem,
                request: countersign_plugin::Impact::$request,
                response: countersign_plugin::Impact::$response,
                typed_client: $crate::rule::optional_impact!($($typed)?),
                source: $crate::rule::optional_impact!($($sends, $receives)?),
                except: &[$($(($crate::rule::Place::$place, countersign_plugin::Impact::$impact)),*)?],
                explanation: $explanation,
                advice: $advice,
            };
        )*
        pub(crate) static FAMILIES: &[&$crate::rule::Family] = &[$(&$name),*];
    };
}

macro_rules! optional_impact {
    () => {
        None
    };
    ($impact:ident) => {
        Some(countersign_plugin::Impact::$impact)
    };
    ($sends:ident, $receives:ident) => {
        Some((countersign_plugin::Impact::$sends, countersign_plugin::Impact::$receives))
    };
}

macro_rules! is_given {
    () => {
        false
    };
    ($word:ident) => {
        true
    };
}

pub(crate) use {families, is_given, optional_impact, rules};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_an_id_of_its_own_and_its_documentation() {
        let rules = registry();
        for pair in rules.windows(2) {
            assert_ne!(pair[0].id(), pair[1].id());
        }
        for rule in rules {
            let document = rule.document(Policy::TypedClient);
            assert!(
                document.id.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'),
                "{}",
                document.id
            );
            assert!(document.explanation.ends_with(['.', '`']), "{}", document.id);
            let [wire, typed, source] =
                [Policy::Wire, Policy::TypedClient, Policy::Source].map(|policy| rank(rule.impact(policy)));
            assert!(
                wire >= typed && typed >= source,
                "each policy has the breaks of the one before: {}",
                document.id
            );
            assert!(!document.explanation.contains('{'), "{}", document.id);
            assert!(!document.advice.is_empty(), "{}", document.id);
        }
    }
}
