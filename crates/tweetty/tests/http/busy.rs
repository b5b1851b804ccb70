//! A machine that is busy with something else: then it is not the moment for an image, but the image is not to blame.
#![cfg(target_os = "linux")]

use std::time::Duration;

use tokio::time::sleep;

use crate::blog::Blog;
use crate::pictures;
use crate::support::Store;

/// Somewhat longer than an image may take, and shorter than a client waits for a write.
const TOO_LONG: Duration = Duration::from_millis(25_500);

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_gets_no_processor_for_too_long_is_503_leaves_nothing_and_is_kept_when_it_comes_again()
{
    let blog = Blog::open(Store::Sqlite).await;
    let ann = blog.person("ann").await;
    let image = pictures::long_gif(200);
    let before = blog.processor_time();
    let upload = tokio::spawn({
        let (ann, image) = (ann.clone(), image.clone());
        async move { ann.upload(image).await }
    });
    while blog.processor_time() < before + Duration::from_millis(200) {
        assert!(!upload.is_finished(), "it takes longer than that");
        sleep(Duration::from_millis(5)).await;
    }
    blog.signal("STOP");
    sleep(TOO_LONG).await;
    blog.signal("CONT");
    // The form and `Retry-After` are looked at for each answer.
    upload.await.unwrap().fails(503);
    let left = std::fs::read_dir(blog.media().join("incoming")).unwrap().count();
    assert_eq!(left, 0, "the temporary files are gone");
    ann.picture(image).await;
}
