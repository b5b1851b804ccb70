//! What those who ask get, when they are patient and when they are not.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::*;

type Question = (u32, oneshot::Sender<u32>);

const WAIT: Duration = Duration::from_millis(50);

fn queue(room: usize, abandoned: Abandoned) -> (Queue<Question>, Taker<Question>) {
    Queue::new(Terms { room, wait: WAIT, abandoned })
}

async fn ask(queue: &Queue<Question>, number: u32) -> Result<u32, Refused> {
    queue.ask(|answer| (number, answer)).await
}

/// Asks, and waits no more after the question is in the queue.
fn ask_and_leave(queue: &Queue<Question>, number: u32) {
    let mut asking = Box::pin(ask(queue, number));
    let polled = Pin::new(&mut asking).poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending));
}

/// Answers all that have a turn, each with its double; says whom.
fn answer(taken: Vec<Waiting<Question>>) -> Vec<u32> {
    let begun = taken.into_iter().filter_map(Waiting::begin);
    begun.map(|(number, answer)| (number, answer.send(2 * number)).0).collect()
}

#[tokio::test]
async fn those_who_wait_are_taken_together_in_their_order_and_each_gets_its_answer() {
    let (queue, taker) = queue(10, Abandoned::Done);
    let answering = async { answer(taker.take(10).await) };
    let (one, two, order) = tokio::join!(ask(&queue, 1), ask(&queue, 2), answering);
    assert_eq!((one, two, order), (Ok(2), Ok(4), vec![1, 2]));
}

#[tokio::test]
async fn those_whose_turn_does_not_come_in_time_are_refused_and_nothing_is_done() {
    let (queue, taker) = queue(1, Abandoned::Done);
    let begun = Instant::now();
    let refused = tokio::join!(ask(&queue, 1), ask(&queue, 2));
    assert_eq!(refused, (Err(Refused::Busy), Err(Refused::Busy)));
    assert!(
        (WAIT..2 * WAIT).contains(&begun.elapsed()),
        "one deadline for room and turn: {:?}",
        begun.elapsed()
    );
    assert_eq!(queue.waiting(), 0);
    assert!(answer(taker.take(10).await).is_empty());
}

#[tokio::test]
async fn work_that_has_begun_is_waited_for_beyond_the_deadline() {
    let (queue, taker) = queue(1, Abandoned::Dropped);
    let late = async {
        let (_, answer) = taker.take(1).await.remove(0).begin().unwrap();
        tokio::time::sleep(2 * WAIT).await;
        answer.send(7).unwrap();
    };
    assert_eq!(tokio::join!(ask(&queue, 1), late).0, Ok(7));
}

#[tokio::test]
async fn work_that_nobody_waits_for_is_done_or_left_out_as_agreed() {
    for (abandoned, done) in [(Abandoned::Done, vec![1]), (Abandoned::Dropped, vec![])] {
        let (queue, taker) = queue(1, abandoned);
        ask_and_leave(&queue, 1);
        let taken = taker.take(1).await.into_iter().filter_map(Waiting::begin);
        assert_eq!(taken.map(|(number, _)| number).collect::<Vec<_>>(), done, "{abandoned:?}");
    }
}

#[tokio::test]
async fn a_question_that_is_dropped_is_unanswered() {
    let (queue, taker) = queue(1, Abandoned::Done);
    let dropping = async { drop(taker.take(1).await) };
    assert_eq!(tokio::join!(ask(&queue, 1), dropping).0, Err(Refused::Unanswered));
}

#[tokio::test]
async fn a_queue_that_is_closed_lets_nobody_in_and_ends_when_it_is_empty() {
    let (queue, taker) = queue(2, Abandoned::Done);
    ask_and_leave(&queue, 1);
    assert!(queue.is_open());
    queue.close();
    assert!(!queue.is_open());
    assert_eq!(ask(&queue, 2).await, Err(Refused::Closed));
    let taken =
        tokio::task::spawn_blocking(move || (taker.take_blocking(9).len(), taker.take_blocking(9).len()));
    assert_eq!(taken.await.unwrap(), (1, 0));
}

#[tokio::test]
async fn a_queue_from_which_nobody_takes_is_closed() {
    let (queue, taker) = queue(1, Abandoned::Done);
    drop(taker);
    assert!(!queue.is_open());
    assert_eq!(ask(&queue, 1).await, Err(Refused::Closed));
}
