//! What an event says about a contract that changed elsewhere. Whoever may start a workflow wrote it, so it is
//! believed in nothing: it only picks, out of what `pipeline.toml` declares, what to look at, and which commit.

use crate::config::{Config, ContractConfig, Repository};
use countersign_model::{Digest, Problem};
use serde_json::Value;
use std::collections::BTreeMap;

/// The longest text of an event that is shown.
const SHOWN: usize = 200;

/// The news that a contract changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// What the provider calls the contract.
    pub(crate) name: String,
    /// The provider's repository, as the event has it.
    pub(crate) repository: String,
    /// The path of the snapshot there.
    pub(crate) path: String,
    /// The commit that changed it.
    pub(crate) commit: String,
    /// The digest of the snapshot in that commit.
    pub(crate) to: Digest,
    /// The page that compares it with what was before.
    pub(crate) compare: Option<String>,
}

impl Announcement {
    /// The announcement that an event carries: of a `repository_dispatch` in its payload, of a `workflow_dispatch` as
    /// JSON in the input `contract`. None where it carries none.
    ///
    /// # Errors
    /// A problem where there is one that cannot be read.
    pub fn read(
        variables: &BTreeMap<String, String>,
        payload: Option<&str>,
    ) -> Result<Option<Self>, Problem> {
        let event = variables.get("GITHUB_EVENT_NAME").map(String::as_str);
        let payload: Value = payload.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let contract = match event {
            Some("repository_dispatch") => payload.pointer("/client_payload/contract").cloned(),
            Some("workflow_dispatch") => {
                let text = payload.pointer("/inputs/contract").and_then(Value::as_str).map(str::trim);
                // Whoever starts the workflow by hand may name a contract there, which is no news of it.
                let text = text.filter(|text| text.starts_with('{'));
                let parsed =
                    text.map(|text| serde_json::from_str(text).map_err(|error| unfit(&error.to_string())));
                parsed.transpose()?
            }
            Some(_) | None => None,
        };
        contract.filter(|contract| !contract.is_null()).map(|contract| Self::parse(&contract)).transpose()
    }

    fn parse(contract: &Value) -> Result<Self, Problem> {
        let text = |key: &str| contract.get(key).and_then(Value::as_str).map(str::to_owned);
        let needed = |key: &str| text(key).ok_or_else(|| unfit(&format!("`{key}` is missing or no text")));
        let commit = needed("commit")?;
        let is_commit = matches!(commit.len(), 40 | 64)
            && commit.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_commit {
            return Err(unfit(&format!("`commit` is not the full name of a commit: `{}`", shown(&commit))));
        }
        Ok(Self {
            name: needed("name")?,
            repository: needed("repository")?,
            path: text("path").unwrap_or_default(),
            to: needed("to")?.parse().map_err(|error| unfit(&format!("`to`: {error}")))?,
            compare: contract.pointer("/links/compare").and_then(Value::as_str).map(str::to_owned),
            commit,
        })
    }

