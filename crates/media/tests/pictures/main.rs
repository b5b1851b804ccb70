//! What becomes of pictures that are uploaded, on a folder, judged by their pixels.
#![expect(clippy::unwrap_used, reason = "a test's failure")]

mod animated;
mod arrangements;
mod avatars;
mod belonging;
mod colors;
mod described;
mod ends;
mod folder;
mod hidden;
mod jpeg;
mod kept;
#[path = "../kit/mod.rs"]
mod kit;
mod refused;
mod sizes;
mod variants;
mod xyb;
