//! How a run ends: the exit status, which is an interface, and what is said when it ends by a bug or by a
//! signal.

use crate::view::{DoctorState, Outcome};
use countersign_model::{Problem, Verdict, terminal};
use std::io::Write;
use std::panic::PanicHookInfo;
use std::process::ExitCode;
use std::time::Duration;

/// The exit status of an interrupted run: 128 and the number of SIGINT, as shells have it.
const INTERRUPTED: u8 = 130;

/// How long a run may take to end its tools and remove its temporary folders.
const PATIENCE: Duration = Duration::from_secs(5);

/// The exit status that goes with an outcome.
pub(crate) fn of_outcome(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Report(report) => report.verdict.exit_code(),
        Outcome::Canary(report) => report.verdict.exit_code(),
        Outcome::Hooks(report) => report.verdict.exit_code(),
        Outcome::Proposals(report) => report.verdict.exit_code(),
        // `status` tells and does not judge, except where it could not tell.
        Outcome::Status(report) => match report.verdict {
            Verdict::Interrupted => Verdict::Interrupted.exit_code(),
            Verdict::Undecided if !report.problems.is_empty() => Verdict::Undecided.exit_code(),
            Verdict::Agreed | Verdict::Drift | Verdict::Unreachable | Verdict::Undecided => 0,
        },
        Outcome::Diff(view) if view.fails() => Verdict::Drift.exit_code(),
        Outcome::Doctor(report) if report.checks.iter().any(|check| check.state == DoctorState::Fail) => {
            Verdict::Undecided.exit_code()
        }
        Outcome::Diff(_)
        | Outcome::Doctor(_)
        | Outcome::Plugins(_)
        | Outcome::Plugin(_)
        | Outcome::Explanation(_)
        | Outcome::Done(_)
        | Outcome::Document(_) => 0,
    }
}

/// The verdict that goes with the problems of a command that has no outcome.
pub(crate) fn of_problems(problems: &[Problem]) -> Verdict {
    let all = |code: &str| !problems.is_empty() && problems.iter().all(|problem| problem.code == code);
    if problems.iter().any(|problem| problem.code == "interrupted-accept") {
        Verdict::Interrupted
    } else if all("source-unreachable") {
        Verdict::Unreachable
    } else {
        Verdict::Undecided
    }
}

/// Ask for a report when a bug ends the run. The exit status, 101, is that of the standard library.
pub(crate) fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        // Standard error may be closed; there is nobody left to tell then.
        let _ = std::io::stderr().write_all(bug_report(info).as_bytes());
    }));
}

fn bug_report(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let message = (payload.downcast_ref::<&str>().copied())
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    bug_text(message, &place)
}

fn bug_text(message: &str, place: &str) -> String {
    format!(
        "error: this is a bug in countersign {}: {}\n  --> {}\n  hint: please report it, with the command \
         that you typed: {}/issues\n",
        env!("CARGO_PKG_VERSION"),
        terminal(message),
        terminal(place),
        env!("CARGO_PKG_REPOSITORY"),
    )
}

/// End with status 130 on SIGINT, SIGTERM and SIGHUP, after `cleanup`.
///
/// No file is left half-written: everything is staged beside its target, and an accept that is cut off
/// between two exchanges has a journal, which the next run finds. `cleanup` tells the run to end its tools, which
/// have process groups of their own that the terminal's signal does not reach; the run then ends by itself, and
/// is ended where it does not.
pub(crate) fn install_interrupt_handler(cleanup: impl Fn() + Send + 'static) {
    let handler = move || {
        cleanup();
        std::thread::sleep(PATIENCE);
        let _ = interrupted();
        std::process::exit(i32::from(INTERRUPTED));
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        // Without a handler the default disposition ends the run, and a shell reports 130 as well.
        let _ = writeln!(std::io::stderr(), "warning: no handler for interruptions: {error}");
    }
}

/// The end of a run that was interrupted and has cleaned up.
pub(crate) fn interrupted() -> ExitCode {
    let _ = std::io::stderr().write_all(b"\ninterrupted\n");
    ExitCode::from(INTERRUPTED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{DiffView, DoctorCheck, DoctorReport};
    use countersign_model::ChangeSet;

    #[test]
    fn problems_exit_two_unless_an_accept_was_interrupted_or_only_a_source_is_away() {
        let status = |codes: &[&str]| {
            let problems: Vec<_> = codes.iter().map(|code| Problem::new(code, "x")).collect();
            of_problems(&problems).exit_code()
        };
        assert_eq!(status(&["unknown-key"]), 2);
        assert_eq!(status(&["source-unreachable"]), 3);
        assert_eq!(status(&["source-unreachable", "unknown-key"]), 2);
        assert_eq!(status(&["unknown-key", "interrupted-accept"]), 4);
        assert_eq!(status(&[]), 2);
    }

    #[test]
    fn a_doctor_fails_only_where_a_run_would() {
        let report = |state| {
            let check = DoctorCheck { name: "git".into(), state, detail: String::new(), hint: None };
            of_outcome(&Outcome::Doctor(DoctorReport { checks: vec![check] }))
        };
        assert_eq!((report(DoctorState::Warn), report(DoctorState::Fail)), (0, 2));
    }

    #[test]
    fn a_comparison_without_a_breaking_change_exits_zero() {
        let view = DiffView::of_changes("a", "b", "json", ChangeSet::default());
        assert_eq!(of_outcome(&Outcome::Diff(view)), 0);
    }

    #[test]
    fn a_bug_asks_for_a_report_and_cannot_move_the_cursor() {
        let text = bug_text("oh \u{1b}[2J no", "host/src/main.rs:1:1");
        assert!(text.contains("this is a bug in countersign") && text.contains("/issues"));
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}
