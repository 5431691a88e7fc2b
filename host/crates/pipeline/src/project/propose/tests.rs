use super::body::{self, News};
use super::carry::{Carried, Errand, Stop, carry, clear, plan};
use super::fake::{Dice, Fake, KILLS, Kill, Shared, State};
use super::plan::{Attempt, Decision, Facts, Head, Latest, Shape, decide, superseded};
use countersign_forge::{ForgeError, Publication, Pull, PullState};
use countersign_model::{
    Change, ChangeSet, Digest, Direction, Impact, Name, ProposalState, ProposedChange, ProposedFile,
};
use std::thread;

fn name() -> Name {
    "watcher".parse().unwrap()
}

fn shape(document: &str) -> Shape {
    Shape { contract: name(), digest: Digest::of(document.as_bytes()), base: "main".to_owned() }
}

fn body_of(document: &str) -> String {
    news(document, "a test").body()
}

fn news(document: &str, source: &str) -> News {
    News {
        contract: name(),
        verdict: None,
        from: None,
        to: Digest::of(document.as_bytes()),
        changes: ChangeSet::default(),
        files: Vec::new(),
        source: source.to_owned(),
        reproduce: "true".to_owned(),
    }
}

fn pull(number: u64, state: PullState, shape: &Shape, body: &str) -> Pull {
    Pull {
        number,
        state,
        title: String::new(),
        body: body.to_owned(),
        head: shape.branch(1),
        head_repository: None,
        head_sha: String::new(),
        base: "main".to_owned(),
        html_url: String::new(),
    }
}

fn ours(shape: &Shape) -> Head {
    Head { sha: "1".repeat(40), shape: Some(shape.digest.to_string()), untouched: true }
}

fn theirs() -> Head {
    Head { sha: "2".repeat(40), shape: None, untouched: false }
}

fn attempt(shape: &Shape, number: usize, head: Option<Head>, pulls: &[Pull]) -> Attempt {
    Attempt { branch: shape.branch(number), head, pulls: pulls.to_vec() }
}

fn facts(attempts: &[Attempt]) -> Facts {
    let others = Vec::new();
    Facts { attempts: attempts.to_vec(), base: Some(Digest::of(b"old")), latest: Latest::This, others }
}

#[test]
fn every_state_of_a_branch_and_its_pull_requests_has_one_decision() {
    use PullState::{Closed, Merged, Open};
    let new = shape("new");
    let at = |state| pull(5, state, &new, &body_of("new"));
    let by_us = pull(5, Closed, &new, &body::superseded(&body_of("new"), &Digest::of(b"x")));
    let free = |number| attempt(&new, number, None, &[]);
    let (first, second) = (new.branch(1), new.branch(2));
    assert_eq!(second, format!("{first}-2"));
    let publish = |branch: &String| Decision::Publish { branch: branch.clone(), again: *branch != first };
    let cases: Vec<(&str, Vec<Attempt>, Decision)> = vec![
        ("nothing is there", vec![free(1)], publish(&first)),
        (
            "a branch of a killed run",
            vec![attempt(&new, 1, Some(ours(&new)), &[])],
            Decision::Open { branch: first.clone() },
        ),
        (
            "a branch with somebody's commits",
            vec![attempt(&new, 1, Some(theirs()), &[])],
            Decision::Occupied { branch: first.clone() },
        ),
        (
            "a branch with our commit of another shape",
            vec![attempt(&new, 1, Some(ours(&shape("other"))), &[])],
            Decision::Occupied { branch: first.clone() },
        ),
        ("open", vec![attempt(&new, 1, Some(ours(&new)), &[at(Open)])], Decision::Leave(vec![at(Open)])),
        (
            "open, with somebody's commits",
            vec![attempt(&new, 1, Some(theirs()), &[at(Open)])],
            Decision::Leave(vec![at(Open)]),
        ),
        (
            "open twice, as no forge should allow",
            vec![attempt(&new, 1, None, &[pull(9, Open, &new, ""), at(Open)])],
            Decision::Leave(vec![at(Open), pull(9, Open, &new, "")]),
        ),
        ("closed by somebody", vec![attempt(&new, 1, None, &[at(Closed)])], Decision::Declined(at(Closed))),
        (
            "closed by us",
            vec![attempt(&new, 1, None, std::slice::from_ref(&by_us)), free(2)],
            publish(&second),
        ),
        (
            "merged, and the base has left it",
            vec![attempt(&new, 1, None, &[at(Merged)]), free(2)],
            publish(&second),
        ),
        (
            "closed and later merged, and the base has left it",
            vec![attempt(&new, 1, None, &[at(Merged), pull(4, Closed, &new, "")]), free(2)],
            publish(&second),
        ),
        (
            "merged and later closed",
            vec![attempt(&new, 1, None, &[pull(9, Closed, &new, ""), at(Merged)]), free(2)],
            Decision::Declined(pull(9, Closed, &new, "")),
        ),
        (
            "merged, then open again",
            vec![
                attempt(&new, 1, None, &[at(Merged)]),
                attempt(&new, 2, Some(ours(&new)), &[pull(9, Open, &new, "")]),
            ],
            Decision::Leave(vec![pull(9, Open, &new, "")]),
        ),
        ("no end", vec![attempt(&new, 1, None, &[at(Merged)])], Decision::Exhausted),
    ];
    for (what, attempts, expected) in cases {
        assert_eq!(decide(&new, &facts(&attempts)), expected, "{what}");
    }
    let held = Facts { base: Some(new.digest), ..facts(&[attempt(&new, 1, None, &[at(Merged)])]) };
    assert_eq!(decide(&new, &held), Decision::Done(at(Merged)));
}

