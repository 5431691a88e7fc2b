//! Where the database is, how it is spoken to, and how that is shown to people: without the password.

use crate::store::StoreError;
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a server may be silent before it counts as gone.
const SILENCE: Duration = Duration::from_secs(10);

pub(super) struct Address {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Address {
    /// Reads a URL (PostgreSQL manual, section 34.1.1.2). The server's certificate is verified wherever one is used, so that
    /// `verify-full` and `require` are the same.
    pub(super) fn of(url: &str) -> Result<Self, StoreError> {
        let open = |why: String| StoreError::Open { file: "postgres://".into(), why };
        let url = url.replace("sslmode=verify-full", "sslmode=require");
        let mut config: Config = url.parse().map_err(|error| open(explained(&error)))?;
        if config.get_hosts().is_empty() {
            return Err(open("the URL names no host, as in `postgres://user@host/database`".into()));
        }
        config.application_name("countersign");
        config.connect_timeout(config.get_connect_timeout().copied().unwrap_or(SILENCE / 2));
        config.tcp_user_timeout(SILENCE).keepalives_idle(SILENCE);
        let is_local = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        let tls = if is_local || config.get_ssl_mode() == SslMode::Disable {
            None
        } else {
            Some(tls().map_err(|error| open(error.to_string()))?)
        };
        Ok(Self { config, tls })
    }

    /// The error of whoever opens the store: what does not answer cannot be opened.
    pub(super) fn refused(&self, error: StoreError) -> StoreError {
        if let StoreError::Down { why } = error {
            StoreError::Open { file: self.to_string(), why }
        } else {
            error
        }
    }

    /// A connection, and what carries its bytes until it ends.
    pub(super) async fn connect(&self) -> Result<(Client, JoinHandle<()>), tokio_postgres::Error> {
        Ok(match &self.tls {
            Some(tls) => {
                let (client, carrying) = self.config.connect(tls.clone()).await?;
                (client, tokio::spawn(async move { drop(carrying.await) }))
            }
            None => {
                let (client, carrying) = self.config.connect(NoTls).await?;
                (client, tokio::spawn(async move { drop(carrying.await) }))
            }
        })
    }
}

fn tls() -> Result<MakeRustlsConnect, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// An error with what it was caused by, since the client's errors name a cause only on asking.
pub(super) fn explained(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        text = format!("{text}: {deeper}");
        cause = deeper.source();
    }
    text
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("postgres://")?;
        for (index, host) in self.config.get_hosts().iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) => write!(formatter, "{comma}{name}")?,
                Host::Unix(folder) => write!(formatter, "{comma}{}", folder.display())?,
            }
        }
        write!(formatter, "/{}", self.config.get_dbname().or(self.config.get_user()).unwrap_or_default())
    }
}
