//! Carries a proposal out: read, decide, do one thing, and read again, until there is nothing left to do.
//!
//! Nothing is remembered from one round to the next but whether this run made the branch. So a run that is killed
//! anywhere leaves what the next one reads and goes on from, and an answer that was lost is found by looking.

use super::body;
use super::facts::{self, head};
use super::forge::ProposeForge;
use super::plan::{Decision, Facts, Latest, Shape, decide, superseded};
use countersign_forge::{ForgeError, NewPull, Publication, Published, Pull, PullState, PullUpdate};
use countersign_model::{Digest, ProposalState};

/// How often is looked before it is given up.
const ROUNDS: u32 = 12;

/// How often a branch without a pull request is looked at before it is taken for one that a killed run left: whoever
/// just made it opens the pull request within seconds.
const ORPHANED: u32 = 3;

/// How many branches of older shapes are looked through for such as a killed run left.
const MOST_LEFTOVERS: usize = 20;

/// A proposal on its way.
pub(crate) struct Errand<'a> {
    /// What it is about.
    pub(crate) shape: &'a Shape,
    /// The digest of the base's record.
    pub(crate) base: Option<Digest>,
    /// The commit that the base had when it was read.
    pub(crate) base_head: &'a str,
    /// What the source says now.
    pub(crate) latest: Latest,
    /// Whether it still says that. Asked before anything is closed.
    pub(crate) is_still_latest: &'a dyn Fn() -> bool,
    /// The title.
    pub(crate) title: &'a str,
    /// The text.
    pub(crate) body: &'a str,
    /// The commit, for a branch of this name.
    pub(crate) publication: &'a dyn Fn(String) -> Publication,
    /// Waits before a round, longer the later it is; false where the user interrupts.
    pub(crate) pause: &'a dyn Fn(u32) -> bool,
}

/// Where it got to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    /// How it stands.
    pub(crate) state: ProposalState,
    /// The branch.
    pub(crate) branch: Option<String>,
    /// The pull request.
    pub(crate) pull: Option<Pull>,
    /// The pull requests of older shapes that were closed.
    pub(crate) superseded: Vec<Pull>,
    /// What would be sent; of a dry run.
    pub(crate) plan: Vec<String>,
}

/// Why it got nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The base has moved since it was read, and whether anything is to be done depends on it.
    BaseMoved,
    /// The forge refused something, or could not be asked.
    Forge(ForgeError),
    /// Others change it as fast as we look.
    Unsettled,
    /// The user interrupted the run.
    Interrupted,
}

impl From<ForgeError> for Stop {
    fn from(error: ForgeError) -> Self {
        Self::Forge(error)
    }
}

impl Carried {
    fn new(state: ProposalState, branch: Option<String>, pull: Option<Pull>) -> Self {
        Self { state, branch, pull, superseded: Vec::new(), plan: Vec::new() }
    }
}

/// What this run remembers between two looks.
#[derive(Default)]
struct Memory {
    /// This run made this branch.
    made: Option<String>,
    /// How often a branch was seen without a pull request.
    orphaned: u32,
    /// What this run did to the pull request.
    did: Option<ProposalState>,
    superseded: Vec<Pull>,
}

/// Carry it out.
pub(crate) fn carry(forge: &dyn ProposeForge, errand: &Errand<'_>) -> Result<Carried, Stop> {
    let (mut memory, mut failed) = (Memory::default(), None);
    for round in 0..ROUNDS {
        if round > 0 && !(errand.pause)(round) {
            return Err(Stop::Interrupted);
        }
        match one_round(forge, errand, &mut memory) {
            Ok(Some(carried)) => return Ok(Carried { superseded: memory.superseded, ..carried }),
            Ok(None) => {}
            // What may have happened is seen by the next look; what did not is tried by it.
            Err(Stop::Forge(error)) if error.is_transient() => failed = Some(error),
            Err(stop) => return Err(stop),
        }
    }
    Err(failed.map_or(Stop::Unsettled, Stop::Forge))
}

