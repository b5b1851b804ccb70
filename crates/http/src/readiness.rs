//! Whether the stores can be used, found out once for all who ask at the same time: nobody needs a key to ask, and each
//! look costs a query and a file.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::blog::Blog;
use crate::part::Part;

/// The longest wait for the stores.
const PATIENCE: Duration = Duration::from_secs(2);

/// Parts that can't work, each with its reason.
type Unready = Vec<(Part, String)>;

/// The last look: when it began and what it found.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, Unready)>>);

impl Readiness {
    /// What can't work, by a look that began after this was asked.
    pub(crate) async fn unready(&self, blog: &Blog) -> Unready {
        self.after(Instant::now(), || blog.unready(PATIENCE)).await
    }

    async fn after<F: Future<Output = Unready>>(&self, asked: Instant, look: impl FnOnce() -> F) -> Unready {
        let mut last = self.0.lock().await;
        if let Some((begun, unready)) = &*last
            && *begun >= asked
        {
            return unready.clone();
        }
        let begun = Instant::now();
        let unready = look().await;
        *last = Some((begun, unready.clone()));
        unready
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures_util::future::join_all;

    use super::*;

    #[actix_web::test]
    async fn all_who_ask_during_one_look_share_the_next_and_nobody_gets_an_old_one() {
        let (readiness, looks) = (Readiness::default(), AtomicU32::new(0));
        let look = || async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            vec![(Part::Database, looks.fetch_add(1, Ordering::Relaxed).to_string())]
        };
        let asked = Instant::now();
        let found = join_all((0..100).map(|_| readiness.after(asked, look))).await;
        assert_eq!(looks.load(Ordering::Relaxed), 1);
        assert!(found.iter().all(|unready| unready == &[(Part::Database, "0".to_owned())]));
        let again = readiness.after(Instant::now(), look).await;
        assert_eq!(again, [(Part::Database, "1".to_owned())], "what is seen is what is so now");
    }
}
