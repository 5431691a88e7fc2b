use std::fmt;

/// What hosts a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forge {
    /// GitHub.
    Github,
    /// Gitea or Forgejo.
    Gitea,
    /// GitLab.
    Gitlab,
}

impl Forge {
    /// The word before the colon.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitea => "gitea",
            Self::Gitlab => "gitlab",
        }
    }
}

/// A repository elsewhere: `github:OWNER/NAME`, `gitea:HOST/OWNER/NAME`, `gitlab:[HOST/]GROUP/…/NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// What hosts it.
    pub forge: Forge,
    /// The host, where it is not the forge's own.
    pub host: Option<String>,
    /// The owner; for GitLab all groups, with `/` between them.
    pub owner: String,
    /// The name.
    pub name: String,
}

impl fmt::Display for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:", self.forge.as_str())?;
        if let Some(host) = &self.host {
            write!(formatter, "{host}/")?;
        }
        write!(formatter, "{}/{}", self.owner, self.name)
    }
}
