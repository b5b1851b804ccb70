//! A company of any size for trials and benchmarks: made row by row, the same for the same seed.

mod company;
mod plan;
mod shares;
mod words;

pub(crate) use company::SeededCompany;
pub(crate) use plan::Plan;
