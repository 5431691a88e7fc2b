//! A model world with repositories that live, are renamed, hidden, deleted, recreated and restored, and a
//! forge that fails in every way we know. The ladder looks at it for months, and must clear nothing that
//! exists.
//!
//! Two things are not in it, because no look and no event tells them from a deletion: a repository that was
//! transferred to an owner whom we cannot see, and one that was deleted and restored without access for us
//! before anybody looked.

use countersign_model::target::{
    Access, ById, ByName, Control, History, Identity, Listed, Look, Moment, Service, SignedDeletion,
    Transient, Write,
};
use countersign_model::{Cure, Target, TargetKind, TargetState, assess};
use std::collections::BTreeMap;

const MINUTE: u64 = 60;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const START: u64 = 1_790_000_000;
const TROUBLED: u64 = START + 100 * DAY;
const END: u64 = TROUBLED + 10 * DAY;
const OURS: &str = "17";
const OTHERS: &str = "99";

/// SplitMix64: the same seed is the same world.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.between(0, choices.len() as u64) as usize]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Stays,
    Renamed,
    RenamedAndNameTaken,
    Hidden,
    HiddenForAWhile,
    Deleted,
    Recreated,
    Restored,
    RestoredThenHidden,
}

const FATES: [Fate; 9] = [
    Fate::Stays,
    Fate::Renamed,
    Fate::RenamedAndNameTaken,
    Fate::Hidden,
    Fate::HiddenForAWhile,
    Fate::Deleted,
    Fate::Recreated,
    Fate::Restored,
    Fate::RestoredThenHidden,
];

/// The truth: what becomes of the repository at `first`, and then at `second`.
struct Truth {
    fate: Fate,
    first: u64,
    second: u64,
    hidden: u64,
}

impl Truth {
    fn new(random: &mut Random) -> Self {
        let first = START + random.between(0, 50 * DAY);
        let second = first + random.between(HOUR, 30 * DAY);
        Self {
            fate: random.one_of(&FATES),
            first,
            second,
            hidden: second + random.between(10 * DAY, 15 * DAY),
        }
    }

    fn exists(&self, now: u64) -> bool {
        let between = self.first <= now && now < self.second;
        match self.fate {
            Fate::Deleted | Fate::Recreated => now < self.first,
            Fate::Restored | Fate::RestoredThenHidden => !between,
            Fate::Stays
            | Fate::Renamed
            | Fate::RenamedAndNameTaken
            | Fate::Hidden
            | Fate::HiddenForAWhile => true,
        }
    }

    /// Whether a token that the owner does not let see everything sees it.
    fn is_open(&self, now: u64) -> bool {
        match self.fate {
            Fate::Hidden => now < self.first,
            Fate::HiddenForAWhile => !(self.first <= now && now < self.second),
            Fate::RestoredThenHidden => now < self.hidden,
            Fate::Stays
            | Fate::Renamed
            | Fate::RenamedAndNameTaken
            | Fate::Deleted
            | Fate::Recreated
            | Fate::Restored => true,
        }
    }

