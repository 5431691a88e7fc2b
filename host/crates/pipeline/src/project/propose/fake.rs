//! A forge in memory, for tests: it loses answers, ends runs in the middle of a call, and lets several runs take
//! turns in an order that a seed decides.

use super::forge::ProposeForge;
use countersign_forge::{
    CommitInfo, ForgeError, NewPull, Publication, Published, Pull, PullState, PullUpdate,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

type Answer<T> = Result<T, ForgeError>;

/// What the forge holds.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) branches: BTreeMap<String, String>,
    pub(super) commits: BTreeMap<String, CommitInfo>,
    pub(super) pulls: Vec<Pull>,
    pub(super) comments: BTreeMap<u64, Vec<String>>,
    /// Every write that took effect.
    pub(super) writes: Vec<String>,
    /// Whether a branch may have two open pull requests, as with no real forge.
    pub(super) is_lax: bool,
    next: u64,
}

/// Where a run is ended: after this deed has taken effect, or just before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kill {
    Fetch,
    Blobs,
    Commit,
    Ref,
    Pull,
    Supersede,
}

pub(super) const KILLS: [Kill; 6] =
    [Kill::Fetch, Kill::Blobs, Kill::Commit, Kill::Ref, Kill::Pull, Kill::Supersede];

/// A generator of numbers that are the same for the same seed (xorshift64*).
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }
}

/// The runs that take turns.
struct Turns {
    dice: Dice,
    /// Those that are still running.
    running: usize,
    /// Those that wait to be let on.
    waiting: Vec<usize>,
    /// Whose turn it is.
    turn: Option<usize>,
}

/// The forge that all runs share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) state: Arc<Mutex<State>>,
    turns: Arc<(Mutex<Turns>, Condvar)>,
}

