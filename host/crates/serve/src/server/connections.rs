//! Connections: not too many, none that dawdles over its headers, and at the end each one answered.

use crate::shared::Shared;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// The longest that a request's headers may take. A connection that waits for a next request counts too.
const HEADERS: Duration = Duration::from_secs(30);

/// Takes connections until the server drains, and returns when all of them are answered.
pub(crate) async fn accept(shared: Arc<Shared>, listener: TcpListener, router: Router) {
    let slots = Arc::new(Semaphore::new(shared.state().settings.limits.connections.max(1)));
    let graceful = GracefulShutdown::new();
    while !shared.is_draining() {
        let taken = async {
            // Whoever finds no slot waits in the kernel's queue.
            let slot = Arc::clone(&slots).acquire_owned().await;
            listener.accept().await.map(|(stream, _)| (stream, slot))
        };
        tokio::select! {
            () = shared.drained() => {}
            taken = taken => match taken {
                Ok((stream, slot)) => {
                    let connection = graceful.watch(connection(stream, router.clone()));
                    tokio::spawn(async move {
                        // A sender that hangs up is nobody's fault of ours.
                        drop(connection.await);
                        drop(slot);
                    });
                }
                Err(error) => {
                    // Out of descriptors, most likely: some connection has to end first.
                    shared.error("accept", json!({ "why": error.to_string() }));
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

fn connection(
    stream: TcpStream,
    router: Router,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    drop(stream.set_nodelay(true));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
}
