//! The address of a client behind trusted proxies: what `X-Forwarded-For` or `Forwarded` (RFC 7239) say of it, in all forms
//! in which gateways write it.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client that so many trusted proxies passed on, each of which added an entry; `None` where that can't
/// be read. Where both headers are there they must agree: one of them may be the client's own.
pub(crate) fn client(headers: &HeaderMap, hops: usize) -> Option<IpAddr> {
    let listed = headers.contains_key(X_FORWARDED_FOR).then(|| {
        let entries = elements(headers, &X_FORWARDED_FOR)?;
        address(entries.get(entries.len().checked_sub(hops)?)?)
    });
    let described = headers.contains_key(FORWARDED).then(|| {
        let entries = elements(headers, &FORWARDED)?;
        let entry = entries.get(entries.len().checked_sub(hops)?)?;
        let pairs = split(entry, b';').into_iter().filter_map(|pair| pair.split_once('='));
        let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
        match (named.next(), named.next()) {
            (Some((_, node)), None) => address(node),
            _ => None,
        }
    });
    match (listed, described) {
        (Some(address), None) | (None, Some(address)) => address,
        (Some(one), Some(other)) => one.filter(|one| other == Some(*one)),
        (None, None) => None,
    }
}

/// The entries of all headers of that name, in their order.
fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Vec<&'a str>> {
    let mut elements = Vec::new();
    for value in headers.get_all(name) {
        elements.extend(split(value.to_str().ok()?, b','));
    }
    Some(elements)
}

/// The parts of a text between those separators, of which none within quotes is one.
fn split(text: &str, separator: u8) -> Vec<&str> {
    let (mut parts, mut from, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if byte == separator && !quoted => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// An address, with or without quotes, brackets, a port and a zone.
fn address(node: &str) -> Option<IpAddr> {
    let node = node.trim();
    let node = node.strip_prefix('"').map_or(Some(node), |rest| rest.strip_suffix('"'))?;
    let (host, port) = match node.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => match node.split_once(':') {
            // More than one colon: IPv6 without brackets, where a port could not be distinguished.
            Some((_, rest)) if rest.contains(':') => (node, ""),
            Some((host, _)) => (host, &node[host.len()..]),
            None => (node, ""),
        },
    };
    let has_port = port.is_empty() || format!("0.0.0.0{port}").parse::<SocketAddr>().is_ok();
    let host = host.split_once('%').map_or(host, |(host, _)| host);
    let address = host.parse::<IpAddr>().ok().filter(|_| has_port)?;
    let is_bracketed = node.starts_with('[');
    (!is_bracketed || address.is_ipv6()).then_some(address)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn client_of(headers: &[(&'static str, &[u8])], hops: usize) -> Option<String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap());
        }
        client(&map, hops).map(|address| address.to_string())
    }

    #[test]
    fn an_address_is_read_in_every_form_in_which_gateways_write_it() {
        for (entry, address) in [
            ("203.0.113.2", "203.0.113.2"),
            (" 203.0.113.2:4711 ", "203.0.113.2"),
            ("\"203.0.113.2\"", "203.0.113.2"),
            ("\"203.0.113.2:4711\"", "203.0.113.2"),
            ("198.51.100.1,203.0.113.2:4711", "203.0.113.2"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("\"2001:db8::1\"", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%25eth0]:443", "fe80::1"),
            ("::ffff:203.0.113.2", "::ffff:203.0.113.2"),
            ("[::ffff:203.0.113.2]:443", "::ffff:203.0.113.2"),
            ("unknown, 203.0.113.2", "203.0.113.2"),
        ] {
            let listed = client_of(&[("x-forwarded-for", entry.as_bytes())], 1);
            assert_eq!(listed.as_deref(), Some(address), "{entry:?}");
            let described = entry.rsplit(',').next().unwrap().trim();
            let described = format!("for=192.0.2.1;proto=http, by=\"a,b\\\";c\";For={described};proto=https");
            let described = client_of(&[("forwarded", described.as_bytes())], 1);
            assert_eq!(described.as_deref(), Some(address), "{entry:?}");
        }
    }

    #[test]
    fn what_names_no_address_is_not_guessed_at() {
        for entry in [
            &b""[..],
            b" ",
            b"203.0.113.2,",
            b"\"203.0.113.2",
            b"203.0.113.2\"",
            b"unknown",
            b"_hidden",
            b"unix:",
            b"203.0.113.2:99999",
            b"203.0.113.2:",
            b"203.0.113.2:_port",
            b"203.0.113.2.1",
            b"203.0.113.2 192.0.2.7",
            b"[2001:db8::1",
            b"[2001:db8::1]443",
            b"[203.0.113.2]",
            b"[]",
            b"\xff",
        ] {
            let shown = String::from_utf8_lossy(entry);
            assert_eq!(client_of(&[("x-forwarded-for", entry)], 1), None, "{shown:?}");
            let lines = [("x-forwarded-for", &b"203.0.113.2"[..]), ("x-forwarded-for", entry)];
            assert_eq!(client_of(&lines, 1), None, "the last one decides: {shown:?}");
            assert_eq!(client_of(&[("forwarded", &[b"for=", entry].concat())], 1), None, "{shown:?}");
        }
        for described in ["proto=https", "for=203.0.113.2;for=203.0.113.3", "203.0.113.2", "for"] {
            assert_eq!(client_of(&[("forwarded", described.as_bytes())], 1), None, "{described}");
        }
    }

    #[test]
    fn each_trusted_proxy_has_added_an_entry() {
        let lines: [(&str, &[u8]); 2] =
            [("x-forwarded-for", b"192.0.2.66, 203.0.113.2"), ("x-forwarded-for", b"10.0.0.1:80,10.0.0.2")];
        let behind = |hops| client_of(&lines, hops);
        assert_eq!(behind(1).as_deref(), Some("10.0.0.2"));
        assert_eq!(behind(3).as_deref(), Some("203.0.113.2"));
        assert_eq!(behind(5), None, "a request that did not come through all of them");
    }

    #[test]
    fn a_second_header_that_says_something_else_is_believed_as_little_as_the_first() {
        let both = |other: &'static str| {
            client_of(&[("x-forwarded-for", b"203.0.113.2"), ("forwarded", other.as_bytes())], 1)
        };
        assert_eq!(both("for=\"203.0.113.2:80\"").as_deref(), Some("203.0.113.2"));
        assert_eq!((both("for=203.0.113.3"), both("for=unknown")), (None, None));
    }
}
