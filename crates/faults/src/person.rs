//! Somebody who calls the service.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tweetty_trial::Result;

/// No answer within this time is none.
const PATIENCE: Duration = Duration::from_mins(1);

/// A user with their key.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) key: String,
    http: Client,
}

/// What they ask for.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: Method,
    path: String,
    once: Option<String>,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    None,
    Json(Value),
    Picture(Arc<[u8]>),
}

/// How a request ended.
#[derive(Debug)]
pub(crate) enum Answer {
    Given(u16, Value),
    /// The connection was refused, broken off, or silent.
    None(&'static str),
}

impl Request {
    fn new(method: Method, path: String) -> Self {
        Self { method, path, once: None, body: Body::None }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path.into())
    }

    pub(crate) fn tweet(text: &str, media: &[i64]) -> Self {
        let body = Body::Json(json!({"tweet_data": text, "tweet_media_ids": media}));
        Self { body, ..Self::new(Method::POST, "/api/tweets".to_owned()) }
    }

    pub(crate) fn upload(picture: &Arc<[u8]>) -> Self {
        let body = Body::Picture(Arc::clone(picture));
        Self { body, ..Self::new(Method::POST, "/api/medias".to_owned()) }
    }

    /// A like made, or taken back.
    pub(crate) fn like(tweet: i64, made: bool) -> Self {
        Self::new(made_or_not(made), format!("/api/tweets/{tweet}/likes"))
    }

    /// A follow made, or taken back.
    pub(crate) fn follow(user: i64, made: bool) -> Self {
        Self::new(made_or_not(made), format!("/api/users/{user}/follow"))
    }

    /// With a name under which it is done once.
    pub(crate) fn once(mut self, name: &str) -> Self {
        self.once = Some(name.to_owned());
        self
    }
}

fn made_or_not(made: bool) -> Method {
    if made { Method::POST } else { Method::DELETE }
}

/// The connections of all people.
pub(crate) fn connections() -> Result<Client> {
    // Features are shared in a build: beside tweetty, a client has to be given whose cryptography it uses.
    rustls::crypto::ring::default_provider().install_default().ok();
    Ok(Client::builder().no_proxy().timeout(PATIENCE).build()?)
}

impl Person {
    pub(crate) fn new(id: i64, key: String, http: Client) -> Self {
        Self { id, key, http }
    }

    /// The same person with connections of their own.
    pub(crate) fn anew(&self) -> Result<Self> {
        Ok(Self { http: connections()?, ..self.clone() })
    }

    /// Sends a request and waits for what becomes of it.
    pub(crate) async fn send(&self, to: SocketAddr, request: &Request) -> Answer {
        let mut call = self.http.request(request.method.clone(), format!("http://{to}{}", request.path));
        call = call.header("api-key", &self.key);
        if let Some(once) = &request.once {
            call = call.header("idempotency-key", once);
        }
        call = match &request.body {
            Body::None => call,
            Body::Json(body) => call.json(body),
            Body::Picture(bytes) => {
                let part = Part::bytes(bytes.to_vec()).file_name("picture.jpg");
                call.multipart(Form::new().part("file", part))
            }
        };
        let ended = |error: &reqwest::Error| match error {
            error if error.is_timeout() => "silent",
            error if error.is_connect() => "refused",
            _ => "broken off",
        };
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error) => return Answer::None(ended(&error)),
        };
        let status = answer.status().as_u16();
        match answer.bytes().await {
            Ok(bytes) => Answer::Given(status, serde_json::from_slice(&bytes).unwrap_or_default()),
            Err(error) => Answer::None(ended(&error)),
        }
    }

    /// Sends a request that must succeed.
    pub(crate) async fn expect(&self, to: SocketAddr, request: &Request) -> Result<Value> {
        match self.send(to, request).await {
            Answer::Given(200..=299, value) => Ok(value),
            other => Err(format!("{} {}: {other:?}", request.method, request.path).into()),
        }
    }

    /// The bytes below a path.
    pub(crate) async fn bytes(&self, to: SocketAddr, path: &str) -> Result<(u16, Vec<u8>)> {
        let answer = self.http.get(format!("http://{to}{path}")).header("api-key", &self.key).send().await?;
        Ok((answer.status().as_u16(), answer.bytes().await?.to_vec()))
    }
}
