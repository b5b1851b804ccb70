//! The migrations are embedded at compile time: a new one must cause a new compilation.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/postgres");
}
