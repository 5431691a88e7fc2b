//! Documents that are made to cost more than they are worth: old and new ones as text.

use std::fmt::Write as _;

/// Which of the two documents is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Old,
    New,
}

impl Side {
    /// One of two words.
    fn word<'w>(self, old: &'w str, new: &'w str) -> &'w str {
        match self {
            Self::Old => old,
            Self::New => new,
        }
    }
}

/// A document by its name.
pub(crate) struct Bomb {
    pub(crate) name: &'static str,
    pub(crate) text: fn(Side) -> String,
    /// Whether both documents say the same.
    pub(crate) same: bool,
}

pub(crate) static BOMBS: &[Bomb] = &[
    Bomb { name: "2,000 alternatives that all changed", same: false, text: |side| alternatives(2_000, side) },
    Bomb {
        name: "10,000 alternatives that all changed",
        same: false,
        text: |side| alternatives(10_000, side),
    },
    Bomb { name: "10,000 alternatives told apart by a constant", same: false, text: tagged },
    Bomb { name: "10,000 alternatives in another order", same: true, text: reordered },
    Bomb { name: "10,000 renamed components as alternatives", same: false, text: named },
    Bomb { name: "10,000 alternatives beside other keywords", same: false, text: beside },
    Bomb { name: "5,000 ranges that overlap", same: false, text: ranges },
    Bomb { name: "100,000 renamed properties", same: false, text: properties },
    Bomb { name: "100,000 required properties", same: false, text: required },
    Bomb { name: "100,000 renamed components", same: true, text: components },
    Bomb { name: "10,000 listed values that all changed", same: false, text: |side| values(10_000, side) },
    Bomb { name: "200,000 listed values that all changed", same: false, text: |side| values(200_000, side) },
    Bomb { name: "100,000 paths that all changed", same: false, text: paths },
    Bomb { name: "200,000 parameters of one operation", same: false, text: parameters },
    Bomb { name: "5,000 parameters of one path", same: false, text: path_parameters },
    Bomb { name: "20,000 parts of a form", same: false, text: parts },
    Bomb { name: "20,000 media types", same: false, text: media_types },
    Bomb { name: "100,000 statuses and headers", same: false, text: statuses },
    Bomb { name: "20,000 patterns of names", same: false, text: patterns },
    Bomb { name: "20,000 items of a tuple", same: false, text: tuple },
    Bomb { name: "20,000 conditions", same: false, text: conditions },
    Bomb { name: "20,000 ways to be authorized", same: true, text: security },
    Bomb { name: "20,000 servers", same: false, text: servers },
    Bomb { name: "100,000 members of one composition", same: false, text: members },
    Bomb { name: "10,000 compositions inside each other", same: false, text: nested },
    Bomb { name: "a diamond of compositions", same: false, text: |side| diamond(r#""allOf":[@,@]"#, side) },
    Bomb {
        name: "a diamond of alternatives",
        same: false,
        text: |side| diamond(r#""anyOf":[@,{"properties":{"z":@}}]"#, side),
    },
    Bomb {
        name: "a diamond of exclusive alternatives",
        same: false,
        text: |side| diamond(r#""oneOf":[@,{"type":"array","items":@}]"#, side),
    },
    Bomb {
        name: "a diamond of properties",
        same: false,
        text: |side| diamond(r#""properties":{"a":@,"b":@}"#, side),
    },
    Bomb {
        name: "a diamond of exclusions",
        same: false,
        text: |side| diamond(r#""allOf":[@,{"not":{"not":@}}]"#, side),
    },
    Bomb { name: "20,000 schemas that ever more operations reach", same: false, text: reached },
    Bomb { name: "3,000 alternatives that are composed of each other", same: false, text: chained },
    Bomb { name: "100,000 values of a discriminator", same: false, text: mapping },
];

/// How many there are of what a bomb is made of: fewer in a build that is not optimized, which is slower by a factor.
fn many(count: usize) -> usize {
    if cfg!(debug_assertions) { count / 10 } else { count }
}

/// A list of things, each by its number, with commas between them.
fn list(count: usize, each: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for at in 0..count {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(text, "{comma}{}", each(at));
    }
    text
}

fn document(paths: &str, rest: &str) -> String {
    format!(r#"{{"openapi":"3.1.0","info":{{"title":"bomb","version":"1"}},"paths":{{{paths}}}{rest}}}"#)
}

/// A document whose only schema is both sent and received.
fn schema(schema: &str, components: &str) -> String {
    let content = format!(r#""content":{{"application/json":{{"schema":{schema}}}}}"#);
    let operation = format!(r#"{{"requestBody":{{{content}}},"responses":{{"200":{{"description":"","#)
        + &content
        + "}}}";
    let components = format!(r#","components":{{"schemas":{{{components}}}}}"#);
    document(&format!(r#""/a":{{"post":{operation}}}"#), &components)
}

fn reference(name: &str, at: usize) -> String {
    format!(r##"{{"$ref":"#/components/schemas/{name}{at}"}}"##)
}

fn alternatives(count: usize, side: Side) -> String {
    let kind = side.word("string", "number");
    let each = |at| {
        format!(
            r#"{{"type":"object","required":["p{at}"],"properties":{{"p{at}":{{"type":"{kind}","maxLength":{at}}}}}}}"#
        )
    };
    schema(&format!(r#"{{"oneOf":[{}]}}"#, list(many(count), each)), "")
}

fn tagged(side: Side) -> String {
    let kind = side.word("string", "number");
    let each = |at| {
        format!(
            r#"{{"type":"object","required":["kind"],"properties":{{"kind":{{"const":"k{at}"}},"v":{{"type":"{kind}"}}}}}}"#
        )
    };
    schema(&format!(r#"{{"oneOf":[{}]}}"#, list(many(10_000), each)), "")
}

fn reordered(side: Side) -> String {
    let each = |at: usize| {
        let at = if side == Side::Old { at } else { many(10_000) - 1 - at };
        format!(r#"{{"type":"object","required":["p{at}"],"properties":{{"p{at}":{{"type":"string"}}}}}}"#)
    };
    schema(&format!(r#"{{"oneOf":[{}]}}"#, list(many(10_000), each)), "")
}

fn named(side: Side) -> String {
    let (name, kind) = (side.word("S", "T"), side.word("string", "number"));
    let each = |at| {
        format!(
            r#""{name}{at}":{{"type":"object","required":["p{at}"],"properties":{{"p{at}":{{"type":"{kind}"}}}}}}"#
        )
    };
    let variants = list(many(10_000), |at| reference(name, at));
    schema(&format!(r#"{{"anyOf":[{variants}]}}"#), &list(many(10_000), each))
}

fn beside(side: Side) -> String {
    let kind = side.word("string", "number");
    let each = |at| format!(r#"{{"required":["p{at}"],"properties":{{"p{at}":{{"type":"{kind}"}}}}}}"#);
    let variants = list(many(10_000), each);
    schema(
        &format!(
            r#"{{"type":"object","properties":{{"x":{{}}}},"allOf":[{{"oneOf":[{variants}]}},{{"anyOf":[{variants}]}}]}}"#
        ),
        "",
    )
}

fn ranges(side: Side) -> String {
    let by = if side == Side::Old { 0 } else { 1 };
    let each = |at: usize| {
        format!(r#"{{"type":"integer","minimum":{},"maximum":{}}}"#, at * 10 + by, at * 10 + 15 - by)
    };
    schema(&format!(r#"{{"anyOf":[{}]}}"#, list(many(5_000), each)), "")
}

fn properties(side: Side) -> String {
    let name = side.word("v", "w");
    let each = |at| format!(r#""{name}{at}":{{"type":"string"}}"#);
    schema(&format!(r#"{{"type":"object","properties":{{{}}}}}"#, list(many(100_000), each)), "")
}

fn required(side: Side) -> String {
    let by = if side == Side::Old { 0 } else { 1 };
    let names = list(many(100_000), |at| format!(r#""v{}""#, at * 2 + by));
    let each = |at| format!(r#""v{at}":{{"type":"string"}}"#);
    let properties = list(many(200_000), each);
    schema(&format!(r#"{{"type":"object","required":[{names}],"properties":{{{properties}}}}}"#), "")
}

fn components(side: Side) -> String {
    let name = side.word("S", "T");
    let used = list(many(100_000), |at| format!(r#""p{at}":{}"#, reference(name, at)));
    let each = |at| format!(r#""{name}{at}":{{"type":"object","properties":{{"a":{{"type":"string"}}}}}}"#);
    schema(&format!(r#"{{"type":"object","properties":{{{used}}}}}"#), &list(many(100_000), each))
}

fn values(count: usize, side: Side) -> String {
    let name = side.word("v", "w");
    schema(
        &format!(r#"{{"type":"string","enum":[{}]}}"#, list(many(count), |at| format!(r#""{name}{at}""#))),
        "",
    )
}

fn paths(side: Side) -> String {
    let name = side.word("v", "w");
    let each = |at| format!(r#""/{name}{at}/{{id}}":{{"get":{{"responses":{{}}}}}}"#);
    document(&list(many(100_000), each), "")
}

fn parameters(side: Side) -> String {
    let (name, kind) = (side.word("v", "w"), side.word("string", "number"));
    let each = |at| match at % 2 {
        0 => format!(r#"{{"name":"{name}{at}","in":"query","schema":{{"type":"string"}}}}"#),
        _ => format!(r#"{{"name":"p{at}","in":"query","schema":{{"type":"{kind}"}}}}"#),
    };
    let parameters = list(many(200_000), each);
    document(&format!(r#""/a":{{"get":{{"parameters":[{parameters}],"responses":{{}}}}}}"#), "")
}

fn path_parameters(side: Side) -> String {
    let (name, kind) = (side.word("v", "w"), side.word("string", "number"));
    let template: String = (0..many(5_000)).map(|at| format!("/{{{name}{at}}}")).collect();
    let each =
        |at| format!(r#"{{"name":"{name}{at}","in":"path","required":true,"schema":{{"type":"{kind}"}}}}"#);
    let parameters = list(many(5_000), each);
    document(&format!(r#""{template}":{{"get":{{"parameters":[{parameters}],"responses":{{}}}}}}"#), "")
}

fn parts(side: Side) -> String {
    let media = side.word("text/plain", "text/html");
    let encoding = list(many(20_000), |at| format!(r#""p{at}":{{"contentType":"{media}"}}"#));
    let properties = list(many(20_000), |at| format!(r#""p{at}":{{"type":"string"}}"#));
    let schema = format!(r#"{{"type":"object","properties":{{{properties}}}}}"#);
    let content = format!(r#"{{"multipart/form-data":{{"schema":{schema},"encoding":{{{encoding}}}}}}}"#);
    document(&format!(r#""/a":{{"post":{{"requestBody":{{"content":{content}}},"responses":{{}}}}}}"#), "")
}

fn media_types(side: Side) -> String {
    let name = side.word("v", "w");
    let each = |at| format!(r#""application/{name}{at}":{{"schema":{{"type":"string"}}}}"#);
    let content = list(many(20_000), each);
    document(
        &format!(r#""/a":{{"post":{{"requestBody":{{"content":{{{content}}}}},"responses":{{}}}}}}"#),
        "",
    )
}

fn statuses(side: Side) -> String {
    let name = side.word("v", "w");
    let headers = list(many(100_000), |at| format!(r#""{name}{at}":{{"schema":{{"type":"string"}}}}"#));
    let each = |at| format!(r#""{name}{at}":{{"description":""}}"#);
    let ok = format!(r#""200":{{"description":"","headers":{{{headers}}}}}"#);
    document(&format!(r#""/a":{{"get":{{"responses":{{{ok},{}}}}}}}"#, list(many(100_000), each)), "")
}

fn patterns(side: Side) -> String {
    let (name, kind) = (side.word("v", "w"), side.word("string", "number"));
    let each = |at| format!(r#""^{name}{at}[0-9]+$":{{"type":"{kind}"}}"#);
    let properties = list(many(1_000), |at| format!(r#""p{at}":{{"type":"{kind}"}}"#));
    let patterns = list(many(20_000), each);
    schema(
        &format!(r#"{{"type":"object","patternProperties":{{{patterns}}},"properties":{{{properties}}}}}"#),
        "",
    )
}

fn tuple(side: Side) -> String {
    let kind = side.word("string", "number");
    let count = if side == Side::Old { many(20_000) } else { many(20_000) + 1 };
    schema(
        &format!(
            r#"{{"type":"array","prefixItems":[{}]}}"#,
            list(count, |at| format!(r#"{{"type":"{kind}","maxLength":{at}}}"#))
        ),
        "",
    )
}

fn conditions(side: Side) -> String {
    let kind = side.word("string", "number");
    let each = |at| {
        format!(
            r#"{{"if":{{"required":["p{at}"]}},"then":{{"properties":{{"p{at}":{{"type":"{kind}"}}}}}},"not":{{"required":["n{at}"]}}}}"#
        )
    };
    let dependent = list(many(20_000), |at| {
        format!(r#""p{at}":{{"properties":{{"q":{{"type":"{kind}","maxLength":{at}}}}}}}"#)
    });
    schema(
        &format!(
            r#"{{"type":"object","dependentSchemas":{{{dependent}}},"allOf":[{}]}}"#,
            list(many(20_000), each)
        ),
        "",
    )
}

fn security(side: Side) -> String {
    let name = side.word("v", "w");
    let each = |at| format!(r#"{{"{name}{at}":[],"x{at}":["a"]}}"#);
    let operation = format!(r#"{{"security":[{}],"responses":{{}}}}"#, list(many(20_000), each));
    let schemes = list(many(20_000), |at| format!(r#""{name}{at}":{{"type":"http","scheme":"basic"}}"#));
    document(
        &format!(r#""/a":{{"get":{operation}}}"#),
        &format!(r#","components":{{"securitySchemes":{{{schemes}}}}}"#),
    )
}

fn servers(side: Side) -> String {
    let name = side.word("v", "w");
    let each = |at| format!(r#"{{"url":"https://{name}{at}.example/"}}"#);
    let paths = list(100, |at| format!(r#""/{at}":{{"get":{{"responses":{{}}}}}}"#));
    document(&paths, &format!(r#","servers":[{}]"#, list(many(20_000), each)))
}

fn members(side: Side) -> String {
    let kind = side.word("string", "number");
    let each = |at| format!(r#"{{"type":"object","properties":{{"p{}":{{"type":"{kind}"}}}}}}"#, at % 1000);
    schema(&format!(r#"{{"allOf":[{}]}}"#, list(many(100_000), each)), "")
}

fn nested(side: Side) -> String {
    let kind = side.word("string", "number");
    let each = |at: usize| {
        let inner =
            if at + 1 == many(10_000) { format!(r#"{{"type":"{kind}"}}"#) } else { reference("S", at + 1) };
        format!(r#""S{at}":{{"allOf":[{inner}],"minLength":{at}}}"#)
    };
    schema(&reference("S", 0), &list(many(10_000), each))
}

/// Forty schemas of which each holds the next one twice.
fn diamond(link: &str, side: Side) -> String {
    let each = |at| match at {
        40 => format!(r#""S40":{{"type":"{}"}}"#, side.word("string", "number")),
        _ => format!(r#""S{at}":{{{}}}"#, link.replace('@', &reference("S", at + 1))),
    };
    schema(&reference("S", 0), &list(41, each))
}

fn reached(side: Side) -> String {
    let kind = side.word("string", "number");
    let paths = list(many(20_000), |at| {
        let content = format!(r#"{{"application/json":{{"schema":{}}}}}"#, reference("S", at));
        format!(r#""/p{at}":{{"get":{{"responses":{{"200":{{"description":"","content":{content}}}}}}}}}"#)
    });
    let each = |at| {
        let next =
            if at + 1 == many(20_000) { format!(r#"{{"type":"{kind}"}}"#) } else { reference("S", at + 1) };
        format!(r#""S{at}":{{"type":"object","properties":{{"next":{next},"v":{{"type":"{kind}"}}}}}}"#)
    };
    document(&paths, &format!(r#","components":{{"schemas":{{{}}}}}"#, list(many(20_000), each)))
}

fn chained(side: Side) -> String {
    let kind = side.word("string", "number");
    let each = |at| {
        let next =
            if at + 1 == many(3_000) { format!(r#"{{"type":"{kind}"}}"#) } else { reference("S", at + 1) };
        format!(r#""S{at}":{{"allOf":[{next}],"title":"{at}","properties":{{"p{at}":{{"type":"{kind}"}}}}}}"#)
    };
    let variants = list(many(3_000), |at| reference("S", at));
    schema(&format!(r#"{{"oneOf":[{variants}]}}"#), &list(many(3_000), each))
}

fn mapping(side: Side) -> String {
    let name = side.word("v", "w");
    let mapping = list(many(100_000), |at| format!(r##""{name}{at}":"#/components/schemas/S{}""##, at % 2));
    let discriminator = format!(r#""discriminator":{{"propertyName":"kind","mapping":{{{mapping}}}}}"#);
    let variants = format!("{},{}", reference("S", 0), reference("S", 1));
    let each = |at| {
        format!(r#""S{at}":{{"type":"object","properties":{{"kind":{{"type":"string"}},"p{at}":{{}}}}}}"#)
    };
    schema(&format!(r#"{{"oneOf":[{variants}],{discriminator}}}"#), &list(2, each))
}
