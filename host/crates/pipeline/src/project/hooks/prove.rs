//! Whether the daemon takes what is signed with a secret, before any webhook signs with it: it is sent a delivery.

use crate::config::Forge;
use crate::hooks::{Live, Wanted};
use crate::project::Project;
use crate::project::daemon::why;
use countersign_engine::HttpRequest;
use countersign_model::Problem;
use hmac::{Hmac, KeyInit, Mac};
use std::time::Duration;

/// What is sent: a ping, from which nothing follows.
const PING: &[u8] = br#"{"zen":"Countersign asks whether this signature is accepted.","hook_id":0}"#;

/// The longest that the daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

impl Project {
    /// Send the daemon a delivery signed with each secret of these senders; what is good to know.
    ///
    /// # Errors
    /// A problem for each sender whose secret in use it does not take.
    pub(super) fn prove(&self, senders: &[(Forge, Wanted)]) -> Result<Vec<String>, Vec<Problem>> {
        let (mut notes, mut problems) = (Vec::new(), Vec::new());
        for (forge, wanted) in senders {
            if let Err(problem) = self.knock(*forge, wanted, &wanted.current) {
                problems.push(problem);
                continue;
            }
            if let Some(old) = &wanted.previous
                && self
                    .knock(*forge, wanted, old)
                    .is_err_and(|problem| problem.code == "daemon-refuses-secret")
            {
                notes.push(format!(
                    "the daemon does not take what is signed with `{}`: what webhooks sent until now was refused",
                    old.variable
                ));
            }
        }
        if problems.is_empty() { Ok(notes) } else { Err(problems) }
    }

    fn knock(&self, forge: Forge, wanted: &Wanted, live: &Live) -> Result<(), Problem> {
        let variable = &live.variable;
        let unproven = |what: String| {
            let message =
                format!("nothing proves that the daemon takes what is signed with `{variable}`: {what}");
            Problem::new("daemon-unproven", message).hint(
                "start the daemon and check `public-url`; where this machine cannot reach it, and you know that it \
                 accepts both secrets, `countersign hooks rotate --no-verify`",
            )
        };
        let address = wanted.address();
        let url = wanted.settings(live).url.parse();
        let url = url.map_err(|error: url::ParseError| unproven(error.to_string()))?;
        let request = HttpRequest {
            method: "POST".into(),
            url,
            headers: headers(forge, live, self.settings.now),
            body: Some(PING.to_vec()),
            credential: None,
            timeout: Some(PATIENCE),
        };
        let answer =
            self.web.send(request).map_err(|error| unproven(format!("{address}: {}", why(&error))))?;
        match answer.status {
            200..=299 => Ok(()),
            401 => {
                let message =
                    format!("the daemon at {address} does not accept what is signed with `{variable}` yet");
                Err(Problem::new("daemon-refuses-secret", message).hint(format!(
                    "restart the daemon with `{variable}` set and named first under `[serve.hooks]`, then run this again; \
                     no webhook was changed"
                )))
            }
            status => Err(unproven(format!("{address} answers with status {status}"))),
        }
    }
}

/// A ping as the forge would send it.
fn headers(forge: Forge, live: &Live, now: u64) -> Vec<(String, String)> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(live.secret.expose().as_bytes())
        .expect("HMAC takes keys of every length");
    mac.update(PING);
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let delivery = format!("countersign-{now}-{}", live.variable);
    let own = match forge {
        Forge::Gitea => [
            ("x-gitea-event", "ping".to_owned()),
            ("x-gitea-delivery", delivery),
            ("x-gitea-signature", signature),
        ],
        // A GitLab has no webhooks that we make.
        Forge::Github | Forge::Gitlab => [
            ("x-github-event", "ping".to_owned()),
            ("x-github-delivery", delivery),
            ("x-hub-signature-256", format!("sha256={signature}")),
        ],
    };
    let all = [("content-type", "application/json".to_owned())].into_iter().chain(own);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}
