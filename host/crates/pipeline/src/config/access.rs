use super::Limits;

/// Requests that are allowed: one method, and URLs by a glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRule {
    /// The method, in upper case (RFC 9110, section 9).
    pub method: String,
    /// The URL, in which `*` stands for anything.
    pub url: String,
}

/// How a secret is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretUse {
    /// It is put into a header.
    Header {
        /// The header's name.
        name: String,
        /// Its value, in which `{}` stands for the secret, once.
        value: String,
    },
    /// The request is signed with it, by the rules of Standard Webhooks.
    StandardWebhooks,
}

/// `[credentials.NAME]`. The secret itself is never read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialConfig {
    /// The environment variable that holds the secret.
    pub variable: String,
    /// The only requests that it is ever attached to.
    pub allow: Vec<HttpRule>,
    /// How it is used.
    pub sign: SecretUse,
    /// Its JSON Pointer in the file.
    pub pointer: String,
}

/// Where a plugin's component comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PluginSource {
    /// It is built into the binary.
    BuiltIn,
    /// A file, relative to `pipeline.toml`.
    Path(String),
    /// A reference into an OCI registry, without `oci://`.
    Oci(String),
}

/// What a plugin may do beyond its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Requests that it may send.
    pub http: Vec<HttpRule>,
    /// Tools of `[tools]` that it may run.
    pub tool: Vec<countersign_model::Name>,
    /// Globs of files that it may read, relative to `pipeline.toml`.
    pub input: Vec<String>,
}

/// `[plugins.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginConfig {
    /// Where it comes from.
    pub source: PluginSource,
    /// What it may do.
    pub grants: Grants,
    /// Its limits, where the file changes them.
    pub limits: Limits,
    /// Its JSON Pointer in the file.
    pub pointer: String,
}
