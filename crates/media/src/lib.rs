//! The port of the images.
//!
//! An upload lies in a temporary file until it is kept. Then its outline is read, which costs nothing and refuses what
//! is broken, cut off or too large; only what passed is decoded, and what is kept was written anew, so
//! that no metadata, no trailing data and no second format in the same bytes gets through.
//!
//! Below that is the [`Storage`] of what is kept, which knows names and bytes. The one that there is, the [`Folder`], has
//! uploads in `incoming/`; a kept image lies at `ab/abcdef….png`: 256 folders by the first two digits of the name. `store-id` says whose images
//! they are; what no row knows goes to `trash/`.

mod budget;
mod copies;
mod failure;
mod folder;
mod images;
mod incoming;
mod mark;
mod measures;
mod outline;
mod readiness;
mod recode;
mod room;
mod shelf;
mod storage;
mod trash;
mod turns;
mod variants;

pub use folder::Folder;
pub use images::{KeptImages, Options};
pub use measures::announce_metrics;
pub use room::{Reserve, Room};
pub use storage::{Hold, Storage};
