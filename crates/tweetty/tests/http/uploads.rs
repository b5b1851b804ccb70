//! Uploading images: what is accepted, what is refused and how early, and what of a file is never served.

use std::time::Duration;

use image::ImageFormat;
use reqwest::multipart::{Form, Part};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use crate::blog::Blog;
use crate::client::Person;
use crate::pictures::{self, FORMATS, SECRET};
use crate::raw;
use crate::support::Store;

on_both_stores!(
    every_format_is_known_by_its_content_whatever_its_name_says,
    what_a_part_of_a_form_declares_never_decides,
    what_is_no_image_of_the_four_formats_is_unsupported,
    pictures_of_phones_are_refused_with_what_to_do_about_it,
    an_image_that_cannot_be_decoded_is_not_acceptable,
    an_image_that_would_take_too_much_is_not_acceptable,
    a_form_without_the_field_is_a_bad_request_and_an_empty_file_is_not_acceptable,
    the_largest_upload_is_accepted_and_a_byte_more_is_not,
    an_endless_upload_is_refused_while_it_is_read,
    several_uploads_at_once_all_succeed,
    what_a_file_hides_is_never_served,
    an_upload_belongs_to_nobody_until_it_is_attached,
);

/// The bytes that are served for an upload of theirs, and their media type.
async fn served(person: &Person, upload: Vec<u8>) -> (Vec<u8>, String) {
    let tweet = person.publish_with("look", &[person.picture(upload).await]).await;
    let url = person.see(tweet).await["attachments"][0].as_str().unwrap().to_owned();
    let answer = person.get(&url).await.has(200);
    let media_type = answer.header("content-type").unwrap().to_owned();
    (answer.body, media_type)
}

async fn every_format_is_known_by_its_content_whatever_its_name_says(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let lies = [
        ("a.svg", "image/svg+xml"),
        ("../../etc/passwd", "text/html"),
        ("", "image/gif"),
        ("a\"b.exe", "x/y"),
    ];
    for ((format, media_type), (name, claimed)) in FORMATS.into_iter().zip(lies) {
        let call = ann.call("POST", "/api/medias");
        let answer = call.file("file", pictures::image_of(format, 31, 17), name, claimed).send().await;
        let media = answer.succeeds(201)["media_id"].as_i64().unwrap();
        let tweet = ann.see(ann.publish_with("look", &[media]).await).await;
        let url = tweet["attachments"][0].as_str().unwrap();
        let known = json!([{
            "id": media, "url": url, "width": 31, "height": 17, "type": media_type, "description": null,
            "variants": []
        }]);
        assert_eq!(tweet["media"], known, "a client can make room for the picture before it comes");
        let answer = blog.nobody.get(url).await.has(200);
        assert_eq!(answer.header("content-type"), Some(media_type));
        assert_eq!(image::guess_format(&answer.body).unwrap(), format);
        let image = image::load_from_memory(&answer.body).unwrap();
        assert_eq!((image.width(), image.height()), (31, 17));
    }
}

async fn what_a_part_of_a_form_declares_never_decides(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for declared in [
        "Content-Type: multipart/form-data",
        "Content-Type: multipart/mixed; boundary=b",
        "Content-Type: no / type ; at = all =",
        "Content-Type: \u{e9}",
        "Content-Type: ",
        "Content-Length: 3",
        "Content-Transfer-Encoding: base64",
    ] {
        for (before, behind) in [(declared, "X: y"), ("X: y", declared)] {
            let head = format!(
                "--b\r\n{before}\r\nContent-Disposition: form-data; name=\"file\"\r\n{behind}\r\n\r\n"
            );
            let body = [head.as_bytes(), &pictures::png(), b"\r\n--b--\r\n"].concat();
            let answer =
                ann.call("POST", "/api/medias").body("multipart/form-data; boundary=b", body).send().await;
            assert_eq!(answer.status, 201, "{declared}: {answer}");
        }
    }
}

async fn what_is_no_image_of_the_four_formats_is_unsupported(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for (name, media_type, bytes) in pictures::strangers() {
        let answer = ann.call("POST", "/api/medias").file("file", bytes, name, media_type).send().await;
        answer.fails(415);
    }
}

async fn pictures_of_phones_are_refused_with_what_to_do_about_it(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let heic = b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf".to_vec();
    let avif = b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B".to_vec();
    for (bytes, words) in [(heic, ["HEIC", "JPEG", "Most Compatible"]), (avif, ["AVIF", "JPEG", "export"])] {
        let message = ann.upload(bytes).await.fails(415);
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    }
}

async fn an_image_that_cannot_be_decoded_is_not_acceptable(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for (what, bytes) in pictures::broken() {
        let answer = ann.upload(bytes).await;
        assert_eq!(answer.status, 422, "{what}: {answer}");
        if what.contains(" of image/") {
            let expected =
                "file: the image is cut off, its last part is missing; upload the whole file again";
            assert_eq!(answer.fails(422), expected, "{what}");
        }
    }
    let wide = ann.upload(pictures::image_of(ImageFormat::Png, 65_536, 1)).await;
    assert_eq!(wide.fails(422), "file: the image has a side of more than 65535 pixels");
}

