//! The company of `serve --demo`: a dozen people and a cat, whom they follow, what they say, and the pictures that they
//! show. All of it is data; the binary writes it into a store.

mod people;
mod pictures;
mod tweets;

pub use people::{COLLEAGUES, Colleague};
pub use pictures::Picture;
pub use tweets::{Said, TWEETS};
