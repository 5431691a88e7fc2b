//! What CI says of the event that started it. Read from variables and a file that the caller hands over.

use serde_json::Value;
use std::collections::BTreeMap;

/// The event that started a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A change is proposed: check it against what it would be merged into, and use no credential.
    PullRequest {
        /// The revision that it would be merged into.
        base: Option<String>,
    },
    /// A branch moved.
    Push {
        /// The branch.
        branch: String,
        /// Where it was before; none for a new branch.
        before: Option<String>,
        /// The branch that the repository calls its default, where the event says so.
        default_branch: Option<String>,
    },
    /// Anything else, or no CI at all.
    Other,
}

impl Event {
    /// The event as GitHub, Gitea and Forgejo (`GITHUB_*`) or GitLab (`CI_*`) tell it. `payload` is the text of
    /// the file that `GITHUB_EVENT_PATH` names.
    pub fn read(variables: &BTreeMap<String, String>, payload: Option<&str>) -> Self {
        let get = |name: &str| variables.get(name).filter(|value| !value.is_empty()).cloned();
        let payload: Value = payload.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        match get("GITHUB_EVENT_NAME").as_deref() {
            Some("pull_request" | "pull_request_target" | "merge_group") => {
                let named = get("GITHUB_BASE_REF").map(|branch| format!("origin/{branch}"));
                Self::PullRequest {
                    base: text("/pull_request/base/sha").or(text("/merge_group/base_sha")).or(named),
                }
            }
            Some("push") => {
                let reference = get("GITHUB_REF").or(text("/ref")).unwrap_or_default();
                match reference.strip_prefix("refs/heads/") {
                    None => Self::Other,
                    Some(branch) => Self::Push {
                        branch: branch.to_owned(),
                        before: text("/before").filter(|before| before.bytes().any(|byte| byte != b'0')),
                        default_branch: text("/repository/default_branch"),
                    },
                }
            }
            Some(_) => Self::Other,
            None => Self::gitlab(&get),
        }
    }

    fn gitlab(get: &impl Fn(&str) -> Option<String>) -> Self {
        match get("CI_PIPELINE_SOURCE").as_deref() {
            Some("merge_request_event") => {
                let named =
                    get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME").map(|branch| format!("origin/{branch}"));
                Self::PullRequest { base: get("CI_MERGE_REQUEST_DIFF_BASE_SHA").or(named) }
            }
            Some("push") => match get("CI_COMMIT_BRANCH") {
                None => Self::Other,
                Some(branch) => Self::Push {
                    branch,
                    before: get("CI_COMMIT_BEFORE_SHA")
                        .filter(|before| before.bytes().any(|byte| byte != b'0')),
                    default_branch: get("CI_DEFAULT_BRANCH"),
                },
            },
            Some(_) | None => Self::Other,
        }
    }

    /// Whether the event is a push to the branch that breaks are counted from.
    pub fn moves_baseline(&self, configured: Option<&str>) -> bool {
        let Self::Push { branch, default_branch, .. } = self else { return false };
        let configured = configured.map(|revision| revision.strip_prefix("origin/").unwrap_or(revision));
        match configured.or(default_branch.as_deref()) {
            Some(baseline) => baseline == branch,
            None => branch == "main" || branch == "master",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_pull_request_names_its_base_by_commit_where_it_can() {
        let payload = r#"{"pull_request":{"base":{"sha":"abc"}}}"#;
        let set = variables(&[("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_BASE_REF", "main")]);
        assert_eq!(Event::read(&set, Some(payload)), Event::PullRequest { base: Some("abc".into()) });
        assert_eq!(Event::read(&set, None), Event::PullRequest { base: Some("origin/main".into()) });
        let gitlab = variables(&[
            ("CI_PIPELINE_SOURCE", "merge_request_event"),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "def"),
        ]);
        assert_eq!(Event::read(&gitlab, None), Event::PullRequest { base: Some("def".into()) });
    }

    #[test]
    fn a_push_moves_the_baseline_only_on_its_branch() {
        let push = |reference: &str| variables(&[("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF", reference)]);
        let main = Event::read(&push("refs/heads/main"), Some(r#"{"before":"000000"}"#));
        assert!(matches!(&main, Event::Push { before: None, .. }));
        assert!(main.moves_baseline(Some("origin/main")) && main.moves_baseline(None));
        assert!(!main.moves_baseline(Some("origin/develop")));
        assert!(!Event::read(&push("refs/heads/topic"), None).moves_baseline(None));
        assert_eq!(Event::read(&push("refs/tags/v1"), None), Event::Other);
        assert_eq!(Event::read(&variables(&[]), None), Event::Other);
        let trunk =
            Event::read(&push("refs/heads/trunk"), Some(r#"{"repository":{"default_branch":"trunk"}}"#));
        assert!(trunk.moves_baseline(None));
    }
}
