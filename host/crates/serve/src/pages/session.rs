//! Who is signed in. Sessions are held in memory, by digests, so a copy of it is no key; they end with the process.

use crate::receive::is_one_of;
use crate::settings::Secret;
use crate::site::{Ask, Desk};
use crate::time::Time;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use subtle::ConstantTimeEq;

/// How long a session lasts.
pub(super) const LASTS: Duration = Duration::from_secs(12 * 3600);

/// More sessions than these push out those that end first.
const MOST: usize = 1024;

/// So many wrong tokens are looked at in a minute.
const WRONG: usize = 10;
const MINUTE: Duration = Duration::from_secs(60);

const COOKIE: &str = "countersign";

type Key = [u8; 32];

/// What somebody has who signed in.
#[derive(Clone)]
pub(super) struct Session {
    key: Key,
    csrf: String,
    ends: Time,
    /// The digest of the token that opened it: once that is no longer one, the session is none.
    token: Key,
}

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    Right,
    Wrong,
    /// It was not looked at.
    TooMany,
}

/// Everybody who is signed in, and how often somebody could not.
#[derive(Default)]
pub(super) struct Sessions {
    open: Mutex<HashMap<Key, Session>>,
    wrong: Mutex<VecDeque<Time>>,
}

impl Session {
    /// What its forms send back.
    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Whether this came back from one of its forms; it takes as long wherever it differs.
    pub(super) fn sent(&self, csrf: &str) -> bool {
        self.csrf.as_bytes().ct_eq(csrf.as_bytes()).into()
    }

    fn holds(&self, tokens: &[Secret], now: Time) -> bool {
        now < self.ends && tokens.iter().any(|token| digest(token.expose()) == self.token)
    }
}

impl Sessions {
    pub(super) fn open(&self, id: &str, csrf: String, token: &str, now: Time) {
        let session = Session { key: digest(id), csrf, ends: now.after(LASTS), token: digest(token) };
        let mut open = held(&self.open);
        if open.len() >= MOST {
            let first = open.values().min_by_key(|session| session.ends).map(|session| session.key);
            first.map(|key| open.remove(&key));
        }
        open.insert(session.key, session);
    }

    /// The session whose cookie came along. It is found by a digest, so how long that takes tells nothing of an id.
    pub(super) fn find(&self, ask: &Ask, tokens: &[Secret], now: Time) -> Option<Session> {
        let key = digest(cookie_of(ask)?);
        let mut open = held(&self.open);
        let session = open.get(&key)?;
        if !session.holds(tokens, now) {
            open.remove(&key);
            return None;
        }
        Some(session.clone())
    }

    pub(super) fn close(&self, session: &Session) {
        held(&self.open).remove(&session.key);
    }

    /// Looks at a token. Looking and counting are one step, so that many at once are no way around the limit.
    pub(super) fn attempt(&self, token: &str, tokens: &[Secret], now: Time) -> Attempt {
        let mut wrong = held(&self.wrong);
        wrong.retain(|at| *at <= now && now.since(*at) < MINUTE);
        if wrong.len() >= WRONG {
            return Attempt::TooMany;
        }
        if is_one_of(token, tokens) {
            return Attempt::Right;
        }
        wrong.push_back(now);
        Attempt::Wrong
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn digest(text: &str) -> Key {
    Sha256::digest(text.as_bytes()).into()
}

/// The session's id, of the cookies that came along (RFC 6265, section 4.2).
fn cookie_of(ask: &Ask) -> Option<&str> {
    let cookies = ask.headers.iter().filter(|(name, _)| name == "cookie");
    cookies
        .flat_map(|(_, value)| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, id)| (name == COOKIE && !id.is_empty()).then_some(id))
}

/// The cookie of a session; with no id and no time it is forgotten.
pub(super) fn cookie(id: &str, lasts: Duration, is_https: bool) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!("{COOKIE}={id}; HttpOnly; SameSite=Strict; Path=/; Max-Age={}{secure}", lasts.as_secs())
}