/// The plan, and nothing done.
pub(crate) fn plan(forge: &dyn ProposeForge, errand: &Errand<'_>) -> Result<Carried, Stop> {
    let facts = facts::read(forge, errand.shape, errand.base, &errand.latest)?;
    let decision = decide(errand.shape, &facts);
    let mut plan = Vec::new();
    let open = format!("open the pull request `{}` into `{}`", errand.title, errand.shape.base);
    let mut carried = match decision {
        Decision::Publish { branch, .. } => {
            let files = (errand.publication)(branch.clone()).files.len();
            plan.push(format!(
                "make the branch `{branch}` at {} with {files} changed files",
                short(errand.base_head)
            ));
            plan.push(open);
            Carried::new(ProposalState::Planned, Some(branch), None)
        }
        Decision::Open { branch } => {
            plan.push(open);
            Carried::new(ProposalState::Planned, Some(branch), None)
        }
        Decision::Leave(pulls) => {
            let pull = pulls.into_iter().next();
            if let Some(pull) = pull.as_ref().filter(|pull| body::is_outdated(&pull.body, errand.body)) {
                plan.push(format!("bring the text of #{} up to date", pull.number));
            }
            let branch = pull.as_ref().map(|pull| pull.head.clone());
            Carried::new(ProposalState::Left, branch, pull)
        }
        nothing @ (Decision::Done(_)
        | Decision::Declined(_)
        | Decision::Occupied { .. }
        | Decision::Overtaken
        | Decision::Exhausted) => return Ok(standing(nothing)),
    };
    for pull in superseded(errand.shape, &facts, carried.pull.as_ref().map(|pull| pull.number)) {
        plan.push(format!("close #{} (`{}`), which this takes the place of", pull.number, pull.head));
        carried.superseded.push(pull.clone());
    }
    Ok(Carried { plan, ..carried })
}

/// One look and one deed; none where it has to be looked again.
fn one_round(
    forge: &dyn ProposeForge,
    errand: &Errand<'_>,
    memory: &mut Memory,
) -> Result<Option<Carried>, Stop> {
    let facts = facts::read(forge, errand.shape, errand.base, &errand.latest)?;
    match decide(errand.shape, &facts) {
        Decision::Publish { branch, again } => publish(forge, errand, memory, branch, again).map(|()| None),
        Decision::Open { branch } => open(forge, errand, memory, branch).map(|()| None),
        Decision::Leave(pulls) => leave(forge, errand, memory, &facts, pulls),
        Decision::Done(pull) => {
            supersede(forge, errand, memory, &facts, Some(&pull))?;
            Ok(Some(standing(Decision::Done(pull))))
        }
        Decision::Exhausted => Err(Stop::Unsettled),
        nothing @ (Decision::Declined(_) | Decision::Occupied { .. } | Decision::Overtaken) => {
            Ok(Some(standing(nothing)))
        }
    }
}

/// A decision that asks for nothing.
fn standing(decision: Decision) -> Carried {
    let of_pull = |state, pull: Pull| Carried::new(state, Some(pull.head.clone()), Some(pull));
    match decision {
        Decision::Done(pull) => of_pull(ProposalState::Merged, pull),
        Decision::Declined(pull) => of_pull(ProposalState::Declined, pull),
        Decision::Occupied { branch } => Carried::new(ProposalState::Occupied, Some(branch), None),
        Decision::Overtaken => Carried::new(ProposalState::Overtaken, None, None),
        Decision::Publish { .. } | Decision::Open { .. } | Decision::Leave(_) | Decision::Exhausted => {
            Carried::new(ProposalState::Failed, None, None)
        }
    }
}

fn publish(
    forge: &dyn ProposeForge,
    errand: &Errand<'_>,
    memory: &mut Memory,
    branch: String,
    again: bool,
) -> Result<(), Stop> {
    // What was merged a moment ago is not in the base that we read, and would be proposed a second time.
    if again && forge.branch(&errand.shape.base)?.as_deref() != Some(errand.base_head) {
        return Err(Stop::BaseMoved);
    }
    if let Published::Created(_) = forge.publish(&(errand.publication)(branch.clone()))? {
        memory.made = Some(branch);
    }
    Ok(())
}

fn open(
    forge: &dyn ProposeForge,
    errand: &Errand<'_>,
    memory: &mut Memory,
    branch: String,
) -> Result<(), Stop> {
    let is_mine = memory.made.as_ref() == Some(&branch);
    memory.orphaned += 1;
    if !is_mine && memory.orphaned < ORPHANED {
        return Ok(());
    }
    forge.create_pull(&NewPull {
        title: errand.title.to_owned(),
        body: errand.body.to_owned(),
        head: branch,
        base: errand.shape.base.clone(),
        draft: false,
        labels: Vec::new(),
    })?;
    memory.did = Some(if is_mine { ProposalState::Opened } else { ProposalState::Healed });
    Ok(())
}

/// There is an open pull request: one, with our text as it is now, and none of an older shape.
fn leave(
    forge: &dyn ProposeForge,
    errand: &Errand<'_>,
    memory: &mut Memory,
    facts: &Facts,
    pulls: Vec<Pull>,
) -> Result<Option<Carried>, Stop> {
    let mut pulls = pulls.into_iter();
    let Some(pull) = pulls.next() else { return Ok(None) };
    // A forge that lets one branch have two: the oldest stays, whoever opened the others.
    for other in pulls.filter(|other| body::is_of(&other.body, &errand.shape.contract)) {
        let text = format!("#{} is for the same branch.", pull.number);
        close(forge, &other, &errand.shape.digest, &text)?;
    }
    if body::is_outdated(&pull.body, errand.body) {
        let update = PullUpdate { body: Some(errand.body.to_owned()), ..PullUpdate::default() };
        forge.update_pull(pull.number, &update)?;
        memory.did = memory.did.or(Some(ProposalState::Refreshed));
    }
    supersede(forge, errand, memory, facts, Some(&pull))?;
    let state = memory.did.unwrap_or(ProposalState::Left);
    Ok(Some(Carried::new(state, Some(pull.head.clone()), Some(pull))))
}

