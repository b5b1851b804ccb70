//! The promises of the storage ports as one suite of tests, with a naive model as their oracle.
