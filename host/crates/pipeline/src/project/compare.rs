//! What changed between two snapshots of a contract.

use super::Project;
use super::observe::{Canonicalizers, beside};
use super::record::RecordOnDisk;
use crate::config::{ContractConfig, Format, StageConfig};
use crate::stage::{Job, Prepared, StageFailure, document};
use countersign_document::Document;
use countersign_engine as engine;
use countersign_model::{
    Beside, Change, ChangeSet, Direction, Impact, Location, Name, Problem, RawDocument, Side, Snapshot,
    Witness, WitnessProof,
};
use serde_json::{Map, Value};
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
    /// The two documents as they are written.
    pub documents: [Snapshot; 2],
}

/// A document as it is written, and in its canonical form.
struct Compared {
    written: Snapshot,
    canonical: Snapshot,
    media_type: String,
}

/// How to compare two documents that the user names.
#[derive(Clone, Debug, Default)]
pub struct CompareOptions {
    /// What they are; guessed where nothing is said.
    pub format: Option<Format>,
    /// Keys for the stage `diff-openapi`, beside or instead of those of the configuration.
    pub keys: Map<String, Value>,
}

/// The stage that [`CompareOptions::keys`] are for.
const OPENAPI: &str = "diff-openapi";

impl Project {
    /// The changes from `base` to `head`: every diff stage adds its own. Equal snapshots ask nobody.
    pub(crate) fn changes(
        &self,
        contract: &ContractConfig,
        differs: &[Prepared<'_>],
        base: &Snapshot,
        head: &Snapshot,
    ) -> Result<ChangeSet, Problem> {
        if base.digest() == head.digest() {
            return Ok(ChangeSet::default());
        }
        self.told(contract, differs, base, head)
    }

    fn told(
        &self,
        contract: &ContractConfig,
        differs: &[Prepared<'_>],
        base: &Snapshot,
        head: &Snapshot,
    ) -> Result<ChangeSet, Problem> {
        // What witnesses are held against is read while the stages work.
        let (told, sides) = rayon::join(
            || self.told_by_stages(contract, differs, base, head),
            || crate::witness::Sides::read(base.bytes(), head.bytes()),
        );
        let mut changes = told?;
        crate::witness::prove(&mut changes, &sides);
        Ok(ChangeSet(changes))
    }

    fn told_by_stages(
        &self,
        contract: &ContractConfig,
        differs: &[Prepared<'_>],
        base: &Snapshot,
        head: &Snapshot,
    ) -> Result<Vec<Change>, Problem> {
        let mut changes = Vec::new();
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
        Ok(changes)
    }

    /// Compare two documents that the user names: files, or `revision:path`.
    ///
    /// # Errors
    /// What is wrong with either of them.
    pub fn compare(
        &self,
        base: &str,
        head: &str,
        options: &CompareOptions,
    ) -> Result<Comparison, Vec<Problem>> {
        let (old, new) = both(self.named_document(base), self.named_document(head))?;
        let mut contract = self.contract_for(base, head, options.format, [&old, &new]);
        tune(&mut contract, &options.keys)?;
        let differs = self.differs(&contract).map_err(|problems| of_options(problems, options))?;
        let canonicalizers = self.canonicalizers(&contract)?;
        let is_large = old.content.len() + new.content.len() > SIDE_BY_SIDE;
        let one = || self.side(base, &canonicalizers, old);
        let other = || self.side(head, &canonicalizers, new);
        let (old, new) = if is_large { (one(), other()) } else { rayon::join(one, other) };
        let (old, new) = both(old, new)?;
        // With its paths under another prefix, even an equal document is another one.
        let found = match options.keys.keys().any(|key| key.contains("prefix")) {
            true => self.told(&contract, &differs, &old.canonical, &new.canonical),
            false => self.changes(&contract, &differs, &old.canonical, &new.canonical),
        };
        let mut changes = found.map_err(|problem| vec![problem])?;
        let (mut bases, mut heads): (Vec<_>, Vec<_>) =
            changes.0.iter_mut().map(|change| (&mut change.base, &mut change.head)).unzip();
        rayon::join(|| place(&mut bases, &old), || place(&mut heads, &new));
        Ok(Comparison { changes, format: contract.format, documents: [old.written, new.written] })
    }

    /// A document, and its canonical form.
    fn side(
        &self,
        name: &str,
        canonicalizers: &Canonicalizers<'_>,
        raw: RawDocument,
    ) -> Result<Compared, Problem> {
        let (media_type, written) = (raw.media_type, Snapshot::of(raw.content));
        let canonical = self.canonical_of(name, canonicalizers, (&media_type, &raw.beside), &written);
        let canonical = canonical.map_err(StageFailure::into_problem)?.into_snapshot();
        Ok(Compared { written, canonical, media_type })
    }

    /// The stages for a comparison: those of the contract that is named, by its name or its
    /// snapshot, else the format's own.
    fn contract_for(
        &self,
        base: &str,
        head: &str,
        format: Option<Format>,
        documents: [&RawDocument; 2],
    ) -> ContractConfig {
        let named = self.config.contracts.values().find(|contract| {
            let snapshot = contract.snapshot_path();
            let is_its = |document: &str| document.ends_with(&snapshot) || document == contract.name.as_str();
            is_its(base) || is_its(head)
        });
        match (named, format) {
            (Some(contract), None) => contract.clone(),
            (Some(contract), Some(format)) if contract.format == format => contract.clone(),
            (_, Some(format)) => anonymous(format),
            (None, None) => anonymous(guess(documents)),
        }
    }

    /// A file, the record of a contract, the URL of a contract's live source, or a file at a revision.
    fn named_document(&self, name: &str) -> Result<RawDocument, Problem> {
        let media_type = crate::stage::media_type(name).to_owned();
        if Path::new(name).exists() {
            return Ok(RawDocument { content: read_file(name)?, media_type, beside: beside(name) });
        }
        if name.starts_with("https://") || name.starts_with("http://") {
            return self.at_url(name);
        }
        if let Some(contract) = self.config.contracts.values().find(|contract| contract.name.as_str() == name)
        {
            return self.of_record(contract);
        }
        let Some((revision, path)) = name.split_once(':') else {
            return Err(unreadable(name, "there is no such file, and no such contract"));
        };
        let (content, beside) = self.at_revision(revision, path)?;
        Ok(RawDocument { content, media_type, beside })
    }

    /// The record of a contract, as it stands in the work tree.
    fn of_record(&self, contract: &ContractConfig) -> Result<RawDocument, Problem> {
        match self.record(contract) {
            RecordOnDisk::Sound(recorded) => Ok(RawDocument {
                content: recorded.0.bytes().to_vec(),
                media_type: media_type(contract.format).to_owned(),
                beside: Beside::Nowhere,
            }),
            RecordOnDisk::Damaged(problems) => Err(super::client::first(problems)),
            RecordOnDisk::Missing => {
                let message = format!("contract `{}` has no record yet", contract.name);
                Err(Problem::new("missing-record", message)
                    .hint(format!("countersign accept {}", contract.name)))
            }
        }
    }

    /// What a live source of `pipeline.toml` gives. No other URL is asked: what may be fetched, and with which
    /// credential, is said there.
    fn at_url(&self, url: &str) -> Result<RawDocument, Problem> {
        let is_it = |stage: &&StageConfig| stage.keys.get("url").and_then(Value::as_str) == Some(url);
        let sources = self.config.contracts.values().filter_map(|contract| {
            let stage = [&contract.live, &contract.dump].into_iter().flatten().find(is_it)?;
            Some((contract, stage))
        });
        let Some((contract, stage)) = sources.into_iter().next() else {
            let shown: String = url.chars().take(200).collect();
            let message = format!("`{shown}` is the source of no contract, and nothing else is fetched");
            let hint =
                format!("add\n[contracts.NAME]\nlive = \"{shown}\"\nor download it, and name the file");
            return Err(Problem::new("ungranted-url", message).hint(hint));
        };
        let prepared = self.prepare(stage, countersign_engine::Kind::Dump).map_err(super::client::first)?;
        self.run_dump(contract.name.as_str(), stage, &prepared, "live").map_err(StageFailure::into_problem)
    }

    fn at_revision(&self, revision: &str, path: &str) -> Result<(Vec<u8>, Beside), Problem> {
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
        let content = content.ok_or_else(|| missing(format!("`{path}` does not exist at `{shown}`")))?;
        Ok((content, Beside::Revision { commit: commit.to_string(), path: inside }))
    }
}

/// What is wrong with options stands in no file.
fn of_options(mut problems: Vec<Problem>, options: &CompareOptions) -> Vec<Problem> {
    if !options.keys.is_empty() {
        problems.iter_mut().for_each(|problem| problem.at = None);
    }
    problems
}

/// Give the stage `diff-openapi` its further keys.
fn tune(contract: &mut ContractConfig, keys: &Map<String, Value>) -> Result<(), Vec<Problem>> {
    if keys.is_empty() {
        return Ok(());
    }
    let stage = contract.diff.iter_mut().find(|stage| stage.plugin.as_str() == OPENAPI);
    let Some(stage) = stage else {
        let options: Vec<String> = keys.keys().map(|key| format!("`{key}`")).collect();
        let message =
            format!("{} is for OpenAPI documents, and these are not compared as such", options.join(", "));
        let hint = "add `--format openapi` if they are";
        return Err(vec![Problem::new("option-not-applicable", message).hint(hint)]);
    };
    stage.keys.extend(keys.clone());
    Ok(())
}

/// Where things stand in the document as it is written. The stages count in its canonical form; a pointer leads to the
/// same thing in both.
fn place(locations: &mut [&mut Option<Location>], side: &Compared) {
    let mut locations = locations.iter_mut().filter_map(|location| location.as_mut()).peekable();
    if side.written.digest() == side.canonical.digest() || locations.peek().is_none() {
        return;
    }
    let document = Document::parse(side.written.bytes(), &side.media_type).ok();
    for location in locations {
        let node = document.as_ref().and_then(|document| document.root().resolve(&location.pointer));
        let position = node.map(countersign_document::Node::position);
        location.line = position.map(|position| position.line);
        location.column = position.map(|position| position.column);
    }
}

fn read_file(name: &str) -> Result<Vec<u8>, Problem> {
    let size = std::fs::metadata(name).map_or(0, |metadata| metadata.len());
    if size > LARGEST {
        let problem = unreadable(name, &format!("it is larger than {} MiB", LARGEST >> 20));
        return Err(problem.hint("compare a smaller part of it"));
    }
    std::fs::read(name).map_err(|error| unreadable(name, &error.to_string()))
}

fn unreadable(name: &str, why: &str) -> Problem {
    let shown: String = name.chars().take(200).collect();
    Problem::new("unreadable-document", format!("`{shown}` cannot be read: {why}")).hint(
        "name a file, a contract, a live source of pipeline.toml, or a file at a revision: \
         `origin/main:contracts/watcher/openapi.json`",
    )
}

/// A contract that nobody declared, with its format's own stages.
pub(crate) fn anonymous(format: Format) -> ContractConfig {
    let stage = |plugin: &str| {
        let stage = crate::config::StageConfig::short(plugin, "", None);
        stage.expect("the names of built-in plugins are names")
    };
    let name: Name = "document".parse().expect("it is a name");
    let mut canonicalize = stage(format.canonicalizer());
    if format == Format::Openapi {
        // Nobody keeps it as a record: that it describes nothing is for whoever compares it to see.
        canonicalize.keys.insert("empty".into(), "allow".into());
    }
    ContractConfig {
        name,
        format,
        snapshot: format.snapshot().into(),
        provider: None,
        dump: None,
        live: None,
        canonicalize: vec![canonicalize],
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

fn witness(witness: engine::Witness) -> Witness {
    Witness {
        value: witness.value,
        base: witness.base,
        head: witness.head,
        allowed_by: match witness.allowed_by {
            engine::Side::Base => Side::Base,
            engine::Side::Head => Side::Head,
        },
        proof: WitnessProof::Unproven { why: "nobody has looked yet".into() },
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
        witness: change.witness.map(witness),
    }
}
