//! Messages: their limits, their transactions, and who may send them.

use super::{LEASE, Opens, at, of_node, push};
use crate::store::record::{Budget, JobKind, MessageEnding, MessageState, Taken, Window};
use crate::store::{Claim, Store};
use crate::time::Time;
use std::time::Duration;

const BUDGET: Budget = Budget { burst: 10, rate: 0.2, interval: 60_000 };

async fn take(store: &dyn Store, speaker: &Claim, now: i64) -> Taken {
    store.take_message(speaker, Time(now), BUDGET).await.unwrap()
}

/// The claim with which the room is spoken to. It is never settled, so that it lasts for a whole case.
async fn speaker(store: &dyn Store) -> Claim {
    let lease = Duration::from_secs(3600);
    store.claim(JobKind::Message, "speaker", Time(200_000), lease).await.unwrap().expect("a job of the room")
}

pub(super) async fn one_message_a_repository_a_minute_and_the_rest_is_counted(opens: &dyn Opens) {
    let store = opens.open();
    store.receive(at(1_000, push("1", "a", "b"))).await.unwrap();
    let speaker = speaker(&*store).await;
    let Taken::Send(first) = take(&*store, &speaker, 1_000).await else { panic!("something to send") };
    assert_eq!(first.digest.lines[0].link.as_deref(), Some("https://github.com/acme/api/compare/a...b"));
    store.settle_message(&speaker, &first.transaction, Time(1_050), MessageEnding::Sent).await.unwrap();
    for (id, before, after) in [("2", "b", "c"), ("3", "c", "d"), ("4", "d", "e")] {
        let mut arrival = at(2_000, push(id, before, after));
        arrival.author = Some(if id == "3" { "bob".into() } else { "ada".into() });
        store.receive(arrival).await.unwrap();
    }
    assert_eq!(take(&*store, &speaker, 2_000).await, Taken::Wait(Time(61_000)));
    let store = opens.open();
    let Taken::Send(second) = take(&*store, &speaker, 61_000).await else { panic!("something to send") };
    let line = &second.digest.lines[0];
    assert_eq!((line.pushes, line.commits, line.others), (3, Some(6), 1));
    assert_eq!(line.link.as_deref(), Some("https://github.com/acme/api/compare/b...e"));
    assert_ne!(first.transaction, second.transaction);
    store.settle_message(&speaker, &second.transaction, Time(61_050), MessageEnding::Sent).await.unwrap();
    assert_eq!(take(&*store, &speaker, 200_000).await, Taken::Idle);
}

pub(super) async fn a_burst_of_repositories_fits_into_the_budget_of_a_room(opens: &dyn Opens) {
    let store = opens.open();
    for index in 0..35 {
        let node = format!("api-{index}");
        store
            .receive(of_node(&node, at(1_000 + index * 20, push(&format!("{index}"), "a", "b"))))
            .await
            .unwrap();
    }
    let speaker = speaker(&*store).await;
    let (mut told, mut messages, mut now) = (0, 0, 1_000);
    while told < 35 {
        match take(&*store, &speaker, now).await {
            Taken::Send(message) => {
                (told, messages) = (told + message.digest.lines.len(), messages + 1);
                now += 80;
                store
                    .settle_message(&speaker, &message.transaction, Time(now), MessageEnding::Sent)
                    .await
                    .unwrap();
            }
            Taken::Wait(until) => now = until.0,
            Taken::Idle | Taken::Lost => panic!("{told} of 35 are told"),
        }
    }
    assert!(messages <= 10 && now < 2_700, "{messages} messages until {now}");
}

