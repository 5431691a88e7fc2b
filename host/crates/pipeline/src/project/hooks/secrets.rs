//! The address and the secrets that webhooks are made with. Values go into requests and nowhere else.

use crate::config::Forge;
use crate::hooks::{Live, Wanted};
use crate::project::Project;
use countersign_forge::Secret;
use countersign_model::Problem;

/// The shortest secret that is believed: GitHub and the Standard Webhooks specification ask for a random one.
const SHORTEST: usize = 16;

impl Project {
    /// The value of a variable that holds a secret of `[serve]`; none where it is not set.
    ///
    /// # Errors
    /// A problem where it is so short that it could be guessed.
    pub fn serve_secret(&self, variable: &str) -> Result<Option<String>, Problem> {
        let Some(value) = self.settings.variables.get(variable).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        if value.len() < SHORTEST {
            let message = format!(
                "the secret in `{variable}` has fewer than {SHORTEST} characters, and could be guessed"
            );
            return Err(Problem::new("weak-secret", message).hint("make one with `openssl rand -hex 32`"));
        }
        Ok(Some(value.clone()))
    }

    /// Where the webhooks of a forge send to; none where `public-url` is not set.
    pub(in crate::project) fn hook_address(&self, forge: Forge) -> Option<String> {
        let daemon = self.config.serve.public_url.as_deref()?;
        Some(format!("{daemon}/hooks/{}", forge.as_str()))
    }

    /// What the webhooks of a forge should be; none on one whose webhooks we cannot reach.
    pub(super) fn wanted_hook(&self, forge: Forge) -> Result<Option<Wanted>, Problem> {
        let config = &self.config.serve;
        let Some(address) = self.hook_address(forge) else {
            let message = "`public-url` is not set, so nobody can say where webhooks should send to";
            return Err(Problem::new("no-public-url", message)
                .at(self.config.position("/serve"))
                .hint("set `public-url = \"https://countersign.example.com\"` under `[serve]`"));
        };
        let variables = match forge {
            Forge::Github => &config.hooks.github,
            Forge::Gitea => &config.hooks.gitea,
            Forge::Gitlab => return Ok(None),
        };
        let key = forge.as_str();
        let pointer = format!("/serve/hooks/{key}");
        let mut live = Vec::new();
        for variable in variables {
            live.push(
                self.hook_secret(variable).map_err(|problem| problem.at(self.config.position(&pointer)))?,
            );
        }
        let mut live = live.into_iter();
        let Some(current) = live.next() else {
            let message =
                format!("no secret is named for what {key} sends, so its webhooks cannot be signed");
            return Err(Problem::new("no-hook-secret", message)
                .at(self.config.position("/serve"))
                .hint(format!("set `{key} = [\"env:HOOK_SECRET\"]` under `[serve.hooks]`")));
        };
        let daemon = config.public_url.as_deref().unwrap_or_default();
        Wanted::new(daemon, &address, current, live.next()).map(Some).ok_or_else(|| {
            Problem::new("invalid-value", format!("`public-url` is no address: `{daemon}`"))
                .at(self.config.position("/serve/public-url"))
        })
    }

    fn hook_secret(&self, variable: &str) -> Result<Live, Problem> {
        let unset = || {
            let message = format!("`{variable}`, which holds the secret of webhooks, is not set");
            Problem::new("no-hook-secret", message)
                .hint("set it to what the daemon has, or take it out of `[serve.hooks]`")
        };
        let secret = Secret::new(self.serve_secret(variable)?.ok_or_else(unset)?);
        Ok(Live { variable: variable.to_owned(), secret })
    }
}

/// How to get ready for a rotation.
const PREPARE: &str = "make a new secret with `openssl rand -hex 32`, set it in a variable of its own, name that one first \
    and the old one second, as in `github = [\"env:NEW_SECRET\", \"env:OLD_SECRET\"]` under `[serve.hooks]`, and restart the \
    daemon with both";

/// There is no second secret.
pub(super) fn nothing_to_rotate(forge: Option<Forge>) -> Problem {
    let of = forge.map(|forge| format!(" for {}", forge.as_str())).unwrap_or_default();
    let message = format!(
        "`[serve.hooks]` names one secret{of}, and moving to another one takes two that are accepted at once"
    );
    Problem::new("rotation-unprepared", message).hint(PREPARE)
}

/// The two secrets are one; none where they differ.
pub(super) fn same(forge: Forge, wanted: &Wanted) -> Option<Problem> {
    let previous = wanted.previous.as_ref()?;
    let (new, old) = (&wanted.current.variable, &previous.variable);
    (previous.secret == wanted.current.secret).then(|| {
        let message = format!("`{new}` and `{old}` of `{}` hold the same secret", forge.as_str());
        Problem::new("rotation-unprepared", message).hint(PREPARE)
    })
}
