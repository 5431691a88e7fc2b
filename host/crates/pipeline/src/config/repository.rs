use super::resolve::Resolver;
use super::words::quote;
use countersign_model::Problem;
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

/// A repository elsewhere: `github:[HOST/]OWNER/NAME`, `gitea:HOST/OWNER/NAME`, `gitlab:[HOST/]GROUP/…/NAME`.
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

impl std::str::FromStr for Repository {
    type Err = &'static str;

    /// # Errors
    /// The form that is expected.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, path) = text.split_once(':').ok_or(FORMS)?;
        let mut segments: Vec<&str> = path.split('/').collect();
        let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
        let is_plain = |segment: &&str| !segment.is_empty() && *segment != ".." && segment.chars().all(plain);
        if !segments.iter().all(is_plain) {
            return Err(FORMS);
        }
        let (forge, host) = match (word, segments.len()) {
            ("github", 2) => (Forge::Github, None),
            // The host of a GitHub Enterprise Server; an owner holds no dot.
            ("github", 3) if segments[0].contains('.') => {
                (Forge::Github, Some(segments.remove(0).to_owned()))
            }
            ("gitea", 3) => (Forge::Gitea, Some(segments.remove(0).to_owned())),
            // A group of GitLab's own host may hold no dot in the first place, a host always does.
            ("gitlab", 3..) if segments[0].contains('.') => {
                (Forge::Gitlab, Some(segments.remove(0).to_owned()))
            }
            ("gitlab", 2..) => (Forge::Gitlab, None),
            _ => return Err(FORMS),
        };
        let name = segments.pop().ok_or(FORMS)?.to_owned();
        Ok(Self { forge, host, owner: segments.join("/"), name })
    }
}

const FORMS: &str = "write it like `github:OWNER/NAME`, `gitea:HOST/OWNER/NAME` or `gitlab:GROUP/NAME`";

impl Resolver<'_> {
    pub(super) fn repository(&mut self, typed: &str, pointer: &str) -> Option<Repository> {
        let parsed = typed.parse();
        parsed
            .map_err(|forms: &str| {
                let message = format!("{} is not a repository", quote(typed));
                self.problem(pointer, Problem::new("invalid-repository", message).hint(forms));
            })
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_shown_as_it_was_written() {
        for text in [
            "github:o/n",
            "github:ghe.example.org/o/n",
            "gitea:git.example.org/o/n",
            "gitlab:a/b/n",
            "gitlab:git.example.org/a/b/n",
        ] {
            assert_eq!(text.parse::<Repository>().unwrap().to_string(), text);
        }
        for text in
            ["", "o/n", "github:o", "github:o/n/x", "github:o/../n", "gitea:o/n", "svn:o/n", "github:o/n?"]
        {
            assert!(text.parse::<Repository>().is_err(), "{text}");
        }
    }
}
