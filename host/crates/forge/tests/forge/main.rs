//! What the forge's client does when the forge fails: requests are counted on the other side.

mod app;
mod gitea;
mod hooks;
mod publishing;
mod pulls;
mod reads;
mod server;
mod writes;

use countersign_forge::{Access, Budget, Forge, ForgeKind, ForgeSettings, Secret, Slug};
use server::Server;
use std::time::Duration;

const TOKEN: &str = "ghp_0123456789secret";

/// Settings for a server of ours, with a budget that no test reaches.
fn settings(server: &Server) -> ForgeSettings {
    ForgeSettings {
        kind: ForgeKind::Github,
        api: format!("http://127.0.0.1:{}", server.port).parse().expect("an address"),
        access: Access::Token(Secret::new(TOKEN)),
        budget: Budget { per_minute: 1_000, per_hour: 1_000, patience: Duration::from_secs(20) },
        dry_run: false,
        timeout: Duration::from_secs(10),
    }
}

fn github(server: &Server) -> Forge {
    Forge::new(settings(server)).expect("a forge")
}

fn api() -> Slug {
    Slug::new("acme", "api")
}
