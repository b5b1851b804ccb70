//! Smaller copies of images: what is shown of them, how they are served, and that they go with their image.

use image::ImageFormat;
use serde_json::{Value, json};

use crate::blog::Blog;
use crate::client::Person;
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    an_image_is_shown_with_its_smaller_copies,
    a_smaller_copy_is_served_as_its_image_is,
    an_animation_has_a_picture_that_stands_still,
    smaller_copies_are_absolute_where_a_public_url_is_configured,
    smaller_copies_go_with_their_tweet,
);

/// What is shown of the one image of a new tweet of theirs, and the id of the tweet.
async fn shown(ann: &Person, upload: Vec<u8>) -> (i64, Value) {
    let id = ann.publish_with("look", &[ann.picture(upload).await]).await;
    let mut tweet = ann.see(id).await;
    (id, tweet["media"][0].take())
}

fn wide() -> Vec<u8> {
    pictures::image_of(ImageFormat::Jpeg, 1600, 800)
}

async fn an_image_is_shown_with_its_smaller_copies(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let (_, image) = shown(&ann, wide()).await;
    let stem = image["url"].as_str().unwrap().strip_suffix(".jpg").unwrap().to_owned();
    let copy = |width: u32| {
        let (url, height) = (format!("{stem}-{width}.jpg"), width / 2);
        json!({"url": url, "width": width, "height": height, "type": "image/jpeg"})
    };
    assert_eq!(image["variants"], json!([copy(320), copy(640), copy(1280)]));
    for copy in image["variants"].as_array().unwrap() {
        let answer = blog.nobody.get(copy["url"].as_str().unwrap()).await.has(200);
        assert_eq!(answer.header("content-type"), copy["type"].as_str());
        let picture = image::load_from_memory(&answer.body).unwrap();
        assert_eq!(json!([picture.width(), picture.height()]), json!([copy["width"], copy["height"]]));
    }
    let feed = ann.get("/api/tweets").await.succeeds(200);
    assert_eq!(feed["tweets"][0]["media"][0], image);
    let (_, small) = shown(&ann, pictures::png()).await;
    assert_eq!(small["variants"], json!([]), "it is small as it is");
}

async fn a_smaller_copy_is_served_as_its_image_is(store: Store) {
    let blog = Blog::open(store).await;
    let (_, image) = shown(&blog.person("ann").await, wide()).await;
    let url = image["variants"][0]["url"].as_str().unwrap();
    let whole = blog.nobody.get(url).await.has(200);
    for (name, value) in [
        ("cache-control", "public, max-age=31536000, immutable"),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
    ] {
        assert_eq!(whole.header(name), Some(value), "{name}");
    }
    let tag = whole.header("etag").unwrap();
    let original = blog.nobody.get(image["url"].as_str().unwrap()).await.has(200);
    assert_ne!(original.header("etag"), Some(tag));
    blog.nobody.call("GET", url).header("if-none-match", tag).send().await.has(304);
    let part = blog.nobody.call("GET", url).header("range", "bytes=10-19").send().await.has(206);
    assert_eq!(part.body, whole.body[10..20]);
    let other = url.replace("-320.", "-321.");
    assert_eq!(blog.nobody.get(&other).await.status, 404);
    assert_eq!(blog.nobody.get(&url.replace("-320.", "-0320.")).await.status, 404);
}

async fn an_animation_has_a_picture_that_stands_still(store: Store) {
    let blog = Blog::open(store).await;
    let (_, image) = shown(&blog.person("ann").await, pictures::animation(800, 400)).await;
    assert_eq!(image["type"], "image/gif");
    let variants = image["variants"].as_array().unwrap();
    assert_eq!(variants.len(), 1, "{image}");
    assert_eq!(variants[0]["still"], true);
    assert_eq!(json!([variants[0]["width"], variants[0]["height"]]), json!([640, 320]));
    let still = blog.nobody.get(variants[0]["url"].as_str().unwrap()).await.has(200);
    assert_ne!(image::guess_format(&still.body).unwrap(), ImageFormat::Gif);
}

async fn smaller_copies_are_absolute_where_a_public_url_is_configured(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_PUBLIC_URL", "https://blog.example/t/")]).await;
    let (_, image) = shown(&blog.person("ann").await, wide()).await;
    for copy in image["variants"].as_array().unwrap() {
        assert!(copy["url"].as_str().unwrap().starts_with("https://blog.example/t/media/"), "{copy}");
    }
}

async fn smaller_copies_go_with_their_tweet(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let (tweet, image) = shown(&ann, wide()).await;
    let urls = image["variants"].as_array().unwrap().iter().map(|copy| copy["url"].as_str().unwrap());
    let urls = urls.chain([image["url"].as_str().unwrap()]).collect::<Vec<_>>();
    for url in &urls {
        blog.nobody.get(url).await.has(200);
    }
    assert!(blog.tweetty(&["check"]).ends_with("all is as it should be\n"));
    ann.delete(&format!("/api/tweets/{tweet}")).await.succeeds(200);
    for url in urls {
        assert_eq!(blog.nobody.get(url).await.status, 404, "{url}");
    }
    assert!(blog.tweetty(&["check"]).ends_with("all is as it should be\n"));
}
