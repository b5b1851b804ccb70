//! How many threads touch the folder at a time. Where it hangs, as one on another machine may, those threads hang with it:
//! they must not be all that there are, for the database and the rest need some, too.

use std::io;
use std::time::Duration;

use tweetty_adapter::{Party, Shares, Sharing};
use tweetty_domain::{Error, Result};

use crate::failure;

/// Threads that may be at work in the folder, or hang there: so many for users and the service, and as many for those of
/// whom only the address is known, who never take from the others. Decoders are not among them; they have a number of
/// their own.
const THREADS: usize = 16;
/// How long work waits for its turn before it is refused as [`Error::Unavailable`].
const WAIT: Duration = Duration::from_secs(2);

/// Turns at the folder. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Turns {
    known: Shares,
    unknown: Shares,
}

impl Default for Turns {
    fn default() -> Self {
        let shared = || Shares::new(Sharing::halves(THREADS));
        Self { known: shared(), unknown: shared() }
    }
}

impl Turns {
    /// Works on a thread of its own. The turn ends with the work, also where nobody waits for it any more.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let shares = match Party::current() {
            Party::Address(_) => &self.unknown,
            Party::Service | Party::User(_) | Party::Key(_) => &self.known,
        };
        let turn = shares.take(1, WAIT).await;
        let turn = turn.map_err(|_| Error::unavailable("the folder of images is too slow"))?;
        let working = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        working.await.map_err(Error::internal)?.map_err(failure::storage)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::mpsc;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_folder_that_hangs_for_those_without_a_key_works_for_those_with_one() {
        let turns = Turns::default();
        let (sender, receiver) = mpsc::channel::<()>();
        let receiver = std::sync::Arc::new(std::sync::Mutex::new(receiver));
        let address = |number| Party::Address(IpAddr::from([192, 0, 2, number]));
        let hanging = (0..32).map(|number| {
            let (turns, receiver) = (turns.clone(), std::sync::Arc::clone(&receiver));
            let work = move || Ok(receiver.lock().map(|receiver| receiver.recv()).is_ok());
            tokio::spawn(address(number).on_behalf(async move { turns.work(work).await.is_ok() }))
        });
        let hanging = hanging.collect::<Vec<_>>();
        while turns.unknown.taken() < THREADS {
            tokio::task::yield_now().await;
        }
        assert_eq!(Party::User(1).on_behalf(turns.work(|| Ok(7))).await.unwrap(), 7);
        assert_eq!(turns.work(|| Ok(8)).await.unwrap(), 8);
        drop(sender);
        let mut done = 0;
        for task in hanging {
            done += usize::from(task.await.unwrap());
        }
        assert!(done >= THREADS, "{done}");
    }
}
