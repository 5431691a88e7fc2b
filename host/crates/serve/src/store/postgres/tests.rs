use super::PostgresStore;
use crate::store::conformance::{self, Opens};
use crate::store::{JobKind, Store, StoreError};
use crate::time::Time;
use countersign_tests::{Postgres, postgres};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

struct InDatabase {
    server: &'static Postgres,
    url: String,
}

impl Opens for InDatabase {
    fn fresh(&mut self) {
        self.url = self.server.database();
    }

    fn open(&self) -> Arc<dyn Store> {
        Arc::new(PostgresStore::open(&self.url).unwrap())
    }
}

fn wait<T>(until: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(until)
}

#[test]
fn a_database_holds_to_what_every_store_promises() {
    let Some(server) = postgres() else { return };
    conformance::all(&mut InDatabase { server, url: String::new() });
}

#[test]
fn the_tables_are_made_once_by_many_who_begin_together_and_a_later_version_is_refused() {
    let Some(server) = postgres() else { return };
    let url = server.database();
    std::thread::scope(|scope| {
        let openings: Vec<_> = (0..4).map(|_| scope.spawn(|| PostgresStore::open(&url).map(drop))).collect();
        for opening in openings {
            opening.join().unwrap().unwrap();
        }
    });
    assert_eq!(server.query(&url, "SELECT version FROM countersign.version"), "1");
    server.query(&url, "UPDATE countersign.version SET version = 99");
    let refused = PostgresStore::open(&url).map(drop).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 99, known: 1, .. }), "{refused}");
    assert_eq!(server.query(&url, "SELECT version FROM countersign.version"), "99");
}

#[test]
fn whoever_may_only_use_the_tables_needs_no_right_to_make_them() {
    let Some(server) = postgres() else { return };
    let url = server.database();
    drop(PostgresStore::open(&url).unwrap());
    server.query(
        &url,
        "CREATE ROLE server LOGIN; GRANT USAGE ON SCHEMA countersign TO server;
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA countersign TO server",
    );
    let store = PostgresStore::open(&url.replace("countersign@", "server@")).unwrap();
    wait(store.see_head("api", "a", Time(1))).unwrap();
}

#[test]
fn a_database_that_cannot_hold_every_text_is_refused() {
    let Some(server) = postgres() else { return };
    let url = server.database();
    let name = "CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0";
    server.query(&url, name);
    let narrow = format!("{}/narrow", url.rsplit_once('/').unwrap().0);
    let refused = PostgresStore::open(&narrow).map(drop).unwrap_err().to_string();
    assert!(refused.contains("its encoding is LATIN1") && refused.contains("createdb"), "{refused}");
}

#[test]
fn nobody_is_told_a_password() {
    for url in [
        "postgres://me:hunter2@127.0.0.1:1/serve",
        "postgres://me:hunter2@127.0.0.1:1/serve?sslmode=maybe",
        "postgres://me:hunter2@127.0.0.1:none/serve",
    ] {
        let refused = PostgresStore::open(url).map(drop).unwrap_err();
        assert!(matches!(refused, StoreError::Open { .. }), "{refused}");
        assert!(!format!("{refused} {refused:?}").contains("hunter2"), "{refused}");
    }
}

#[test]
fn a_claim_of_a_server_that_was_killed_is_taken_over_once_by_the_others() {
    let Some(server) = postgres() else { return };
    let url = server.database();
    let (killed, others) =
        (PostgresStore::open(&url).unwrap(), [0, 1].map(|_| Arc::new(PostgresStore::open(&url).unwrap())));
    let lease = Duration::from_secs(30);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for index in 0..20 {
            killed.receive(conformance::push_of(&format!("api-{index}"))).await.unwrap();
            assert!(killed.claim(JobKind::Run, "killed", Time(2_000), lease).await.unwrap().is_some());
        }
        // Nothing is said to the server: its connections end, and what it held is held until its lease runs out.
        drop(killed);
        assert_eq!(others[0].claim(JobKind::Run, "other", Time(31_999), lease).await.unwrap(), None);
        let taking = (0..8).map(|worker| {
            let store = Arc::clone(&others[worker % 2]);
            tokio::spawn(async move {
                let mut taken = 0;
                while let Some(claim) =
                    store.claim(JobKind::Run, &format!("other-{worker}"), Time(32_000), lease).await.unwrap()
                {
                    assert_eq!(claim.attempt, 2);
                    taken += 1;
                }
                taken
            })
        });
        let mut taken = 0;
        for taking in taking.collect::<Vec<_>>() {
            taken += taking.await.unwrap();
        }
        assert_eq!(taken, 20);
    });
}

