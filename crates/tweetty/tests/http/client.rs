//! A client of the service, without a key or with that of a person. Each answer is held against the document.

use std::ops::Deref;
use std::sync::Arc;

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::document::Document;

/// Somebody who calls the service.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    /// Host and port of the service.
    pub(crate) address: String,
    key: Option<String>,
    pub(crate) document: Arc<Document>,
}

impl Client {
    /// Nobody in particular; reads the document first.
    pub(crate) async fn stranger(address: &str) -> Self {
        // The binary brings its own to where it reports errors; a test that builds a client first must name one.
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let http = http.build().unwrap();
        let document = http.get(format!("http://{address}/openapi.json")).send().await.unwrap();
        let document = document.json().await.unwrap();
        Self { http, address: address.to_owned(), key: None, document: Arc::new(Document(document)) }
    }

    /// The same client with a key.
    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self.clone() }
    }

    /// The key, to send it by other means.
    pub(crate) fn key(&self) -> &str {
        self.key.as_deref().unwrap()
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        let parsed = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(parsed, format!("http://{}{path}", self.address));
        if let Some(key) = &self.key {
            request = request.header("api-key", key);
        }
        Call {
            request,
            method: method.to_owned(),
            path: path.to_owned(),
            document: Arc::clone(&self.document),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path).send().await
    }

    /// Posts without a body.
    pub(crate) async fn post(&self, path: &str) -> Answer {
        self.call("POST", path).send().await
    }

    /// Publishes a draft as it stands.
    pub(crate) async fn tweet(&self, draft: Value) -> Answer {
        self.call("POST", "/api/tweets").json(&draft).send().await
    }

    /// Publishes a text; answers the id of the tweet.
    pub(crate) async fn publish(&self, text: &str) -> i64 {
        self.publish_with(text, &[]).await
    }

    /// Publishes a text with images; answers the id of the tweet.
    pub(crate) async fn publish_with(&self, text: &str, media: &[i64]) -> i64 {
        let answer = self.tweet(json!({"tweet_data": text, "tweet_media_ids": media})).await;
        answer.succeeds(201)["tweet_id"].as_i64().unwrap()
    }

    /// Uploads a file under an honest name.
    pub(crate) async fn upload(&self, bytes: Vec<u8>) -> Answer {
        self.call("POST", "/api/medias").file("file", bytes, "picture.png", "image/png").send().await
    }

    /// Uploads an image; answers its id.
    pub(crate) async fn picture(&self, bytes: Vec<u8>) -> i64 {
        self.upload(bytes).await.succeeds(201)["media_id"].as_i64().unwrap()
    }

    /// A tweet as this client sees it.
    pub(crate) async fn see(&self, tweet: i64) -> Value {
        self.get(&format!("/api/tweets/{tweet}")).await.succeeds(200)["tweet"].take()
    }

    pub(crate) async fn like(&self, tweet: i64) -> Answer {
        self.post(&format!("/api/tweets/{tweet}/likes")).await
    }

    pub(crate) async fn follow(&self, user: i64) -> Answer {
        self.post(&format!("/api/users/{user}/follow")).await
    }

    /// The ids of a list's entries: `field` is `tweets`, `users`, …
    pub(crate) async fn ids(&self, path: &str, field: &str) -> Vec<i64> {
        ids(&self.get(path).await.succeeds(200)[field])
    }

    /// The pages of a list, followed by `next_cursor` from the first to the last. `path` contains a query.
    pub(crate) async fn walk(&self, path: &str, field: &str) -> Vec<Vec<i64>> {
        let (mut pages, mut cursor) = (vec![], String::new());
        loop {
            let answer = self.get(&format!("{path}&cursor={cursor}")).await;
            let (link, page) = (answer.header("link").map(str::to_owned), answer.succeeds(200));
            pages.push(ids(&page[field]));
            assert!(pages.len() < 1000, "the walk does not end");
            let Some(next) = page["next_cursor"].as_str() else {
                assert_eq!(link, None, "the last page has no next one");
                return pages;
            };
            assert!(link.unwrap().contains(next), "the header names the next page too");
            next.clone_into(&mut cursor);
        }
    }
}

/// The ids of entries.
pub(crate) fn ids(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|entry| entry["id"].as_i64().unwrap()).collect()
}

/// A user of the service.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) client: Client,
}

impl Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// A request that is being put together.
pub(crate) struct Call {
    request: RequestBuilder,
    method: String,
    path: String,
    document: Arc<Document>,
}

impl Call {
    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.request = self.request.header(name, value.as_ref());
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Any bytes as a body of that type.
    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.request = self.request.header("content-type", content_type).body(body.into());
        self
    }

    /// A form with one file.
    pub(crate) fn file(self, field: &str, bytes: Vec<u8>, name: &str, media_type: &str) -> Self {
        let part = Part::bytes(bytes).file_name(name.to_owned()).mime_str(media_type).unwrap();
        self.form(Form::new().part(field.to_owned(), part))
    }

    pub(crate) fn form(mut self, form: Form) -> Self {
        self.request = self.request.multipart(form);
        self
    }

    /// Sends it; fails the test where the connection breaks or the document does not know such an answer.
    pub(crate) async fn send(self) -> Answer {
        let answer = self.request.send().await.unwrap_or_else(|error| panic!("{}: {error}", self.path));
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.bytes().await.unwrap().to_vec();
        let answer = Answer { status, headers, body };
        self.document.judge(&self.method, &self.path, &answer);
        answer
    }

    /// Sends it; nothing where the connection breaks, as when the service dies.
    pub(crate) async fn try_send(self) -> Option<Answer> {
        let answer = self.request.send().await.ok()?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Some(Answer { status, headers, body: answer.bytes().await.ok()?.to_vec() })
    }
}
