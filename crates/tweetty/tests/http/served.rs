//! What the service hands to browsers: images, pages, documents; and which other origins may ask.

use std::io::Read as _;

use serde_json::json;

use crate::blog::Blog;
use crate::client::Client;
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    an_image_may_be_kept_forever_and_runs_nothing,
    no_spelling_of_a_path_leads_out_of_the_images,
    attachments_are_absolute_where_a_public_url_is_configured,
    the_limits_are_told_as_they_are_configured,
    a_service_that_works_is_live_and_ready,
    pages_are_served_from_our_own_origin_alone,
    the_page_answers_wherever_one_of_its_views_is,
    a_wrong_address_is_a_page_to_a_browser_and_the_contracts_form_to_programs,
    a_slash_at_the_end_of_an_address_makes_no_difference,
    addresses_of_the_page_from_before_lead_to_where_the_same_is,
    what_the_page_loads_is_kept_forever_under_a_name_of_its_own,
    no_other_origin_may_call_the_api_by_default,
    only_named_origins_may_call_the_api,
    every_answer_is_marked_against_sniffing,
    answers_are_packed_for_whoever_can_unpack_them,
    the_documents_are_not_sent_again_to_whoever_has_them,
);

/// The URL of an image that hangs on a tweet of theirs.
pub(crate) async fn image_url(person: &crate::client::Person) -> String {
    let tweet = person.publish_with("look", &[person.picture(pictures::png()).await]).await;
    person.see(tweet).await["attachments"][0].as_str().unwrap().to_owned()
}

