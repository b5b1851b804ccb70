//! Parts of images: a download that broke off goes on where it ended, and nothing is sent twice.

use crate::answer::Answer;
use crate::blog::Blog;
use crate::client::{Client, Person};
use crate::pictures;
use crate::served::image_url;
use crate::support::Store;

on_both_stores!(
    a_range_is_answered_by_that_part_of_the_image,
    the_parts_of_an_image_make_the_whole,
    a_range_that_an_image_does_not_have_is_416_with_its_size,
    several_ranges_and_what_is_none_are_answered_by_the_whole,
    a_range_counts_only_for_the_image_that_the_client_has,
    what_the_client_has_is_not_sent_again_whatever_the_range,
    the_head_of_an_image_is_that_of_the_whole,
);

/// More than any image has, and more than any number.
const HUGE: [&str; 3] =
    ["18446744073709551615", "18446744073709551616", "999999999999999999999999999999999999"];

struct Served {
    url: String,
    whole: Answer,
}

impl Served {
    /// What is served of an image that is as large as that.
    async fn of(ann: &Person, bytes: Vec<u8>) -> Self {
        let tweet = ann.publish_with("look", &[ann.picture(bytes).await]).await;
        let url = ann.see(tweet).await["attachments"][0].as_str().unwrap().to_owned();
        let whole = ann.get(&url).await.has(200);
        assert_eq!(whole.header("accept-ranges"), Some("bytes"));
        assert_eq!(whole.header("content-range"), None);
        Self { url, whole }
    }

    fn size(&self) -> usize {
        self.whole.body.len()
    }

    async fn range(&self, client: &Client, range: &str) -> Answer {
        client.call("GET", &self.url).header("range", range).send().await
    }

    /// Fails the test unless the answer is that part of the image, with all that is said of the whole.
    fn is_part(&self, answer: &Answer, first: usize, last: usize, what: &str) {
        assert_eq!(answer.status, 206, "{what}: {answer}");
        assert!(answer.body == self.whole.body[first..=last], "{what}: other bytes");
        let range = format!("bytes {first}-{last}/{}", self.size());
        assert_eq!(answer.header("content-range"), Some(range.as_str()), "{what}");
        assert_eq!(answer.header("content-length"), Some((last + 1 - first).to_string().as_str()), "{what}");
        for name in [
            "etag",
            "cache-control",
            "content-type",
            "content-security-policy",
            "x-content-type-options",
            "accept-ranges",
            "vary",
        ] {
            assert_eq!(answer.header(name), self.whole.header(name), "{what}: {name}");
        }
    }

    fn is_whole(&self, answer: &Answer, what: &str) {
        assert_eq!(answer.status, 200, "{what}: {answer}");
        assert!(answer.body == self.whole.body, "{what}: other bytes");
        assert_eq!(answer.header("content-range"), None, "{what}");
    }
}

async fn a_range_is_answered_by_that_part_of_the_image(store: Store) {
    let blog = Blog::open(store).await;
    let image = Served::of(&blog.person("ann").await, pictures::noise(60, 40)).await;
    let (size, end) = (image.size(), image.size() - 1);
    for (range, first, last) in [
        ("bytes=0-0".to_owned(), 0, 0),
        ("bytes=0-99".to_owned(), 0, 99),
        ("bytes=1000-2999".to_owned(), 1000, 2999),
        (format!("bytes={end}-{end}"), end, end),
        (format!("bytes=0-{end}"), 0, end),
        ("bytes=0-".to_owned(), 0, end),
        ("bytes=1000-".to_owned(), 1000, end),
        (format!("bytes={end}-"), end, end),
        ("bytes=-1".to_owned(), end, end),
        ("bytes=-1000".to_owned(), size - 1000, end),
        (format!("bytes=-{size}"), 0, end),
        (format!("bytes=-{}", size + 1), 0, end),
        (format!("bytes=1000-{size}"), 1000, end),
        (format!("bytes=1000-{}", HUGE[0]), 1000, end),
        (format!("bytes=1000-{}", HUGE[2]), 1000, end),
        (format!("bytes=-{}", HUGE[1]), 0, end),
        ("BYTES= ,5-9 ,".to_owned(), 5, 9),
    ] {
        image.is_part(&image.range(&blog.nobody, &range).await, first, last, &range);
    }
    // What is compressed on the way has other bytes than those that are counted.
    let call = blog.nobody.call("GET", &image.url).header("range", "bytes=1000-");
    let answer = call.header("accept-encoding", "gzip, br").send().await;
    assert_eq!(answer.header("content-encoding"), None);
    image.is_part(&answer, 1000, end, "packed");
}