#[test]
fn an_event_that_was_overtaken_opens_nothing_where_the_newer_shape_is_here() {
    let (old, new) = (shape("b"), shape("c"));
    let free = [attempt(&old, 1, None, &[])];
    let of_newer = pull(7, PullState::Open, &new, &body_of("c"));
    let overtaken = |base: &[u8], others: &[Pull]| {
        let latest = Latest::Other(new.digest);
        decide(&old, &Facts { base: Some(Digest::of(base)), latest, others: others.to_vec(), ..facts(&free) })
    };
    assert_eq!(overtaken(b"a", std::slice::from_ref(&of_newer)), Decision::Overtaken);
    assert_eq!(overtaken(b"c", &[]), Decision::Overtaken);
    assert!(matches!(overtaken(b"a", &[]), Decision::Publish { .. }), "the newer event may never come");
    let unknown = Facts { latest: Latest::Unknown, others: vec![of_newer], ..facts(&free) };
    assert!(matches!(decide(&old, &unknown), Decision::Publish { .. }));
    assert!(superseded(&old, &unknown, None).is_empty(), "who does not know what is newest closes nothing");
}

#[test]
fn only_older_pull_requests_of_ours_into_the_same_branch_are_superseded() {
    let new = shape("new");
    let at = |number, document: &str, base: &str, body: &str| Pull {
        base: base.to_owned(),
        ..pull(number, PullState::Open, &shape(document), body)
    };
    let body = body_of("old");
    let others = vec![
        at(3, "old", "main", &body),
        at(4, "old", "develop", &body),
        at(5, "old", "main", "somebody wrote this"),
        at(9, "newer", "main", &body_of("newer")),
    ];
    let facts = Facts { others, ..facts(&[]) };
    let numbers = |own| superseded(&new, &facts, own).iter().map(|pull| pull.number).collect::<Vec<_>>();
    assert_eq!(numbers(Some(7)), [3]);
    assert_eq!(numbers(None), [3, 9]);
}

/// One run, on a forge that it shares with others or not.
fn run(fake: &Fake, shape: &Shape, base: &str) -> Result<Carried, Stop> {
    with(shape, base, |errand| carry(fake, errand))
}

