//! The forges that this project's repositories lie on, opened once each, with the token that belongs there and to
//! no other host.

use crate::config::{Config, Forge as Kind, ForgeAccess, ForgeConfig, GITHUB, Repository, api_of};
use crate::git::Git;
use crate::web::Sending;
use countersign_forge::{Access, Budget, Forge, ForgeError, ForgeKind, ForgeSettings, Secret, Slug};
use countersign_model::Problem;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The longest that one request may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The variables that forges' own CI sets, or people do, by the kind of forge; the first one that is set counts.
const DEFAULT_TOKENS: [(Kind, &[&str]); 2] = [
    (Kind::Github, &["GITHUB_TOKEN", "GH_TOKEN"]),
    (Kind::Gitea, &["GITEA_TOKEN", "FORGEJO_TOKEN", "GITHUB_TOKEN"]),
];

/// The forges of a project.
pub struct Forges {
    configured: Vec<ForgeConfig>,
    variables: BTreeMap<String, String>,
    withheld: Option<&'static str>,
    sending: Sending,
    own: Option<Repository>,
    opened: Mutex<BTreeMap<String, Arc<Forge>>>,
}

impl Forges {
    pub(crate) fn new(
        config: &Config,
        variables: &BTreeMap<String, String>,
        withheld: Option<&'static str>,
        sending: Sending,
        git: Option<&Git>,
    ) -> Self {
        let own = (config.repository.clone()).or_else(|| from_ci(variables)).or_else(|| {
            let url = git?.remote_url("origin").ok()??;
            from_url(&url, config)
        });
        Self {
            configured: config.forges.values().cloned().collect(),
            variables: variables.clone(),
            withheld,
            sending,
            own,
            opened: Mutex::default(),
        }
    }

    /// This project's own repository, where the file, CI or the remote `origin` says which.
    pub fn own(&self) -> Option<&Repository> {
        self.own.as_ref()
    }

    /// The forge of a repository, and the repository's name there.
    ///
    /// # Errors
    /// A problem where that forge cannot be spoken to, or what it is reached with makes no sense.
    pub fn of(&self, repository: &Repository) -> Result<(Arc<Forge>, Slug), Problem> {
        let slug = Slug::new(&repository.owner, &repository.name);
        let host = host(repository);
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(forge) = opened.get(host) {
            return Ok((Arc::clone(forge), slug));
        }
        let forge =
            Arc::new(Forge::new(self.settings(repository.forge, host)?).map_err(|error| problem(&error))?);
        opened.insert(host.to_owned(), Arc::clone(&forge));
        Ok((forge, slug))
    }

    /// The name of the variable whose token a repository is reached with; none where there is none.
    pub fn variable_for(&self, repository: &Repository) -> Option<String> {
        self.token(repository.forge, host(repository)).map(|(variable, _)| variable)
    }

    fn settings(&self, kind: Kind, host: &str) -> Result<ForgeSettings, Problem> {
        let table = self.table(host);
        let forge_kind = match kind {
            Kind::Github => ForgeKind::Github,
            Kind::Gitea => ForgeKind::Gitea,
            Kind::Gitlab => {
                let message =
                    format!("`{host}` is a GitLab, whose repositories Countersign cannot reach yet");
                return Err(Problem::new("unsupported-forge", message)
                    .hint("tell it through `notify-webhook`, and poll on its side with `countersign propose --live`"));
            }
        };
        let api = table.map_or_else(|| api_of(kind, host), |table| table.api.clone());
        let api = api.parse().map_err(|error: url::ParseError| {
            Problem::new("invalid-value", format!("the API of `{host}` is not a URL"))
                .cause(error.to_string())
        })?;
        let default = Budget::default();
        let budget = Budget {
            per_minute: table.and_then(|table| table.per_minute).unwrap_or(default.per_minute),
            per_hour: table.and_then(|table| table.per_hour).unwrap_or(default.per_hour),
            ..default
        };
        let dry_run = self.sending == Sending::DryRun;
        Ok(ForgeSettings {
            kind: forge_kind,
            api,
            access: self.access(kind, host),
            budget,
            dry_run,
            timeout: TIMEOUT,
        })
    }

    fn access(&self, kind: Kind, host: &str) -> Access {
        if let Some(reason) = self.withheld {
            return Access::Withheld(reason);
        }
        let app = self.table(host).and_then(|table| match &table.access {
            ForgeAccess::App { id, key } => Some((*id, self.value(key)?)),
            ForgeAccess::Default | ForgeAccess::Token(_) => None,
        });
        match (app, self.token(kind, host)) {
            (Some((id, key)), _) => Access::App { id, key: Secret::new(key) },
            (None, Some((_, token))) => Access::Token(Secret::new(token)),
            (None, None) => Access::Anonymous,
        }
    }

