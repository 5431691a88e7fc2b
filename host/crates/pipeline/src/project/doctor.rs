//! `doctor`: everything that a run needs, looked at without changing anything.

use super::Project;
use super::baseline::BaselineState;
use crate::config::ToolConfig;
use crate::store;
use crate::tool::{self, Rung, Tool};
use countersign_model::{Name, Problem};
use std::path::Path;

/// How something that a run needs stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiagnosisState {
    /// It does not apply here.
    Skipped,
    /// As it should be.
    Ok,
    /// A run works, but less well than it could.
    Warn,
    /// A run would fail.
    Fail,
}

/// One look.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// What was looked at.
    pub name: String,
    /// How it stands.
    pub state: DiagnosisState,
    /// What was found.
    pub detail: String,
    /// What would cure it.
    pub hint: Option<String>,
}

impl Diagnosis {
    fn new(name: impl Into<String>, state: DiagnosisState, detail: impl Into<String>) -> Self {
        Self { name: name.into(), state, detail: detail.into(), hint: None }
    }

    fn failed(name: impl Into<String>, problem: Problem) -> Self {
        Self { name: name.into(), state: DiagnosisState::Fail, detail: problem.message, hint: problem.hint }
    }
}

impl Project {
    /// Look at everything.
    pub fn doctor(&self) -> Vec<Diagnosis> {
        let mut found = vec![self.look_at_configuration(), self.look_at_baseline(), self.look_at_journal()];
        found.push(self.look_at_private_folder());
        found.extend(self.undeclared().into_iter().map(|problem| Diagnosis::failed("contracts", problem)));
        found.extend(self.look_at_plugins());
        found.push(self.look_at_cage());
        found.extend(self.look_at_tools());
        found.extend(self.look_at_credentials());
        found
    }

    fn look_at_configuration(&self) -> Diagnosis {
        let (contracts, clients) = (self.config.contracts.len(), self.config.clients.len());
        Diagnosis::new(
            "configuration",
            DiagnosisState::Ok,
            format!("contracts: {contracts}, clients: {clients}"),
        )
    }

    fn look_at_baseline(&self) -> Diagnosis {
        let name = "baseline";
        match self.baseline(None, &[]) {
            BaselineState::None if self.git.is_none() => {
                let mut diagnosis = Diagnosis::new(
                    name,
                    DiagnosisState::Warn,
                    "this folder is not under version control, so breaks have no memory",
                );
                diagnosis.hint = Some("git init".into());
                diagnosis
            }
            BaselineState::None | BaselineState::NoCommit => {
                Diagnosis::new(name, DiagnosisState::Skipped, "there is no commit yet")
            }
            BaselineState::Unreadable(problem) => Diagnosis::failed(name, problem),
            BaselineState::At { revision, commit, .. } => {
                let commit: String = commit.as_str().chars().take(12).collect();
                Diagnosis::new(name, DiagnosisState::Ok, format!("`{revision}`, merge base {commit}"))
            }
        }
    }

    fn look_at_journal(&self) -> Diagnosis {
        match store::pending(&self.config.root) {
            Ok(None) => Diagnosis::new("writing", DiagnosisState::Ok, "no interrupted accept"),
            Ok(Some(_)) => Diagnosis::failed(
                "writing",
                Problem::new("interrupted-accept", "an accept was interrupted").hint("countersign recover"),
            ),
            Err(error) => Diagnosis::failed("writing", error.problem()),
        }
    }

    fn look_at_private_folder(&self) -> Diagnosis {
        let name = "private folder";
        if !self.private_folder_is_committed() {
            return Diagnosis::new(name, DiagnosisState::Ok, "`.countersign` is not committed");
        }
        let message = "`.countersign` is committed, so that nothing in it can be believed";
        Diagnosis::failed(
            name,
            Problem::new("committed-private-folder", message).hint("git rm -r --cached .countersign"),
        )
    }

