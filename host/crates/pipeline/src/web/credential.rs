use crate::config::{CredentialConfig, SecretUse};
use base64::Engine as _;
use countersign_engine::{HttpError, HttpGrant, HttpRequest, HttpResponse};
use countersign_model::{Name, Problem};
use hmac::{Hmac, KeyInit, Mac};
use std::collections::BTreeMap;

/// The environment variables that hold secrets. They are asked for by name and never listed.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<String, String>);

impl Secrets {
    /// Secrets by the name of their variable.
    pub fn new(variables: BTreeMap<String, String>) -> Self {
        Self(variables)
    }
}

/// The credentials that a run may use.
#[derive(Clone)]
pub struct Credentials {
    known: BTreeMap<Name, Credential>,
    /// Why there are none, where the run may use none.
    withheld: Option<&'static str>,
}

#[derive(Clone)]
struct Credential {
    variables: Vec<String>,
    /// Those of the variables that are set, in their order.
    secrets: Vec<String>,
    allow: Vec<HttpGrant>,
    usage: SecretUse,
}

/// A secret that went with a request, to be kept out of its answer.
pub(super) struct Attached(Vec<String>);

impl Credentials {
    /// No credentials, and the reason that is told to who asks for one.
    pub fn withheld(reason: &'static str) -> Self {
        Self { known: BTreeMap::new(), withheld: Some(reason) }
    }

    /// The configured credentials with their secrets.
    ///
    /// # Errors
    /// A problem for each `allow` that is not a grant. No message holds a secret.
    pub fn new(
        configured: &BTreeMap<Name, CredentialConfig>,
        secrets: &Secrets,
    ) -> Result<Self, Vec<Problem>> {
        let mut known = BTreeMap::new();
        let mut problems = Vec::new();
        for (name, config) in configured {
            let parse =
                |rule: &crate::config::HttpRule| format!("{} {}", rule.method, rule.url).parse::<HttpGrant>();
            match config.allow.iter().map(parse).collect::<Result<Vec<_>, _>>() {
                Ok(allow) => {
                    let variables = config.variables.clone();
                    let set = variables.iter().filter_map(|variable| secrets.0.get(variable));
                    let secrets = set.filter(|value| !value.is_empty()).cloned().collect();
                    let usage = config.sign.clone();
                    known.insert(name.clone(), Credential { variables, secrets, allow, usage });
                }
                Err(error) => {
                    problems.push(Problem::new("invalid-grant", format!("credential `{name}`: {error}")));
                }
            }
        }
        if problems.is_empty() { Ok(Self { known, withheld: None }) } else { Err(problems) }
    }

    /// Attach the credential that a request names, where the credential's own `allow` covers the request.
    pub(super) fn attach(&self, request: &mut HttpRequest) -> Result<Option<Attached>, HttpError> {
        let Some(name) = request.credential.take() else { return Ok(None) };
        let shown: String = name.chars().take(64).collect();
        let denied = |what: String| HttpError::Denied { what, grant: None };
        if let Some(reason) = self.withheld {
            return Err(denied(format!("the credential `{shown}`: {reason}")));
        }
        let credential = name.parse::<Name>().ok().and_then(|name| self.known.get(&name));
        let credential =
            credential.ok_or_else(|| denied(format!("the credential `{shown}`, which is not declared")))?;
        if !credential.allow.iter().any(|grant| grant.allows(&request.method, &request.url)) {
            let (method, url) = (&request.method, &request.url);
            return Err(HttpError::Denied {
                what: format!("the credential `{shown}` for `{method} {url}`"),
                grant: Some(format!("[credentials.{shown}]\nallow = [\"{method} {url}\"]")),
            });
        }
        if credential.secrets.is_empty() {
            let variables = credential.variables.join("`, `");
            return Err(denied(format!("the credential `{shown}`: the variable `{variables}` is not set")));
        }
        credential
            .apply(request)
            .map(Some)
            .map_err(|reason| denied(format!("the credential `{shown}`: {reason}")))
    }
}