async fn the_parts_of_an_image_make_the_whole(store: Store) {
    let blog = Blog::open(store).await;
    let image = Served::of(&blog.person("ann").await, pictures::noise(400, 300)).await;
    assert!(image.size() > 4 * 64 * 1024, "more than the pieces in which it is read: {}", image.size());
    let mut parts = vec![];
    while parts.len() < image.size() {
        let range = format!("bytes={}-{}", parts.len(), parts.len() + 100_000);
        parts.extend(image.range(&blog.nobody, &range).await.has(206).body);
    }
    assert!(parts == image.whole.body);
}

async fn a_range_that_an_image_does_not_have_is_416_with_its_size(store: Store) {
    let blog = Blog::open(store).await;
    let image = Served::of(&blog.person("ann").await, pictures::png()).await;
    let size = image.size();
    let mut ranges = vec![format!("bytes={size}-"), format!("bytes={size}-{size}"), "bytes=-0".to_owned()];
    ranges.extend(HUGE.map(|huge| format!("bytes={huge}-")));
    ranges.extend(HUGE.map(|huge| format!("bytes={huge}-{huge}")));
    for range in ranges {
        let answer = image.range(&blog.nobody, &range).await;
        let unsatisfied = format!("bytes */{size}");
        assert_eq!(answer.header("content-range"), Some(unsatisfied.as_str()), "{range}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{range}");
        let message = answer.fails(416);
        assert!(message.contains(&size.to_string()), "{range}: {message}");
    }
    image.is_part(&image.range(&blog.nobody, "bytes=0-0").await, 0, 0, "afterwards");
    let absent = blog.nobody.call("GET", &format!("/media/{}.png", "0".repeat(32)));
    absent.header("range", format!("bytes={size}-")).send().await.fails(404);
}

async fn several_ranges_and_what_is_none_are_answered_by_the_whole(store: Store) {
    let blog = Blog::open(store).await;
    let image = Served::of(&blog.person("ann").await, pictures::png()).await;
    for range in [
        "bytes=0-1,5-6",
        "bytes=0-0,-1",
        "bytes=0-1,x",
        "bytes=9-5",
        "bytes=-",
        "bytes=",
        "bytes",
        "",
        "bytes=a-b",
        "bytes=1-2-3",
        "bytes=+1-2",
        "bytes=--5",
        "bytes=1.0-2",
        "bytes 0-1",
        "lines=0-1",
        "\u{e9}",
    ] {
        image.is_whole(&image.range(&blog.nobody, range).await, range);
    }
    let many = format!("bytes={}", (0..2000).map(|at| format!("{at}-{at}")).collect::<Vec<_>>().join(","));
    image.is_whole(&image.range(&blog.nobody, &many).await, "2,000 ranges");
    let twice = [("range", b"bytes=0-1".as_slice()), ("range", b"bytes=5-6")];
    image.is_whole(&blog.nobody.send_head("GET", &image.url, &twice).await, "two headers");
}

async fn a_range_counts_only_for_the_image_that_the_client_has(store: Store) {
    let blog = Blog::open(store).await;
    let image = Served::of(&blog.person("ann").await, pictures::png()).await;
    let tag = image.whole.header("etag").unwrap();
    let of = async |known: &str| {
        let call = blog.nobody.call("GET", &image.url).header("range", "bytes=5-9");
        call.header("if-range", known).send().await
    };
    image.is_part(&of(tag).await, 5, 9, "the same");
    for other in ["\"other\"", &format!("W/{tag}"), "Sat, 29 Oct 1994 19:43:31 GMT", "words", ""] {
        image.is_whole(&of(other).await, other);
    }
    let call = blog.nobody.call("GET", &image.url).header("range", "bytes=999999999-");
    image.is_whole(&call.header("if-range", "\"other\"").send().await, "another, and none of it");
}

async fn what_the_client_has_is_not_sent_again_whatever_the_range(store: Store) {
    let blog = Blog::open(store).await;
    let image = Served::of(&blog.person("ann").await, pictures::png()).await;
    let tag = image.whole.header("etag").unwrap();
    for range in ["bytes=5-9", "bytes=999999999-"] {
        let call = blog.nobody.call("GET", &image.url).header("range", range);
        let answer = call.header("if-none-match", tag).send().await.has(304);
        assert!(answer.body.is_empty() && answer.header("content-range").is_none(), "{range}: {answer}");
    }
}

async fn the_head_of_an_image_is_that_of_the_whole(store: Store) {
    let blog = Blog::open(store).await;
    let url = image_url(&blog.person("ann").await).await;
    let whole = blog.nobody.call("HEAD", &url).send().await.has(200);
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    for range in ["bytes=0-0", "bytes=-1", "bytes=999999999-", "bytes=0-1,5-6"] {
        let head = blog.nobody.call("HEAD", &url).header("range", range).send().await.has(200);
        assert_eq!(head.header("content-length"), whole.header("content-length"), "{range}");
        assert_eq!(head.header("content-range"), None, "{range}");
    }
}