/// The base is what it would be: close what older shapes left open.
pub(crate) fn clear(forge: &dyn ProposeForge, errand: &Errand<'_>) -> Result<Vec<Pull>, Stop> {
    let mut memory = Memory::default();
    let mut failed = None;
    for round in 0..ROUNDS {
        if round > 0 && !(errand.pause)(round) {
            return Err(Stop::Interrupted);
        }
        let cleared =
            others(forge, errand).and_then(|facts| supersede(forge, errand, &mut memory, &facts, None));
        match cleared {
            Ok(()) => return Ok(memory.superseded),
            Err(Stop::Forge(error)) if error.is_transient() => failed = Some(error),
            Err(stop) => return Err(stop),
        }
    }
    Err(failed.map_or(Stop::Unsettled, Stop::Forge))
}

/// What [`clear`] would close.
pub(crate) fn plan_to_clear(forge: &dyn ProposeForge, errand: &Errand<'_>) -> Result<Vec<Pull>, Stop> {
    let facts = others(forge, errand)?;
    Ok(superseded(errand.shape, &facts, None).into_iter().cloned().collect())
}

fn others(forge: &dyn ProposeForge, errand: &Errand<'_>) -> Result<Facts, Stop> {
    let mut others = forge.open_pulls(&errand.shape.prefix())?;
    others.retain(|pull| !errand.shape.owns(&pull.head));
    Ok(Facts { attempts: Vec::new(), base: errand.base, latest: errand.latest.clone(), others })
}

/// Close the pull requests of older shapes, and remove their branches where nobody committed to them.
fn supersede(
    forge: &dyn ProposeForge,
    errand: &Errand<'_>,
    memory: &mut Memory,
    facts: &Facts,
    own: Option<&Pull>,
) -> Result<(), Stop> {
    let shape = errand.shape;
    let older = superseded(shape, facts, own.map(|pull| pull.number));
    if !older.is_empty() && !(errand.is_still_latest)() {
        return Ok(());
    }
    let text = match own {
        Some(own) => format!("Superseded by #{}: the contract has changed again upstream.", own.number),
        None => format!("Superseded: `{}` holds what upstream says now.", shape.base),
    };
    for pull in older {
        close(forge, pull, &shape.digest, &text)?;
        memory.superseded.push(pull.clone());
        remove_branch(forge, &pull.head)?;
    }
    if facts.latest == Latest::This { sweep(forge, errand) } else { Ok(()) }
}

fn close(forge: &dyn ProposeForge, pull: &Pull, by: &Digest, text: &str) -> Result<(), Stop> {
    let comment = format!("{}\n{text}", body::COMMENT_MARKER);
    forge.upsert_comment(pull.number, body::COMMENT_MARKER, &comment)?;
    // Mark and state change as one: closed without the mark, it would pass for somebody's answer.
    let update = PullUpdate { body: Some(body::superseded(&pull.body, by)), close: true, title: None };
    forge.update_pull(pull.number, &update)?;
    Ok(())
}

fn remove_branch(forge: &dyn ProposeForge, branch: &str) -> Result<(), Stop> {
    let Some(head) = head(forge, branch)?.filter(|head| head.untouched) else { return Ok(()) };
    match forge.delete_branch(branch, &head.sha) {
        // Somebody was faster: either it is gone, or there are commits on it now.
        Ok(()) | Err(ForgeError::NotFound { .. } | ForgeError::Refused { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Remove the branches of older shapes that a killed run left behind: those whose pull requests we closed.
fn sweep(forge: &dyn ProposeForge, errand: &Errand<'_>) -> Result<(), Stop> {
    let branches = forge.branches(&errand.shape.prefix())?;
    for (branch, _) in branches.iter().filter(|(name, _)| !errand.shape.owns(name)).take(MOST_LEFTOVERS) {
        let pulls = forge.pulls_of_branch(branch)?;
        let closed_by_us = |pull: &Pull| pull.state == PullState::Closed && body::is_superseded(&pull.body);
        if !pulls.is_empty() && pulls.iter().all(closed_by_us) {
            remove_branch(forge, branch)?;
        }
    }
    Ok(())
}

pub(crate) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