async fn an_image_that_would_take_too_much_is_not_acceptable(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for (what, bytes) in pictures::bombs() {
        let begun = tokio::time::Instant::now();
        let answer = ann.upload(bytes).await;
        assert_eq!(answer.status, 422, "{what}: {answer}");
        assert!(begun.elapsed().as_secs() < 10, "{what}");
    }
    let blog = Blog::with(store, &[("TWEETTY_IMAGE_PIXELS", "100")]).await;
    let ann = blog.person("ann").await;
    ann.picture(pictures::image_of(ImageFormat::Png, 10, 10)).await;
    ann.upload(pictures::image_of(ImageFormat::Png, 101, 1)).await.fails(422);
}

async fn a_form_without_the_field_is_a_bad_request_and_an_empty_file_is_not_acceptable(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let send = async |form| ann.call("POST", "/api/medias").form(form).send().await;
    send(Form::new().part("files", Part::bytes(pictures::png()).file_name("a.png"))).await.fails(400);
    send(Form::new().text("note", "no file at all")).await.fails(400);
    send(Form::new().part("file", Part::bytes(vec![]).file_name("a.png"))).await.fails(422);
    send(Form::new().text("note", "first").part("file", Part::bytes(pictures::png()).file_name("a.png")))
        .await
        .succeeds(201);
}

async fn the_largest_upload_is_accepted_and_a_byte_more_is_not(store: Store) {
    let picture = pictures::image_of(ImageFormat::Png, 40, 40);
    let limit = picture.len().to_string();
    let blog = Blog::with(store, &[("TWEETTY_UPLOAD_SIZE", &limit)]).await;
    let ann = blog.person("ann").await;
    ann.picture(picture.clone()).await;
    let message = ann.upload([picture, vec![0]].concat()).await.fails(413);
    assert!(message.contains(&limit), "{message}");
}

async fn an_endless_upload_is_refused_while_it_is_read(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let part =
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\x89PNG\r\n\x1a\n";
    let beginning = [part.as_slice(), &vec![7; 11 * 1024 * 1024]].concat();
    let chunk = [format!("{:x}\r\n", beginning.len()).as_bytes(), &beginning, b"\r\n"].concat();
    for (framing, sent) in [("Content-Length: 1000000000", beginning), ("Transfer-Encoding: chunked", chunk)]
    {
        let mut stream = ann.connect().await;
        let head = format!(
            "POST /api/medias HTTP/1.1\r\nHost: x\r\nConnection: close\r\napi-key: {}\r\n{framing}\r\n\
             Content-Type: multipart/form-data; boundary=b\r\n\r\n",
            ann.key()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&sent).await.unwrap();
        // 11 MiB are there, the rest does not come: who answers now has not waited for it.
        let receiving = tokio::time::timeout(Duration::from_secs(10), raw::receive(&mut stream)).await;
        let answer = receiving.expect("the answer does not wait for the end");
        let answer = answer.unwrap_or_else(|| panic!("{framing}: no answer"));
        ann.document.judge("POST", "/api/medias", &answer);
        answer.fails(413);
    }
    ann.picture(pictures::png()).await;
}

async fn several_uploads_at_once_all_succeed(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let mut uploads = tokio::task::JoinSet::new();
    for number in 0..10 {
        let ann = ann.clone();
        uploads.spawn(async move { ann.picture(pictures::image_of(FORMATS[number % 4].0, 60, 40)).await });
    }
    let mut media = uploads.join_all().await;
    media.sort_unstable();
    media.dedup();
    assert_eq!(media.len(), 10);
    let tweet = ann.see(ann.publish_with("all", &media).await).await;
    for url in tweet["attachments"].as_array().unwrap() {
        blog.nobody.get(url.as_str().unwrap()).await.has(200);
    }
}

async fn what_a_file_hides_is_never_served(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let jpeg = pictures::jpeg_with_secrets(40, 20);
    for upload in [jpeg, pictures::png_with_secrets(), pictures::gif_with_secrets()] {
        let holds = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(holds(&upload));
        let (bytes, media_type) = served(&ann, upload).await;
        assert!(!holds(&bytes), "{media_type}");
        assert!(!bytes.windows(4).any(|window| window == b"Exif" || window == b"<scr"), "{media_type}");
        let image = image::load_from_memory(&bytes).unwrap();
        let expected = if media_type == "image/jpeg" { (20, 40) } else { (24, 16) };
        assert_eq!((image.width(), image.height()), expected, "{media_type}: turned as its EXIF says");
    }
    let moving = pictures::gif_of(3, 5, 5);
    let (bytes, _) = served(&ann, moving).await;
    let decoder = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(image::AnimationDecoder::into_frames(decoder).count(), 3, "an animation still moves");
}

async fn an_upload_belongs_to_nobody_until_it_is_attached(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let media = ann.picture(pictures::png()).await;
    assert_eq!(ann.ids("/api/tweets?scope=all", "tweets").await, [] as [i64; 0]);
    let draft = serde_json::json!({"tweet_data": "hers", "tweet_media_ids": [media]});
    bob.tweet(draft).await.fails(422);
    ann.publish_with("mine", &[media]).await;
}