impl Shared {
    /// `runs` of them take turns, as the seed decides.
    pub(super) fn new(state: State, runs: usize, seed: u64) -> Self {
        let turns = Turns { dice: Dice::new(seed), running: runs, waiting: Vec::new(), turn: None };
        Self { state: Arc::new(Mutex::new(state)), turns: Arc::new((Mutex::new(turns), Condvar::new())) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// One run's own view.
    pub(super) fn view(&self, run: usize) -> Fake {
        Fake { shared: self.clone(), run, inner: Mutex::new(Inner::default()) }
    }

    /// Wait for a turn: all that still run must be waiting, and then one of them is let on.
    fn wait(&self, run: usize) {
        let (lock, bell) = &*self.turns;
        let mut turns = lock.lock().unwrap();
        turns.waiting.push(run);
        turns.let_on();
        bell.notify_all();
        while turns.turn != Some(run) {
            turns = bell.wait(turns).unwrap();
        }
        turns.turn = None;
        turns.waiting.retain(|waiting| *waiting != run);
    }

    /// A run has ended, however.
    pub(super) fn leave(&self) {
        let (lock, bell) = &*self.turns;
        let mut turns = lock.lock().unwrap();
        turns.running -= 1;
        turns.let_on();
        bell.notify_all();
    }
}

impl Turns {
    fn let_on(&mut self) {
        if self.turn.is_none() && !self.waiting.is_empty() && self.waiting.len() == self.running {
            self.waiting.sort_unstable();
            let chosen = self.dice.below(self.waiting.len() as u64);
            self.turn = usize::try_from(chosen).ok().and_then(|chosen| self.waiting.get(chosen).copied());
        }
    }
}

/// What happens to one run.
#[derive(Default)]
struct Inner {
    kill: Option<Kill>,
    is_dead: bool,
    /// One in so many writes has its answer lost, taking effect or not; 0 for none.
    lost: u64,
    dice: Option<Dice>,
}

/// One run's view of the forge.
pub(super) struct Fake {
    shared: Shared,
    run: usize,
    inner: Mutex<Inner>,
}

impl Fake {
    pub(super) fn killed(self, kill: Option<Kill>) -> Self {
        self.inner.lock().unwrap().kill = kill;
        self
    }

    pub(super) fn losing(self, lost: u64, seed: u64) -> Self {
        {
            let mut inner = self.inner.lock().unwrap();
            (inner.lost, inner.dice) = (lost, Some(Dice::new(seed)));
        }
        self
    }

    pub(super) fn is_dead(&self) -> bool {
        self.inner.lock().unwrap().is_dead
    }

    /// A dead run does nothing any more, and hears nothing.
    fn begin(&self) -> Answer<()> {
        self.shared.wait(self.run);
        if self.is_dead() { Err(dead()) } else { Ok(()) }
    }

    pub(super) fn dies(&self, kill: Kill) -> Answer<()> {
        let mut inner = self.inner.lock().unwrap();
        if inner.kill == Some(kill) {
            inner.is_dead = true;
            return Err(dead());
        }
        Ok(())
    }

    /// What becomes of a write: none where it never arrives; whether its answer is lost.
    fn luck(&self) -> (bool, bool) {
        let mut inner = self.inner.lock().unwrap();
        let lost = inner.lost;
        let Some(dice) = inner.dice.as_mut().filter(|_| lost > 0) else { return (true, false) };
        match dice.below(lost) {
            0 => (dice.below(2) == 0, true),
            _ => (true, false),
        }
    }

    fn write<T>(&self, what: &str, effect: impl FnOnce(&mut State) -> Answer<T>) -> Answer<T> {
        let (arrives, is_lost) = self.luck();
        let unknown = || ForgeError::Unknown { what: what.to_owned(), why: "the answer is lost".to_owned() };
        if !arrives {
            return Err(unknown());
        }
        let mut state = self.shared.state();
        let answer = effect(&mut state);
        if answer.is_ok() {
            state.writes.push(what.to_owned());
        }
        if is_lost { Err(unknown()) } else { answer }
    }
}

fn dead() -> ForgeError {
    ForgeError::Unsupported("this run was killed".to_owned())
}

impl State {
    pub(super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(super) fn commit(&mut self, message: &str, tree: &str) -> String {
        let sha = format!("{:040x}", self.number());
        let info = CommitInfo {
            sha: sha.clone(),
            tree: tree.to_owned(),
            parents: Vec::new(),
            message: message.to_owned(),
            author_email: None,
        };
        self.commits.insert(sha.clone(), info);
        sha
    }

    pub(super) fn pull(&mut self, head: &str, base: &str, body: &str, state: PullState) -> u64 {
        let number = self.number();
        let head_sha = self.branches.get(head).cloned().unwrap_or_default();
        self.pulls.push(Pull {
            number,
            state,
            title: String::new(),
            body: body.to_owned(),
            head: head.to_owned(),
            head_repository: Some("acme/client".to_owned()),
            head_sha,
            base: base.to_owned(),
            html_url: format!("https://forge.example/acme/client/pull/{number}"),
        });
        number
    }

    pub(super) fn open_pulls_of(&self, branch: &str) -> Vec<&Pull> {
        self.pulls.iter().filter(|pull| pull.head == branch && pull.state == PullState::Open).collect()
    }

    fn newest_first(&self, wanted: impl Fn(&Pull) -> bool) -> Vec<Pull> {
        let mut found: Vec<Pull> = self.pulls.iter().filter(|pull| wanted(pull)).cloned().collect();
        found.reverse();
        found
    }
}

impl ProposeForge for Fake {
    fn branch(&self, branch: &str) -> Answer<Option<String>> {
        self.begin()?;
        Ok(self.shared.state().branches.get(branch).cloned())
    }

    fn branches(&self, prefix: &str) -> Answer<Vec<(String, String)>> {
        self.begin()?;
        let state = self.shared.state();
        let found = state.branches.iter().filter(|(name, _)| name.starts_with(prefix));
        Ok(found.map(|(name, sha)| (name.clone(), sha.clone())).collect())
    }

    fn commit(&self, sha: &str) -> Answer<Option<CommitInfo>> {
        self.begin()?;
        Ok(self.shared.state().commits.get(sha).cloned())
    }

    fn pulls_of_branch(&self, branch: &str) -> Answer<Vec<Pull>> {
        self.begin()?;
        Ok(self.shared.state().newest_first(|pull| pull.head == branch))
    }

    fn open_pulls(&self, prefix: &str) -> Answer<Vec<Pull>> {
        self.begin()?;
        let open = |pull: &Pull| pull.state == PullState::Open && pull.head.starts_with(prefix);
        Ok(self.shared.state().newest_first(open))
    }

    fn publish(&self, publication: &Publication) -> Answer<Published> {
        self.begin()?;
        self.dies(Kill::Blobs)?;
        self.begin()?;
        let sha = self.shared.state().commit(&publication.message, "tree");
        self.dies(Kill::Commit)?;
        self.begin()?;
        let made = self.write(&format!("branch {}", publication.branch), |state| {
            match state.branches.get(&publication.branch) {
                Some(there) => Ok(Published::Existed(there.clone())),
                None => {
                    state.branches.insert(publication.branch.clone(), sha.clone());
                    Ok(Published::Created(sha.clone()))
                }
            }
        });
        self.dies(Kill::Ref)?;
        made
    }

    fn create_pull(&self, pull: &NewPull) -> Answer<Pull> {
        self.begin()?;
        let made = self.write(&format!("pull {}", pull.head), |state| {
            if !state.branches.contains_key(&pull.head) {
                let what = "POST /pulls".to_owned();
                return Err(ForgeError::Refused { what, status: 422, message: "head invalid".to_owned() });
            }
            if let Some(there) = state.open_pulls_of(&pull.head).first().filter(|_| !state.is_lax) {
                return Ok((*there).clone());
            }
            let number = state.pull(&pull.head, &pull.base, &pull.body, PullState::Open);
            Ok(state.pulls.iter().find(|pull| pull.number == number).cloned().unwrap())
        });
        self.dies(Kill::Pull)?;
        made
    }

    fn update_pull(&self, number: u64, update: &PullUpdate) -> Answer<()> {
        self.begin()?;
        let done = self.write(&format!("update #{number}"), |state| {
            let pull = state.pulls.iter_mut().find(|pull| pull.number == number).unwrap();
            if let Some(body) = &update.body {
                pull.body.clone_from(body);
            }
            if update.close && pull.state == PullState::Open {
                pull.state = PullState::Closed;
            }
            Ok(())
        });
        self.dies(Kill::Supersede)?;
        done
    }

    fn upsert_comment(&self, number: u64, marker: &str, body: &str) -> Answer<()> {
        self.begin()?;
        self.write(&format!("comment #{number}"), |state| {
            let comments = state.comments.entry(number).or_default();
            match comments.iter_mut().find(|comment| comment.contains(marker)) {
                Some(there) => body.clone_into(there),
                None => comments.push(body.to_owned()),
            }
            Ok(())
        })
    }

    fn delete_branch(&self, branch: &str, expected: &str) -> Answer<()> {
        self.begin()?;
        self.write(&format!("delete {branch}"), |state| {
            let what = format!("DELETE {branch}");
            match state.branches.get(branch) {
                None => Err(ForgeError::NotFound { what }),
                Some(sha) if sha != expected => {
                    Err(ForgeError::Refused { what, status: 422, message: "it has moved".to_owned() })
                }
                Some(_) => {
                    state.branches.remove(branch);
                    Ok(())
                }
            }
        })
    }
}
