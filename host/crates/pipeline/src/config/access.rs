use super::Limits;
use super::file::{
    CredentialTable, GrantsTable, PluginTable, Rule, SecretPart, SecretSource, SecretSources, SignatureName,
};
use super::resolve::{Entry, Resolver};
use super::words::quote;
use countersign_model::{Name, Problem};
use schemars::JsonSchema;
use serde::Deserialize;

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
    /// It is the URL itself, in the place of one that ends in `{}`.
    Url,
}

/// `[credentials.NAME]`. The secret itself is never read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialConfig {
    /// The environment variables that hold the secret, the newest first; more than one only to sign with.
    pub variables: Vec<String>,
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
    pub tool: Vec<Name>,
    /// Files that it may read, by their paths relative to `pipeline.toml`.
    pub input: Vec<String>,
    /// What it may do on the forge.
    pub forge: Vec<ForgeVerb>,
}

/// What a plugin may do on the forge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ForgeVerb {
    /// Send a `repository_dispatch` to a client's repository.
    Dispatch,
    /// Ask for a run of a workflow of a client's repository.
    DispatchWorkflow,
    /// Keep a comment on pull requests of this repository.
    Comment,
    /// Set statuses on commits of this repository.
    Status,
}

impl ForgeVerb {
    /// As the file and the engine have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::DispatchWorkflow => "dispatch-workflow",
            Self::Comment => "comment",
            Self::Status => "status",
        }
    }
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

impl Resolver<'_> {
    /// `[credentials.NAME]`. No message holds a value of `from` or `header`: people do paste secrets there.
    pub(super) fn credential(&mut self, entry: Entry<CredentialTable>) -> Option<CredentialConfig> {
        let Entry { name, pointer, table } = entry;
        let allow = self.rules(&table.allow, &format!("{pointer}/allow"));
        let header = table.header.as_deref().and_then(|header| header.split_once(':'));
        let header = header.map(|(name, value)| SecretUse::Header {
            name: name.to_owned(),
            value: value.trim_start().to_owned(),
        });
        let sign = table.sign.map(|SignatureName::StandardWebhooks| SecretUse::StandardWebhooks);
        let url = table.used_as.map(|SecretPart::Url| SecretUse::Url);
        let mut uses = header.into_iter().chain(sign).chain(url);
        let (Some(sign), None) = (uses.next(), uses.next()) else {
            self.not_one_use(&name, &pointer, &table);
            return None;
        };
        let sources: &[SecretSource] = match &table.from {
            SecretSources::One(source) => std::slice::from_ref(source),
            SecretSources::Several(sources) => sources,
        };
        if sources.len() > 1 && sign != SecretUse::StandardWebhooks {
            let message = format!("credential `{name}` has several secrets and does not sign with them");
            let hint = "name one in `from`; several are for `sign`, while a receiver changes its secret";
            let problem = Problem::new("credential-use", message).hint(hint);
            self.problem(&format!("{pointer}/from"), problem);
            return None;
        }
        let variables = sources.iter().filter_map(|source| source.0.strip_prefix("env:"));
        let variables = variables.map(ToOwned::to_owned).collect();
        Some(CredentialConfig { variables, allow, sign, pointer })
    }

    fn not_one_use(&mut self, name: &Name, pointer: &str, table: &CredentialTable) {
        let none = table.header.is_none() && table.sign.is_none() && table.used_as.is_none();
        let how_many = if none { "none" } else { "more than one" };
        let message = format!("credential `{name}` has {how_many} of `header`, `sign` and `as`");
        let hint = "keep one: `header = \"Authorization: Bearer {}\"`, `sign = \"standard-webhooks\"` or `as = \"url\"`";
        self.problem(pointer, Problem::new("credential-use", message).hint(hint));
    }

    /// `[plugins.NAME]`.
    pub(super) fn plugin_table(&mut self, entry: Entry<PluginTable>) -> Option<PluginConfig> {
        let Entry { pointer, table, .. } = entry;
        let source = match table.source {
            None => Some(PluginSource::BuiltIn),
            Some(typed) => self.source(&typed, &format!("{pointer}/source")),
        };
        let grants = self.grants(table.grants, &format!("{pointer}/grants"));
        Some(PluginConfig { source: source?, grants, limits: table.limits.into(), pointer })
    }

    fn grants(&mut self, table: GrantsTable, pointer: &str) -> Grants {
        let named = table.tool.iter().enumerate();
        let tool = named.filter_map(|(at, typed)| {
            self.reference("tools", "tool", typed, &format!("{pointer}/tool/{at}"))
        });
        Grants {
            tool: tool.collect(),
            http: self.rules(&table.http, &format!("{pointer}/http")),
            input: self.globs(table.input, &format!("{pointer}/input")),
            forge: table.forge,
        }
    }

    fn source(&mut self, typed: &str, pointer: &str) -> Option<PluginSource> {
        if let Some(reference) = typed.strip_prefix("oci://").filter(|reference| reference.contains('/')) {
            return Some(PluginSource::Oci(reference.to_owned()));
        }
        let file = typed.strip_prefix("path:").or_else(|| typed.starts_with("./").then_some(typed));
        if let Some(file) = file {
            return self.path(file, pointer).map(PluginSource::Path);
        }
        let message = format!("{} is not a source of a plugin", quote(typed));
        let hint =
            "write it like `path:plugins/mine.wasm` or `oci://registry.example.com/acme/notify-pager:1.2.0`";
        self.problem(pointer, Problem::new("invalid-source", message).hint(hint));
        None
    }

    fn rules(&mut self, rules: &[Rule], pointer: &str) -> Vec<HttpRule> {
        for (index, rule) in rules.iter().enumerate().filter(|(_, rule)| !is_host_bounded(&rule.0)) {
            let message = format!("{} leaves its host open", quote(&rule.0));
            let hint = "a `*` in a host stands for subdomains only: `https://*.example.com/`";
            self.problem(&format!("{pointer}/{index}"), Problem::new("invalid-value", message).hint(hint));
        }
        let split = rules.iter().filter_map(|rule| rule.0.split_once(' '));
        split.map(|(method, url)| HttpRule { method: method.to_owned(), url: url.to_owned() }).collect()
    }
}

/// Whether a rule names the one domain that it reaches.
fn is_host_bounded(rule: &str) -> bool {
    let authority = rule.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    authority.is_some_and(|host| match host.strip_prefix("*.") {
        Some(domain) => domain.contains('.') && !domain.contains('*'),
        None => !host.contains('*'),
    })
}
