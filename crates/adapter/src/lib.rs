//! What adapters share: the queue in front of something busy and the places in it, both shared fairly among those who ask,
//! the memory of what was answered and of what was counted, a range of ids, and how a failure is written down. Nothing here knows what is asked or
//! who answers.

mod causes;
mod headroom;
mod line;
mod party;
mod queue;
mod remembered;
mod rota;
mod several;
mod shares;
mod span;

pub use causes::with_causes;
pub use headroom::{GRANTED, Headroom};
pub use line::Waiting;
pub use party::Party;
pub use queue::{Abandoned, Asked, Queue, Refused, Taker, Terms};
pub use remembered::Remembered;
pub use several::Several;
pub use shares::{Full, Held, Shares, Sharing};
pub use span::Span;
