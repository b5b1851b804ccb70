//! How often somebody may ask: per user, and per address that tries unknown keys.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderMap;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tweetty_domain::{Credential, UserId};

use crate::Options;
use crate::error::ApiError;

/// Keys of the form that is made here can't be guessed: trying them is a mistake more often than an attack, and whoever
/// has a new one must not be shut out by a neighbour who guesses. They count apart, and may fail so many times as often.
const UNGUESSABLE: u32 = 10;
/// So many checks between two clearances; more entries than that never gather unnoticed.
const CLEARANCE: u32 = 4096;

/// The rates of one server.
pub(crate) struct Rates {
    users: Option<DefaultKeyedRateLimiter<UserId>>,
    failures: Option<Failures>,
    count_loopback: bool,
    trust_forwarded_for: bool,
    warned: AtomicBool,
    checks: AtomicU32,
}

/// Addresses that tried too many unknown keys. Others that they try aren't even looked up.
struct Failures {
    guessable: Door,
    unguessable: Door,
}

/// Keys of one form, and who tried too many of them.
struct Door {
    tried: DefaultKeyedRateLimiter<IpAddr>,
    blocked: Mutex<HashMap<IpAddr, Instant>>,
}

impl Door {
    fn new(quota: Quota) -> Self {
        Self { tried: RateLimiter::keyed(quota), blocked: Mutex::default() }
    }
}

impl Failures {
    fn new(per_minute: NonZeroU32) -> Self {
        let more = per_minute.saturating_mul(NonZeroU32::MIN.saturating_add(UNGUESSABLE - 1));
        Self {
            guessable: Door::new(Quota::per_minute(per_minute)),
            unguessable: Door::new(Quota::per_minute(more)),
        }
    }

    fn door(&self, credential: Option<&Credential>) -> &Door {
        if credential.is_some_and(Credential::is_unguessable) { &self.unguessable } else { &self.guessable }
    }
}

impl Rates {
    pub(crate) fn new(options: &Options) -> Self {
        let requests = options.requests_per_minute.and_then(NonZeroU32::new).map(Quota::per_minute);
        Self {
            users: requests.map(RateLimiter::keyed),
            failures: options.failed_keys_per_minute.and_then(NonZeroU32::new).map(Failures::new),
            count_loopback: options.rate_limit_loopback,
            trust_forwarded_for: options.trust_forwarded_for,
            warned: AtomicBool::new(false),
            checks: AtomicU32::new(0),
        }
    }

    /// The address that counts, unless this caller's requests aren't counted. Behind a trusted proxy everybody counts:
    /// whose address can't be read, or isn't there, under that of the connection.
    pub(crate) fn counted(&self, request: &ServiceRequest) -> Option<IpAddr> {
        let peer = || request.peer_addr().map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
        let forwarded = self.trust_forwarded_for.then(|| forwarded_for(request.headers()));
        if forwarded == Some(None) {
            self.warn_of_nothing_forwarded();
        }
        let address = forwarded.flatten().unwrap_or_else(peer).to_canonical();
        let exempt = !self.count_loopback && !self.trust_forwarded_for && address.is_loopback();
        (!exempt).then(|| network(address))
    }

