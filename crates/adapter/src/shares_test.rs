//! Who gets a place, and who has to wait for it.

use super::*;

const WAIT: Duration = Duration::from_secs(30);
const ANN: Party = Party::User(1);
const BOB: Party = Party::User(2);

fn shares(places: usize, share: usize) -> Shares {
    Shares::new(Sharing { places, share, room: 10, patient: 2 })
}

async fn taken(shares: &Shares, party: Party) -> Result<Held, Full> {
    party.on_behalf(async { shares.try_take() }).await
}

/// Waits in a task of its own, from now on.
async fn wait(shares: &Shares, party: Party, amount: usize) -> tokio::task::JoinHandle<Result<Held, Full>> {
    let before = shares.waiting();
    let waiting = shares.clone();
    let task = tokio::spawn(async move { party.on_behalf(waiting.take(amount, WAIT)).await });
    while shares.waiting() == before {
        tokio::task::yield_now().await;
    }
    task
}

#[tokio::test]
async fn nobody_has_more_than_a_share_and_others_find_a_place() {
    let shares = shares(4, 2);
    let held = [taken(&shares, ANN).await.ok().unwrap(), taken(&shares, ANN).await.ok().unwrap()];
    assert_eq!(taken(&shares, ANN).await.err(), Some(Full::Share));
    let others = [taken(&shares, BOB).await.ok().unwrap(), taken(&shares, BOB).await.ok().unwrap()];
    assert_eq!(taken(&shares, Party::Service).await.err(), Some(Full::All));
    assert_eq!((shares.taken(), shares.any()), (4, false));
    drop((held, others));
    assert_eq!((shares.taken(), shares.any()), (0, true));
}

#[tokio::test]
async fn those_who_wait_get_a_place_in_turn_by_party() {
    let shares = shares(1, 1);
    let held = taken(&shares, ANN).await.ok().unwrap();
    let (second, third) = (wait(&shares, ANN, 1).await, wait(&shares, ANN, 1).await);
    let first = wait(&shares, BOB, 1).await;
    drop(held);
    let held = first.await.unwrap().ok().unwrap();
    assert!(!second.is_finished() && !third.is_finished());
    drop(held);
    let held = second.await.unwrap().ok().unwrap();
    drop(held);
    assert!(third.await.unwrap().is_ok());
}

#[tokio::test]
async fn who_has_a_share_waits_only_with_so_many_and_nobody_without_room() {
    let shares = shares(2, 1);
    let _held = taken(&shares, ANN).await.ok().unwrap();
    let _patient = (wait(&shares, ANN, 1).await, wait(&shares, ANN, 1).await);
    assert_eq!(ANN.on_behalf(shares.take(1, WAIT)).await.err(), Some(Full::Share));
    let _other = taken(&shares, BOB).await.ok().unwrap();
    for user in 3..11 {
        drop(wait(&shares, Party::User(user), 1).await);
    }
    assert_eq!(Party::User(11).on_behalf(shares.take(1, WAIT)).await.err(), Some(Full::All));
}

#[tokio::test]
async fn places_may_become_more_and_fewer_while_some_are_taken() {
    let shares = Shares::new(Sharing::halves(4));
    let mut held = vec![];
    for party in [ANN, ANN, BOB, BOB] {
        held.push(taken(&shares, party).await.ok().unwrap());
    }
    let waiting = wait(&shares, Party::User(3), 1).await;
    shares.share_by(Sharing::halves(2));
    assert_eq!((shares.taken(), shares.any(), shares.waiting()), (4, false, 1));
    held.truncate(1);
    let last = waiting.await.unwrap().ok().unwrap();
    let waiting = wait(&shares, BOB, 1).await;
    shares.share_by(Sharing::halves(3));
    assert!(waiting.await.unwrap().is_ok());
    drop(last);
}

#[tokio::test]
async fn a_place_that_nobody_takes_any_more_is_the_next_ones() {
    let shares = shares(1, 1);
    let held = taken(&shares, ANN).await.ok().unwrap();
    let gone = wait(&shares, BOB, 1).await;
    gone.abort();
    assert!(gone.await.is_err());
    assert_eq!(shares.waiting(), 0);
    assert_eq!(BOB.on_behalf(shares.take(1, Duration::from_millis(1))).await.err(), Some(Full::All));
    assert_eq!(shares.waiting(), 0, "who has waited long enough, too");
    let next = wait(&shares, Party::User(3), 1).await;
    drop(held);
    assert!(next.await.unwrap().is_ok());
    assert!(taken(&shares, BOB).await.is_ok());
}

#[tokio::test]
async fn what_needs_more_than_a_share_is_neither_passed_by_for_ever_nor_beside_others_of_its_party() {
    let shares = shares(8, 4);
    let small = BOB.on_behalf(shares.take(3, WAIT)).await.ok().unwrap();
    let large = wait(&shares, ANN, 6).await;
    assert_eq!(taken(&shares, BOB).await.err(), Some(Full::All), "the one who waits is next");
    drop(small);
    let large = large.await.unwrap().ok().unwrap();
    assert_eq!(taken(&shares, ANN).await.err(), Some(Full::Share));
    assert!(taken(&shares, BOB).await.is_ok());
    drop(large);
    assert_eq!(shares.taken(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_neither_lost_nor_made_however_many_come_and_go() {
    let shares = Shares::new(Sharing { places: 3, share: 2, room: usize::MAX, patient: usize::MAX });
    let tasks = (0..600).map(|number| {
        let shares = shares.clone();
        tokio::spawn(Party::User(number % 7).on_behalf(async move {
            let patience = if number % 5 == 0 { Duration::ZERO } else { WAIT };
            let held = shares.take(1 + usize::from(number % 11 == 0), patience).await;
            tokio::task::yield_now().await;
            held.is_ok()
        }))
    });
    for (number, task) in tasks.collect::<Vec<_>>().into_iter().enumerate() {
        assert!(task.await.unwrap() || number % 5 == 0, "{number}");
    }
    assert_eq!((shares.taken(), shares.waiting()), (0, 0));
    assert!(shares.state().rota.next_amount().is_none());
}