/// Whether people reach us by TLS, which somebody in front of us ends.
pub(super) fn is_https(desk: &Desk) -> bool {
    let state = desk.state();
    let scheme = state.settings.public_url.as_deref().and_then(|url| url.get(..8));
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
}

/// The token of `Bearer TOKEN` (RFC 6750). Other schemes are for somebody in front of us.
pub(super) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

/// A field of a form, or of a query.
pub(super) fn field(form: &[u8], name: &str) -> Option<String> {
    let mut fields = form_urlencoded::parse(form);
    fields.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_000_000);

    fn with_cookie(cookie: &str) -> Ask {
        Ask {
            method: "GET".into(),
            path: "/".into(),
            query: None,
            headers: vec![("cookie".into(), cookie.into())],
            body: Vec::new(),
        }
    }

    fn tokens() -> Vec<Secret> {
        vec![Secret::new("first token"), Secret::new("second token")]
    }

    #[test]
    fn a_session_is_found_by_its_cookie_until_it_ends() {
        let sessions = Sessions::default();
        sessions.open("id", "csrf".into(), "second token", NOW);
        let ask = with_cookie("other=1; countersign=id");
        assert!(sessions.find(&ask, &tokens(), NOW).is_some_and(|session| session.sent("csrf")));
        assert!(sessions.find(&with_cookie("countersign=ID"), &tokens(), NOW).is_none());
        assert!(sessions.find(&with_cookie("countersign="), &tokens(), NOW).is_none());
        assert!(sessions.find(&ask, &tokens(), NOW.after(LASTS)).is_none());
    }

    #[test]
    fn a_session_ends_with_its_token() {
        let sessions = Sessions::default();
        sessions.open("id", "csrf".into(), "second token", NOW);
        assert!(sessions.find(&with_cookie("countersign=id"), &tokens()[..1], NOW).is_none());
        assert!(sessions.find(&with_cookie("countersign=id"), &tokens(), NOW).is_none(), "it stays ended");
    }

    #[test]
    fn a_form_of_another_session_is_not_its_own() {
        let sessions = Sessions::default();
        sessions.open("id", "csrf".into(), "first token", NOW);
        let session = sessions.find(&with_cookie("countersign=id"), &tokens(), NOW).unwrap();
        for csrf in ["", "csr", "csrf2", "CSRF"] {
            assert!(!session.sent(csrf), "{csrf}");
        }
        sessions.close(&session);
        assert!(sessions.find(&with_cookie("countersign=id"), &tokens(), NOW).is_none());
    }

    #[test]
    fn after_ten_wrong_tokens_none_is_looked_at_for_a_minute() {
        let sessions = Sessions::default();
        for _ in 0..WRONG {
            assert_eq!(sessions.attempt("guess", &tokens(), NOW), Attempt::Wrong);
            assert_ne!(sessions.attempt("first token", &tokens(), NOW), Attempt::Wrong);
        }
        assert_eq!(sessions.attempt("first token", &tokens(), NOW), Attempt::TooMany);
        assert_eq!(sessions.attempt("first token", &tokens(), NOW.after(MINUTE)), Attempt::Right);
    }

    #[test]
    fn the_oldest_of_too_many_sessions_ends() {
        let sessions = Sessions::default();
        for number in 0..=MOST {
            let at = NOW.after(Duration::from_millis(number as u64));
            sessions.open(&number.to_string(), "csrf".into(), "first token", at);
        }
        let is_open =
            |id: usize| sessions.find(&with_cookie(&format!("countersign={id}")), &tokens(), NOW).is_some();
        assert!(!is_open(0));
        assert!(is_open(1) && is_open(MOST));
    }

    #[test]
    fn a_cookie_is_sent_to_us_alone_and_over_tls_where_there_is_any() {
        let cookie_text = cookie("id", LASTS, true);
        assert_eq!(cookie_text, "countersign=id; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200; Secure");
        assert!(!cookie("id", LASTS, false).contains("Secure"));
        assert!(cookie("", Duration::ZERO, false).contains("Max-Age=0"));
    }
}