pub(super) async fn a_message_whose_fate_is_open_is_repeated_to_the_letter(opens: &dyn Opens) {
    let store = opens.open();
    store.receive(push("1", "a", "b")).await.unwrap();
    let speaker = speaker(&*store).await;
    let Taken::Send(first) = take(&*store, &speaker, 1_000).await else { panic!("something to send") };
    store.receive(push("2", "b", "c")).await.unwrap();
    let store = opens.open();
    let Taken::Send(after_a_crash) = take(&*store, &speaker, 1_001).await else {
        panic!("something to send")
    };
    assert_eq!((&after_a_crash.transaction, &after_a_crash.digest), (&first.transaction, &first.digest));
    assert_eq!((after_a_crash.attempts, first.ambiguous, after_a_crash.ambiguous), (1, false, true));
    let ending = MessageEnding::Again { at: Time(9_000), why: "no answer".into(), ambiguous: true };
    store.settle_message(&speaker, &first.transaction, Time(2_000), ending).await.unwrap();
    assert_eq!(take(&*store, &speaker, 8_999).await, Taken::Wait(Time(9_000)));
    let Taken::Send(third) = take(&*store, &speaker, 9_000).await else { panic!("something to send") };
    assert_eq!((&third.transaction, &third.digest), (&first.transaction, &first.digest));
    let ending = MessageEnding::Limited { until: Time(20_000), ambiguous: third.ambiguous };
    store.settle_message(&speaker, &first.transaction, Time(10_000), ending).await.unwrap();
    let Taken::Send(fourth) = take(&*store, &speaker, 20_000).await else { panic!("something to send") };
    assert_eq!(fourth.digest, first.digest, "a limit says nothing about the attempts before it");
}

pub(super) async fn a_refused_message_keeps_its_transaction_and_takes_along_what_came_since(
    opens: &dyn Opens,
) {
    let store = opens.open();
    store.receive(push("1", "a", "b")).await.unwrap();
    let speaker = speaker(&*store).await;
    let Taken::Send(first) = take(&*store, &speaker, 1_000).await else { panic!("something to send") };
    store
        .settle_message(
            &speaker,
            &first.transaction,
            Time(1_100),
            MessageEnding::Limited { until: Time(5_000), ambiguous: false },
        )
        .await
        .unwrap();
    store.receive(push("2", "b", "c")).await.unwrap();
    store.receive(of_node("web", push("3", "a", "b"))).await.unwrap();
    let store = opens.open();
    assert_eq!(take(&*store, &speaker, 4_999).await, Taken::Wait(Time(5_000)));
    let Taken::Send(second) = take(&*store, &speaker, 5_000).await else { panic!("something to send") };
    assert_eq!((&second.transaction, second.ambiguous), (&first.transaction, false));
    let said: Vec<_> =
        second.digest.lines.iter().map(|line| (line.repository.as_str(), line.pushes)).collect();
    assert_eq!(said, [("acme/api", 2), ("acme/web", 1)]);
    let ending = MessageEnding::Dead { why: "the room is gone".into() };
    store.settle_message(&speaker, &second.transaction, Time(6_000), ending).await.unwrap();
    let row = &store.messages(Window::default()).await.unwrap()[0];
    assert_eq!((row.state, row.attempts), (MessageState::Dead, 2));
}

pub(super) async fn whoever_lost_a_channel_says_nothing_more_to_it(opens: &dyn Opens) {
    let store = opens.open();
    store.receive(push("1", "a", "b")).await.unwrap();
    let lost = store.claim(JobKind::Message, "one", Time(1_000), LEASE).await.unwrap().unwrap();
    let Taken::Send(message) = take(&*store, &lost, 1_000).await else { panic!("something to send") };
    let other = opens.open();
    let speaker = speaker(&*other).await;
    assert_eq!(take(&*store, &lost, 200_000).await, Taken::Lost);
    let Taken::Send(again) = take(&*other, &speaker, 200_000).await else { panic!("something to send") };
    assert_eq!((&again.transaction, again.ambiguous), (&message.transaction, true));
    let refused = MessageEnding::Dead { why: "no".into() };
    store.settle_message(&lost, &message.transaction, Time(200_001), refused).await.unwrap();
    assert_eq!(
        store.messages(Window::default()).await.unwrap()[0].state,
        MessageState::Open,
        "it is on its way"
    );
    store.settle_message(&lost, &message.transaction, Time(200_002), MessageEnding::Sent).await.unwrap();
    assert_eq!(take(&*other, &speaker, 200_003).await, Taken::Idle, "it is there, whoever says so");
}
