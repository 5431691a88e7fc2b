//! How the repositories that `pipeline.toml` points to stand on their forges. The command line remembers nothing, so
//! that it reports and never clears.

use super::Project;
use crate::config::{ClientPlace, Repository};
use crate::targets::{look, target};
use countersign_model::target::{History, TargetReport};
use countersign_model::{Problem, assess};
use rayon::prelude::*;
use std::collections::BTreeMap;

impl Project {
    /// Look at each repository that a contract or a client names, in the order of their names. One whose forge
    /// cannot be spoken to is a problem, and hides no other.
    pub fn targets(&self) -> (Vec<TargetReport>, Vec<Problem>) {
        let mut pointers: BTreeMap<String, (&Repository, bool)> = BTreeMap::new();
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
        let looked: Vec<_> = pointers
            .par_iter()
            .map(|(name, (repository, writes))| self.target(name, repository, *writes, &pointers))
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

    fn target(
        &self,
        name: &str,
        repository: &Repository,
        writes: bool,
        pointers: &BTreeMap<String, (&Repository, bool)>,
    ) -> Result<TargetReport, Problem> {
        let is_sibling = |other: &&Repository| {
            (other.forge, &other.host, &other.owner)
                == (repository.forge, &repository.host, &repository.owner)
                && other.name != repository.name
        };
        let own = self.forges().own();
        let control = pointers.values().map(|(other, _)| *other).chain(own).find(is_sibling);
        let target = target(repository, None, writes);
        let look = look(self.forges(), repository, None, control, self.settings.now)?;
        let report = assess(&target, &look, &History::default()).report(&target);
        Ok(TargetReport { target: name.to_owned(), ..report })
    }
}
