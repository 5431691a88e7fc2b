//! A run of the pipeline as a process of its own: what it does to memory, to the current folder or by a panic stays there,
//! and it is what CI runs.

use super::standing;
use countersign_model::Verdict;
use countersign_serve::{Ending, RunLog, RunOutcome};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The longest that a run takes.
const LONGEST: Duration = Duration::from_secs(3600);

/// The largest report, in bytes.
const LARGEST: u64 = 64 << 20;

/// How long a run may take to end once it was asked to.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a run is looked at.
const BEAT: Duration = Duration::from_millis(50);

/// The runs that are under way, so that none outlives the daemon.
#[derive(Clone, Default)]
pub(super) struct Runs(Arc<Mutex<Vec<Run>>>);

type Run = Arc<Mutex<Child>>;

impl Runs {
    /// End what is under way: its tools are ended too, and what it had begun is taken up by the run that comes after.
    pub(super) fn end(&self) {
        for run in locked(&self.0).iter() {
            let child = locked(run);
            // Nobody has waited for it while it is in the list and locked, so the id is still its own.
            let _asked = kill_process(Pid::from_child(&child), Signal::TERM);
        }
        let until = Instant::now() + PATIENCE;
        while !locked(&self.0).is_empty() && Instant::now() < until {
            std::thread::sleep(BEAT);
        }
        for run in locked(&self.0).iter() {
            drop(locked(run).kill());
        }
    }

    fn started(&self, child: Child) -> Run {
        let run = Arc::new(Mutex::new(child));
        locked(&self.0).push(Arc::clone(&run));
        run
    }

    /// How it ended; none where it has not yet.
    fn ended(&self, run: &Run) -> std::io::Result<Option<ExitStatus>> {
        let mut all = locked(&self.0);
        let ended = locked(run).try_wait();
        if !matches!(ended, Ok(None)) {
            all.retain(|other| !Arc::ptr_eq(other, run));
        }
        ended
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Run this program in a folder, with these arguments.
pub(super) fn run(
    runs: &Runs,
    folder: &Path,
    arguments: &[&str],
    environment: &[(String, String)],
    log: &mut dyn RunLog,
) -> RunOutcome {
    log.line(&format!("$ countersign {}", arguments.join(" ")));
    let mut command = Command::new("/proc/self/exe");
    command.args(["--output-format", "json", "--color", "never"]).args(arguments);
    command.current_dir(folder).env_clear().envs(environment.iter().cloned());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    match command.spawn() {
        Ok(child) => followed(runs, child, log),
        Err(error) => again(format!("the run could not be started: {error}")),
    }
}

fn again(why: String) -> RunOutcome {
    RunOutcome::ended(retry(why))
}

/// Pass on what it says, until it ends.
fn followed(runs: &Runs, mut child: Child, log: &mut dyn RunLog) -> RunOutcome {
    let (said, lines) = mpsc::channel::<String>();
    let errors = child.stderr.take().map(|errors| {
        std::thread::spawn(move || {
            for line in BufReader::new(errors).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line[..line.len().min(4096)]).into_owned();
                if said.send(line).is_err() {
                    break;
                }
            }
        })
    });
    let report = child.stdout.take().map(|output| {
        std::thread::spawn(move || {
            let mut report = Vec::new();
            output.take(LARGEST).read_to_end(&mut report).map(|_| report)
        })
    });
    let (run, until) = (runs.started(child), Instant::now() + LONGEST);
    let status = loop {
        match lines.recv_timeout(BEAT) {
            Ok(line) => log.line(&line),
            // It may have closed its output and go on.
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(BEAT),
            Err(RecvTimeoutError::Timeout) => {}
        }
        match runs.ended(&run) {
            Ok(None) if Instant::now() > until => {
                drop(locked(&run).kill());
                let minutes = LONGEST.as_secs() / 60;
                log.line(&format!("the run took longer than {minutes} minutes and is ended"));
            }
            Ok(None) => {}
            Ok(Some(status)) => break Ok(status),
            Err(error) => break Err(error),
        }
    };
    drop(errors.map(std::thread::JoinHandle::join));
    lines.try_iter().for_each(|line| log.line(&line));
    let report = report.and_then(|report| report.join().ok()?.ok()).unwrap_or_default();
    match status {
        Ok(status) => outcome(status.code(), &report, log),
        Err(error) => again(format!("it is not known how the run ended: {error}")),
    }
}