    fn name(&self, now: u64) -> &'static str {
        let renames = matches!(self.fate, Fate::Renamed | Fate::RenamedAndNameTaken);
        if renames && now >= self.first { "octo/guard" } else { "octo/watcher" }
    }

    /// Whether another repository has the first name.
    fn is_taken(&self, now: u64) -> bool {
        matches!(self.fate, Fate::Recreated | Fate::RenamedAndNameTaken) && now >= self.second
    }

    fn is_deleted(&self) -> bool {
        !self.exists(self.first) && self.exists(self.first - 1)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Credential {
    AppOnAll,
    AppOnSelected,
    Token,
    OwnersToken,
}

#[derive(Clone, Copy)]
enum Fault {
    Revoked,
    Outage,
    RateLimited,
    SignOnRequired,
    Suspended,
    Uninstalled,
    Reselected,
    /// Every repository of the owner is 404.
    Blind,
    /// The service lost sight of this one repository, and says 404 by name, by id and in the listing.
    Lies,
}

const FAULTS: [Fault; 8] = [
    Fault::Revoked,
    Fault::Outage,
    Fault::RateLimited,
    Fault::SignOnRequired,
    Fault::Suspended,
    Fault::Uninstalled,
    Fault::Reselected,
    Fault::Blind,
];

struct World {
    truth: Truth,
    credential: Credential,
    service: Service,
    faults: Vec<(u64, u64, Fault)>,
    /// Our clock minus the true time, from a time on.
    jumps: Vec<(u64, i64)>,
    tells_time: bool,
    /// When the event is delivered for the first time.
    delivered: Option<u64>,
    random: Random,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let truth = Truth::new(&mut random);
        let credentials =
            [Credential::AppOnAll, Credential::AppOnSelected, Credential::Token, Credential::OwnersToken];
        let credential = random.one_of(&credentials);
        let is_app = matches!(credential, Credential::AppOnAll | Credential::AppOnSelected);
        let service = if is_app || random.chance(50) { Service::GitHub } else { Service::Gitea };
        let tells_time = random.chance(70);
        let delivered = (truth.is_deleted() && random.chance(60))
            .then(|| truth.first + random.between(MINUTE, 3 * DAY).min(truth.second - truth.first - 1));
        let faults = faults(&mut random);
        let jumps = jumps(&mut random, tells_time);
        Self { truth, credential, service, faults, jumps, tells_time, delivered, random }
    }

    fn our_clock(&self, now: u64) -> u64 {
        let offset = self.jumps.iter().rev().find(|(from, _)| *from <= now).map_or(0, |(_, offset)| *offset);
        now.saturating_add_signed(offset)
    }

    fn fault(&self, now: u64) -> Option<Fault> {
        self.faults.iter().find(|(from, to, _)| *from <= now && now < *to).map(|(_, _, fault)| *fault)
    }

    fn sees_everything(&self) -> bool {
        matches!(self.credential, Credential::AppOnAll | Credential::OwnersToken)
    }

    fn is_visible(&self, now: u64) -> bool {
        self.truth.exists(now) && (self.sees_everything() || self.truth.is_open(now))
    }

    /// What a look shows: the truth, then the fault of the day, then a failing answer here and there.
    fn look(&mut self, name: &str, now: u64) -> Look {
        let moment = Moment { at: self.our_clock(now), service: self.tells_time.then_some(now) };
        let mut look = Look {
            identity: Identity::Valid,
            name: self.by_name(name, now),
            id: self.by_id(now),
            control: Control::Readable { at: moment.at },
            access: self.access(self.is_visible(now)),
            write: Write::NotTried,
            deletion: self.event(now),
            moment,
        };
        if let Some(fault) = self.fault(now) {
            self.fail(&mut look, fault);
        }
        self.disturb(&mut look);
        look
    }

    fn by_name(&mut self, name: &str, now: u64) -> ByName {
        let (visible, actual) = (self.is_visible(now), self.truth.name(now));
        let found = |full_name: &str, id: &str| ByName::Found {
            full_name: full_name.into(),
            id: id.into(),
            archived: false,
            may_push: Some(true),
        };
        if name == "octo/watcher" && self.truth.is_taken(now) {
            return found(name, OTHERS);
        }
        match visible {
            false => ByName::NotFound,
            true if name == actual => found(name, OURS),
            true if self.random.chance(30) => found(actual, OURS),
            true => {
                let id = self.random.chance(50).then(|| OURS.to_owned());
                ByName::Moved { to: actual.into(), id }
            }
        }
    }

    fn by_id(&self, now: u64) -> ById {
        match self.is_visible(now) {
            true => ById::Found { name: self.truth.name(now).into() },
            false => ById::NotFound,
        }
    }

    fn access(&self, visible: bool) -> Access {
        let listed = if visible { Listed::Yes } else { Listed::No };
        match self.credential {
            Credential::AppOnAll => Access::All(listed),
            Credential::AppOnSelected => Access::Selected(listed),
            Credential::Token => Access::Unlisted,
            Credential::OwnersToken => Access::Owner(listed),
        }
    }

    /// The delivery, what the service or somebody else repeats of it, and events of other repositories.
    fn event(&mut self, now: u64) -> Option<SignedDeletion> {
        let first = self.delivered.filter(|at| *at == now);
        let again = self.delivered.filter(|at| *at < now).filter(|_| self.random.chance(10));
        let other = self.random.chance(2);
        match (first.or(again), other) {
            (Some(_), _) => Some(SignedDeletion { id: OURS.into() }),
            (None, true) => Some(SignedDeletion { id: OTHERS.into() }),
            (None, false) => None,
        }
    }

    fn fail(&mut self, look: &mut Look, fault: Fault) {
        let kinds = [Transient::ServiceFailed, Transient::TimedOut, Transient::Malformed];
        match fault {
            Fault::Revoked => {
                blind(look, Control::Unreadable);
                look.identity = self.random.one_of(&[Identity::Refused, Identity::Unanswered]);
            }
            Fault::Outage => look.name = ByName::Transient(self.random.one_of(&kinds)),
            Fault::RateLimited => look.name = ByName::Transient(Transient::RateLimited),
            Fault::SignOnRequired => look.name = ByName::Forbidden { missing: None },
            Fault::Suspended if self.is_app() => {
                blind(look, Control::Unreadable);
                look.access = Access::Suspended;
            }
            Fault::Uninstalled if self.is_app() => {
                blind(look, Control::Unreadable);
                look.access = Access::Absent;
            }
            Fault::Reselected if self.is_app() => {
                blind(look, look.control);
                look.access = Access::Selected(Listed::No);
            }
            Fault::Blind => {
                blind(look, Control::Unreadable);
                look.access = self.access(false);
            }
            Fault::Lies => {
                blind(look, look.control);
                look.access = self.access(false);
            }
            Fault::Suspended | Fault::Uninstalled | Fault::Reselected => {}
        }
    }

    fn is_app(&self) -> bool {
        matches!(self.credential, Credential::AppOnAll | Credential::AppOnSelected)
    }

    fn disturb(&mut self, look: &mut Look) {
        if self.random.chance(4) {
            look.name = ByName::Transient(Transient::ServiceFailed);
        }
        if self.random.chance(4) {
            look.id = ById::Transient(Transient::TimedOut);
        }
        if self.random.chance(4) {
            look.control = Control::Unanswered;
        }
        if self.random.chance(4) && look.access == Access::All(Listed::No) {
            look.access = Access::All(Listed::Unanswered);
        }
    }
}

