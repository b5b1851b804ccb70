//! Paths, methods, parameters and heads that no client of good will sends.

use crate::blog::Blog;
use crate::support::Store;

on_both_stores!(
    an_id_that_is_no_positive_64_bit_integer_is_not_acceptable,
    an_unknown_route_is_not_found_for_everybody,
    a_wrong_method_is_told_which_ones_are_allowed,
    parameters_of_every_list_are_looked_at,
    a_head_that_is_no_http_harms_nobody,
    head_answers_as_get_without_a_body,
);

async fn an_id_that_is_no_positive_64_bit_integer_is_not_acceptable(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let bad = [
        "0",
        "-1",
        "-0",
        "+1",
        "abc",
        "1.5",
        "1e3",
        "0x1",
        "1%20",
        "%201",
        "%00",
        "1%00",
        "%ff",
        "%",
        "%zz",
        "9223372036854775808",
        "-9223372036854775808",
        "99999999999999999999999999999999",
        "null",
        "NaN",
        "1,2",
        "%D9%A1",
        "ME",
        "1;2",
        "1%2f2",
        "..%2f1",
        "{id}",
        "%7Bid%7D",
        "1'--",
        "true",
    ];
    for (method, template) in [
        ("GET", "/api/tweets/{}"),
        ("DELETE", "/api/tweets/{}"),
        ("GET", "/api/tweets/{}/likes"),
        ("POST", "/api/tweets/{}/likes"),
        ("DELETE", "/api/tweets/{}/likes"),
        ("GET", "/api/users/{}"),
        ("GET", "/api/users/{}/tweets"),
        ("GET", "/api/users/{}/followers"),
        ("GET", "/api/users/{}/following"),
        ("POST", "/api/users/{}/follow"),
        ("DELETE", "/api/users/{}/follow"),
    ] {
        let key = ("api-key", ann.key().as_bytes());
        for id in bad {
            let path = template.replace("{}", id);
            let answer = ann.send_head(method, &path, &[key, ("content-length", b"0")]).await;
            // What does not follow the form of a URL at all is refused by the parser of the library or as unknown.
            let expected: &[u16] = if id.contains(['%', '{', '\'']) { &[422, 404, 400] } else { &[422] };
            assert!(expected.contains(&answer.status), "{method} {path}: {answer}");
        }
        for id in ["9223372036854775807", "9007199254740993", "000000000000000999999"] {
            let answer = ann.call(method, &template.replace("{}", id)).send().await;
            assert_eq!(answer.status, 404, "{method} {id}: {answer}");
        }
    }
}

async fn an_unknown_route_is_not_found_for_everybody(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for path in [
        "/nowhere",
        "/api",
        "/api/",
        "/api/nowhere",
        "/api/tweets//",
        "/api/tweets/1//",
        "/api/tweets/1/likes/2",
        "/api/users/1/nothing",
        "/api/users/me//follow",
        "/API/tweets",
        "/api//tweets",
        "/api/medias/1",
        "/health",
        "/health/",
        "/assets/",
        "/.env",
        "/openapi.yaml",
        "/docs//",
        "/index.php",
        "/api/v1/tweets",
        "/%00",
        "/\u{444}",
        "/a%20b?c=%ff",
    ] {
        for method in ["GET", "POST", "DELETE", "PUT"] {
            ann.call(method, path).send().await.fails(404);
        }
        let answer = blog.nobody.get(path).await;
        assert!([401, 404].contains(&answer.status), "{path}: {answer}");
    }
}

async fn a_wrong_method_is_told_which_ones_are_allowed(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let operations = ann.document.operations();
    let mut wrong = 0;
    for template in operations.keys().map(|(_, template)| template) {
        let path = template.replace("{id}", "1").replace("{name}", "x.png");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"] {
            if !operations.contains_key(&(method.to_owned(), template.clone())) {
                // The header `Allow` is compared with the document for every answer.
                ann.call(method, &path).send().await.fails(405);
                wrong += 1;
            }
        }
    }
    assert!(wrong > 80, "{wrong}");
    for path in ["/", "/docs", "/openapi.json"] {
        let allowed = ann.call("POST", path).send().await.has(405).allowed_methods();
        assert_eq!(allowed.into_iter().collect::<Vec<_>>(), ["GET"], "{path}");
    }
}

async fn parameters_of_every_list_are_looked_at(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let user = format!("/api/users/{}", ann.id);
    let lists = ["/api/tweets", "/api/users", &format!("{user}/tweets"), &format!("{user}/followers")];
    let likers = format!("/api/tweets/{}/likes", ann.publish("x").await);
    for path in lists.into_iter().chain([format!("{user}/following").as_str(), &likers]) {
        for query in [
            "limit=0",
            "limit=1001",
            "limit=-5",
            "limit=abc",
            "limit=1.0",
            "limit=9223372036854775808",
            "limit=1e3",
            "limit=%00",
            "limit=0x10",
            "limit=+",
            "limit=1%20",
            "cursor=garbage",
            "cursor=%00",
            "cursor=%ff",
            "cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "cursor=../../x",
            "limit=5&cursor=null",
        ] {
            ann.get(&format!("{path}?{query}")).await.fails(422);
        }
        for query in [
            "",
            "limit=",
            "limit",
            "cursor=",
            "limit=&cursor=",
            "limit=1000",
            "limit=001",
            "&&=&%ff=1",
            "x=%00",
        ] {
            ann.get(&format!("{path}?{query}")).await.succeeds(200);
        }
    }
    for query in ["sort=Recent", "sort=%00", "sort=likes"] {
        ann.get(&format!("{user}/tweets?{query}")).await.fails(422);
    }
}

async fn a_head_that_is_no_http_harms_nobody(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let long =
        [b"GET /".as_slice(), &vec![b'a'; 300_000], b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]
            .concat();
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}\r\n", "A: b\r\n".repeat(3000));
    let requests: [&[u8]; 14] = [
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nbroken header\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"\0\0\0\0\x16\x03\x01\x02\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        &long,
        many.as_bytes(),
    ];
    for request in requests {
        let sent = tokio::time::timeout(std::time::Duration::from_secs(1), ann.send_bytes(request)).await;
        // Some heads have no end: they wait until the service loses its patience.
        if let Ok(Some(answer)) = sent {
            let what = String::from_utf8_lossy(&request[..request.len().min(60)]).into_owned();
            assert!((400..500).contains(&answer.status), "{what:?}: {answer}");
        }
    }
    ann.get("/api/users/me").await.succeeds(200);
}

async fn head_answers_as_get_without_a_body(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for path in ["/", "/docs", "/openapi.json", "/api/users/me", "/api/tweets", "/health/live", "/api/limits"]
    {
        let head = ann.call("HEAD", path).send().await.has(200);
        assert!(head.body.is_empty(), "{path}");
        assert_eq!(head.header("content-type"), ann.get(path).await.header("content-type"), "{path}");
    }
    ann.call("HEAD", "/api/tweets/999999").send().await.has(404);
    blog.nobody.call("HEAD", "/api/tweets").send().await.has(401);
}
