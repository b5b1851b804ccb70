//! Ends statements of SQLite when their time is up: the one thing that diesel's connection, which shows nobody SQLite's own,
//! leaves no safe way to do.
//!
//! SQLite calls a function of ours for each connection that is opened, and that one has another of ours called while
//! statements run. Neither gets or keeps anything of a connection; when the time is up is known to the thread alone.

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::Once;
use std::time::{Duration, Instant};

use libsqlite3_sys::{
    SQLITE_OK, sqlite3, sqlite3_api_routines, sqlite3_auto_extension, sqlite3_progress_handler,
};

/// What SQLite says of a statement that was ended.
pub const INTERRUPTED: &str = "interrupted";
/// So many steps of SQLite's machine lie between two looks at the clock: some 50 µs.
const STEPS: c_int = 4_000;

thread_local! {
    static ENDS: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Lets connections that are opened from now on heed [`within`]. To be called before the first one.
pub fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the function has the type that SQLite expects of it, and lives as long as the process.
        #[expect(unsafe_code, reason = "diesel shows nobody the connection of SQLite")]
        // Fails only where no memory is left; statements have no end then.
        unsafe {
            sqlite3_auto_extension(Some(watch));
        }
    });
}

/// Does the work; a statement that still runs on this thread when the time is up fails with [`INTERRUPTED`].
pub fn within<T>(time: Duration, work: impl FnOnce() -> T) -> T {
    /// The end of the time, also where the work panics.
    struct Unlimited;
    impl Drop for Unlimited {
        fn drop(&mut self) {
            ENDS.set(None);
        }
    }
    let _unlimited = Unlimited;
    ENDS.set(Instant::now().checked_add(time));
    work()
}

#[expect(unsafe_code, reason = "SQLite calls it with a connection that is just being opened")]
unsafe extern "C" fn watch(
    connection: *mut sqlite3,
    _: *mut *mut c_char,
    _: *const sqlite3_api_routines,
) -> c_int {
    // SAFETY: the connection is SQLite's own and alive; the handler takes nothing and lives as long as the process.
    unsafe {
        sqlite3_progress_handler(connection, STEPS, Some(is_over), ptr::null_mut());
    }
    SQLITE_OK
}

/// Called on the thread on which the statement runs.
extern "C" fn is_over(_: *mut c_void) -> c_int {
    ENDS.get().is_some_and(|end| Instant::now() >= end).into()
}