impl Credential {
    /// Use the secret. What comes back knows every form in which it went out.
    fn apply(&self, request: &mut HttpRequest) -> Result<Attached, &'static str> {
        let mut attached = Attached::of(&self.secrets);
        if self.usage == SecretUse::Url {
            let tail = self.replace_url(request)?;
            attached.0.push(request.url.to_string());
            // A short tail could be a word of any answer.
            attached.0.extend((tail.len() >= SHORTEST_TAIL).then_some(tail));
        } else {
            self.usage.apply(&self.secrets, request)?;
        }
        Ok(attached)
    }

    /// Put the secret URL in the place of the stage's, which ends in `{}`; returns what was behind its known part.
    /// Everything before the `{}` stands in `pipeline.toml`, so that where a secret goes is not a secret.
    fn replace_url(&self, request: &mut HttpRequest) -> Result<String, &'static str> {
        let [secret] = &self.secrets[..] else { return Err("it has more than one secret") };
        let mut url = url::Url::parse(secret.trim()).map_err(|_| "its value is not a URL")?;
        url.set_fragment(None);
        let known =
            request.url.as_str().strip_suffix("%7B%7D").ok_or("the request's URL does not end in `{}`")?;
        let tail = url.as_str().strip_prefix(known).filter(|tail| !tail.is_empty());
        let tail = tail.ok_or("its value is not a URL that begins like the stage's `url`")?.to_owned();
        // Parsing again what was granted by its prefix: the whole has to be allowed.
        if !self.allow.iter().any(|grant| grant.allows(&request.method, &url)) {
            return Err("its own `allow` does not cover the URL that it holds");
        }
        request.url = url;
        Ok(tail)
    }
}

/// The shortest end of a secret URL that is blotted out by itself.
const SHORTEST_TAIL: usize = 8;

impl SecretUse {
    fn apply(&self, secrets: &[String], request: &mut HttpRequest) -> Result<(), &'static str> {
        match self {
            Self::Header { name, value } => {
                let secret = secrets.first().ok_or("it has no secret")?;
                if secret.contains(['\r', '\n', '\0']) {
                    return Err("its value holds a line end");
                }
                request.headers.push((name.clone(), value.replace("{}", secret)));
            }
            Self::StandardWebhooks => {
                let header = |name: &str| {
                    request.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value)
                };
                let id = header("webhook-id").ok_or("the request has no `webhook-id` to sign")?;
                let timestamp =
                    header("webhook-timestamp").ok_or("the request has no `webhook-timestamp` to sign")?;
                let body = request.body.as_deref().unwrap_or_default();
                let signed = secrets.iter().map(|secret| sign(secret, id, timestamp, body));
                let signatures = signed.collect::<Result<Vec<_>, _>>()?;
                // A receiver takes any that fits, so that it can change its secret while notices are sent.
                request.headers.push(("webhook-signature".into(), signatures.join(" ")));
            }
            Self::Url => {}
        }
        Ok(())
    }
}

/// The symmetric signature of Standard Webhooks 1.0: HMAC-SHA-256 over `id.timestamp.body`, base64, `v1,`
/// in front. The key is the base64 behind `whsec_`, or the bytes of a secret that has no such prefix.
fn sign(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Result<String, &'static str> {
    let base64 = base64::engine::general_purpose::STANDARD;
    let key = match secret.strip_prefix("whsec_") {
        Some(encoded) => base64.decode(encoded).map_err(|_| "what follows `whsec_` is not base64")?,
        None => secret.as_bytes().to_vec(),
    };
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).expect("HMAC takes keys of every length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Ok(format!("v1,{}", base64.encode(mac.finalize().into_bytes())))
}

impl Attached {
    fn of(secrets: &[String]) -> Self {
        let encoded = |secret: &String| base64::engine::general_purpose::STANDARD.encode(secret);
        Self(secrets.iter().flat_map(|secret| [secret.clone(), encoded(secret)]).collect())
    }