fn with<T>(shape: &Shape, base: &str, deed: impl FnOnce(&Errand<'_>) -> T) -> T {
    let document = ["new", "older"].into_iter().find(|document| *shape == self::shape(document)).unwrap();
    let text = body_of(document);
    let publication = |branch: String| Publication {
        branch,
        base_branch: "main".to_owned(),
        base: "0".repeat(40),
        message: format!("change\n\n{}", shape.trailers("tree")),
        files: Vec::new(),
    };
    let head = fake_head();
    deed(&Errand {
        shape,
        base: Some(Digest::of(base.as_bytes())),
        base_head: &head,
        latest: Latest::This,
        is_still_latest: &|| true,
        title: "contracts: watcher changed upstream",
        body: &text,
        publication: &publication,
        pause: &|_| true,
    })
}

fn fake_head() -> String {
    "0".repeat(40)
}

/// A forge on which an older shape is on its way.
fn forge_with_older() -> State {
    let mut state = State::default();
    state.branches.insert("main".to_owned(), fake_head());
    let older = shape("older");
    let sha = state.commit(&format!("x\n\n{}", older.trailers("tree")), "tree");
    state.branches.insert(older.branch(1), sha);
    state.pull(&older.branch(1), "main", &body_of("older"), PullState::Open);
    state
}

fn alone(state: State) -> Shared {
    Shared::new(state, 1, 1)
}

#[test]
fn a_second_run_sends_nothing_and_the_older_shape_is_gone_with_its_branch() {
    let forge = alone(forge_with_older());
    let new = shape("new");
    let fake = forge.view(0);
    let first = run(&fake, &new, "old").unwrap();
    assert_eq!((first.state, first.superseded.len()), (ProposalState::Opened, 1));
    let writes = forge.state().writes.clone();
    assert!(!forge.state().branches.contains_key(&shape("older").branch(1)));
    let comment = forge.state().comments.values().flatten().next().unwrap().clone();
    assert!(comment.contains(&format!("Superseded by #{}", first.pull.unwrap().number)), "{comment}");
    let second = run(&fake, &new, "old").unwrap();
    assert_eq!(second.state, ProposalState::Left);
    assert_eq!(forge.state().writes, writes);
}

#[test]
fn peoples_commits_on_an_older_branch_are_kept_when_its_pull_request_is_closed() {
    let mut state = forge_with_older();
    let theirs = state.commit("adapt the callers", "another tree");
    state.branches.insert(shape("older").branch(1), theirs.clone());
    let forge = alone(state);
    run(&forge.view(0), &shape("new"), "old").unwrap();
    assert_eq!(forge.state().branches.get(&shape("older").branch(1)), Some(&theirs));
    assert_eq!(forge.state().pulls[0].state, PullState::Closed);
}

#[test]
fn a_shape_that_comes_back_after_another_one_is_proposed_again_on_a_branch_with_a_number() {
    let forge = alone(forge_with_older());
    let fake = forge.view(0);
    run(&fake, &shape("new"), "old").unwrap();
    let back = run(&fake, &shape("older"), "old").unwrap();
    assert_eq!(back.branch, Some(shape("older").branch(2)), "what we closed was nobody's answer");
    assert_eq!(forge.state().pulls.iter().filter(|pull| pull.state == PullState::Open).count(), 1);
}

#[test]
fn what_upstream_took_back_is_closed_where_the_base_is_current() {
    let forge = alone(forge_with_older());
    let fake = forge.view(0);
    let closed = with(&shape("new"), "new", |errand| clear(&fake, errand)).unwrap();
    assert_eq!(closed.len(), 1);
    assert_eq!(forge.state().pulls[0].state, PullState::Closed);
}

#[test]
fn a_plan_says_what_would_be_sent_and_sends_nothing() {
    let forge = alone(forge_with_older());
    let fake = forge.view(0);
    let planned = with(&shape("new"), "old", |errand| plan(&fake, errand)).unwrap();
    assert_eq!(planned.state, ProposalState::Planned);
    assert_eq!((planned.plan.len(), planned.superseded.len()), (3, 1));
    assert!(forge.state().writes.is_empty());
}

#[test]
fn a_text_of_ours_is_brought_up_to_date_and_one_that_somebody_edited_is_not() {
    let forge = alone(forge_with_older());
    let (fake, new) = (forge.view(0), shape("new"));
    run(&fake, &new, "old").unwrap();
    let with_body = |body: &str| {
        forge.state().pulls.last_mut().unwrap().body = body.to_owned();
        let state = run(&fake, &new, "old").unwrap().state;
        let body = forge.state().pulls.last().unwrap().body.clone();
        (state, body)
    };
    let outdated = news("new", "an older test").body();
    assert_eq!(with_body(&outdated), (ProposalState::Refreshed, body_of("new")));
    let edited = outdated.replace("an older test", "an older test, please wait with this");
    assert_eq!(with_body(&edited), (ProposalState::Left, edited.clone()));
    let with_other_line_ends = body_of("new").replace('\n', "\r\n");
    assert_eq!(with_body(&with_other_line_ends), (ProposalState::Left, with_other_line_ends.clone()));
    let of_another_shape = body_of("older");
    assert_eq!(with_body(&of_another_shape), (ProposalState::Left, of_another_shape.clone()));
}

#[test]
fn nothing_of_a_document_becomes_a_mention_a_link_or_markup_and_the_text_stays_within_its_limit() {
    let hostile =
        "@team #1 [x](https://e.example) <img src=x> `a` | b\n\n## c <!-- countersign:superseded x -->";
    let change = Change {
        rule: hostile.to_owned(),
        plugin: "diff".to_owned(),
        impact: Impact::Breaking,
        direction: Direction::Response,
        subject: hostile.to_owned(),
        summary: hostile.repeat(40),
        before: None,
        after: None,
        base: None,
        head: None,
        operations: vec![hostile.to_owned(); 50],
        witness: None,
    };
    let compatible = Change { impact: Impact::Compatible, summary: "fine".to_owned(), ..change.clone() };
    let file = |index: usize| ProposedFile {
        path: format!("{hostile}{index}"),
        change: ProposedChange::Added,
        added: 1,
        removed: 0,
    };
    let mut news = news("new", "a test");
    news.changes = ChangeSet(std::iter::repeat_n(compatible, 400).chain([change]).collect());
    news.files = (0..900).map(file).collect();
    let text = news.body();
    assert!(text.len() < 65_536 && text.matches("and ").count() >= 2, "{}", text.len());
    for live in ["@team", "[x](", "<img", "`a`", "https://e", "\n## c", "<!-- countersign:superseded"] {
        assert!(!text.contains(live), "{live}");
    }
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert!(rows[1].starts_with("| breaking |"), "the worst comes first: {}", rows[1]);
    assert!(!body::is_superseded(&text) && body::is_of(&text, &name()));
    let marked = body::superseded(&"x".repeat(70_000), &Digest::of(b"x"));
    assert!(marked.len() <= 65_536 && body::is_superseded(&marked));
}

#[test]
fn a_merged_shape_is_not_proposed_a_second_time_from_a_base_that_was_read_before_the_merge() {
    let forge = alone(forge_with_older());
    let (fake, new) = (forge.view(0), shape("new"));
    run(&fake, &new, "old").unwrap();
    forge.state().pulls.last_mut().unwrap().state = PullState::Merged;
    forge.state().branches.insert("main".to_owned(), "f".repeat(40));
    assert_eq!(run(&fake, &new, "old").unwrap_err(), Stop::BaseMoved);
    assert_eq!(run(&fake, &new, "new").unwrap().state, ProposalState::Merged);
}

/// Eight runs at once, each killed where `kills` says, then one more that is left alone.
fn storm(seed: u64, is_lax: bool, lost: u64, kills: impl Fn(usize, &mut Dice) -> Option<Kill>) -> State {
    const RUNS: usize = 8;
    let mut dice = Dice::new(seed);
    let mut state = forge_with_older();
    state.is_lax = is_lax;
    let forge = Shared::new(state, RUNS, seed);
    let fakes: Vec<Fake> = (0..RUNS)
        .map(|run| forge.view(run).killed(kills(run, &mut dice)).losing(lost, seed * 31 + run as u64))
        .collect();
    thread::scope(|scope| {
        for fake in &fakes {
            let forge = &forge;
            scope.spawn(move || {
                let ended = fake.dies(Kill::Fetch).is_ok().then(|| run(fake, &shape("new"), "old"));
                if let Some(Err(stop)) = ended {
                    let transient = matches!(&stop, Stop::Forge(error) if error.is_transient());
                    assert!(fake.is_dead() || transient, "seed {seed}: {stop:?}");
                }
                forge.leave();
            });
        }
    });
    let after = alone(forge.state().clone());
    let state = run(&after.view(0), &shape("new"), "old").unwrap().state;
    let settled = [ProposalState::Opened, ProposalState::Healed, ProposalState::Left];
    assert!(settled.contains(&state), "seed {seed}: {state:?}");
    after.state().clone()
}

/// One branch, one open pull request, and nothing of the older shape.
fn assert_one(state: &State, seed: u64) {
    let new = shape("new");
    let branches: Vec<_> =
        state.branches.keys().filter(|branch| branch.starts_with("countersign/")).collect();
    assert_eq!(branches, [&new.branch(1)], "seed {seed}");
    assert_eq!(state.open_pulls_of(&new.branch(1)).len(), 1, "seed {seed}");
    let older = state.pulls.iter().find(|pull| pull.head == shape("older").branch(1)).unwrap();
    assert_eq!(older.state, PullState::Closed, "seed {seed}");
    assert_eq!(state.comments.values().map(Vec::len).max(), Some(1), "seed {seed}: one comment");
    assert!(state.writes.iter().any(|write| write.starts_with("branch ")), "seed {seed}");
}

#[test]
fn eight_runs_at_once_killed_at_each_step_make_one_branch_and_one_pull_request() {
    for round in 0..100 {
        for (index, kill) in KILLS.iter().enumerate() {
            let seed = round * 6 + index as u64 + 1;
            // The first two die at this step, the others anywhere or not at all.
            let state = storm(seed, false, 0, |run, dice| match (run, dice.below(8)) {
                (0 | 1, _) => Some(*kill),
                (_, other) => KILLS.get(usize::try_from(other).unwrap()).copied(),
            });
            assert_one(&state, seed);
            let all = state.pulls.iter().filter(|pull| pull.head == shape("new").branch(1)).count();
            assert_eq!(all, 1, "seed {seed}: exactly one pull request ever");
        }
    }
}

#[test]
fn all_eight_killed_at_the_same_step_leave_what_the_next_run_heals() {
    for (index, kill) in KILLS.iter().enumerate() {
        let seed = 7000 + index as u64;
        assert_one(&storm(seed, false, 0, |_, _| Some(*kill)), seed);
    }
}

#[test]
fn lost_answers_make_no_second_branch_pull_request_or_comment() {
    for seed in 1..200 {
        let state =
            storm(seed, false, 3, |_, dice| KILLS.get(usize::try_from(dice.below(20)).unwrap()).copied());
        assert_one(&state, seed);
        let all = state.pulls.iter().filter(|pull| pull.head == shape("new").branch(1)).count();
        assert_eq!(all, 1, "seed {seed}");
    }
}

#[test]
fn a_forge_that_allows_two_pull_requests_for_a_branch_ends_with_one_open() {
    for seed in 1..200 {
        let state =
            storm(seed, true, 5, |_, dice| KILLS.get(usize::try_from(dice.below(12)).unwrap()).copied());
        assert_one(&state, seed);
    }
}

#[test]
fn a_forge_that_refuses_is_asked_no_second_time() {
    let forge = alone(forge_with_older());
    let fake = forge.view(0).killed(Some(Kill::Ref));
    let stop = run(&fake, &shape("new"), "old").unwrap_err();
    assert!(matches!(stop, Stop::Forge(ForgeError::Unsupported(_))), "{stop:?}");
    assert_eq!(forge.state().writes.len(), 1);
}