async fn an_image_may_be_kept_forever_and_runs_nothing(store: Store) {
    let blog = Blog::open(store).await;
    let url = image_url(&blog.person("ann").await).await;
    assert!(url.starts_with("/media/") && url.len() > "/media/".len() + 32, "{url} can't be guessed");
    let answer = blog.nobody.get(&url).await.has(200);
    let length = answer.body.len().to_string();
    assert_eq!(answer.header("content-length"), Some(length.as_str()));
    for (name, value) in [
        ("content-type", "image/png"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let tag = answer.header("etag").unwrap();
    for known in [tag.to_owned(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
        let again = blog.nobody.call("GET", &url).header("if-none-match", &known).send().await.has(304);
        assert!(again.body.is_empty());
        assert_eq!(again.header("etag"), Some(tag));
    }
    blog.nobody.call("GET", &url).header("if-none-match", "\"other\"").send().await.has(200);
    let head = blog.nobody.call("HEAD", &url).send().await.has(200);
    assert_eq!(head.header("etag"), Some(tag));
    assert!(head.body.is_empty());
}

async fn no_spelling_of_a_path_leads_out_of_the_images(store: Store) {
    let blog = Blog::open(store).await;
    let url = image_url(&blog.person("ann").await).await;
    let name = url.strip_prefix("/media/").unwrap();
    let (stem, _) = name.split_once('.').unwrap();
    let mut paths = vec![
        format!("/media/{}", name.to_uppercase()),
        format!("/media/{stem}"),
        format!("/media/{stem}.jpg"),
        format!("/media/{name}%00"),
        format!("/media/{name}%20"),
        format!("/media/./{name}"),
        format!("/media/x/../{name}"),
        format!("/media/%2e%2f{name}"),
        format!("/media//{name}"),
        format!("/media/..%2fmedia%2f{name}"),
        format!("//media/{name}"),
        format!("/media/{}.png", "0".repeat(32)),
        "/media//".to_owned(),
        "/media/".to_owned(),
        "/media".to_owned(),
        "/media/.".to_owned(),
        "/media/tweetty.db".to_owned(),
    ];
    for up in
        ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "%252e%252e%252f", "..%c0%af", "....//"]
    {
        paths.push(format!("/media/{}etc/passwd", up.repeat(8)));
        paths.push(format!("/media/{up}tweetty.db"));
        paths.push(format!("/docs/{up}{up}etc/passwd"));
    }
    for path in paths {
        let answer = blog.nobody.send_head("GET", &path, &[]).await;
        assert!([400, 404].contains(&answer.status), "{path}: {answer}");
    }
    assert_eq!(blog.nobody.get(&url).await.has(200).header("content-type"), Some("image/png"));
}

async fn attachments_are_absolute_where_a_public_url_is_configured(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_PUBLIC_URL", "https://blog.example/tweetty/")]).await;
    let ann = blog.person("ann").await;
    let url = image_url(&ann).await;
    let path = url.strip_prefix("https://blog.example/tweetty").unwrap_or_else(|| panic!("{url}"));
    blog.nobody.get(path).await.has(200);
    ann.publish("another").await;
    let page = ann.get("/api/tweets?limit=1").await.has(200);
    let link = page.header("link").unwrap();
    assert!(link.starts_with("<https://blog.example/tweetty/api/tweets?"), "{link}");
    assert!(link.ends_with(">; rel=\"next\""), "{link}");
}

async fn the_limits_are_told_as_they_are_configured(store: Store) {
    let settings =
        [("TWEETTY_TWEET_LENGTH", "99"), ("TWEETTY_UPLOAD_SIZE", "2MiB"), ("TWEETTY_EMBEDDED_LIKERS", "7")];
    let blog = Blog::with(store, &settings).await;
    let limits = blog.nobody.get("/api/limits").await.succeeds(200);
    for (name, value) in [
        ("tweet_length", json!(99)),
        ("upload_bytes", json!(2 * 1024 * 1024)),
        ("embedded_likers", json!(7)),
        ("embedded_people", json!(1000)),
        ("media_sign_in", json!(false)),
        ("page_size", json!(1000)),
        ("deepest_page", json!(1000)),
        ("attachments", json!(10)),
        ("description_length", json!(1500)),
        ("reason_length", json!(280)),
        ("image_pixels", json!(40_000_000)),
        ("image_side", json!(65_535)),
        ("image_frames", json!(500)),
        ("image_memory", json!(256 * 1024 * 1024)),
        ("image_formats", json!(["image/jpeg", "image/png", "image/gif", "image/webp"])),
    ] {
        assert_eq!(limits[name], value, "{name}");
    }
}

async fn a_service_that_works_is_live_and_ready(store: Store) {
    let blog = Blog::open(store).await;
    blog.nobody.get("/health/live").await.succeeds(200);
    blog.nobody.get("/health/ready").await.succeeds(200);
}

async fn pages_are_served_from_our_own_origin_alone(store: Store) {
    let blog = Blog::open(store).await;
    for path in ["/", "/docs"] {
        let answer = blog.nobody.get(path).await.has(200);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        let scripts =
            policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap_or_default();
        assert!(!scripts.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("referrer-policy").is_some());
        let html = answer.text();
        assert!(!html.contains("//"), "{path} names another host");
        assert!(!html.contains("<script>") && !html.contains("onload="), "{path} has scripts of its own");
        for asset in
            html.split(['"', '\'']).filter(|text| text.starts_with("/docs/") || text.starts_with("/assets/"))
        {
            blog.nobody.get(asset).await.has(200);
        }
    }
    let start = blog.nobody.get("/docs/init.js").await.has(200).text();
    assert!(start.contains("/openapi.json") && !start.contains("http"), "{start}");
    let document = blog.nobody.get("/openapi.json").await.has(200);
    assert_eq!(document.header("content-type"), Some("application/json"));
    blog.nobody.get("/docs/nothing").await.fails(404);
}

async fn the_page_answers_wherever_one_of_its_views_is(store: Store) {
    let blog = Blog::open(store).await;
    let page = blog.nobody.get("/").await.has(200);
    let tag = page.header("etag").unwrap().to_owned();
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    for path in
        ["/people", "/settings", "/tweets/7", "/users/3", "/users/3/followers", "/users/3/following?x"]
    {
        assert_eq!(blog.nobody.get(path).await.has(200).text(), page.text(), "{path}");
    }
    let known = blog.nobody.call("GET", "/tweets/9007199254740991").header("if-none-match", &tag);
    let known = known.send().await.has(304);
    assert!(known.body.is_empty() && known.header("content-security-policy").is_some());
    blog.nobody.call("POST", "/people").send().await.fails(405);
}

async fn a_wrong_address_is_a_page_to_a_browser_and_the_contracts_form_to_programs(store: Store) {
    const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let blog = Blog::open(store).await;
    let page = blog.nobody.get("/").await.has(200);
    for path in
        ["/tweets/0", "/tweets/x", "/users/3/likes", "/users/", "/index.html", "/nothing/at/all", "/apis"]
    {
        let call = |method| blog.nobody.call(method, path);
        let shown = call("GET").header("accept", BROWSER).try_send().await.unwrap().has(404);
        assert_eq!(shown.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert_eq!(shown.header("content-security-policy"), page.header("content-security-policy"), "{path}");
        assert_eq!(shown.text(), page.text(), "{path}");
        call("GET").header("accept", "*/*").send().await.fails(404);
        call("GET").send().await.fails(404);
        call("POST").header("accept", BROWSER).send().await.fails(404);
    }
    for path in ["/api", "/api/", "/api/people", "/media/x.png", "/docs/x", "/assets/x.js", "/health/x"] {
        blog.nobody.call("GET", path).header("accept", BROWSER).send().await.fails(404);
    }
}

async fn a_slash_at_the_end_of_an_address_makes_no_difference(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let image = image_url(&ann).await;
    for path in ["/people", "/users/3", "/docs", "/openapi.json", "/health/live", "/api/limits", &image] {
        let with_slash = blog.nobody.get(&format!("{path}/")).await.has(200);
        assert!(with_slash.body == blog.nobody.get(path).await.has(200).body, "{path}");
    }
    let body = json!({"tweet_data": "with a slash"});
    ann.call("POST", "/api/tweets/").json(&body).send().await.succeeds(201);
    let page = ann.get("/api/tweets/?limit=1&sort=recent").await.succeeds(200);
    assert_eq!(page["tweets"][0]["content"], "with a slash");
    blog.nobody.get("/api/tweets/").await.fails(401);
    ann.get("/api/tweets//").await.fails(404);
    ann.call("PUT", "/api/tweets/").send().await.fails(405);
}

async fn addresses_of_the_page_from_before_lead_to_where_the_same_is(store: Store) {
    let blog = Blog::open(store).await;
    for (former, address) in [("/login", "/"), ("/login/", "/"), ("/profile/3", "/users/3")] {
        let answer = blog.nobody.get(former).await.has(302);
        assert_eq!(answer.header("location"), Some(address), "{former}");
    }
    blog.nobody.get("/profile/anna").await.fails(404);
}

async fn what_the_page_loads_is_kept_forever_under_a_name_of_its_own(store: Store) {
    let blog = Blog::open(store).await;
    let page = blog.nobody.get("/").await.has(200).text();
    let assets = page.split('"').filter(|text| text.starts_with("/assets/")).collect::<Vec<_>>();
    let module = assets.iter().find(|asset| asset.ends_with("/app.js")).unwrap();
    let words = module.replace("app.js", "words/ru.json");
    for (asset, kind) in [(*module, "text/javascript; charset=utf-8"), (&*words, "application/json")] {
        for (accepted, encoding) in
            [("gzip, deflate, br", Some("br")), ("gzip", Some("gzip")), ("identity", None)]
        {
            let call = blog.nobody.call("GET", asset).header("accept-encoding", accepted);
            let answer = call.try_send().await.unwrap().has(200);
            assert_eq!(answer.header("content-encoding"), encoding, "{asset}: {accepted}");
            assert_eq!(answer.header("content-type"), Some(kind), "{asset}");
            assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
            assert!(answer.header("vary").unwrap().to_lowercase().contains("accept-encoding"));
        }
    }
    let version = module.split('/').nth(2).unwrap();
    blog.nobody.get(&module.replace(version, "0123456789abcdef")).await.fails(404);
    blog.nobody.get(&module.replace("app.js", "main.js")).await.fails(404);
    blog.nobody.get("/favicon.ico").await.has(200);
}

/// What a browser asks before it lets a page of another origin call the API.
async fn preflight(client: &Client, origin: &str) -> Vec<Option<String>> {
    let call = client.call("OPTIONS", "/api/tweets").header("origin", origin);
    let call = call.header("access-control-request-method", "POST");
    let answer =
        call.header("access-control-request-headers", "api-key,content-type,idempotency-key").send().await;
    let names = ["allow-origin", "allow-methods", "allow-headers", "allow-credentials"];
    names.map(|name| answer.header(&format!("access-control-{name}")).map(str::to_lowercase)).to_vec()
}

async fn no_other_origin_may_call_the_api_by_default(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for origin in ["https://intranet.example", "null", "http://localhost:3000"] {
        assert_eq!(preflight(&ann, origin).await, [None, None, None, None], "{origin}");
        let answer = ann.call("GET", "/api/users/me").header("origin", origin).send().await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
    }
}

async fn only_named_origins_may_call_the_api(store: Store) {
    let origins = [("TWEETTY_CORS_ORIGINS", "https://intranet.example,http://localhost:3000")];
    let blog = Blog::with(store, &origins).await;
    let ann = blog.person("ann").await;
    for origin in ["https://intranet.example", "http://localhost:3000"] {
        let allowed = preflight(&ann, origin).await;
        assert_eq!(allowed[0].as_deref(), Some(origin));
        for method in ["get", "post", "delete"] {
            assert!(allowed[1].as_ref().unwrap().contains(method), "{allowed:?}");
        }
        for header in ["api-key", "content-type", "idempotency-key", "range"] {
            assert!(allowed[2].as_ref().unwrap().contains(header), "{allowed:?}");
        }
        assert_eq!(allowed[3], None, "credentials are never asked for");
        for client in [&ann.client, &blog.nobody] {
            let answer = client.call("GET", "/api/users/me").header("origin", origin).send().await;
            assert_eq!(
                answer.header("access-control-allow-origin"),
                Some(origin),
                "failures can be read too"
            );
        }
    }
    for origin in
        ["https://intranet.example.evil", "https://other.example", "http://intranet.example", "null"]
    {
        assert_eq!(preflight(&ann, origin).await[0], None, "{origin}");
        let answer = ann.call("GET", "/api/users/me").header("origin", origin).send().await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
    }
    ann.get("/api/users/me").await.succeeds(200);
}

async fn every_answer_is_marked_against_sniffing(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for path in [
        "/",
        "/docs",
        "/openapi.json",
        "/api/limits",
        "/api/users/me",
        "/nowhere",
        "/media/x",
        "/api/tweets/0",
    ] {
        let answer = ann.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert!(answer.header("content-security-policy").is_some(), "{path}");
    }
    let answer = ann.get("/api/users/me").await;
    assert_eq!(answer.header("cache-control"), Some("no-store"), "nobody else's cache keeps it");
}

async fn answers_are_packed_for_whoever_can_unpack_them(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for number in 0..20 {
        ann.publish(&format!("much the same text {number}")).await;
    }
    let plain = ann.get("/api/tweets").await.has(200);
    assert_eq!(plain.header("content-encoding"), None);
    for (accepted, encoding) in [("gzip", "gzip"), ("br", "br"), ("gzip, br", "br")] {
        // What is packed can't be held against the document.
        let call = ann.call("GET", "/api/tweets").header("accept-encoding", accepted);
        let packed = call.try_send().await.unwrap().has(200);
        assert_eq!(packed.header("content-encoding"), Some(encoding), "{accepted}");
        assert!(packed.header("vary").unwrap().to_lowercase().contains("accept-encoding"));
        assert!(packed.body.len() * 3 < plain.body.len(), "{accepted}: {}", packed.body.len());
        let mut unpacked = vec![];
        match encoding {
            "gzip" => flate2::read::GzDecoder::new(&*packed.body).read_to_end(&mut unpacked).unwrap(),
            _ => brotli::Decompressor::new(&*packed.body, 4096).read_to_end(&mut unpacked).unwrap(),
        };
        assert_eq!(unpacked, plain.body, "{accepted}");
    }
    let small = ann.call("GET", "/api/users/me").header("accept-encoding", "gzip, br");
    let small = small.try_send().await.unwrap().has(200);
    assert!(small.body.len() <= 1024 && small.header("content-encoding").is_none(), "{small}");
}

async fn the_documents_are_not_sent_again_to_whoever_has_them(store: Store) {
    let blog = Blog::open(store).await;
    for path in ["/openapi.json", "/docs", "/docs/swagger-ui.js"] {
        let get = || blog.nobody.call("GET", path);
        let first = get().try_send().await.unwrap().has(200);
        let tag = first.header("etag").unwrap();
        let again = get().header("if-none-match", tag).try_send().await.unwrap().has(304);
        assert!(again.body.is_empty() && again.header("etag") == Some(tag), "{path}");
        get().header("if-none-match", "\"another\"").try_send().await.unwrap().has(200);
    }
}