    fn look_at_plugins(&self) -> Vec<Diagnosis> {
        let mut found = Vec::new();
        for name in self.plugins.names() {
            let loaded = self.plugins.get(&self.engine, &self.config.root, &name);
            if let Err(problem) = loaded.and_then(|plugin| plugin.describe(&self.engine).map(drop)) {
                found.push(Diagnosis::failed(format!("plugin {name}"), *problem));
            }
        }
        if found.is_empty() {
            let detail = format!("{} load and describe themselves", self.plugins.names().len());
            found.push(Diagnosis::new("plugins", DiagnosisState::Ok, detail));
        }
        found
    }

    fn look_at_cage(&self) -> Diagnosis {
        let caller = &self.settings.caller;
        let machine = caller.cage.machine(&caller.scratch);
        let rung = machine.best().max(caller.cage.at_most);
        let lacks =
            |why: &Option<String>| why.clone().unwrap_or_else(|| "this run does not ask for it".into());
        let detail = match rung {
            Rung::Namespaces => "tools run on the rung `namespaces`".into(),
            Rung::Mirror => {
                format!("tools run on the rung `mirror`, not in namespaces: {}", lacks(&machine.namespaces))
            }
            Rung::Bare => format!(
                "tools run on the rung `bare`, where nothing keeps them from other files. Not in namespaces: {}. \
                 Not in the mirror: {}",
                lacks(&machine.namespaces),
                lacks(&machine.mirror)
            ),
        };
        let is_refused = caller.cage.is_required && rung != Rung::Namespaces;
        let state = match rung {
            _ if is_refused => DiagnosisState::Fail,
            Rung::Namespaces | Rung::Mirror => DiagnosisState::Ok,
            Rung::Bare => DiagnosisState::Warn,
        };
        let mut diagnosis = Diagnosis::new("cage", state, detail);
        if is_refused || rung == Rung::Bare {
            diagnosis.hint = Some("docs/concepts/cage.md says what each rung needs of a machine".into());
        }
        diagnosis
    }

    fn look_at_tools(&self) -> Vec<Diagnosis> {
        let mut found = Vec::new();
        for client in self.config.clients.values() {
            let Some(local) = client.local() else { continue };
            if let Some((name, config)) = self.config.tool_of(&local.generate) {
                found.push(self.look_at_tool(
                    &client.name,
                    name,
                    config,
                    &self.config.root.join(&local.root),
                ));
            }
        }
        found
    }

    fn look_at_tool(&self, client: &Name, name: &str, config: &ToolConfig, folder: &Path) -> Diagnosis {
        let label = format!("tool {name} of {client}");
        // Looking must not install anything.
        let tool = Tool { setup: Vec::new(), ..self.tool(name, config) };
        match tool::probe(&self.repository, folder, &tool, &self.settings.caller) {
            Err(error) => Diagnosis::failed(label, error.problem()),
            Ok(versions) if !versions.is_empty() => {
                Diagnosis::new(label, DiagnosisState::Ok, versions.join(", "))
            }
            Ok(_) => {
                let mut diagnosis = Diagnosis::new(
                    label,
                    DiagnosisState::Warn,
                    "it has no `probe`, so its version is not locked",
                );
                diagnosis.hint =
                    Some(format!("add `probe = [\"{name}\", \"--version\"]`, if that prints its version"));
                diagnosis
            }
        }
    }

    /// Whether secrets are set. Their values are not looked at.
    fn look_at_credentials(&self) -> Vec<Diagnosis> {
        let look = |(name, credential): (&Name, &crate::config::CredentialConfig)| {
            let is_set =
                |name: &&String| self.settings.variables.get(*name).is_some_and(|value| !value.is_empty());
            let (set, unset): (Vec<_>, Vec<_>) = credential.variables.iter().partition(is_set);
            let label = format!("credential {name}");
            if !set.is_empty() {
                return Diagnosis::new(label, DiagnosisState::Ok, format!("{} is set", quoted(&set)));
            }
            let mut diagnosis =
                Diagnosis::new(label, DiagnosisState::Warn, format!("{} is not set", quoted(&unset)));
            diagnosis.hint = Some("notices that need it fail here; set it where they are sent".into());
            diagnosis
        };
        self.config.credentials.iter().map(look).collect()
    }
}

fn quoted(names: &[&String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
