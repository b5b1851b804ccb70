//! What the service is called from outside: its public URL, and the web pages that may call it.

use std::str::FromStr;

use url::Url;

/// The prefix that makes attachment URLs absolute, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicUrl(pub(crate) String);

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = web_url(text)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(
                "a prefix has neither '?' nor '#'; write it such as https://tweetty.example.com".to_owned()
            );
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

/// The origin of a web page on another host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CorsOrigin(pub(crate) String);

impl FromStr for CorsOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "*" {
            return Err("not every page may call the API; name the origins one by one".to_owned());
        }
        let url = web_url(text)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(
                "an origin is only scheme, host and port, such as https://intranet.example.com".to_owned()
            );
        }
        Ok(Self(url.origin().ascii_serialization()))
    }
}

fn web_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text)
        .map_err(|problem| format!("{problem}; write it such as https://tweetty.example.com"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("the scheme {:?} is neither http nor https", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("neither user nor password belong here".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_a_prefix_without_a_slash_at_its_end() {
        for (text, prefix) in [
            ("https://tweetty.example.com", "https://tweetty.example.com"),
            ("http://intranet:8080/tweetty/", "http://intranet:8080/tweetty"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().0, prefix);
        }
        for text in [
            "",
            "tweetty.example.com",
            "ftp://x",
            "https://",
            "https://x/?a",
            "https://x/#a",
            "https://u:p@x",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_origin_is_what_browsers_send() {
        for (text, origin) in [
            ("https://Intranet.example.com/", "https://intranet.example.com"),
            (" http://localhost:3000", "http://localhost:3000"),
            ("https://x:443", "https://x"),
        ] {
            assert_eq!(text.parse::<CorsOrigin>().unwrap().0, origin);
        }
        for text in ["*", "null", "localhost:3000", "https://x/path", "https://x?y"] {
            assert!(text.parse::<CorsOrigin>().is_err(), "{text}");
        }
    }
}