    /// The contract that it is about: the one with this provider, or of this name with the same repository.
    ///
    /// # Errors
    /// A problem where there is none.
    pub(crate) fn contract<'a>(&self, config: &'a Config) -> Result<&'a ContractConfig, Problem> {
        let of_repository = || {
            config.contracts.values().filter(|contract| {
                contract.provider.as_ref().is_some_and(|provider| self.is_from(&provider.repository))
            })
        };
        let has_path = |contract: &&ContractConfig| {
            contract.provider.as_ref().is_some_and(|provider| provider.path == self.path)
        };
        let has_name = |contract: &&ContractConfig| contract.name.as_str() == self.name;
        let found = of_repository().find(|contract| has_path(contract) && has_name(contract));
        found.or_else(|| of_repository().find(has_path)).or_else(|| of_repository().find(has_name)).ok_or_else(
            || {
                let message = format!(
                    "the event is about `{}` of `{}`, path `{}`, and no contract here has that provider",
                    shown(&self.name),
                    shown(&self.repository),
                    shown(&self.path)
                );
                Problem::new("foreign-event", message)
                    .hint("declare it: `provider = { repository = \"github:OWNER/NAME\", path = \"contracts/NAME/openapi.json\" }`")
            },
        )
    }

    /// Whether it comes from a declared repository. It may name it without the forge, as GitHub does; forges do not
    /// distinguish case.
    fn is_from(&self, declared: &Repository) -> bool {
        let plain = format!("{}/{}", declared.owner, declared.name);
        let named = &self.repository;
        named.eq_ignore_ascii_case(&declared.to_string()) || named.eq_ignore_ascii_case(&plain)
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

fn unfit(why: &str) -> Problem {
    let shown: String = why.chars().take(2 * SHOWN).collect();
    Problem::new("unfit-event", "the event's `contract` cannot be read").cause(shown).hint(
        "it is an object with `name`, `repository`, `path`, `commit` and `to`, as `notify-github` sends it; `--live`, `--from` and `--revision` look at no event",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CONFIG: &str = "[contracts.watcher]\n\
        provider = { repository = \"github:Acme/watcher\", path = \"contracts/watcher/openapi.json\" }\n\
        [contracts.archive]\n\
        provider = { repository = \"github:acme/archive\", path = \"openapi.json\" }\n\
        [contracts.mine]\ndump = \"openapi.json\"\n";

    fn event(change: impl FnOnce(&mut Value)) -> Value {
        let mut contract = json!({
            "key": "0", "name": "watcher", "repository": "github:acme/watcher",
            "path": "contracts/watcher/openapi.json", "commit": "a".repeat(40),
            "to": Digest::of(b"x").to_string(), "verdict": "breaking",
            "links": { "compare": "https://github.com/acme/watcher/compare/a...b" },
        });
        change(&mut contract);
        contract
    }

    fn read(name: &str, payload: &Value) -> Result<Option<Announcement>, Problem> {
        let variables = BTreeMap::from([("GITHUB_EVENT_NAME".to_owned(), name.to_owned())]);
        Announcement::read(&variables, Some(&payload.to_string()))
    }

    fn contract_of(contract: &Value) -> Result<String, Problem> {
        let config = Config::parse(CONFIG, "pipeline.toml", "/".into()).unwrap();
        let announced = read("repository_dispatch", &json!({ "client_payload": { "contract": contract } }))?;
        announced.unwrap().contract(&config).map(|contract| contract.name.to_string())
    }

    #[test]
    fn an_event_is_read_from_a_dispatch_and_from_the_input_of_a_workflow() {
        let contract = event(|_| {});
        let dispatch =
            read("repository_dispatch", &json!({ "client_payload": { "contract": contract } })).unwrap();
        let workflow =
            read("workflow_dispatch", &json!({ "inputs": { "contract": contract.to_string() } })).unwrap();
        assert_eq!(dispatch, workflow);
        assert_eq!(dispatch.unwrap().name, "watcher");
        for (name, payload) in [
            ("repository_dispatch", json!({ "client_payload": {} })),
            ("workflow_dispatch", json!({ "inputs": { "contract": " " } })),
            ("workflow_dispatch", json!({ "inputs": { "contract": "watcher" } })),
            ("workflow_dispatch", json!({ "inputs": null })),
            ("schedule", json!({ "client_payload": { "contract": contract } })),
        ] {
            assert_eq!(read(name, &payload).unwrap(), None, "{name}");
        }
    }

    #[test]
    fn an_event_only_picks_what_is_declared() {
        assert_eq!(contract_of(&event(|_| {})).unwrap(), "watcher");
        let plain = event(|it| it["repository"] = "acme/Watcher".into());
        assert_eq!(contract_of(&plain).unwrap(), "watcher");
        let renamed = event(|it| it["name"] = "another name".into());
        assert_eq!(contract_of(&renamed).unwrap(), "watcher", "by its path");
        let moved = event(|it| it["path"] = "api.json".into());
        assert_eq!(contract_of(&moved).unwrap(), "watcher", "by its name");
        for (key, value) in [("repository", "github:evil/watcher"), ("repository", "watcher")] {
            let problem = contract_of(&event(|it| it[key] = value.into())).unwrap_err();
            assert_eq!(problem.code, "foreign-event");
            assert!(problem.message.contains(value), "{}", problem.message);
        }
        let foreign = event(|it| {
            it["name"] = "mine".into();
            it["path"] = "x".into();
        });
        assert_eq!(contract_of(&foreign).unwrap_err().code, "foreign-event");
    }

    #[test]
    fn what_is_no_commit_or_no_digest_goes_no_further() {
        for (key, value) in [
            ("commit", json!("main")),
            ("commit", json!("--upload-pack")),
            ("to", json!("x")),
            ("name", json!(1)),
        ] {
            let problem = contract_of(&event(|it| it[key] = value.clone())).unwrap_err();
            assert_eq!(problem.code, "unfit-event", "{key} = {value}");
        }
        assert!(read("workflow_dispatch", &json!({ "inputs": { "contract": "{" } })).is_err());
    }
}
