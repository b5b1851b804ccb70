//! Bodies that can't be read, or that say what is not acceptable.

use serde_json::json;

use crate::blog::Blog;
use crate::client::Person;
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    a_body_that_is_no_json_is_a_bad_request,
    json_of_the_wrong_shape_is_not_acceptable,
    unknown_fields_are_ignored_and_white_space_does_not_matter,
    a_body_of_another_type_is_unsupported,
    a_body_over_192_kib_is_too_large_also_without_a_declared_length,
    a_form_that_is_broken_is_a_bad_request,
    a_body_where_none_is_expected_is_ignored,
);

async fn post(person: &Person, body: impl Into<Vec<u8>>) -> crate::answer::Answer {
    person.call("POST", "/api/tweets").body("application/json", body).send().await
}

/// Nothing of what was refused was published.
async fn published_nothing(person: &Person) {
    assert_eq!(person.ids("/api/tweets", "tweets").await, [] as [i64; 0]);
}

async fn a_body_that_is_no_json_is_a_bad_request(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let deep = format!(r#"{{"tweet_data": "x", "y": {}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    let bodies: [&[u8]; 22] = [
        b"",
        b" ",
        b"{",
        br#"{"tweet_data": "x""#,
        br#"{"tweet_data": "x"} trailing"#,
        br#"{"tweet_data": "x"}{"tweet_data": "y"}"#,
        br#"{"tweet_data": "x",}"#,
        br"{'tweet_data': 'x'}",
        br#"{tweet_data: "x"}"#,
        br#"{"tweet_data": x}"#,
        br#"{"tweet_data": "x", "y": NaN}"#,
        br#"{"tweet_data": "x", "y": 01}"#,
        br#"{"tweet_data": "x", "tweet_data": "y"}"#,
        br#"{"tweet_data": "x", "tweet_media_ids": [], "tweet_media_ids": []}"#,
        br#"{"tweet_data": "lone \ud800 surrogate"}"#,
        br#"{"tweet_data": "reversed \udc00\ud800 surrogates"}"#,
        b"{\"tweet_data\": \"overlong \xc0\x80\"}",
        b"{\"tweet_data\": \"a surrogate \xed\xa0\x80 in UTF-8\"}",
        b"{\"tweet_data\": \"not UTF-8 \xff\"}",
        b"{\"tweet_data\": \"a raw \n line break\"}",
        b"\xff\xfe{\0}\0",
        deep.as_bytes(),
    ];
    for body in bodies {
        let answer = post(&ann, body).await;
        assert_eq!(answer.status, 400, "{}: {answer}", String::from_utf8_lossy(&body[..body.len().min(80)]));
    }
    published_nothing(&ann).await;
}

async fn json_of_the_wrong_shape_is_not_acceptable(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for body in [
        "null",
        "[]",
        "\"x\"",
        "5",
        "true",
        "{}",
        r#"[{"tweet_data": "x"}]"#,
        r#"{"tweet_data": null}"#,
        r#"{"tweet_data": 5}"#,
        r#"{"tweet_data": true}"#,
        r#"{"tweet_data": ["x"]}"#,
        r#"{"tweet_data": {"x": "y"}}"#,
        r#"{"Tweet_Data": "x"}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": 1}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": "1"}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": {}}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": false}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": ["1"]}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": [null]}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": [[1]]}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": [1.5]}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": [1e3]}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": [1e400]}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": [0]}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": [-0]}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": [-1]}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": [9223372036854775807]}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": [9223372036854775808]}"#,
        r#"{"tweet_data": "x", "tweet_media_ids": [99999999999999999999999999]}"#,
    ] {
        let answer = post(&ann, body).await;
        // A number that no machine holds may count as unreadable as well.
        let refused = answer.status == 422 || (body.contains("1e400") && answer.status == 400);
        assert!(refused, "{body}: {answer}");
    }
    published_nothing(&ann).await;
}

async fn unknown_fields_are_ignored_and_white_space_does_not_matter(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for body in [
        r#"{"tweet_data": "x", "author_id": 999, "id": 1, "likes_count": 7, "created_at": "1999"}"#,
        r#"{"tweet_data": "x", "__proto__": {"admin": true}, "": null, "nested": {"a": [1, {"b": 2.5}]}}"#,
        "\r\n\t {  \"tweet_media_ids\" : [ ] ,\n \"tweet_data\" : \"x\" }  \n",
        r#"{"\u0074weet_data": "\u0078"}"#,
    ] {
        let id = post(&ann, body).await.succeeds(201)["tweet_id"].as_i64().unwrap();
        let tweet = ann.see(id).await;
        assert_eq!(tweet["author"]["id"], ann.id);
        assert_eq!((&tweet["content"], &tweet["likes_count"]), (&json!("x"), &json!(0)));
    }
}

