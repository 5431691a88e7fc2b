use super::Forge;
use super::file::{BudgetTable, ForgeKindName, ForgeTable};
use super::resolve::{Entry, Resolver};
use super::words::{inside, quote};
use countersign_model::{Name, Problem};

/// The host of the forge that needs no table.
pub(crate) const GITHUB: &str = "github.com";

/// `[forges.NAME]`: a forge and what it is reached with. The secret itself is never read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgeConfig {
    /// Its name.
    pub name: Name,
    /// What kind of forge it is; never GitLab.
    pub kind: Forge,
    /// The host of its repositories.
    pub host: String,
    /// The base of its API, without a slash at its end.
    pub api: String,
    /// Where its secret comes from.
    pub access: ForgeAccess,
    /// Writes a minute, where the file says.
    pub per_minute: Option<u32>,
    /// Writes an hour, where the file says.
    pub per_hour: Option<u32>,
}

/// Where the secret of a forge comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForgeAccess {
    /// The variable that the forge's own CI sets.
    Default,
    /// A token in this variable.
    Token(String),
    /// A GitHub App, whose private key is in this variable.
    App {
        /// The App's identifier.
        id: u64,
        /// The variable.
        key: String,
    },
}

impl ForgeConfig {
    /// The variable that holds its secret, where the file names one.
    pub fn variable(&self) -> Option<&str> {
        match &self.access {
            ForgeAccess::Default => None,
            ForgeAccess::Token(variable) | ForgeAccess::App { key: variable, .. } => Some(variable),
        }
    }
}

/// The base of a forge's API, by its host.
pub(crate) fn api_of(kind: Forge, host: &str) -> String {
    match kind {
        Forge::Github if host == GITHUB => "https://api.github.com".into(),
        Forge::Github => format!("https://{host}/api/v3"),
        Forge::Gitea => format!("https://{host}/api/v1"),
        Forge::Gitlab => format!("https://{host}/api/v4"),
    }
}

impl Resolver<'_> {
    /// `[forges.NAME]`.
    pub(super) fn forge(&mut self, entry: Entry<ForgeTable>) -> Option<ForgeConfig> {
        let Entry { name, pointer, table } = entry;
        let kind = match table.kind {
            ForgeKindName::Github => Forge::Github,
            ForgeKindName::Gitea => Forge::Gitea,
        };
        let host = table.host.or_else(|| (kind == Forge::Github).then(|| GITHUB.to_owned()));
        let Some(host) = host else {
            let problem = Problem::new("missing-key", format!("key `host` is missing {}", inside(&pointer)));
            self.problem(&pointer, problem.hint("add `host = \"git.example.org\"`"));
            return None;
        };
        let access = self.access(table.token, table.app, kind, &pointer)?;
        let budget: BudgetTable = table.budget.unwrap_or_default();
        let api = table.api.unwrap_or_else(|| api_of(kind, &host)).trim_end_matches('/').to_owned();
        Some(ForgeConfig {
            name,
            kind,
            host,
            api,
            access,
            per_minute: budget.per_minute,
            per_hour: budget.per_hour,
        })
    }

    fn access(
        &mut self,
        token: Option<String>,
        app: Option<super::file::AppTable>,
        kind: Forge,
        pointer: &str,
    ) -> Option<ForgeAccess> {
        let variable = |from: &str| from.strip_prefix("env:").unwrap_or(from).to_owned();
        match (token, app) {
            (Some(_), Some(_)) => {
                let problem = Problem::new("two-credentials", "a forge has both `token` and `app`");
                self.problem(&format!("{pointer}/app"), problem.hint("keep one of them"));
                None
            }
            (None, Some(_)) if kind != Forge::Github => {
                let problem = Problem::new("invalid-value", "only GitHub has Apps");
                self.problem(
                    &format!("{pointer}/app"),
                    problem.hint("add `token = \"env:GITEA_TOKEN\"` instead"),
                );
                None
            }
            (None, Some(app)) => Some(ForgeAccess::App { id: app.id, key: variable(&app.key) }),
            (Some(token), None) => Some(ForgeAccess::Token(variable(&token))),
            (None, None) => Some(ForgeAccess::Default),
        }
    }

    /// Two tables for one host would leave open which token goes out.
    pub(super) fn one_table_per_host(&mut self, forges: &std::collections::BTreeMap<Name, ForgeConfig>) {
        let all: Vec<_> = forges.values().collect();
        for (index, forge) in all.iter().enumerate() {
            if let Some(other) = all[..index].iter().find(|other| other.host == forge.host) {
                let message = format!(
                    "forges `{}` and `{}` are both for {}",
                    other.name,
                    forge.name,
                    quote(&forge.host)
                );
                let problem = Problem::new("two-credentials", message).hint("keep one table for each host");
                self.problem(&format!("/forges/{}", forge.name), problem);
            }
        }
    }
}