/// What the exit status and the report say. What another time could decide is tried again.
fn outcome(status: Option<i32>, report: &[u8], log: &mut dyn RunLog) -> RunOutcome {
    let standings = standing::of_report(report);
    let report: Value = serde_json::from_slice(report).unwrap_or_default();
    let effects = effects(&report);
    for problem in problems(&report) {
        log.line(&problem);
    }
    let verdict = || serde_json::from_value::<Verdict>(report.get("verdict")?.clone()).ok();
    let why = problems(&report).into_iter().next();
    let ending = match status {
        Some(0) => Ending::Done(Verdict::Agreed),
        Some(1) => Ending::Done(verdict().unwrap_or(Verdict::Drift)),
        Some(2) => retry(why.unwrap_or_else(|| "it could not be decided".to_owned())),
        Some(3) => retry(why.unwrap_or_else(|| "a source could not be reached".to_owned())),
        Some(status) => retry(why.unwrap_or_else(|| format!("the run ended with status {status}"))),
        None => retry("the run was ended by a signal".to_owned()),
    };
    RunOutcome { ending, effects, standings }
}

fn retry(why: String) -> Ending {
    Ending::Retry { why, not_before: None }
}

/// Every problem of a report, wherever it stands in it, once.
fn problems(report: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![report];
    while let Some(value) = open.pop() {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        if let (Some(code), Some(message)) = (text("code"), text("message")) {
            let hint = text("hint").map(|hint| format!(" (hint: {hint})")).unwrap_or_default();
            let line = format!("{code}: {message}{hint}");
            if seen.insert(line.clone()) {
                found.push(line);
            }
        }
        match value {
            Value::Object(object) => open.extend(object.values().rev()),
            Value::Array(list) => open.extend(list.iter().rev()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// What the run did elsewhere, a sentence each.
fn effects(report: &Value) -> Vec<String> {
    let list = |key: &str| report.get(key).and_then(Value::as_array).into_iter().flatten();
    let text =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let notices = list("notices").map(|notice| {
        let client = text(notice, "client");
        let whom = if client.is_empty() { "the contract's channel".to_owned() } else { client };
        format!(
            "notice of {} to {whom} on {}: {}",
            text(notice, "contract"),
            text(notice, "channel"),
            text(notice, "state")
        )
    });
    let proposals = list("proposals").map(|proposal| {
        let url = proposal.get("pull").map(|pull| text(pull, "url")).filter(|url| !url.is_empty());
        let url = url.map(|url| format!(": {url}")).unwrap_or_default();
        format!("proposal of {}: {}{url}", text(proposal, "contract"), text(proposal, "state"))
    });
    notices.chain(proposals).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Lines(Vec<String>);

    impl RunLog for Lines {
        fn line(&mut self, text: &str) {
            self.0.push(text.to_owned());
        }
    }

    fn ended(status: i32, report: &Value) -> (RunOutcome, Vec<String>) {
        let mut lines = Lines(Vec::new());
        (outcome(Some(status), report.to_string().as_bytes(), &mut lines), lines.0)
    }

    #[test]
    fn what_was_decided_is_done_and_the_rest_is_tried_again() {
        assert_eq!(ended(0, &json!({ "verdict": "agreed" })).0.ending, Ending::Done(Verdict::Agreed));
        assert_eq!(ended(1, &json!({ "verdict": "drift" })).0.ending, Ending::Done(Verdict::Drift));
        for status in [2, 3, 4, 101, 130] {
            assert!(matches!(ended(status, &json!({})).0.ending, Ending::Retry { .. }), "{status}");
        }
    }

    #[test]
    fn problems_are_lines_of_the_log_and_the_first_says_why() {
        let problem = json!({ "code": "tool-missing", "message": "there is no `uv`", "hint": "install it" });
        let report = json!({ "contracts": [{ "problems": [problem, problem] }] });
        let (outcome, log) = ended(2, &report);
        assert_eq!(log, ["tool-missing: there is no `uv` (hint: install it)"]);
        let Ending::Retry { why, .. } = outcome.ending else { panic!("{:?}", outcome.ending) };
        assert_eq!(why, log[0]);
    }

    #[test]
    fn notices_are_effects() {
        let notice = json!({ "contract": "watcher", "channel": "room", "state": "delivered" });
        let (outcome, _) = ended(0, &json!({ "notices": [notice] }));
        assert_eq!(outcome.effects, ["notice of watcher to the contract's channel on room: delivered"]);
    }
}