    /// An error that tells nothing of the secret, which a URL in it could.
    pub(super) fn blot_out_error(&self, error: HttpError) -> HttpError {
        let blotted = |text: String| self.0.iter().fold(text, |text, secret| text.replace(secret, "***"));
        match error {
            HttpError::Denied { what, grant } => {
                HttpError::Denied { what: blotted(what), grant: grant.map(blotted) }
            }
            HttpError::Unreachable(text) => HttpError::Unreachable(blotted(text)),
            HttpError::Other(text) => HttpError::Other(blotted(text)),
            HttpError::Timeout => HttpError::Timeout,
            HttpError::TooLarge(limit) => HttpError::TooLarge(limit),
            HttpError::DryRun => HttpError::DryRun,
        }
    }

    /// Some servers reflect what they were sent. What a guest must not hold is taken out of the answer.
    pub(super) fn blot_out(&self, response: &mut HttpResponse) {
        for secret in &self.0 {
            for (_, value) in &mut response.headers {
                *value = value.replace(secret, "***");
            }
            blot(&mut response.body, secret.as_bytes());
        }
    }
}

fn blot(body: &mut [u8], secret: &[u8]) {
    if secret.is_empty() || secret.len() > body.len() {
        return;
    }
    for start in 0..=body.len() - secret.len() {
        if body[start..].starts_with(secret) {
            body[start..start + secret.len()].fill(b'*');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(usage: SecretUse) -> Credentials {
        with_secrets(usage, &["TOKEN"], &[("TOKEN", "s3cr3t")])
    }

    fn with_secrets(usage: SecretUse, variables: &[&str], set: &[(&str, &str)]) -> Credentials {
        let config = CredentialConfig {
            variables: variables.iter().map(|name| (*name).to_owned()).collect(),
            allow: vec![crate::config::HttpRule {
                method: "POST".into(),
                url: "https://hooks.example.com/a/*".into(),
            }],
            sign: usage,
            pointer: String::new(),
        };
        let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let secrets = Secrets::new(set.collect());
        Credentials::new(&BTreeMap::from([("hooks".parse().unwrap(), config)]), &secrets).unwrap()
    }

    fn request(url: &str) -> HttpRequest {
        HttpRequest {
            method: "POST".into(),
            url: url.parse().unwrap(),
            headers: vec![
                ("webhook-id".into(), "msg_p5jXN8AQM9LWM0D4loKWxJek".into()),
                ("webhook-timestamp".into(), "1614265330".into()),
            ],
            body: Some(br#"{"test": 2432232314}"#.to_vec()),
            credential: Some("hooks".into()),
            timeout: None,
        }
    }

    fn bearer() -> SecretUse {
        SecretUse::Header { name: "Authorization".into(), value: "Bearer {}".into() }
    }

    #[test]
    fn a_credential_goes_only_where_its_own_allow_matches() {
        let mut granted = request("https://hooks.example.com/a/b");
        assert!(credentials(bearer()).attach(&mut granted).unwrap().is_some());
        assert!(granted.headers.contains(&("Authorization".into(), "Bearer s3cr3t".into())));
        for url in ["https://evil.example/a/b", "http://hooks.example.com/a/b", "https://hooks.example.com/b"]
        {
            let mut refused = request(url);
            let Err(HttpError::Denied { what, .. }) = credentials(bearer()).attach(&mut refused) else {
                panic!("{url}")
            };
            assert!(!what.contains("s3cr3t") && refused.headers.len() == 2, "{what}");
        }
    }

    #[test]
    fn the_signature_is_the_published_example_s() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let signature =
            sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
        assert_eq!(signature.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_run_without_credentials_says_why() {
        let error = Credentials::withheld("runs on pull requests use none")
            .attach(&mut request("https://a.example/"));
        assert!(matches!(error, Err(HttpError::Denied { what, .. }) if what.contains("pull requests")));
    }

    #[test]
    fn a_reflected_secret_is_blotted_out() {
        let mut response = HttpResponse {
            status: 200,
            headers: vec![("x-echo".into(), "Bearer s3cr3t".into())],
            body: b"you sent s3cr3t and czNjcjN0".to_vec(),
        };
        Attached::of(&["s3cr3t".into()]).blot_out(&mut response);
        assert_eq!(response.headers[0].1, "Bearer ***");
        assert_eq!(response.body, b"you sent ****** and ********");
    }

    fn signatures(set: &[(&str, &str)]) -> Result<String, HttpError> {
        let mut signed = request("https://hooks.example.com/a/b");
        with_secrets(SecretUse::StandardWebhooks, &["NEW", "OLD"], set).attach(&mut signed)?;
        Ok(signed.headers.last().unwrap().1.clone())
    }

    #[test]
    fn a_secret_that_changes_signs_beside_the_one_before_it() {
        let new = signatures(&[("NEW", "newer")]).unwrap();
        let old = signatures(&[("OLD", "older")]).unwrap();
        assert_eq!(signatures(&[("OLD", "older"), ("NEW", "newer")]).unwrap(), format!("{new} {old}"));
        assert_eq!(signatures(&[("OLD", "older"), ("NEW", "")]).unwrap(), old);
        assert!(
            matches!(signatures(&[]), Err(HttpError::Denied { what, .. }) if what.contains("`NEW`, `OLD`"))
        );
    }

    const SECRET_URL: &str = "https://hooks.example.com/a/T0/B0/s3cr3t";

    fn to_url(secret: &str, url: &str) -> (Result<Option<Attached>, HttpError>, HttpRequest) {
        let mut request = request(url);
        let credentials = with_secrets(SecretUse::Url, &["URL"], &[("URL", secret)]);
        (credentials.attach(&mut request), request)
    }

    #[test]
    fn a_secret_url_takes_the_place_of_the_one_that_the_file_shows() {
        let (attached, request) = to_url(SECRET_URL, "https://hooks.example.com/a/{}");
        assert!(attached.unwrap().is_some());
        assert_eq!(request.url.as_str(), SECRET_URL);
        assert_eq!(request.headers.len(), 2);
    }

    #[test]
    fn a_secret_url_goes_nowhere_else_and_is_told_to_nobody() {
        for (secret, url) in [
            ("https://evil.example/a/s3cr3t", "https://hooks.example.com/a/{}"),
            ("https://hooks.example.com/b/s3cr3t", "https://hooks.example.com/a/{}"),
            ("https://hooks.example.com/a/../b/s3cr3t", "https://hooks.example.com/a/{}"),
            ("https://hooks.example.com/a/%2e%2e%2fs3cr3t", "https://hooks.example.com/a/{}"),
            ("http://hooks.example.com/a/s3cr3t", "https://hooks.example.com/a/{}"),
            ("https://hooks.example.com@evil.example/a/s3cr3t", "https://hooks.example.com/a/{}"),
            ("https://hooks.example.com/a/", "https://hooks.example.com/a/{}"),
            ("s3cr3t", "https://hooks.example.com/a/{}"),
            (SECRET_URL, "https://hooks.example.com/a/b"),
            (SECRET_URL, "https://hooks.example.com/b/{}"),
        ] {
            let (result, request) = to_url(secret, url);
            let Err(HttpError::Denied { what, grant }) = result else { panic!("{secret}") };
            assert!(!format!("{what} {grant:?}").contains("s3cr3t"), "{what}");
            assert!(!request.url.as_str().contains("s3cr3t"));
        }
    }

    #[test]
    fn an_error_names_no_part_of_a_secret_url() {
        let (attached, _) = to_url(SECRET_URL, "https://hooks.example.com/a/{}");
        let attached = attached.unwrap().unwrap();
        for text in [format!("bad uri: {SECRET_URL}"), "no route to /a/T0/B0/s3cr3t".to_owned()] {
            let HttpError::Other(told) = attached.blot_out_error(HttpError::Other(text)) else { panic!() };
            assert!(!told.contains("s3cr3t"), "{told}");
        }
    }
}
