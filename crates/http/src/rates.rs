//! How often somebody may ask: per user, and per address that tries unknown keys.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::dev::ServiceRequest;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tweetty_domain::{Credential, UserId};

use crate::error::ApiError;
use crate::{Options, forwarded};

/// Keys of the form that is made here can't be guessed: trying them is a mistake more often than an attack, and a user who
/// has a new one must not be shut out by a neighbour who guesses. They count apart, and may fail so many times as often.
const UNGUESSABLE: u32 = 10;
/// A minute's worth divided by this may come at once: what a page asks for when it is opened, not what a program can send.
const BURST: u32 = 6;
/// But at least so many requests, where fewer are allowed in a minute all of them: a page of a thousand tweets and more.
const LEAST_BURST: NonZeroU32 = NonZeroU32::new(40).unwrap();
/// So many checks between two clearances; more entries than that never gather unnoticed.
const CLEARANCE: u32 = 4096;

/// The rates of one server.
pub(crate) struct Rates {
    users: Option<Users>,
    failures: Option<Failures>,
    count_loopback: bool,
    trusted_hops: usize,
    warned: AtomicBool,
    checks: AtomicU32,
}

/// What users have asked for in the last minute.
struct Users {
    counted: DefaultKeyedRateLimiter<UserId>,
    /// The most that counts at once: a request that is worth more is let in where nothing was asked for before.
    burst: NonZeroU32,
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
        let requests = options.requests_per_minute.and_then(NonZeroU32::new);
        let burst = |minute: NonZeroU32| {
            NonZeroU32::new(minute.get() / BURST).unwrap_or(minute).max(LEAST_BURST).min(minute)
        };
        Self {
            users: requests.map(|minute| Users {
                burst: burst(minute),
                counted: RateLimiter::keyed(Quota::per_minute(minute).allow_burst(burst(minute))),
            }),
            failures: options.failed_keys_per_minute.and_then(NonZeroU32::new).map(Failures::new),
            count_loopback: options.rate_limit_loopback,
            trusted_hops: options.trusted_hops,
            warned: AtomicBool::new(false),
            checks: AtomicU32::new(0),
        }
    }

    /// The address of a client. Behind a trusted proxy, one that can't be read or isn't there is that of the connection.
    pub(crate) fn address(&self, request: &ServiceRequest) -> IpAddr {
        let peer = || request.peer_addr().map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
        let is_trusted = self.trusted_hops > 0;
        let forwarded = is_trusted.then(|| forwarded::client(request.headers(), self.trusted_hops));
        if forwarded == Some(None) {
            self.warn_of_nothing_forwarded();
        }
        network(forwarded.flatten().unwrap_or_else(peer).to_canonical())
    }

    /// Whether requests from that address are counted: behind a trusted proxy everybody's are.
    pub(crate) fn are_counted(&self, address: IpAddr) -> bool {
        self.count_loopback || self.trusted_hops > 0 || !is_loopback(address)
    }

    /// Once, since it would be of each request where the proxy isn't set up.
    fn warn_of_nothing_forwarded(&self) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "TWEETTY_TRUST_FORWARDED_FOR, TWEETTY_TRUSTED_HOPS: a request came without an address in X-Forwarded-For or \
                 Forwarded that can be read; such requests count under the address of the proxy, let it send one"
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

    /// That user sends one more request, which counts as so many.
    pub(crate) fn identified(&self, user: UserId, cost: NonZeroU32) -> Result<(), ApiError> {
        self.clear_now_and_then();
        let Some(Users { counted, burst }) = &self.users else { return Ok(()) };
        // Within the burst there is always enough at some time.
        let Ok(outcome) = counted.check_key_n(&user, cost.min(*burst)) else { return Ok(()) };
        outcome.map_err(|refusal| limited(refusal.wait_time_from(DefaultClock::default().now())))
    }

    /// Forgets callers that have been quiet, so that memory follows the callers of the last minutes.
    fn clear_now_and_then(&self) {
        if self.checks.fetch_add(1, Ordering::Relaxed) % CLEARANCE != CLEARANCE - 1 {
            return;
        }
        if let Some(users) = &self.users {
            users.counted.retain_recent();
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

/// Whether it is this machine's, once only its network is left of it.
fn is_loopback(address: IpAddr) -> bool {
    address.is_loopback() || address == network(Ipv6Addr::LOCALHOST.into())
}

/// An IPv6 customer has a whole /64 to themselves.
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

    const ONE: NonZeroU32 = NonZeroU32::MIN;

    impl Rates {
        /// The address that counts, where this caller's requests do.
        fn counted(&self, request: &ServiceRequest) -> Option<IpAddr> {
            Some(self.address(request)).filter(|address| self.are_counted(*address))
        }
    }

    fn rates(options: Options) -> Rates {
        Rates::new(&Options { requests_per_minute: Some(2), failed_keys_per_minute: Some(2), ..options })
    }

    #[test]
    fn a_user_who_asks_too_often_is_told_when_to_come_back() {
        let rates = rates(Options::default());
        let (ann, bob) = (UserId::stored(1), UserId::stored(2));
        assert!(rates.identified(ann, ONE).is_ok() && rates.identified(ann, ONE).is_ok());
        let refused = rates.identified(ann, ONE).unwrap_err().respond(None);
        assert_eq!(refused.status(), 429);
        let wait = refused.headers().get("retry-after").unwrap().to_str().unwrap().parse::<u64>().unwrap();
        assert!((1..=31).contains(&wait), "{wait}");
        assert!(rates.identified(bob, ONE).is_ok(), "others are not slowed down");
    }

    #[test]
    fn a_sixth_of_a_minutes_worth_may_come_at_once_and_dear_requests_count_more() {
        let rates = Rates::new(&Options::default());
        let (ann, bob) = (UserId::stored(1), UserId::stored(2));
        let at_once = |user, cost| {
            let cost = NonZeroU32::new(cost).unwrap();
            (0..1_000).take_while(|_| rates.identified(user, cost).is_ok()).count()
        };
        // A request or two more come in while they are counted.
        assert!((100..110).contains(&at_once(ann, 1)));
        assert_eq!(at_once(bob, 11), 9);
        assert_eq!(at_once(UserId::stored(3), 1_000), 1, "the dearest is let in, alone");
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

    /// What counts of a request from this machine with that header, where the proxy is trusted or not.
    fn behind_a_proxy(trusted: bool, forwarded: Option<&'static str>) -> Option<IpAddr> {
        let local = TestRequest::default().peer_addr("127.0.0.1:5".parse().unwrap());
        let request = match forwarded {
            Some(entry) => local.insert_header(("x-forwarded-for", HeaderValue::from_static(entry))),
            None => local,
        };
        rates(Options { trusted_hops: usize::from(trusted), ..Options::default() })
            .counted(&request.to_srv_request())
    }

    #[test]
    fn a_forwarded_address_counts_only_where_the_proxy_is_trusted() {
        let entries = Some("203.0.113.9, 192.0.2.7");
        assert_eq!(behind_a_proxy(false, entries), None);
        assert_eq!(behind_a_proxy(true, entries), Some(IpAddr::from([192, 0, 2, 7])));
        assert_eq!(behind_a_proxy(true, Some("[2001:db8::1]:443")), Some("2001:db8::".parse().unwrap()));
        assert_eq!(behind_a_proxy(true, Some("::ffff:192.0.2.7")), Some(IpAddr::from([192, 0, 2, 7])));
    }

    #[test]
    fn behind_a_trusted_proxy_nobody_is_exempt_whatever_was_forwarded() {
        let proxy = Some(IpAddr::from([127, 0, 0, 1]));
        for unreadable in [None, Some(""), Some("unknown"), Some("203.0.113.2,")] {
            assert_eq!(behind_a_proxy(true, unreadable), proxy, "{unreadable:?}");
        }
        for entry in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "[::1]:443"] {
            assert!(behind_a_proxy(true, Some(entry)).is_some(), "{entry}");
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
