//! The headers that every answer carries.

/// What a page may load (Content Security Policy 3): our own style, script and pictures, and nothing inline.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of every page. A page tells of private repositories, so nobody in between keeps it.
pub const PAGE: [(&str, &str); 8] = [
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// The headers of JSON. `application/problem+json` replaces the type where it is a problem.
pub const JSON: [(&str, &str); 5] = [
    ("content-type", "application/json"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// The media type of [`crate::view::ProblemDetails`] (RFC 9457, section 3).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The headers of what lies below `/static/`, besides its type. Pages name each with its digest.
pub const ASSET: [(&str, &str); 3] = [
    ("cache-control", "public, max-age=31536000, immutable"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "same-origin"),
];
