//! What people do: mostly reading, some likes, a few tweets, and now and then the long page of the existing client.

use std::net::SocketAddr;

use crate::company::{Company, liker_key};
use crate::options::Sizes;

/// One of so many requests asks for the feed without a limit: a thousand tweets.
const LONG: u64 = 400;
/// Scatters what follows each other; a prime.
const STEP: u64 = 104_729;
/// Scatters who asks after whom, in the upper half of a product: 2^64 divided by the golden ratio.
const SHUFFLE: u64 = 0x9e37_79b9_7f4a_7c15;

/// The requests in an order that is the same in each run.
pub(crate) struct Mix {
    address: SocketAddr,
    viewers: Vec<String>,
    sizes: Sizes,
}

impl Mix {
    pub(crate) fn new(address: SocketAddr, company: &Company, sizes: Sizes) -> Self {
        Self { address, viewers: company.usual.iter().map(|viewer| viewer.key.clone()).collect(), sizes }
    }

    /// Whom to ask.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The request of that number.
    pub(crate) fn request(&self, number: u64) -> Vec<u8> {
        let scattered = number.wrapping_mul(STEP);
        // The next request is another user's, so that a load of which most is refused finds as much in the processor's
        // memory as one of which nothing is.
        let shuffled = usize::try_from(number.wrapping_mul(SHUFFLE) >> 32).unwrap_or_default();
        let viewer = &self.viewers[shuffled % self.viewers.len()];
        let tweet = scattered % u64::from(self.sizes.tweets) + 1;
        if number.is_multiple_of(LONG) {
            return self.get("/api/tweets", viewer);
        }
        match number % 20 {
            0..=11 => self.get("/api/tweets?limit=20", viewer),
            12 | 13 => self.get(&format!("/api/tweets/{tweet}"), viewer),
            14 => self.get(&format!("/api/users/{}", scattered % u64::from(self.sizes.users) + 1), viewer),
            15..=18 => self.post(&format!("/api/tweets/{tweet}/likes"), &self.liker(scattered), ""),
            _ => self.post("/api/tweets", &self.liker(scattered), "{\"tweet_data\": \"Lunch at noon?\"}"),
        }
    }

    fn liker(&self, number: u64) -> String {
        let likers = u64::from(self.sizes.likers);
        liker_key(u32::try_from(number / STEP % likers).unwrap_or_default() + 1)
    }

    fn get(&self, path: &str, key: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\nhost: {}\r\napi-key: {key}\r\n\r\n", self.address).into_bytes()
    }

    fn post(&self, path: &str, key: &str, body: &str) -> Vec<u8> {
        let (address, length) = (self.address, body.len());
        format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\napi-key: {key}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}
