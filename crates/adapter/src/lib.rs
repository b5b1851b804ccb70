//! What adapters share: the queue in front of something busy, the memory of what it answered, a range of ids, and how a
//! failure is written down. Nothing here knows what is asked or who answers.

mod causes;
mod line;
mod queue;
mod remembered;
mod span;

pub use causes::with_causes;
pub use line::Waiting;
pub use queue::{Abandoned, Asked, Queue, Refused, Taker, Terms};
pub use remembered::Remembered;
pub use span::Span;