async fn a_body_of_another_type_is_unsupported(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let good = r#"{"tweet_data": "x"}"#;
    for content_type in
        ["text/plain", "text/html", "application/x-www-form-urlencoded", "application/xml", "", "json"]
    {
        let answer = ann.call("POST", "/api/tweets").body(content_type, good).send().await;
        assert_eq!(answer.status, 415, "{content_type:?}: {answer}");
    }
    let packed = ann.call("POST", "/api/tweets").header("content-encoding", "gzip");
    packed.body("application/json", good).send().await.fails(415);
    for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
        ann.call("POST", "/api/tweets").body(content_type, good).send().await.succeeds(201);
    }
    let head =
        format!("POST /api/tweets HTTP/1.1\r\nHost: x\r\nConnection: close\r\napi-key: {}\r\n", ann.key());
    for (body, status) in [(good, 201), ("{", 400), ("[]", 422)] {
        let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        let answer = ann.send_bytes(request.as_bytes()).await.unwrap();
        ann.document.judge("POST", "/api/tweets", &answer);
        assert_eq!(answer.status, status, "{body} without a type: {answer}");
    }
    for content_type in ["application/json", "application/x-www-form-urlencoded", "image/png"] {
        let answer = ann.call("POST", "/api/medias").body(content_type, pictures::png()).send().await;
        assert!([400, 415].contains(&answer.status), "{content_type}: {answer}");
    }
}

async fn a_body_over_192_kib_is_too_large_also_without_a_declared_length(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let body = |length: usize| format!("{{\"tweet_data\": \"x\"}}{}", " ".repeat(length - 19));
    post(&ann, body(192 * 1024)).await.succeeds(201);
    post(&ann, body(192 * 1024 + 1)).await.fails(413);
    post(&ann, json!({"tweet_data": "x".repeat(2_000_000)}).to_string()).await.fails(413);
    let head = format!(
        "POST /api/tweets HTTP/1.1\r\nHost: x\r\nConnection: close\r\napi-key: {}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        ann.key()
    );
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    let answer = ann.send_bytes(format!("{head}{}0\r\n\r\n", chunk.repeat(4)).as_bytes()).await.unwrap();
    ann.document.judge("POST", "/api/tweets", &answer);
    answer.fails(413);
}

async fn a_form_that_is_broken_is_a_bad_request(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let part = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    let whole = [part.as_slice(), &pictures::png(), b"\r\n--b--\r\n"].concat();
    let call =
        |content_type: &str, body: &[u8]| ann.call("POST", "/api/medias").body(content_type, body).send();
    call("multipart/form-data; boundary=b", &whole).await.succeeds(201);
    for (content_type, body) in [
        ("multipart/form-data", whole.as_slice()),
        ("multipart/form-data; boundary=", &whole),
        ("multipart/form-data; boundary=other", &whole),
        ("multipart/mixed; boundary=b", &whole),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"no form at all"),
        ("multipart/form-data; boundary=b", b"--b--\r\n"),
        ("multipart/form-data; boundary=b", &part[..20]),
        ("multipart/form-data; boundary=b", part),
        ("multipart/form-data; boundary=b", &whole[..whole.len() - 8]),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nno head\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nbroken\xff\r\n\r\nx\r\n--b--\r\n"),
        ("application/octet-stream", &whole),
    ] {
        let answer = call(content_type, body).await;
        let start = String::from_utf8_lossy(&body[..body.len().min(90)]).into_owned();
        assert_eq!(answer.status, 400, "{content_type}: {start:?}: {answer}");
    }
    let many = b"--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n".repeat(5000);
    let answer = call("multipart/form-data; boundary=b", &many).await;
    assert!([400, 413].contains(&answer.status), "{answer}");
    ann.picture(pictures::png()).await;
}

async fn a_body_where_none_is_expected_is_ignored(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let tweet = bob.publish("x").await;
    for (path, body) in [
        (format!("/api/tweets/{tweet}/likes"), "{\"user_id\": 999"),
        (format!("/api/users/{}/follow", bob.id), "{}"),
    ] {
        ann.call("POST", &path).body("application/json", body).send().await.succeeds(201);
    }
    let feed = ann.call("GET", "/api/tweets").body("application/json", "{").send().await;
    assert_eq!(feed.succeeds(200)["tweets"][0]["likes"], json!([{"user_id": ann.id, "name": "ann"}]));
}