fn blind(look: &mut Look, control: Control) {
    (look.name, look.id, look.control) = (ByName::NotFound, ById::NotFound, control);
}

/// Up to eight faults of up to four days each, and a lie of less than a day.
fn faults(random: &mut Random) -> Vec<(u64, u64, Fault)> {
    let mut faults = Vec::new();
    if random.chance(90) {
        let from = START + random.between(0, 90 * DAY);
        faults.push((from, from + random.between(HOUR, 23 * HOUR), Fault::Lies));
    }
    for _ in 0..random.between(0, 9) {
        let from = START + random.between(0, 90 * DAY);
        faults.push((from, from + random.between(HOUR, 4 * DAY), random.one_of(&FAULTS)));
    }
    faults
}

/// Where the service tells its time our clock jumps anywhere; where it does not, it is only ever set back.
fn jumps(random: &mut Random, tells_time: bool) -> Vec<(u64, i64)> {
    let mut jumps: Vec<_> =
        (0..random.between(0, 5)).map(|_| (START + random.between(0, 100 * DAY), 0)).collect();
    jumps.sort_unstable();
    let mut offset = 0;
    for jump in &mut jumps {
        let by = random.between(MINUTE, 60 * DAY) as i64;
        offset = match tells_time {
            true if random.chance(30) => 0,
            true if random.chance(50) => by,
            true => -by,
            false => offset - by,
        };
        jump.1 = offset;
    }
    jumps
}

/// What a simulation found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Figure {
    runs: u64,
    looks: u64,
    cleared: u64,
    falsely_cleared: u64,
    healed: u64,
    falsely_healed: u64,
    restored: u64,
    /// Deleted, with a listing of everything the owner has: runs, and those that ended as gone.
    provable: u64,
    proved: u64,
    /// Deleted, without one, and an event told it.
    told: u64,
    told_and_gone: u64,
    /// Neither: left to people.
    untold: u64,
    /// Visible at the end: runs, and those that ended alive under the right name.
    visible: u64,
    right: u64,
    ends: BTreeMap<(Fate, String), u64>,
}

