//! The release binary on trial: what benchmarks and fault runs share.
//!
//! A [`Server`] is the binary that was built beside the program that tries it, in a process of its own. [`process`]
//! reads what the kernel counts of it, [`machine`] and [`commit`] under what circumstances a figure came to be.

pub mod http;
mod machine;
mod picture;
pub mod process;
mod server;

pub use machine::{commit, machine, today};
pub use picture::{noise, photograph};
pub use server::{Server, Setup, tweetty};

/// What can go wrong is printed and ends the run.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// A number with a comma between thousands.
pub fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_comma_at_each_thousand() {
        assert_eq!([0.4, 999.6, 12_345.0, 1_000_000.0].map(whole), ["0", "1,000", "12,345", "1,000,000"]);
    }
}
