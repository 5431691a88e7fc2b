//! What a commit did to a record, as the news that goes out.

use super::super::Project;
use super::super::client::first;
use crate::config::{ContractConfig, Forge, Repository};
use crate::forges::page;
use crate::git::{Commit, Git};
use countersign_model::{
    ChangeSet, Digest, Impact, ImpactCounts, Name, Notice, NoticeVerdict, Problem, Provider, SCHEMA_VERSION,
    Snapshot,
};
use std::collections::BTreeMap;

/// The most changes that a notice carries; it says how many there are in all.
pub(super) const MOST_FINDINGS: usize = 100;

impl Project {
    /// What a commit did to a record, as a notice to nobody yet; none where the commit removed it.
    pub(super) fn change_of(
        &self,
        git: &Git,
        contract: &ContractConfig,
        commit: &Commit,
    ) -> Result<Option<Notice>, Problem> {
        let failed = |error: crate::git::GitError| error.problem();
        let path = self.in_repository(&contract.snapshot_path());
        let Some(new) = git.read_file(commit, &path).map_err(failed)?.map(Snapshot::of) else {
            return Ok(None);
        };
        let parent = git.resolve(&format!("{commit}^")).map_err(failed)?;
        let old = match &parent {
            Some(parent) => git.read_file(parent, &path).map_err(failed)?.map(Snapshot::of),
            None => None,
        };
        let differs = self.differs(contract).map_err(first)?;
        let changes = match &old {
            Some(old) => self.changes(contract, &differs, old, &new)?,
            None => ChangeSet::default(),
        };
        let (provider, links) = self.provenance(commit, parent.as_ref(), path);
        let clients = self.config.clients_of(&contract.name).map(|client| client.name.clone()).collect();
        Ok(Some(Notice {
            clients,
            provider,
            links,
            commit: commit.to_string(),
            ..notice(contract.name.clone(), old.as_ref().map(Snapshot::digest), new.digest(), changes)
        }))
    }

    /// Where the record is kept, and the pages about it and the commit.
    pub(super) fn provenance(
        &self,
        commit: &Commit,
        parent: Option<&Commit>,
        path: String,
    ) -> (Provider, BTreeMap<String, String>) {
        let own = self.forges().own();
        let links = own.map(|own| links(own, commit, parent, &path)).unwrap_or_default();
        (Provider { repository: own.map(ToString::to_string), path }, links)
    }
}

fn notice(contract: Name, from: Option<Digest>, to: Digest, changes: ChangeSet) -> Notice {
    let verdict = match (from, changes.worst()) {
        (None, _) => NoticeVerdict::New,
        (Some(_), Some(Impact::Breaking)) => NoticeVerdict::Breaking,
        (Some(_), Some(Impact::Risky)) => NoticeVerdict::Risky,
        (Some(_), Some(Impact::Compatible) | None) => NoticeVerdict::Compatible,
    };
    let count = |impact| changes.0.iter().filter(|change| change.impact == impact).count();
    let counts = ImpactCounts {
        breaking: count(Impact::Breaking),
        risky: count(Impact::Risky),
        compatible: count(Impact::Compatible),
    };
    let total = changes.0.len();
    let mut findings = changes.0;
    findings.sort_by_key(|change| std::cmp::Reverse(change.impact));
    findings.truncate(MOST_FINDINGS);
    Notice {
        schema_version: SCHEMA_VERSION,
        key: String::new(),
        contract,
        client: None,
        clients: Vec::new(),
        provider: Provider { repository: None, path: String::new() },
        commit: String::new(),
        from,
        to,
        verdict,
        findings,
        total,
        counts,
        links: BTreeMap::new(),
    }
}

/// Pages for people.
fn links(own: &Repository, commit: &Commit, parent: Option<&Commit>, path: &str) -> BTreeMap<String, String> {
    let page = page(own);
    let (commits, at) = match own.forge {
        Forge::Github => (format!("{page}/commit/{commit}"), format!("{page}/blob/{commit}/{path}")),
        Forge::Gitea => (format!("{page}/commit/{commit}"), format!("{page}/src/commit/{commit}/{path}")),
        Forge::Gitlab => (format!("{page}/-/commit/{commit}"), format!("{page}/-/blob/{commit}/{path}")),
    };
    let dash = if own.forge == Forge::Gitlab { "/-" } else { "" };
    let mut links = BTreeMap::from([("commit".to_owned(), commits), ("snapshot".to_owned(), at)]);
    if let Some(parent) = parent {
        links.insert("compare".to_owned(), format!("{page}{dash}/compare/{parent}...{commit}"));
    }
    links
}