fn simulate(seed: u64, runs: u64) -> Figure {
    let mut figure = Figure { runs, ..Figure::default() };
    for run in 0..runs {
        live(World::new(seed.wrapping_mul(1_000_003).wrapping_add(run)), &mut figure);
    }
    figure
}

fn live(mut world: World, figure: &mut Figure) {
    let mut target = Target {
        kind: TargetKind::Repository,
        service: world.service,
        name: "octo/watcher".into(),
        id: Some(OURS.into()),
        writes: true,
    };
    let (mut history, mut now) = (History::default(), START);
    while now < END {
        let calm = now >= TROUBLED;
        let told = world.delivered == Some(now);
        if calm || told || history.is_due(world.our_clock(now)) || world.random.chance(30) {
            history = visit(&mut world, &mut target, &history, now, figure);
        }
        now = next_visit(&mut world, now);
    }
    judge(&world, &target, &history, figure);
}

/// Now and then, and as soon as an event arrives.
fn next_visit(world: &mut World, now: u64) -> u64 {
    let next = now + if now >= TROUBLED { 6 * HOUR } else { world.random.between(10 * MINUTE, 36 * HOUR) };
    world.delivered.filter(|at| now < *at && *at < next).unwrap_or(next)
}

/// Look, and do with the pointer what the ladder says, as `serve` would.
fn visit(
    world: &mut World,
    target: &mut Target,
    history: &History,
    now: u64,
    figure: &mut Figure,
) -> History {
    let look = world.look(&target.name, now);
    let assessment = assess(target, &look, history);
    figure.looks += 1;
    if assessment.may_clear && history.state != TargetState::Gone {
        figure.cleared += 1;
        figure.falsely_cleared += u64::from(world.truth.exists(now));
    }
    match assessment.cure {
        Cure::Heal { name } => {
            figure.healed += 1;
            figure.falsely_healed += u64::from(name != world.truth.name(now));
            target.name = name;
        }
        Cure::Restore { name } => {
            figure.restored += 1;
            target.name = name;
        }
        Cure::Keep | Cure::Tombstone => {}
    }
    if !figure.looks.is_multiple_of(10) {
        return assessment.history;
    }
    // What is remembered lives in a file between looks.
    let written = serde_json::to_string(&assessment.history).expect("a history is JSON");
    serde_json::from_str(&written).expect("and back")
}

fn judge(world: &World, target: &Target, history: &History, figure: &mut Figure) {
    let is_gone = u64::from(history.state == TargetState::Gone);
    match (world.truth.exists(END), world.sees_everything(), world.delivered) {
        (true, _, _) => {}
        (false, true, _) => (figure.provable, figure.proved) = (figure.provable + 1, figure.proved + is_gone),
        (false, false, Some(_)) => {
            (figure.told, figure.told_and_gone) = (figure.told + 1, figure.told_and_gone + is_gone);
        }
        (false, false, None) => figure.untold += 1,
    }
    if world.is_visible(END) {
        let right = history.state == TargetState::Alive && target.name == world.truth.name(END);
        (figure.visible, figure.right) = (figure.visible + 1, figure.right + u64::from(right));
    }
    *figure.ends.entry((world.truth.fate, format!("{:?}", history.state))).or_default() += 1;
}

#[test]
fn ten_thousand_troubled_runs_clear_nothing_that_exists() {
    let figure = simulate(4, 10_000);
    eprintln!("{figure:#?}");
    assert_eq!(figure.falsely_cleared, 0, "pointers cleared though the repository existed");
    assert_eq!(figure.falsely_healed, 0, "pointers healed to another name than the repository had");
    assert_eq!(figure.proved, figure.provable, "deleted, provable, and not cleared in the end");
    assert_eq!(figure.right, figure.visible, "visible, and not alive under its name in the end");
    assert!(figure.told_and_gone * 10 >= figure.told * 9, "most that an event told are cleared");
    assert!(figure.cleared > 1000 && figure.healed > 1000 && figure.restored > 100, "the world is alive");
}

#[test]
fn the_same_seed_is_the_same_figure() {
    assert_eq!(simulate(7, 50), simulate(7, 50));
}