#[test]
fn one_server_has_a_turn_until_it_is_over_or_given_back() {
    let Some(server) = postgres() else { return };
    let url = server.database();
    let (one, other) = (PostgresStore::open(&url).unwrap(), PostgresStore::open(&url).unwrap());
    wait(async {
        assert!(one.turn("catch-up", "one", Time(0), Time(30)).await.unwrap());
        assert!(!other.turn("catch-up", "other", Time(29), Time(59)).await.unwrap());
        assert!(other.turn("something else", "other", Time(29), Time(59)).await.unwrap());
        assert!(one.turn("catch-up", "one", Time(29), Time(59)).await.unwrap());
        assert!(other.turn("catch-up", "other", Time(59), Time(89)).await.unwrap());
        assert!(!one.turn("catch-up", "one", Time(60), Time(90)).await.unwrap());
        assert!(other.turn("catch-up", "other", Time(61), Time(61)).await.unwrap());
        assert!(one.turn("catch-up", "one", Time(61), Time(90)).await.unwrap());
    });
}

#[test]
fn a_server_that_went_away_is_told_of_and_used_again_when_it_is_back() {
    let Some(server) = Postgres::start() else { return };
    let store = PostgresStore::open(&server.database()).unwrap();
    wait(async {
        store.see_head("api", "a", Time(1)).await.unwrap();
        store.nodes().await.unwrap();
        server.stop();
        let gone = store.see_head("api", "b", Time(2)).await.unwrap_err();
        assert!(matches!(gone, StoreError::Down { .. }), "{gone}");
        let gone = store.claim(JobKind::Run, "worker", Time(1), Duration::from_secs(1)).await.unwrap_err();
        assert!(matches!(gone, StoreError::Down { .. }), "{gone}");
        assert!(matches!(store.probe().await, Err(StoreError::Down { .. })));
        server.resume();
        store.see_head("api", "c", Time(3)).await.unwrap();
        assert_eq!(store.nodes().await.unwrap()[0].head.as_deref(), Some("c"));
        assert_eq!(store.claim(JobKind::Run, "worker", Time(1), Duration::from_secs(1)).await.unwrap(), None);
    });
}

#[test]
fn what_hangs_in_the_middle_of_writing_holds_up_nobody_for_long() {
    let Some(server) = postgres() else { return };
    let url = server.database();
    let store = PostgresStore::open(&url).unwrap();
    let mut hanging = server.client("psql");
    let held =
        format!("BEGIN; SELECT pg_advisory_xact_lock({}); SELECT pg_sleep(60)", super::connection::WRITING);
    let mut hanging = hanging.args(["--quiet", "--command", &held, &url]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let waited = std::time::Instant::now();
    let refused = wait(store.see_head("api", "a", Time(1))).unwrap_err();
    assert!(
        matches!(refused, StoreError::Down { .. }) && waited.elapsed() < Duration::from_secs(9),
        "{refused}"
    );
    hanging.kill().unwrap();
    hanging.wait().unwrap();
    server.query(&url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND pid <> pg_backend_pid()");
    wait(store.see_head("api", "a", Time(1))).unwrap();
}

#[test]
fn what_was_dumped_and_restored_goes_on_where_it_was() {
    let Some(server) = postgres() else { return };
    let (url, restored) = (server.database(), server.database());
    let store = PostgresStore::open(&url).unwrap();
    wait(store.receive(conformance::push_of("api"))).unwrap();
    let dump = server.client("pg_dump").args(["--schema=countersign", "--no-owner", &url]).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), dump.stdout).unwrap();
    let mut restore = server.client("psql");
    restore.args(["--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--file"]).arg(file.path());
    assert!(restore.arg(&restored).status().unwrap().success());
    let store = PostgresStore::open(&restored).unwrap();
    wait(async {
        let claim =
            store.claim(JobKind::Run, "worker", Time(2_000), Duration::from_secs(30)).await.unwrap().unwrap();
        assert_eq!(claim.deliveries.len(), 1);
        store.receive(conformance::push_of("web")).await.unwrap();
    });
}
