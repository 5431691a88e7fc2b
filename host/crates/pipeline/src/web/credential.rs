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
    variable: String,
    secret: Option<String>,
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
                    let secret = secrets.0.get(&config.variable).filter(|value| !value.is_empty()).cloned();
                    let variable = config.variable.clone();
                    known.insert(
                        name.clone(),
                        Credential { variable, secret, allow, usage: config.sign.clone() },
                    );
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
        let secret = credential.secret.as_ref().ok_or_else(|| {
            denied(format!("the credential `{shown}`: the variable `{}` is not set", credential.variable))
        })?;
        credential
            .usage
            .apply(secret, request)
            .map_err(|reason| denied(format!("the credential `{shown}`: {reason}")))?;
        Ok(Some(Attached::of(secret)))
    }
}

impl SecretUse {
    fn apply(&self, secret: &str, request: &mut HttpRequest) -> Result<(), &'static str> {
        match self {
            Self::Header { name, value } => {
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
                let signature = sign(secret, id, timestamp, request.body.as_deref().unwrap_or_default())?;
                request.headers.push(("webhook-signature".into(), signature));
            }
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
    fn of(secret: &str) -> Self {
        Self(vec![secret.to_owned(), base64::engine::general_purpose::STANDARD.encode(secret)])
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
        let config = CredentialConfig {
            variable: "TOKEN".into(),
            allow: vec![crate::config::HttpRule {
                method: "POST".into(),
                url: "https://hooks.example.com/a/*".into(),
            }],
            sign: usage,
            pointer: String::new(),
        };
        let secrets = Secrets::new(BTreeMap::from([("TOKEN".into(), "s3cr3t".into())]));
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
        Attached::of("s3cr3t").blot_out(&mut response);
        assert_eq!(response.headers[0].1, "Bearer ***");
        assert_eq!(response.body, b"you sent ****** and ********");
    }
}