    /// Once, since it would be of each request where the proxy isn't set up.
    fn warn_of_nothing_forwarded(&self) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "TWEETTY_TRUST_FORWARDED_FOR: a request came without an address in X-Forwarded-For that can be read; \
                 such requests count under the address of the proxy, let it send one"
            );
        }
    }

    /// Whether that address may try that key, of which nothing is known.
    pub(crate) fn may_try(&self, address: IpAddr, credential: &Credential) -> Result<(), ApiError> {
        let Some(failures) = &self.failures else { return Ok(()) };
        let now = Instant::now();
        let blocked = lock(&failures.door(Some(credential)).blocked).get(&address).copied();
        blocked.filter(|until| *until > now).map_or(Ok(()), |until| Err(limited(until - now)))
    }

    /// The address tried a key that is nobody's, or came without one.
    pub(crate) fn failed(&self, address: IpAddr, credential: Option<&Credential>) -> Result<(), ApiError> {
        self.clear_now_and_then();
        let Some(failures) = &self.failures else { return Ok(()) };
        let door = failures.door(credential);
        door.tried.check_key(&address).map_err(|refusal| {
            let wait = refusal.wait_time_from(DefaultClock::default().now());
            lock(&door.blocked).insert(address, Instant::now() + wait);
            limited(wait)
        })
    }

    /// That user sends one more request.
    pub(crate) fn identified(&self, user: UserId) -> Result<(), ApiError> {
        self.clear_now_and_then();
        let Some(users) = &self.users else { return Ok(()) };
        users
            .check_key(&user)
            .map_err(|refusal| limited(refusal.wait_time_from(DefaultClock::default().now())))
    }

    /// Forgets whoever has been quiet, so that memory follows the callers of the last minutes.
    fn clear_now_and_then(&self) {
        if self.checks.fetch_add(1, Ordering::Relaxed) % CLEARANCE != CLEARANCE - 1 {
            return;
        }
        if let Some(users) = &self.users {
            users.retain_recent();
        }
        if let Some(failures) = &self.failures {
            let now = Instant::now();
            for door in [&failures.guessable, &failures.unguessable] {
                door.tried.retain_recent();
                lock(&door.blocked).retain(|_, until| *until > now);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn limited(wait: Duration) -> ApiError {
    ApiError::rate_limited(wait.as_secs() + 1)
}

/// The last entry of `X-Forwarded-For`, which the nearest proxy wrote: an address, where some add a port.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let entries = headers.get_all("x-forwarded-for").last()?.to_str().ok()?;
    let entry = entries.rsplit(',').next()?.trim();
    let alone = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map(str::parse::<Ipv6Addr>);
    match alone {
        Some(address) => address.ok().map(IpAddr::from),
        None => entry.parse().ok().or_else(|| entry.parse().ok().map(|address: SocketAddr| address.ip())),
    }
}

/// An IPv6 customer has a whole /64 to herself.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;
    use tweetty_domain::ApiKey;

    use super::*;

    fn credential(key: &str) -> Credential {
        ApiKey::parse(key).unwrap().credential()
    }

    fn rates(options: Options) -> Rates {
        Rates::new(&Options { requests_per_minute: Some(2), failed_keys_per_minute: Some(2), ..options })
    }

    #[test]
    fn a_user_who_asks_too_often_is_told_when_to_come_back() {
        let rates = rates(Options::default());
        let (ann, bob) = (UserId::stored(1), UserId::stored(2));
        assert!(rates.identified(ann).is_ok() && rates.identified(ann).is_ok());
        let refused = rates.identified(ann).unwrap_err().respond(None);
        assert_eq!(refused.status(), 429);
        let wait = refused.headers().get("retry-after").unwrap().to_str().unwrap().parse::<u64>().unwrap();
        assert!((1..=31).contains(&wait), "{wait}");
        assert!(rates.identified(bob).is_ok(), "others are not slowed down");
    }

    #[test]
    fn who_guesses_is_stopped_and_another_address_is_not() {
        let rates = rates(Options::default());
        let (address, guess) = (IpAddr::from([192, 0, 2, 1]), credential("guess"));
        for _ in 0..2 {
            rates.may_try(address, &guess).unwrap();
            rates.failed(address, Some(&guess)).unwrap();
        }
        assert!(rates.failed(address, None).is_err());
        assert!(rates.may_try(address, &guess).is_err());
        assert!(rates.may_try(IpAddr::from([192, 0, 2, 2]), &guess).is_ok());
    }

    #[test]
    fn who_has_a_new_made_key_is_not_shut_out_by_a_neighbour_who_guesses() {
        let rates = rates(Options::default());
        let address = IpAddr::from([192, 0, 2, 1]);
        let (guess, made) = (credential("guess"), ApiKey::generate().unwrap().credential());
        while rates.failed(address, Some(&guess)).is_ok() {}
        assert!(rates.may_try(address, &guess).is_err());
        assert!(rates.may_try(address, &made).is_ok());
        let unknown = (0..100).take_while(|_| rates.failed(address, Some(&made)).is_ok()).count();
        assert_eq!(unknown, 20, "ten times as many, and no more: each is a look into the store");
        assert!(rates.may_try(address, &made).is_err());
    }

    #[test]
    fn callers_on_this_machine_count_only_where_that_is_asked_for() {
        let request = |peer: &str| TestRequest::default().peer_addr(peer.parse().unwrap()).to_srv_request();
        let (normal, strict) =
            (rates(Options::default()), rates(Options { rate_limit_loopback: true, ..Options::default() }));
        for peer in ["127.0.0.1:5", "[::1]:5", "[::ffff:127.0.0.1]:5"] {
            assert_eq!(normal.counted(&request(peer)), None, "{peer}");
            assert!(strict.counted(&request(peer)).is_some(), "{peer}");
        }
        let neighbours = ["[2001:db8::1]:5", "[2001:db8::2]:5"].map(|peer| normal.counted(&request(peer)));
        assert!(neighbours[0].is_some() && neighbours[0] == neighbours[1]);
    }

    /// What counts of a request from this machine with those headers, where the proxy is trusted or not.
    fn behind_a_proxy(trusted: bool, forwarded: &[&[u8]]) -> Option<IpAddr> {
        let value = |value: &&[u8]| ("x-forwarded-for", HeaderValue::from_bytes(value).unwrap());
        let local = TestRequest::default().peer_addr("127.0.0.1:5".parse().unwrap());
        let request = forwarded.iter().map(value).fold(local, TestRequest::append_header);
        rates(Options { trust_forwarded_for: trusted, ..Options::default() })
            .counted(&request.to_srv_request())
    }

    #[test]
    fn a_forwarded_address_counts_only_where_the_proxy_is_trusted() {
        let headers: [&[u8]; 2] = [b"203.0.113.8", b"203.0.113.9, 192.0.2.7"];
        assert_eq!(behind_a_proxy(false, &headers), None);
        assert_eq!(behind_a_proxy(true, &headers), Some(IpAddr::from([192, 0, 2, 7])));
    }

    #[test]
    fn a_forwarded_address_may_have_a_port_and_brackets() {
        for (entry, counts) in [
            ("203.0.113.2", "203.0.113.2"),
            (" 203.0.113.2:4711 ", "203.0.113.2"),
            ("198.51.100.1,203.0.113.2:4711", "203.0.113.2"),
            ("2001:db8::1", "2001:db8::"),
            ("[2001:db8::1]", "2001:db8::"),
            ("[2001:db8::1]:443", "2001:db8::"),
            ("::ffff:203.0.113.2", "203.0.113.2"),
            ("[::ffff:203.0.113.2]:443", "203.0.113.2"),
        ] {
            assert_eq!(behind_a_proxy(true, &[entry.as_bytes()]), Some(counts.parse().unwrap()), "{entry:?}");
        }
    }

    #[test]
    fn behind_a_trusted_proxy_nobody_is_exempt_whatever_was_forwarded() {
        let proxy = Some(IpAddr::from([127, 0, 0, 1]));
        assert_eq!(behind_a_proxy(true, &[]), proxy, "without the header");
        for entry in [
            &b""[..],
            b" ",
            b"203.0.113.2,",
            b"\"203.0.113.2\"",
            b"\"[2001:db8::1]:443\"",
            b"unknown",
            b"_x",
            b"for=203.0.113.2",
            b"203.0.113.2:99999",
            b"203.0.113.2:",
            b"203.0.113.2.1",
            b"203.0.113.2 192.0.2.7",
            b"[2001:db8::1",
            b"[203.0.113.2]",
            b"[]",
            b"\xff",
        ] {
            assert_eq!(behind_a_proxy(true, &[entry]), proxy, "{:?}", String::from_utf8_lossy(entry));
            assert_eq!(behind_a_proxy(true, &[b"203.0.113.2", entry]), proxy, "the last one decides");
            assert_eq!(behind_a_proxy(false, &[entry]), None, "trust is off");
        }
        for entry in [&b"127.0.0.1"[..], b"::1", b"::ffff:127.0.0.1", b"[::1]:443"] {
            assert!(behind_a_proxy(true, &[entry]).is_some(), "{:?}", String::from_utf8_lossy(entry));
        }
    }

    #[test]
    fn memory_follows_the_callers_of_the_last_minutes() {
        let rates = Rates::new(&Options { failed_keys_per_minute: Some(1_000_000), ..Options::default() });
        for number in 0..100_000_u32 {
            rates.failed(IpAddr::from(number.to_be_bytes()), None).unwrap();
        }
        assert!(rates.failures.unwrap().guessable.tried.len() < 20_000);
    }
}
