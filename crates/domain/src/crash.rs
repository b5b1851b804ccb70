//! Points between two steps at which a test lets the process die, to see what is left.
//!
//! They exist in debug builds only: in a release build [`crash_point`] is empty and [`arm`] is missing.

#[cfg(debug_assertions)]
use std::io::Write as _;
#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicU32, Ordering};

/// How many points more are passed until the process dies at one; 0 is never.
#[cfg(debug_assertions)]
static LEFT: AtomicU32 = AtomicU32::new(0);

/// Lets the process die at the `number`th point that it passes from now on.
#[cfg(debug_assertions)]
pub fn arm(number: u32) {
    LEFT.store(number, Ordering::Release);
}

/// A point between two steps; `done` says what was done last.
#[inline]
#[cfg_attr(not(debug_assertions), expect(unused_variables, reason = "a release build has no such points"))]
pub fn crash_point(done: &'static str) {
    #[cfg(debug_assertions)]
    if LEFT.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(1)) == Ok(1) {
        // The fault runs look for these words in a release binary.
        writeln!(std::io::stderr(), "the process dies at this point: {done}").ok();
        std::process::abort();
    }
}
