//! How many writes go out: at most so many in any minute and in any hour, in the order in which they were asked
//! for. A turn is a moment that is booked; who books waits for it, so that nobody overtakes.

use crate::Budget;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// The turns that are booked.
#[derive(Debug)]
pub(crate) struct Turns {
    budget: Budget,
    booked: Mutex<Booked>,
}

#[derive(Clone, Debug, Default)]
struct Booked {
    /// The turns of the last hour and those to come, in order; never more than an hour allows.
    turns: VecDeque<Instant>,
    /// The forge asked for silence until then.
    silent_until: Option<Instant>,
}

impl Booked {
    /// The earliest turn that keeps to both windows.
    fn next(&self, budget: &Budget, now: Instant) -> Instant {
        let windowed = |count: u32, window: Duration| {
            let first = self.turns.len().checked_sub(count as usize)?;
            Some(*self.turns.get(first)? + window)
        };
        [
            self.silent_until,
            self.turns.back().copied(),
            windowed(budget.per_minute, MINUTE),
            windowed(budget.per_hour, HOUR),
        ]
        .into_iter()
        .flatten()
        .fold(now, Instant::max)
    }

    fn book(&mut self, budget: &Budget, turn: Instant) {
        self.turns.push_back(turn);
        while self.turns.len() > budget.per_hour.max(budget.per_minute) as usize {
            self.turns.pop_front();
        }
    }
}

impl Turns {
    pub(crate) fn new(budget: Budget) -> Self {
        Self { budget, booked: Mutex::default() }
    }

    fn booked(&self) -> MutexGuard<'_, Booked> {
        // What is guarded is a list of moments, which no panic leaves half written.
        self.booked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Book the next turn, and say how long it is until then; where that is longer than `patience`, nothing is
    /// booked and the wait is the error.
    pub(crate) fn book(&self, patience: Duration, now: Instant) -> Result<Duration, Duration> {
        let mut booked = self.booked();
        let turn = booked.next(&self.budget, now);
        let wait = turn.saturating_duration_since(now);
        if wait > patience {
            return Err(wait);
        }
        booked.book(&self.budget, turn);
        Ok(wait)
    }

    /// No turn begins before this has passed: the forge said so.
    pub(crate) fn silence(&self, wait: Duration, now: Instant) {
        let mut booked = self.booked();
        booked.silent_until = booked.silent_until.max(Some(now + wait));
    }

    /// How long until the last of `writes` more turns.
    pub(crate) fn eta(&self, writes: u32, now: Instant) -> Duration {
        let mut plan = self.booked().clone();
        let mut last = now;
        for _ in 0..writes {
            last = plan.next(&self.budget, now);
            plan.book(&self.budget, last);
        }
        last.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(per_minute: u32, per_hour: u32) -> Turns {
        Turns::new(Budget { per_minute, per_hour, patience: HOUR })
    }

    #[test]
    fn the_third_write_of_two_a_minute_waits_for_the_first_to_leave_the_window() {
        let (turns, start) = (turns(2, 100), Instant::now());
        assert_eq!(turns.book(HOUR, start), Ok(Duration::ZERO));
        assert_eq!(turns.book(HOUR, start + Duration::from_secs(10)), Ok(Duration::ZERO));
        assert_eq!(turns.book(HOUR, start + Duration::from_secs(20)), Ok(Duration::from_secs(40)));
        assert_eq!(turns.book(HOUR, start + Duration::from_secs(20)), Ok(Duration::from_secs(50)));
    }

    #[test]
    fn a_wait_longer_than_the_patience_books_nothing() {
        let (turns, start) = (turns(1, 100), Instant::now());
        assert_eq!(turns.book(HOUR, start), Ok(Duration::ZERO));
        assert_eq!(turns.book(Duration::from_secs(5), start), Err(MINUTE));
        assert_eq!(turns.book(HOUR, start), Ok(MINUTE));
    }

    #[test]
    fn the_eta_of_a_thousand_writes_follows_the_hour_and_books_nothing() {
        let (turns, start) = (turns(60, 450), Instant::now());
        assert_eq!(turns.eta(0, start), Duration::ZERO);
        assert_eq!(turns.eta(60, start), Duration::ZERO);
        assert_eq!(turns.eta(61, start), MINUTE);
        assert_eq!(turns.eta(1_000, start), 2 * HOUR + MINUTE);
        assert_eq!(turns.book(HOUR, start), Ok(Duration::ZERO));
    }

    #[test]
    fn silence_holds_back_every_turn() {
        let (turns, start) = (turns(60, 450), Instant::now());
        turns.silence(Duration::from_secs(7), start);
        turns.silence(Duration::from_secs(3), start);
        assert_eq!(turns.book(HOUR, start), Ok(Duration::from_secs(7)));
    }

    #[test]
    fn no_window_ever_holds_more_than_the_budget() {
        let (turns, start) = (turns(5, 12), Instant::now());
        let mut sent: Vec<Duration> = Vec::new();
        for step in 0..60 {
            let now = start + Duration::from_secs(step * 7);
            sent.push(now + turns.book(10 * HOUR, now).expect("patient") - start);
        }
        for first in &sent {
            let within =
                |window| sent.iter().filter(|turn| *turn >= first && **turn < *first + window).count();
            assert!(within(MINUTE) <= 5 && within(HOUR) <= 12, "{first:?} in {sent:?}");
        }
    }
}
