//! What a run is busy with, on standard error, while it takes longer than a blink. Hidden when standard
//! error is not a terminal, so that logs hold results and nothing else.

use countersign_model::terminal;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// How long something may take before it is worth a line.
const BLINK: Duration = Duration::from_millis(200);
const TICK: Duration = Duration::from_millis(100);

/// The lines of what is going on. Cheap to clone, and safe to share between threads.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    lines: Arc<MultiProgress>,
    visible: bool,
}

impl Progress {
    /// Progress on standard error; hidden where `quiet`, or where nobody watches.
    pub(crate) fn new(quiet: bool) -> Self {
        let visible = !quiet && std::io::stderr().is_terminal();
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { lines: Arc::new(MultiProgress::with_draw_target(target)), visible }
    }

    /// Say what is going on until the guard is dropped. The line appears after 200 ms.
    pub(crate) fn start(&self, label: &str) -> Activity {
        if !self.visible {
            return Activity { done: None, waiter: None };
        }
        let (done, ended) = mpsc::channel::<()>();
        let (lines, label) = (Arc::clone(&self.lines), terminal(label));
        let waiter = std::thread::spawn(move || {
            if ended.recv_timeout(BLINK) != Err(mpsc::RecvTimeoutError::Timeout) {
                return;
            }
            let bar = lines.add(ProgressBar::new_spinner().with_style(spinner()).with_message(label));
            bar.enable_steady_tick(TICK);
            let _ = ended.recv();
            bar.finish_and_clear();
        });
        Activity { done: Some(done), waiter: Some(waiter) }
    }

    /// Print a line to standard error without disturbing what is drawn there.
    pub(crate) fn log(&self, line: &str) {
        let line = terminal(line);
        self.lines.suspend(|| {
            // Standard error may be closed; then nobody wants to know.
            let _ = writeln!(std::io::stderr(), "{line}");
        });
    }

    /// Remove everything that is drawn, before the process ends.
    pub(crate) fn clear(&self) {
        let _ = self.lines.clear();
    }
}

fn spinner() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// Something that is going on until this is dropped.
#[derive(Debug)]
#[must_use = "the line goes away when this is dropped"]
pub(crate) struct Activity {
    done: Option<mpsc::Sender<()>>,
    waiter: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Activity {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(waiter) = self.waiter.take() {
            // A line that could not be drawn must not end the run.
            let _ = waiter.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::InMemoryTerm;
    use std::time::Instant;

    fn watched(term: &InMemoryTerm) -> Progress {
        let target = ProgressDrawTarget::term_like(Box::new(term.clone()));
        Progress { lines: Arc::new(MultiProgress::with_draw_target(target)), visible: true }
    }

    #[test]
    fn what_takes_longer_than_a_blink_has_a_line_until_it_ends() {
        let term = InMemoryTerm::new(5, 60);
        let activity = watched(&term).start("generating \u{1b}[2J watcher-python");
        let start = Instant::now();
        while !term.contents().contains("generating") && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(term.contents().contains("\\u{1b}[2J watcher-python"), "{}", term.contents());
        drop(activity);
        assert_eq!(term.contents(), "");
    }

    #[test]
    fn what_is_shorter_has_none_and_waits_for_nothing() {
        let term = InMemoryTerm::new(5, 60);
        drop(watched(&term).start("hashing"));
        assert_eq!(term.contents(), "");
    }
}
