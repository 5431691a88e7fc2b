//! What systemd hands over and is told: the socket, readiness, the watchdog.

use sd_notify::NotifyState;
use std::net::TcpListener;
use std::time::Duration;

/// The socket of a socket unit, where there is one. Restarts refuse nothing then: systemd keeps it.
pub(crate) fn activated() -> std::io::Result<Option<TcpListener>> {
    let mut handed = listenfd::ListenFd::from_env();
    if handed.len() == 0 { Ok(None) } else { handed.take_tcp_listener(0) }
}

pub(crate) fn ready() {
    tell(&[NotifyState::Ready]);
}

pub(crate) fn reloading() {
    let since = NotifyState::monotonic_usec_now();
    match since {
        Ok(since) => tell(&[NotifyState::Reloading, since]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Feeds the watchdog where one is set, as long as the runtime gets round to it.
pub(crate) async fn feed_watchdog() {
    let Some(patience) = sd_notify::watchdog_enabled() else { return };
    loop {
        tell(&[NotifyState::Watchdog]);
        tokio::time::sleep((patience / 3).max(Duration::from_millis(10))).await;
    }
}

/// Nobody listens outside systemd, which is no failure.
fn tell(state: &[NotifyState<'_>]) {
    drop(sd_notify::notify(state));
}