    /// A token, and the variable that it comes from. Without a table, CI's own token goes to CI's own host only.
    fn token(&self, kind: Kind, host: &str) -> Option<(String, String)> {
        let table = self.table(host);
        if let Some(variable) = table.and_then(ForgeConfig::variable) {
            return self.value(variable).map(|value| (variable.to_owned(), value));
        }
        let is_here = match self.value("GITHUB_SERVER_URL") {
            Some(server) => {
                server.split_once("://").is_some_and(|(_, here)| here.trim_end_matches('/') == host)
            }
            None => host == GITHUB,
        };
        let names = DEFAULT_TOKENS.iter().find(|(of, _)| *of == kind).map(|(_, names)| *names)?;
        // A table says that the host is trusted with the token of its kind; without one, CI's own token goes to
        // CI's own host, and `GITHUB_TOKEN` is CI's name for it on every forge.
        let fits =
            |name: &str| is_here || table.is_some() && (kind == Kind::Github || name != "GITHUB_TOKEN");
        names.iter().filter(|name| fits(name)).find_map(|name| Some(((*name).to_owned(), self.value(name)?)))
    }

    fn table(&self, host: &str) -> Option<&ForgeConfig> {
        self.configured.iter().find(|forge| forge.host == host)
    }

    fn value(&self, variable: &str) -> Option<String> {
        self.variables.get(variable).filter(|value| !value.is_empty()).cloned()
    }
}

/// Every variable that may hold the secret of a forge: none of them goes to a tool.
pub(crate) fn is_secret(config: &Config, variable: &str) -> bool {
    DEFAULT_TOKENS.iter().any(|(_, names)| names.contains(&variable))
        || config.forges.values().any(|forge| forge.variable() == Some(variable))
}

/// What a failed call on a forge means to the user.
pub(crate) fn problem(error: &ForgeError) -> Problem {
    let message = error.to_string();
    let (code, hint) = match error {
        ForgeError::Unreachable { .. } | ForgeError::Unavailable { .. } => {
            ("source-unreachable", "run again when the forge can be reached")
        }
        ForgeError::Unknown { .. } => ("forge-unknown", "run again: what took effect is looked up first"),
        ForgeError::Limited { .. } => (
            "rate-limited",
            "run again later, or raise `budget` under `[forges]` where the forge allows more",
        ),
        ForgeError::Moved { .. } => ("repository-moved", "write its new name into pipeline.toml"),
        ForgeError::NotFound { .. } => (
            "not-found-or-forbidden",
            "check the name, and that the token may see the repository: a forge does not tell the two apart",
        ),
        ForgeError::Forbidden { .. } => {
            ("forge-forbidden", "give the token the permission, or use one that has it")
        }
        ForgeError::Unauthorized { .. } => {
            ("token-refused", "check that the token is not expired or revoked")
        }
        ForgeError::NoCredential(_) => (
            "no-credential",
            "set `GITHUB_TOKEN`, or name another variable: `[forges.github] token = \"env:NAME\"`",
        ),
        ForgeError::DryRun { .. } => ("dry-run", "run without `--dry-run` to send it"),
        ForgeError::Refused { .. } | ForgeError::Malformed { .. } => (
            "forge-refused",
            "see what the forge says; `countersign status --targets` shows how the repository stands",
        ),
        ForgeError::Unsupported(_) => ("unsupported-forge", "use a channel that this forge has"),
        ForgeError::Invalid(_) => ("forge-refused", "make it smaller; nothing was sent"),
    };
    Problem::new(code, message).hint(hint)
}

/// The host of a repository.
pub(crate) fn host(repository: &Repository) -> &str {
    match (&repository.host, repository.forge) {
        (Some(host), _) => host,
        (None, Kind::Github) => GITHUB,
        // `gitea:` always names a host.
        (None, Kind::Gitlab | Kind::Gitea) => "gitlab.com",
    }
}

/// The page of a repository for people.
pub(crate) fn page(repository: &Repository) -> String {
    format!("https://{}/{}/{}", host(repository), repository.owner, repository.name)
}

/// The repository that CI works on, as the variables of GitHub, Gitea, Forgejo or GitLab say it.
fn from_ci(variables: &BTreeMap<String, String>) -> Option<Repository> {
    let get = |name: &str| variables.get(name).filter(|value| !value.is_empty());
    if let (Some(server), Some(name)) = (get("GITHUB_SERVER_URL"), get("GITHUB_REPOSITORY")) {
        let host = server.split_once("://")?.1.trim_end_matches('/');
        let is_gitea = get("GITEA_ACTIONS").is_some() || get("FORGEJO_ACTIONS").is_some();
        return match (is_gitea, host) {
            (true, host) => format!("gitea:{host}/{name}"),
            (false, GITHUB) => format!("github:{name}"),
            (false, host) => format!("github:{host}/{name}"),
        }
        .parse()
        .ok();
    }
    let (host, path) = (get("CI_SERVER_HOST")?, get("CI_PROJECT_PATH")?);
    format!("gitlab:{host}/{path}").parse().ok()
}

