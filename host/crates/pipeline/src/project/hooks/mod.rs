//! The webhooks of the watched repositories: how they stand, what brings them in order, and how they move from one
//! secret to the next without a delivery being refused.
//!
//! One repository's failure hides no other, and the reports come in the order of the nodes. Nothing is remembered between
//! runs: a key in each webhook's URL tells which secret it was made with.

mod carry;
mod prove;
mod secrets;

use super::{Project, select};
use crate::config::{Forge, NodeConfig, Repository};
use crate::hooks::{Judged, Prune, Wanted, judge, to_apply, to_rotate};
use countersign_model::{HookFaultKind, HookState, HooksReport, Name, Problem, RepositoryHooks};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How `hooks apply` goes about it.
#[derive(Clone, Copy, Debug, Default)]
pub struct HookOptions {
    /// Whether writes are planned only.
    pub dry_run: bool,
    /// Whether webhooks of ours that are too many are removed.
    pub prune: bool,
}

/// What becomes of webhooks.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// They are looked at.
    Look,
    /// They are brought in order.
    Apply(HookOptions),
    /// They move to the secret in use.
    Rotate,
}

/// A repository that nodes watch.
struct Watched<'a> {
    repository: &'a Repository,
    nodes: Vec<Name>,
    /// What its webhook should be; none on a forge whose webhooks we cannot reach.
    wanted: Option<Wanted>,
    /// Where deliveries go.
    address: String,
}

impl Project {
    /// How the webhooks of these nodes' repositories stand, or of all. Reads only.
    ///
    /// # Errors
    /// What keeps all of them from being judged: names that are not declared, an address or a secret that is not set.
    pub fn hooks_status(&self, nodes: &[String], version: &str) -> Result<HooksReport, Vec<Problem>> {
        let watched = self.hooks_of(nodes)?;
        Ok(self.report_hooks(&watched, Deed::Look, version))
    }

    /// Bring the webhooks of these nodes' repositories in order, or of all. What is in order is not written.
    ///
    /// # Errors
    /// As of [`Self::hooks_status`]; nothing is written then.
    pub fn apply_hooks(
        &self,
        nodes: &[String],
        options: HookOptions,
        version: &str,
    ) -> Result<HooksReport, Vec<Problem>> {
        let watched = self.hooks_of(nodes)?;
        Ok(self.report_hooks(&watched, Deed::Apply(options), version))
    }

    /// Move the webhooks of all nodes' repositories from the secret before to the one in use. With `prove`, the daemon
    /// is asked first, and nothing is written unless it takes what is signed with the secret in use.
    ///
    /// # Errors
    /// As of [`Self::hooks_status`], and where no sender has two secrets, or the daemon refuses the new one; nothing is
    /// written then.
    pub fn rotate_hooks(&self, prove: bool, version: &str) -> Result<HooksReport, Vec<Problem>> {
        let watched = self.hooks_of(&[])?;
        let senders = rotated(&watched);
        if senders.is_empty() {
            return Err(vec![secrets::nothing_to_rotate(watched.first().map(|one| one.repository.forge))]);
        }
        let problems: Vec<Problem> =
            senders.iter().filter_map(|(forge, wanted)| secrets::same(*forge, wanted)).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut notes = Vec::new();
        if prove {
            notes = self.prove(&senders)?;
        }
        let mut report = self.report_hooks(&watched, Deed::Rotate, version);
        notes.extend(senders.iter().map(|(forge, wanted)| ending(*forge, wanted, &watched, &report)));
        report.notes.extend(notes);
        Ok(report)
    }

