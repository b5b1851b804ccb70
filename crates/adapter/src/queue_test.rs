//! What those who ask get, when they are patient and when they are not.

use super::*;
use crate::Party;

type Question = (u32, oneshot::Sender<u32>);

const WAIT: Duration = Duration::from_millis(50);

fn queue(room: usize, abandoned: Abandoned) -> (Queue<Question>, Taker<Question>) {
    Queue::new(Terms { room, share: usize::MAX, wait: WAIT, abandoned })
}

async fn ask(queue: &Queue<Question>, number: u32) -> Result<u32, Refused> {
    queue.ask(|answer| (number, answer)).await
}

/// Asks, and waits for no answer.
async fn ask_and_leave(queue: &Queue<Question>, number: u32) {
    drop(queue.put(|answer| (number, answer)).await.ok().unwrap());
}

/// Answers all that have a turn, each with its double; says whom.
fn answer(taken: Vec<Waiting<Question>>) -> Vec<u32> {
    let answered = |(number, answer): Question| (number, answer.send(2 * number)).0;
    taken.into_iter().filter_map(|waiting| waiting.perform(answered)).collect()
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
        let (_, answer) = taker.take(1).await.remove(0).perform(|question| question).unwrap();
        tokio::time::sleep(2 * WAIT).await;
        answer.send(7).unwrap();
    };
    assert_eq!(tokio::join!(ask(&queue, 1), late).0, Ok(7));
}

#[tokio::test]
async fn work_that_nobody_waits_for_is_done_or_left_out_as_agreed() {
    for (abandoned, done) in [(Abandoned::Done, vec![1]), (Abandoned::Dropped, vec![])] {
        let (queue, taker) = queue(1, abandoned);
        ask_and_leave(&queue, 1).await;
        let taken = taker.take(1).await.into_iter();
        let taken = taken.filter_map(|waiting| waiting.perform(|(number, _)| number));
        assert_eq!(taken.collect::<Vec<_>>(), done, "{abandoned:?}");
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
    ask_and_leave(&queue, 1).await;
    assert!(queue.is_open() && queue.is_short());
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

#[tokio::test(flavor = "multi_thread")]
async fn threads_and_tasks_that_share_a_queue_answer_each_question_once_and_all_find_its_end() {
    let terms = Terms { room: 8, share: 3, wait: Duration::from_secs(30), abandoned: Abandoned::Done };
    let (queue, taker) = Queue::<Question>::new(terms);
    let queue = Arc::new(queue);
    let threads = (0..2).map(|_| taker.clone()).map(|taker| {
        tokio::task::spawn_blocking(move || {
            let groups =
                std::iter::from_fn(|| Some(taker.take_blocking(1)).filter(|taken| !taken.is_empty()));
            groups.map(|taken| answer(taken).len()).sum::<usize>()
        })
    });
    let tasks = (0..2).map(|_| taker.clone()).map(|taker| {
        tokio::spawn(async move {
            let mut answered = 0;
            loop {
                let taken = taker.take(3).await;
                if taken.is_empty() {
                    return answered;
                }
                answered += answer(taken).len();
            }
        })
    });
    let takers = threads.chain(tasks).collect::<Vec<_>>();
    let questions = (0..2_000).map(|number| {
        let queue = Arc::clone(&queue);
        tokio::spawn(async move { assert_eq!(ask(&queue, number).await, Ok(2 * number)) })
    });
    for question in questions.collect::<Vec<_>>() {
        question.await.unwrap();
    }
    queue.close();
    let mut answered = 0;
    for taker in takers {
        answered += taker.await.unwrap();
    }
    assert_eq!(answered, 2_000);
}

#[tokio::test]
async fn parties_take_turns_and_none_has_more_under_way_than_its_share() {
    let terms = Terms { room: 100, share: 2, wait: Duration::from_secs(30), abandoned: Abandoned::Done };
    let (queue, taker) = Queue::<Question>::new(terms);
    for (user, number) in [(1, 10), (1, 11), (1, 12), (2, 20)] {
        Party::User(user).on_behalf(ask_and_leave(&queue, number)).await;
    }
    let under_way = taker.take(10).await;
    let numbers = |taken: &[Waiting<Question>]| taken.iter().map(|one| one.work.0).collect::<Vec<_>>();
    assert_eq!(numbers(&under_way), [10, 20, 11], "the third of one user waits though nobody else does");
    assert!(!queue.is_short());
    drop(under_way);
    assert_eq!(numbers(&taker.take(10).await), [12]);
}
