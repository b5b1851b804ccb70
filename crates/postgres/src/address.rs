//! What a database URL says, including what the driver does not know of TLS.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr as _;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// How much a server must prove before anything is sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verification {
    /// Nothing: TLS keeps out those who only listen.
    Nothing,
    /// That an authority signed its certificate.
    Authority,
    /// That, and that the certificate is the host's.
    Full,
}

/// Where the database is and how it is spoken to.
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) config: Config,
    pub(crate) verification: Verification,
    /// The file of root certificates in the place of the system's.
    pub(crate) roots: Option<PathBuf>,
}

impl Address {
    /// Reads a `postgres://` URL; errors leave its password out.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(unreadable("it does not begin with postgres://"));
        }
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut roots, mut others) = (None, None, Vec::new());
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => roots = Some(percent_decoded(value)?),
                _ => others.push(parameter),
            }
        }
        let known =
            if others.is_empty() { place.to_owned() } else { format!("{place}?{}", others.join("&")) };
        let mut config =
            Config::from_str(&known).map_err(|error| unreadable(&tweetty_adapter::with_causes(&error)))?;
        // "system" is how the name of no file asks for the system's roots.
        let roots = roots.filter(|file| file != "system").map(PathBuf::from);
        let (ssl_mode, verification) = match mode {
            Some("disable") => (SslMode::Disable, Verification::Nothing),
            None | Some("prefer" | "allow") => (SslMode::Prefer, Verification::Nothing),
            // A file of roots would be pointless if nothing were verified with it.
            Some("require") if roots.is_some() => (SslMode::Require, Verification::Authority),
            Some("require") => (SslMode::Require, Verification::Nothing),
            Some("verify-ca") => (SslMode::Require, Verification::Authority),
            Some("verify-full") => (SslMode::Require, Verification::Full),
            Some(_) => {
                return Err(unreadable("sslmode is disable, prefer, require, verify-ca or verify-full"));
            }
        };
        let hosts = config.get_hosts();
        let sockets = hosts.iter().all(|host| matches!(host, Host::Unix(_)));
        let by_socket = !hosts.is_empty() && sockets && config.get_hostaddrs().is_empty();
        config.ssl_mode(if by_socket { SslMode::Disable } else { ssl_mode });
        if config.get_application_name().is_none() {
            config.application_name("tweetty");
        }
        Ok(Self { config, verification, roots })
    }

    /// Whether the database is on this machine, by all of the hosts.
    pub(crate) fn is_here(&self) -> bool {
        let addresses = self.config.get_hostaddrs();
        let by_name = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => {
                name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        };
        if addresses.is_empty() {
            self.config.get_hosts().iter().all(by_name)
        } else {
            addresses.iter().all(IpAddr::is_loopback)
        }
    }
}

fn unreadable(why: &str) -> String {
    format!("the database URL can't be used: {why}")
}

fn percent_decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits =
            [rest.next(), rest.next()].map(|digit| char::from(digit.unwrap_or_default()).to_digit(16));
        match digits {
            [Some(high), Some(low)] => bytes.extend(u8::try_from(high * 16 + low)),
            _ => return Err(unreadable("a % must be followed by two hexadecimal digits")),
        }
    }
    String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> Address {
        Address::parse(&format!("postgres://ann:secret@db.example/blog{query}")).unwrap()
    }

    #[test]
    fn each_mode_says_whether_tls_is_a_must_and_what_is_verified() {
        let cases = [
            ("", SslMode::Prefer, Verification::Nothing),
            ("?sslmode=disable", SslMode::Disable, Verification::Nothing),
            ("?sslmode=require", SslMode::Require, Verification::Nothing),
            ("?sslmode=require&sslrootcert=/ca.pem", SslMode::Require, Verification::Authority),
            ("?sslmode=verify-ca", SslMode::Require, Verification::Authority),
            ("?connect_timeout=3&sslmode=verify-full", SslMode::Require, Verification::Full),
        ];
        for (query, mode, verification) in cases {
            let address = parsed(query);
            assert_eq!(
                (address.config.get_ssl_mode(), address.verification),
                (mode, verification),
                "{query}"
            );
        }
    }

    #[test]
    fn a_database_is_on_this_machine_where_all_hosts_of_its_url_are() {
        for (hosts, here) in [
            ("%2Frun%2Fpostgresql", true),
            ("localhost", true),
            ("127.0.0.1:5433", true),
            ("[::1]", true),
            ("localhost,127.0.0.1", true),
            ("db.example", false),
            ("192.0.2.7", false),
            ("localhost,db.example", false),
        ] {
            let address = Address::parse(&format!("postgres://ann@{hosts}/blog")).unwrap();
            assert_eq!(address.is_here(), here, "{hosts}");
        }
        assert!(!parsed("?hostaddr=192.0.2.7").is_here());
        assert!(parsed("?hostaddr=127.0.0.1").is_here());
    }

    #[test]
    fn the_file_of_roots_is_percent_decoded() {
        assert_eq!(parsed("?sslrootcert=%2Fetc%2Fca%20a.pem").roots, Some("/etc/ca a.pem".into()));
        assert_eq!(parsed("?sslrootcert=system").roots, None);
    }

    #[test]
    fn a_unix_socket_is_spoken_to_without_tls() {
        let address = Address::parse("postgresql://ann@%2Frun%2Fpg/blog?sslmode=require").unwrap();
        assert_eq!(address.config.get_ssl_mode(), SslMode::Disable);
        assert_eq!(address.config.get_hosts(), [Host::Unix("/run/pg".into())]);
        let by_number =
            Address::parse("postgres://ann@/blog?hostaddr=192.0.2.1&sslmode=verify-full").unwrap();
        assert_eq!(by_number.config.get_ssl_mode(), SslMode::Require, "an address is no socket");
    }

    #[test]
    fn a_url_that_can_not_be_used_is_refused_without_its_password() {
        for url in [
            "mysql://ann:secret@db/blog",
            "postgres://ann:secret@db/blog?sslmode=maybe",
            "postgres://ann:secret@db/blog?sslrootcert=%zz",
            "postgres://ann:secret@db:port/blog",
            "postgres://ann:secret@db/blog?colour=red",
        ] {
            let Err(error) = Address::parse(url) else { panic!("{url} was accepted") };
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
    }
}