    /// The repositories of these nodes, each once, with what its webhook should be.
    fn hooks_of(&self, nodes: &[String]) -> Result<Vec<Watched<'_>>, Vec<Problem>> {
        let names = select("node", nodes, self.config.nodes.keys().cloned().collect())?;
        let chosen: Vec<&NodeConfig> = names.iter().filter_map(|name| self.config.nodes.get(name)).collect();
        let mut watched: Vec<Watched<'_>> = Vec::new();
        let (mut wanted, mut problems) = (BTreeMap::new(), Vec::new());
        for node in chosen {
            let same = |one: &&mut Watched<'_>| super::daemon::same(one.repository, &node.repository);
            if let Some(one) = watched.iter_mut().find(same) {
                one.nodes.push(node.name.clone());
                continue;
            }
            let forge = node.repository.forge;
            let of_forge = wanted.entry(forge.as_str()).or_insert_with(|| {
                self.wanted_hook(forge).unwrap_or_else(|problem| {
                    problems.push(problem);
                    None
                })
            });
            let address = self.hook_address(forge).unwrap_or_default();
            watched.push(Watched {
                repository: &node.repository,
                nodes: vec![node.name.clone()],
                wanted: of_forge.clone(),
                address,
            });
        }
        problems.dedup();
        if problems.is_empty() { Ok(watched) } else { Err(problems) }
    }

    fn report_hooks(&self, watched: &[Watched<'_>], deed: Deed, version: &str) -> HooksReport {
        let (command, dry_run) = match deed {
            Deed::Look => ("hooks status", false),
            Deed::Apply(options) => ("hooks apply", options.dry_run),
            Deed::Rotate => ("hooks rotate", false),
        };
        let repositories = watched.par_iter().map(|one| self.hooks_at(one, deed)).collect();
        let mut report = HooksReport::new(version, command, dry_run, repositories);
        if watched.is_empty() {
            report.notes.push("pipeline.toml declares no node, so no repository needs a webhook".to_owned());
        }
        report
    }

    fn hooks_at(&self, one: &Watched<'_>, deed: Deed) -> RepositoryHooks {
        let empty = RepositoryHooks {
            repository: one.repository.to_string(),
            nodes: one.nodes.clone(),
            state: HookState::InOrder,
            address: one.address.clone(),
            hook: None,
            faults: Vec::new(),
            writes: Vec::new(),
            by_hand: None,
            problems: Vec::new(),
        };
        let Some(wanted) = &one.wanted else {
            return RepositoryHooks { by_hand: Some(by_hand(one)), ..empty }.settled();
        };
        let failed = |problem| RepositoryHooks { problems: vec![problem], ..empty.clone() }.settled();
        let at = match self.at_forge(one.repository, wanted) {
            Ok(at) => at,
            Err(problem) => return failed(problem),
        };
        let judged = match at.look() {
            Ok(hooks) => judge(hooks, wanted),
            Err(problem) => return failed(problem),
        };
        let steps = match deed {
            Deed::Look => Vec::new(),
            Deed::Apply(options) => to_apply(&judged, if options.prune { Prune::Yes } else { Prune::No }),
            Deed::Rotate if wanted.previous.is_some() => to_rotate(&judged),
            Deed::Rotate => Vec::new(),
        };
        let is_plan = matches!(deed, Deed::Apply(HookOptions { dry_run: true, .. }));
        let carried = at.carry(judged, &steps, is_plan);
        let Judged { hook, faults, .. } = carried.judged;
        RepositoryHooks {
            hook: hook.map(|(hook, _)| hook.id),
            faults,
            writes: carried.writes,
            problems: carried.problems,
            ..empty
        }
        .settled()
    }
}

/// The senders with two secrets, each with what its webhooks should be.
fn rotated(watched: &[Watched<'_>]) -> Vec<(Forge, Wanted)> {
    let mut senders: Vec<(Forge, Wanted)> = Vec::new();
    for one in watched {
        let forge = one.repository.forge;
        let wanted = one.wanted.as_ref().filter(|wanted| wanted.previous.is_some());
        if let (Some(wanted), false) = (wanted, senders.iter().any(|(known, _)| *known == forge)) {
            senders.push((forge, wanted.clone()));
        }
    }
    senders
}

/// What can be done with the secret before, now that webhooks have moved.
fn ending(forge: Forge, wanted: &Wanted, watched: &[Watched<'_>], report: &HooksReport) -> String {
    let old = wanted.previous.as_ref().map(|live| live.variable.as_str()).unwrap_or_default();
    let may_sign = |one: &RepositoryHooks| {
        let kinds = [HookFaultKind::PreviousSecret, HookFaultKind::UnknownSecret, HookFaultKind::Doubled];
        !one.problems.is_empty() || one.faults.iter().any(|fault| kinds.contains(&fault.kind))
    };
    // The report has the repositories in the order of those that are watched.
    let left: Vec<&str> = (watched.iter().zip(&report.repositories))
        .filter(|(watched, one)| watched.repository.forge == forge && may_sign(one))
        .map(|(_, one)| one.repository.as_str())
        .collect();
    if left.is_empty() {
        let key = forge.as_str();
        format!(
            "no webhook signs with `{old}` any more: when the last deliveries are in, take it out of `{key}` under `[serve.hooks]`"
        )
    } else {
        format!("keep `{old}`: a webhook of {} may still sign with it", left.join(", "))
    }
}

/// What to do where the forge's webhooks cannot be reached.
fn by_hand(one: &Watched<'_>) -> String {
    format!(
        "in its settings add a webhook by hand: URL {}, the secret token of `gitlab` under `[serve.hooks]`, the trigger \
         *Push events*, and tick *Enable SSL verification*",
        one.address
    )
}
