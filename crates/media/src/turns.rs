//! How many threads touch the folder at a time. Where it hangs, as one on another machine may, those threads hang with it:
//! they must not be all that there are, for the database and the rest need some, too.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;
use tweetty_domain::{Error, Result};

use crate::failure;

/// Threads that may be at work in the folder, or hang there. Decoders are not among them; they have a number of their own.
const THREADS: usize = 32;
/// How long work waits for its turn before it is refused as [`Error::Unavailable`].
const WAIT: Duration = Duration::from_secs(2);

/// Turns at the folder. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(THREADS)))
    }
}

impl Turns {
    /// Works on a thread of its own. The turn ends with the work, also where nobody waits for it any more.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let turn = timeout(WAIT, Arc::clone(&self.0).acquire_owned())
            .await
            .map_err(|_| Error::unavailable("the folder of images is too slow"))?
            .map_err(Error::internal)?;
        let working = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        working.await.map_err(Error::internal)?.map_err(failure::storage)
    }
}
