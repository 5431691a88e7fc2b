//! What a canary finds in the answers of a running service, and what keeps it from deciding.

use super::{Code, code};

pub(super) const CODES: &[Code] = &[
    code(
        "answer-too-large",
        "An answer is larger than 4 MiB, or nested deeper than 128 levels, and was not compared. Undecided is never \
         agreed: the exit status is 2.",
        "Ask for less: a canary needs a few items and not all of them. An endpoint can carry a query, such as \
         `GET /watches?limit=5`.",
    ),
    code(
        "body-mismatch",
        "The body of an answer is not what the record's schema says. The finding names the place in the body and the \
         place in the record; values of the answer are never shown.",
        "If the service is wrong, mend it. If the change is meant, it belongs into the API's description: \
         `countersign accept` takes it into the record, where its clients see it coming.",
    ),
    code(
        "canary-format",
        "A contract of another format than `openapi` has a canary. Its record says nothing of answers.",
        "Remove the table `canary`, or set `format = \"openapi\"`.",
    ),
    code(
        "declared-failure",
        "Not a finding: an endpoint answered with a status that is no success, and the record declares it. Whether a \
         success is what the record says was not seen.",
        "Give `parameters` that name something which is always there, or a credential that may read it.",
    ),
    code(
        "encoded-answer",
        "An answer has a `Content-Encoding`, although the request accepted none. It was not compared.",
        "Let the service, or the proxy before it, honour `Accept-Encoding: identity`.",
    ),
    code(
        "missing-body",
        "The record declares a body for this status, and the answer has none.",
        "Mend the service, or declare a status without a body, such as 204.",
    ),
    code(
        "missing-header",
        "The record requires a response header, and the answer is without it.",
        "Mend the service or the proxy before it, or let the API require the header no more.",
    ),
    code(
        "missing-parameter",
        "The path of a canary's endpoint has a parameter, and nothing says what to put there.",
        "Add a value under `parameters`: the name of something that is always there.",
    ),
    code(
        "no-canary",
        "`countersign canary` was asked for a contract without a canary, or no contract has one.",
        "Add the table; the hint has the TOML.",
    ),
    code("planned", "Not a finding: a request that a dry run would have sent.", ""),
    code(
        "request-refused",
        "A canary's request was not sent: its credential may not go there or is not set, or the name of the service \
         leads to an address that a name must not stand for.",
        "The hint has the TOML where the configuration can grant it.",
    ),
    code(
        "service-unreachable",
        "A service could not be asked by a canary, did not answer in time, or a gateway answered in its place (429, \
         502, 503 or 504, which the record does not declare). That is neither agreement nor a violation: the exit \
         status is 3 where nothing else is wrong.",
        "Check `base` and the network, and ask again.",
    ),
    code(
        "uncommitted-record",
        "A canary's violations are told once for each commit that makes the record what it is, and the record is not \
         committed as it stands here. Nobody was told; the violations are in the output all the same.",
        "Commit the record, and run `countersign canary --notify` again.",
    ),
    code(
        "undeclared-media-type",
        "The media type of an answer is none that the record declares for this status; a page of HTML in place of \
         JSON, for instance. Parameters such as `charset` do not count.",
        "See what answers there: a proxy, a login page or the service. `base` may lack a part of the path.",
    ),
    code(
        "undeclared-status",
        "An answer has a status that the record declares neither by itself nor by a range such as `2XX` nor by \
         `default`. Redirects are answers: they are not followed.",
        "See why the service answers so. If it is meant, declare the status in the API.",
    ),
    code(
        "unknown-operation",
        "An endpoint of a canary is no operation of the record.",
        "Write method and path as the record has them, parameters in braces. Where the record is behind, accept first.",
    ),
    code(
        "unknown-parameter",
        "A canary has a value for a parameter that is in no endpoint's path. It would have no effect, so it is an error.",
        "Correct or remove it. A parameter of the query is written into the endpoint: `GET /watches?limit=5`.",
    ),
    code(
        "unreadable-body",
        "An answer says that it is JSON, and is none, or is not UTF-8.",
        "See what answers there: often a proxy's or a framework's page of an error.",
    ),
    code(
        "unusable-record",
        "A canary cannot hold an answer against the record: it is no OpenAPI 3 document, a reference leads out of it or \
         nowhere, a schema is invalid or made of itself, or a pattern takes too many steps.",
        "Mend the API's description where the message says, and accept it.",
    ),
];
