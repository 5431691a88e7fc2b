//! Talks to the example service with its generated client, and panics where something is not as it was sent.

use watcher_client::types::{
    IntervalSchedule, ProblemOrHttpValidationError, WatchCreateSchedule, WatchSchedule, WatchState,
};
use watcher_client::{Client, Error};
// That it compiles is all that is asked of it.
use zoo_client as _;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let address = std::env::args().nth(1).expect("usage: rust-roundtrip URL");
    let client = Client::new(&address);

    let live = client.get_liveness().send().await.expect("the service is live");
    println!("{:?}", live.into_inner());

    let before = client.list_watches().limit(1).send().await.expect("watches are listed").into_inner();
    assert_eq!((before.items.len(), before.limit, before.offset), (1, 1, 0));

    let interval: IntervalSchedule =
        IntervalSchedule::builder().every_seconds(900).try_into().expect("the schedule is whole");
    let created = client
        .create_watch()
        .body_map(|watch| {
            watch
                .name("Release notes")
                .url("https://example.org/releases")
                .schedule(WatchCreateSchedule::from(interval))
                .tags(vec!["rust & \"quotes\"".to_owned()])
        })
        .send()
        .await
        .expect("a watch is created");
    assert_eq!(created.status().as_u16(), 201);
    let created = created.into_inner();
    assert_eq!(created.name, "Release notes");
    assert_eq!(created.url, "https://example.org/releases");
    assert_eq!(created.tags, ["rust & \"quotes\""]);
    assert_eq!((created.note, created.last_checked_at, created.change_count), (None, None, 0));
    assert!(matches!(&created.schedule, WatchSchedule::IntervalSchedule(schedule) if schedule.every_seconds == 900));

    let read = client.get_watch().watch_id(created.id).send().await.expect("the watch is there").into_inner();
    assert_eq!((read.id, read.created_at, read.version), (created.id, created.created_at, created.version));

    let state = WatchState::Active;
    let page = client.list_watches().state(state).tag(read.tags.clone()).send().await.expect("watches are found");
    let found: Vec<_> = page.into_inner().items.into_iter().map(|watch| watch.id).collect();
    assert_eq!(found, [created.id]);

    refused(&client).await;
    client.delete_watch().watch_id(created.id).send().await.expect("the watch is deleted");
    let after = client.list_watches().send().await.expect("watches are listed").into_inner();
    assert_eq!(after.total, before.total);
    println!("round trip: ok");
}

/// Errors have the types that the document gives them.
async fn refused(client: &Client) {
    match client.get_watch().watch_id(uuid::Uuid::nil()).send().await {
        Err(Error::ErrorResponse(response)) => {
            assert_eq!(response.status().as_u16(), 404);
            assert!(matches!(response.into_inner(), ProblemOrHttpValidationError::Problem(_)));
        }
        other => panic!("a watch that does not exist: {other:?}"),
    }
    match client.list_watches().limit(-1).send().await {
        Err(Error::ErrorResponse(response)) => {
            assert_eq!(response.status().as_u16(), 422);
            let detail = response.into_inner().detail.expect("what is wrong is told");
            assert!(detail.iter().any(|error| !error.msg.is_empty()));
        }
        other => panic!("a limit below zero: {other:?}"),
    }
}
