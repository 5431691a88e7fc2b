//! How the repositories that `pipeline.toml` points to stand on their forges. The command line remembers nothing, so
//! that it reports and never clears; `serve` remembers.

use super::Project;
use crate::config::{ClientPlace, Repository};
use crate::targets::{look, target};
use countersign_model::target::{History, Look, Target, TargetReport};
use countersign_model::{Problem, assess};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Repositories that are pointed to, and whether we write there, by their names.
type Pointers<'a> = BTreeMap<String, (&'a Repository, bool)>;

impl Project {
    /// Look at each repository that a contract or a client names, in the order of their names. One whose forge
    /// cannot be spoken to is a problem, and hides no other.
    pub fn targets(&self) -> (Vec<TargetReport>, Vec<Problem>) {
        let pointers = self.pointers();
        let looked: Vec<_> = pointers
            .par_iter()
            .map(|(name, (repository, writes))| {
                let target = target(repository, None, *writes);
                let look = self.look(repository, None, &pointers, self.settings.now)?;
                let report = assess(&target, &look, &History::default()).report(&target);
                Ok(TargetReport { target: name.clone(), ..report })
            })
            .collect();
        let (mut reports, mut problems) = (Vec::new(), Vec::new());
        for one in looked {
            match one {
                Ok(report) => reports.push(report),
                Err(problem) => problems.push(problem),
            }
        }
        (reports, problems)
    }

    /// The repositories that a daemon watches, as targets of the ladder: those that contracts and clients name, and its
    /// nodes. By their names, such as `github:acme/api`.
    pub fn watched(&self) -> Vec<(String, Target)> {
        let pointers = self.pointers_and_nodes();
        pointers
            .into_iter()
            .map(|(name, (repository, writes))| (name, target(repository, None, writes)))
            .collect()
    }

    /// Look at one of them once; none where its forge cannot be spoken to. `now` is in seconds since 1970.
    pub fn look_at(&self, name: &str, target: &Target, now: u64) -> Option<Look> {
        let pointers = self.pointers_and_nodes();
        let (repository, _) = pointers.get(name)?;
        let id = target.id.as_ref().and_then(|id| id.parse().ok());
        self.look(repository, id, &pointers, now).ok()
    }

    fn pointers(&self) -> Pointers<'_> {
        let mut pointers = Pointers::new();
        for contract in self.config.contracts.values() {
            if let Some(provider) = &contract.provider {
                pointers.entry(provider.repository.to_string()).or_insert((&provider.repository, false));
            }
        }
        for client in self.config.clients.values() {
            if let ClientPlace::External(repository) = &client.place {
                let writes = !client.notify.is_empty();
                pointers.entry(repository.to_string()).or_insert((repository, writes)).1 |= writes;
            }
        }
        pointers
    }

    fn pointers_and_nodes(&self) -> Pointers<'_> {
        let mut pointers = self.pointers();
        for node in self.config.nodes.values() {
            pointers.entry(node.repository.to_string()).or_insert((&node.repository, false));
        }
        pointers
    }

    /// A look, with another repository of the same owner as its control where we know one.
    fn look(
        &self,
        repository: &Repository,
        id: Option<u64>,
        pointers: &Pointers<'_>,
        now: u64,
    ) -> Result<Look, Problem> {
        let is_sibling = |other: &&Repository| {
            (other.forge, &other.host, &other.owner)
                == (repository.forge, &repository.host, &repository.owner)
                && other.name != repository.name
        };
        let known = pointers.values().map(|(other, _)| *other);
        let control = known.chain(self.forges().own()).find(is_sibling);
        look(self.forges(), repository, id, control, now)
    }
}
