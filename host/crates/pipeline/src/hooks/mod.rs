//! What the webhook of a repository should be, what one that is there lacks, and what would cure it: decided from facts
//! alone. Nothing here asks a forge or reads a variable; `project/hooks` does.

mod judge;
mod plan;

pub(crate) use judge::{Judged, judge};
pub(crate) use plan::{Prune, Step, to_apply, to_rotate};

use countersign_forge::{HookSettings, Secret};
use countersign_model::HOOK_EVENTS;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use url::Url;

/// What the key of a webhook is made over, before the address. No body of a delivery begins so.
const LABEL: &[u8] = b"countersign: which secret signs for\n";

/// How many bytes of the HMAC a URL shows: enough to tell two secrets apart, and 32 bits of a random secret's digest are
/// of no use to whoever guesses.
const SHOWN: usize = 4;

/// A live secret, and the variable that holds it.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    /// The variable.
    pub(crate) variable: String,
    /// The secret.
    pub(crate) secret: Secret,
}

/// What the webhook of a repository should be.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Where deliveries go, without a query.
    address: Url,
    /// The address of the daemon, which everything of ours begins with.
    daemon: Url,
    /// The secret in use.
    pub(crate) current: Live,
    /// The one before it, while it is accepted too.
    pub(crate) previous: Option<Live>,
}

/// Which secret a webhook signs with, by the key in its URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Signer {
    /// The one in use.
    Current,
    /// The one before it.
    Previous,
    /// Nothing tells.
    Unknown,
}

impl Wanted {
    /// A webhook that sends to `address`, one of those of the daemon at `daemon`; none where either is no address.
    pub(crate) fn new(daemon: &str, address: &str, current: Live, previous: Option<Live>) -> Option<Self> {
        let daemon = format!("{}/", daemon.trim_end_matches('/')).parse().ok()?;
        Some(Self { address: address.parse().ok()?, daemon, current, previous })
    }

    /// Where deliveries go, without the key.
    pub(crate) fn address(&self) -> &str {
        self.address.as_str()
    }

    /// What a webhook that signs with this secret is.
    pub(crate) fn settings(&self, live: &Live) -> HookSettings {
        HookSettings {
            url: format!("{}?key={}", self.address, self.key(live)),
            secret: live.secret.clone(),
            events: HOOK_EVENTS.iter().map(ToString::to_string).collect(),
        }
    }

    /// The secret that a signer stands for; that in use where nothing tells.
    pub(crate) fn live(&self, signer: Signer) -> &Live {
        match (signer, &self.previous) {
            (Signer::Previous, Some(previous)) => previous,
            (Signer::Previous | Signer::Current | Signer::Unknown, _) => &self.current,
        }
    }

    /// Which secret the webhook with this URL was made with.
    pub(crate) fn signer(&self, url: &str) -> Signer {
        let Ok(url) = url.parse::<Url>() else { return Signer::Unknown };
        let is = |live: &Live| url.query_pairs().any(|(name, key)| name == "key" && key == self.key(live));
        if is(&self.current) {
            Signer::Current
        } else if self.previous.as_ref().is_some_and(is) {
            Signer::Previous
        } else {
            Signer::Unknown
        }
    }

    /// Whether a webhook with this URL sends where it should.
    pub(crate) fn is_here(&self, url: &str) -> bool {
        url.parse::<Url>().is_ok_and(|url| {
            url.origin() == self.address.origin() && url.path().trim_end_matches('/') == self.address.path()
        })
    }

    /// Whether a webhook with this URL sends to our daemon at all.
    pub(crate) fn is_ours(&self, url: &str) -> bool {
        url.parse::<Url>().is_ok_and(|url| {
            url.origin() == self.daemon.origin() && url.path().starts_with(self.daemon.path())
        })
    }

    fn key(&self, live: &Live) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(live.secret.expose().as_bytes())
            .expect("HMAC takes keys of every length");
        mac.update(LABEL);
        mac.update(self.address.as_str().as_bytes());
        mac.finalize().into_bytes().iter().take(SHOWN).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn live(variable: &str) -> Live {
        Live { variable: variable.into(), secret: Secret::new(format!("the secret in {variable}")) }
    }

    pub(crate) fn wanted() -> Wanted {
        let address = "https://serve.test/base/hooks/github";
        Wanted::new("https://serve.test/base", address, live("NEW"), Some(live("OLD"))).unwrap()
    }

    #[test]
    fn the_key_tells_the_secret_and_no_more_than_32_bits_of_it() {
        let wanted = wanted();
        let (new, old) = (wanted.settings(&live("NEW")).url, wanted.settings(&live("OLD")).url);
        assert_eq!(wanted.signer(&new), Signer::Current);
        assert_eq!(wanted.signer(&old), Signer::Previous);
        assert_eq!(wanted.signer(&wanted.settings(&live("OTHER")).url), Signer::Unknown);
        assert_eq!(wanted.signer("https://serve.test/base/hooks/github"), Signer::Unknown);
        let key = new.strip_prefix("https://serve.test/base/hooks/github?key=").expect("a key");
        assert_eq!(key.len(), 8);
        assert!(!new.contains(live("NEW").secret.expose()));
    }

    #[test]
    fn one_secret_has_another_key_at_each_address() {
        let key = |address| {
            let wanted = Wanted::new("https://serve.test", address, live("NEW"), None).unwrap();
            wanted.settings(&wanted.current).url.split_once("?key=").unwrap().1.to_owned()
        };
        assert_ne!(key("https://serve.test/hooks/github"), key("https://serve.test/hooks/gitea"));
    }

    #[test]
    fn what_is_ours_goes_by_host_port_and_path() {
        let wanted = wanted();
        for (url, here, ours) in [
            ("https://serve.test/base/hooks/github?key=0", true, true),
            ("https://SERVE.test:443/base/hooks/github/", true, true),
            ("https://serve.test/base/hooks/gitea", false, true),
            ("https://serve.test/other/hooks/github", false, false),
            ("https://serve.test/base-of-others/hooks/github", false, false),
            ("http://serve.test/base/hooks/github", false, false),
            ("https://serve.test:8443/base/hooks/github", false, false),
            ("no address", false, false),
        ] {
            assert_eq!((wanted.is_here(url), wanted.is_ours(url)), (here, ours), "{url}");
        }
    }
}
