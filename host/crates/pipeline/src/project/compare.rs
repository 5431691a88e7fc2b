//! What changed between two snapshots of a contract.

use super::Project;
use super::observe::Canonicalizers;
use crate::config::{ContractConfig, Format};
use crate::stage::{Job, Prepared, StageFailure, document};
use countersign_engine as engine;
use countersign_model::{
    Change, ChangeSet, Direction, Impact, Location, Name, Problem, RawDocument, Snapshot,
};
use std::collections::BTreeMap;
use std::path::Path;

/// Bytes of a document at most: what a stage may hand back at once, and what is fetched from the web.
const LARGEST: u64 = 64 << 20;

/// Bytes of two documents that are canonicalized at the same time. Larger ones wait for each other, so that the
/// memory that a command needs is bounded.
const SIDE_BY_SIDE: usize = 64 << 20;

/// What `diff A B` found.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The changes from the first document to the second.
    pub changes: ChangeSet,
    /// What both documents were taken for.
    pub format: Format,
}

impl Project {
    /// The changes from `base` to `head`: every diff stage adds its own. Equal snapshots ask nobody.
    pub(crate) fn changes(
        &self,
        contract: &ContractConfig,
        differs: &[Prepared<'_>],
        base: &Snapshot,
        head: &Snapshot,
    ) -> Result<ChangeSet, Problem> {
        let mut changes = Vec::new();
        if base.digest() == head.digest() {
            return Ok(ChangeSet(changes));
        }
        let media_type = media_type(contract.format);
        let subject = contract.name.as_str();
        for prepared in differs {
            let (old, new) = (document(subject, media_type, base), document(subject, media_type, head));
            let call = prepared.call(subject, self.world(BTreeMap::new(), Job::Dump));
            let answer = prepared.stage.diff(call, old, new);
            let plugin = prepared.plugin.component().name();
            let found = self
                .answered(plugin, subject, answer)
                .map_err(|error| StageFailure::of(&error).into_problem())?;
            changes.extend(found.into_iter().map(|change| translated(plugin, change)));
        }
        Ok(ChangeSet(changes))
    }

    /// Compare two documents that the user names: files, or `revision:path`.
    ///
    /// # Errors
    /// What is wrong with either of them.
    pub fn compare(
        &self,
        base: &str,
        head: &str,
        format: Option<Format>,
    ) -> Result<Comparison, Vec<Problem>> {
        let (old, new) = both(self.named_document(base), self.named_document(head))?;
        let contract = self.contract_for(base, head, format, [&old, &new]);
        let differs = self.differs(&contract)?;
        let canonicalizers = self.canonicalizers(&contract)?;
        let is_large = old.content.len() + new.content.len() > SIDE_BY_SIDE;
        let one = || self.side(base, &canonicalizers, old);
        let other = || self.side(head, &canonicalizers, new);
        let (old, new) = if is_large { (one(), other()) } else { rayon::join(one, other) };
        let ((old, old_as_written), (new, new_as_written)) = both(old, new)?;
        let mut changes = self.changes(&contract, &differs, &old, &new).map_err(|problem| vec![problem])?;
        // Lines are counted in the canonical form; in a file that is written otherwise they point nowhere.
        let as_written = [old_as_written, new_as_written];
        for change in &mut changes.0 {
            for (location, as_written) in [&mut change.base, &mut change.head].into_iter().zip(as_written) {
                if let (Some(location), false) = (location, as_written) {
                    (location.line, location.column) = (None, None);
                }
            }
        }
        Ok(Comparison { changes, format: contract.format })
    }

    /// A document in its canonical form, and whether it was written in that form.
    fn side(
        &self,
        name: &str,
        canonicalizers: &Canonicalizers<'_>,
        raw: RawDocument,
    ) -> Result<(Snapshot, bool), Problem> {
        let (media_type, written) = (raw.media_type, Snapshot::of(raw.content));
        let canonical = self.canonical_of(name, canonicalizers, &media_type, &written);
        let canonical = canonical.map_err(StageFailure::into_problem)?.into_snapshot();
        let as_written = canonical.digest() == written.digest();
        Ok((canonical, as_written))
    }

    /// The stages for a comparison: those of the contract whose snapshot is named, else the format's own.
    fn contract_for(
        &self,
        base: &str,
        head: &str,
        format: Option<Format>,
        documents: [&RawDocument; 2],
    ) -> ContractConfig {
        let named = self.config.contracts.values().find(|contract| {
            let snapshot = contract.snapshot_path();
            base.ends_with(&snapshot) || head.ends_with(&snapshot)
        });
        match (named, format) {
            (Some(contract), None) => contract.clone(),
            (Some(contract), Some(format)) if contract.format == format => contract.clone(),
            (_, Some(format)) => anonymous(format),
            (None, None) => anonymous(guess(documents)),
        }
    }

    /// A file, or a file at a revision.
    fn named_document(&self, name: &str) -> Result<RawDocument, Problem> {
        let shown: String = name.chars().take(200).collect();
        let media_type = crate::stage::media_type(name).to_owned();
        let at_revision = name.split_once(':').filter(|_| !Path::new(name).exists());
        if let Some((revision, path)) = at_revision {
            let content = self.at_revision(revision, path)?;
            return Ok(RawDocument { content, media_type });
        }
        let size = std::fs::metadata(name).map_or(0, |metadata| metadata.len());
        if size > LARGEST {
            let message = format!("`{shown}` is larger than {} MiB", LARGEST >> 20);
            return Err(Problem::new("unreadable-document", message).hint("compare a smaller part of it"));
        }
        let content = std::fs::read(name).map_err(|error| {
            Problem::new("unreadable-document", format!("`{shown}` cannot be read: {error}"))
                .hint("name a file, or a file at a revision: `origin/main:contracts/watcher/openapi.json`")
        })?;
        Ok(RawDocument { content, media_type })
    }

    fn at_revision(&self, revision: &str, path: &str) -> Result<Vec<u8>, Problem> {
        let shown: String = revision.chars().take(80).collect();
        let missing = |message: String| Problem::new("unreadable-document", message);
        let git =
            self.git.as_ref().ok_or_else(|| missing("this folder is not under version control".into()))?;
        let commit = git.resolve(revision).map_err(|error| error.problem())?;
        let commit = commit.ok_or_else(|| {
            missing(format!("there is no revision `{shown}`"))
                .hint("`git log --oneline` shows the revisions there are")
        })?;
        let inside = self.in_repository(path.trim_start_matches("./"));
        let content = git.read_file(&commit, &inside).map_err(|error| error.problem())?;
        let path: String = path.chars().take(200).collect();
        content.ok_or_else(|| missing(format!("`{path}` does not exist at `{shown}`")))
    }
}

/// A contract that nobody declared, with its format's own stages.
pub(crate) fn anonymous(format: Format) -> ContractConfig {
    let stage = |plugin: &str| {
        let stage = crate::config::StageConfig::short(plugin, "", None);
        stage.expect("the names of built-in plugins are names")
    };
    let name: Name = "document".parse().expect("it is a name");
    ContractConfig {
        name,
        format,
        snapshot: format.snapshot().into(),
        provider: None,
        dump: None,
        live: None,
        canonicalize: vec![stage(format.canonicalizer())],
        diff: vec![stage(format.differ())],
        block: countersign_model::Block::default(),
        notify: Vec::new(),
        canary: None,
        pointer: String::new(),
    }
}

/// Both of two results, or the problems of each.
fn both<T>(old: Result<T, Problem>, new: Result<T, Problem>) -> Result<(T, T), Vec<Problem>> {
    match (old, new) {
        (Ok(old), Ok(new)) => Ok((old, new)),
        (old, new) => Err([old.err(), new.err()].into_iter().flatten().collect()),
    }
}

/// What the documents say that they are: OpenAPI by its first key words, JSON by its first character.
fn guess(documents: [&RawDocument; 2]) -> Format {
    let says_openapi = |document: &&RawDocument| {
        let head = &document.content[..document.content.len().min(4096)];
        let text = String::from_utf8_lossy(head);
        ["\"openapi\"", "\"swagger\"", "openapi:", "swagger:"].iter().any(|word| text.contains(word))
    };
    let is_json =
        |document: &&RawDocument| matches!(document.content.trim_ascii_start().first(), Some(b'{' | b'['));
    if documents.iter().all(says_openapi) {
        Format::Openapi
    } else if documents.iter().all(is_json) {
        Format::Json
    } else {
        Format::Text
    }
}

/// The media type of a format's canonical form.
pub(crate) fn media_type(format: Format) -> &'static str {
    match format {
        Format::Openapi | Format::Json => "application/json",
        Format::Text => "text/plain",
    }
}

fn translated(plugin: &str, change: engine::Change) -> Change {
    let location = |location: engine::Location| Location {
        pointer: location.pointer,
        line: location.line,
        column: location.column,
    };
    Change {
        rule: change.rule,
        plugin: plugin.into(),
        impact: match change.impact {
            engine::Impact::Breaking => Impact::Breaking,
            engine::Impact::Risky => Impact::Risky,
            engine::Impact::Compatible => Impact::Compatible,
        },
        direction: match change.direction {
            engine::Direction::Request => Direction::Request,
            engine::Direction::Response => Direction::Response,
            engine::Direction::Both => Direction::Both,
            engine::Direction::Neither => Direction::Neither,
        },
        subject: change.subject,
        summary: change.summary,
        before: change.before,
        after: change.after,
        base: change.base.map(location),
        head: change.head.map(location),
        operations: change.operations,
    }
}