/// The repository that a remote's URL leads to: of GitHub, or of a host that `[forges]` names.
fn from_url(url: &str, config: &Config) -> Option<Repository> {
    let (host, path) = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?,
        // The short form of SSH: `git@host:owner/name.git`.
        None => url.split_once(':')?,
    };
    let host = host.rsplit('@').next()?.split(':').next()?;
    let path = path.trim_matches('/').trim_end_matches(".git");
    let kind = match config.forges.values().find(|forge| forge.host == host) {
        Some(forge) => forge.kind,
        None if host == GITHUB => Kind::Github,
        None => return None,
    };
    match (kind, host) {
        (Kind::Github, GITHUB) => format!("github:{path}"),
        (kind, host) => format!("{}:{host}/{path}", kind.as_str()),
    }
    .parse()
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        Config::parse(text, "pipeline.toml", ".".into()).expect("the file is right")
    }

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    fn forges(text: &str, pairs: &[(&str, &str)]) -> Forges {
        Forges::new(&config(text), &variables(pairs), None, Sending::Allowed, None)
    }

    fn token(forges: &Forges, repository: &str) -> Option<String> {
        forges.variable_for(&repository.parse().unwrap())
    }

    #[test]
    fn the_token_of_ci_goes_to_the_host_of_ci_only() {
        let here = [("GITHUB_SERVER_URL", "https://github.com"), ("GITHUB_TOKEN", "x")];
        assert_eq!(token(&forges("", &here), "github:o/n").as_deref(), Some("GITHUB_TOKEN"));
        assert_eq!(token(&forges("", &here), "github:ghe.example.org/o/n"), None);
        let gitea = [("GITHUB_SERVER_URL", "https://git.example.org"), ("GITHUB_TOKEN", "x")];
        assert_eq!(token(&forges("", &gitea), "github:o/n"), None);
        assert_eq!(token(&forges("", &gitea), "gitea:git.example.org/o/n").as_deref(), Some("GITHUB_TOKEN"));
        assert_eq!(token(&forges("", &gitea), "gitea:evil.example.org/o/n"), None);
    }

    #[test]
    fn a_table_names_the_token_of_its_host() {
        let text = "[forges.bot]\nkind = \"github\"\ntoken = \"env:BOT_TOKEN\"\n";
        let set = [("GITHUB_TOKEN", "x"), ("BOT_TOKEN", "y")];
        assert_eq!(token(&forges(text, &set), "github:o/n").as_deref(), Some("BOT_TOKEN"));
        assert!(is_secret(&config(text), "BOT_TOKEN") && is_secret(&config(text), "GITHUB_TOKEN"));
        assert!(!is_secret(&config(text), "PATH"));
    }

    #[test]
    fn our_own_repository_is_what_the_file_ci_or_the_remote_says() {
        let own = |text: &str, pairs: &[(&str, &str)]| forges(text, pairs).own().map(ToString::to_string);
        let ci = [("GITHUB_SERVER_URL", "https://github.com"), ("GITHUB_REPOSITORY", "acme/api")];
        assert_eq!(own("", &ci).as_deref(), Some("github:acme/api"));
        assert_eq!(own("[pipeline]\nrepository = \"github:a/b\"\n", &ci).as_deref(), Some("github:a/b"));
        let gitea = [ci[1], ("GITHUB_SERVER_URL", "https://git.example.org"), ("GITEA_ACTIONS", "true")];
        assert_eq!(own("", &gitea).as_deref(), Some("gitea:git.example.org/acme/api"));
        let gitlab = [("CI_SERVER_HOST", "gitlab.com"), ("CI_PROJECT_PATH", "a/b/c")];
        assert_eq!(own("", &gitlab).as_deref(), Some("gitlab:gitlab.com/a/b/c"));
        assert_eq!(own("", &[]), None);
    }

    #[test]
    fn a_remote_is_read_in_each_of_its_forms() {
        let forge = config("[forges.own]\nkind = \"gitea\"\nhost = \"git.example.org\"\n");
        for (url, expected) in [
            ("https://github.com/acme/api.git", Some("github:acme/api")),
            ("git@github.com:acme/api.git", Some("github:acme/api")),
            ("ssh://git@github.com:22/acme/api", Some("github:acme/api")),
            ("https://token@git.example.org/acme/api", Some("gitea:git.example.org/acme/api")),
            ("/srv/git/api.git", None),
            ("https://other.example.org/acme/api", None),
        ] {
            assert_eq!(from_url(url, &forge).map(|own| own.to_string()).as_deref(), expected, "{url}");
        }
    }
}
