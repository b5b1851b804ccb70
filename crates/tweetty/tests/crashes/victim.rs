//! A process that does one thing to a store and may die on the way: this test binary, started anew.

use std::process::{Command, ExitStatus};
use std::sync::Arc;

use chrono::TimeDelta;
use tweetty_domain::{
    Actor, Attachments, Clock, IdempotencyKey, Images, Limits, Microblog, NewImage, Operations, StoredImage,
    Stores, SystemClock, Timestamp, TweetId, TweetText, UploadQuotas, UserId,
};

use crate::support::Data;
use crate::support::noise::noise;

/// What the process shall do, on which data, and at which point it dies; 0 is at none.
const OPERATION: &str = "TWEETTY_TEST_OPERATION";
const DIES_AT: &str = "TWEETTY_TEST_DIES_AT";
const ARGUMENT: &str = "TWEETTY_TEST_ARGUMENT";

pub(crate) const ANN: i64 = 1;
pub(crate) const BOB: i64 = 2;

/// How it ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// The point at which it died, where it did.
    pub(crate) died_at: Option<String>,
    /// What it printed of its success.
    pub(crate) done: Option<i64>,
}

/// Does something to that data in a process of its own, which dies at the `dies_at`th point it passes.
pub(crate) fn run(data: &Data, operation: &str, argument: &str, dies_at: u32) -> Ended {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["victim::victim", "--exact", "--nocapture"])
        .env(OPERATION, operation)
        .env(ARGUMENT, argument)
        .env(DIES_AT, dies_at.to_string())
        .env("TWEETTY_DATABASE_URL", data.url())
        .env("TWEETTY_MEDIA", data.file("media"))
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let behind = |text: &str, words: &str| {
        text.lines().find_map(|line| Some(line.split_once(words)?.1.trim().to_owned()))
    };
    let died_at = behind(&err, "the process dies at this point: ");
    assert!(output.status.success() || died_at.is_some(), "{operation} {argument}: {out}{err}");
    Ended { status: output.status, died_at, done: behind(&out, "done: ").map(|id| id.parse().unwrap()) }
}

/// Does it to its end; answers what came of it.
pub(crate) fn finish(data: &Data, operation: &str, argument: &str) -> i64 {
    run(data, operation, argument, 0).done.unwrap()
}

/// Two days from now everything is old enough to be swept.
struct InTwoDays;

impl Clock for InTwoDays {
    fn now(&self) -> Timestamp {
        SystemClock.now() + TimeDelta::days(2)
    }
}

async fn stores(clock: Arc<dyn Clock>) -> Stores {
    let [url, media] = ["TWEETTY_DATABASE_URL", "TWEETTY_MEDIA"].map(|name| std::env::var(name).unwrap());
    let limits = Limits::default();
    let folder = tweetty_media::Folder::open(media.as_ref(), &SystemClock).unwrap();
    let images =
        tweetty_media::KeptImages::new(Arc::new(folder), &limits, &tweetty_media::Options::default());
    let images: Arc<dyn Images> = Arc::new(images);
    if let Some(path) = url.strip_prefix("sqlite://") {
        let store = tweetty_sqlite::Store::open(path.as_ref(), &tweetty_sqlite::Options::default()).unwrap();
        Stores::of(store, images, clock)
    } else {
        let options = tweetty_postgres::Options::default();
        let store = tweetty_postgres::Store::connect(&url, &options).await.unwrap();
        Stores::of(store, images, clock)
    }
}

/// Does nothing unless it is a victim.
#[tokio::test(flavor = "multi_thread")]
async fn victim() {
    let Ok(operation) = std::env::var(OPERATION) else { return };
    let argument = std::env::var(ARGUMENT).unwrap();
    let dies_at = std::env::var(DIES_AT).unwrap().parse().unwrap();
    let sweeping = operation == "sweep";
    let stores = stores(if sweeping { Arc::new(InTwoDays) } else { Arc::new(SystemClock) }).await;
    let service = Operations::new(stores.clone(), Actor::Service);
    let microblog = Microblog::new(stores.clone(), Limits::default());
    let (ann, once) =
        (UserId::stored(ANN), Some(IdempotencyKey::parse(&format!("{operation}-{argument}")).unwrap()));
    let numbers = argument.split('-').map(|number| number.parse().unwrap()).collect::<Vec<i64>>();
    let done = match operation.as_str() {
        "upload" => {
            let mut upload = microblog.receive_upload().await.unwrap();
            upload.write(&picture()).await.unwrap();
            tweetty_domain::arm(dies_at);
            microblog.upload(ann, upload, once).await.unwrap().get()
        }
        "avatar" => {
            let mut upload = microblog.receive_upload().await.unwrap();
            upload.write(&picture()).await.unwrap();
            tweetty_domain::arm(dies_at);
            microblog.set_avatar(ann, upload).await.unwrap();
            numbers[0]
        }
        // An image from before there were variants.
        "upload-old" => {
            let mut incoming = stores.images.receive().await.unwrap();
            incoming.write(&picture()).await.unwrap();
            let StoredImage { name, width, height, bytes, variants } = incoming.keep().await.unwrap();
            let variants = variants.as_slice().iter().map(|variant| variant.file_of(name)).collect();
            stores.images.remove(variants).await.unwrap();
            let (uploaded_at, variants, guard) = (stores.clock.now(), None, None);
            let quotas = UploadQuotas::NONE;
            let image =
                NewImage { owner: ann, name, width, height, bytes, variants, uploaded_at, quotas, guard };
            stores.tweets.record_upload(image).await.unwrap().outcome().get()
        }
        "variants" => {
            tweetty_domain::arm(dies_at);
            i64::try_from(service.make_variants(|_, _| ()).await.unwrap().images).unwrap()
        }
        "publish" => {
            let text = TweetText::parse(&format!("tweet {argument}"), 280).unwrap();
            let images = Attachments::parse(&numbers, 10).unwrap();
            tweetty_domain::arm(dies_at);
            microblog.publish(ann, text, images, once).await.unwrap().get()
        }
        "delete" => {
            tweetty_domain::arm(dies_at);
            microblog.delete(ann, TweetId::stored(numbers[0]), None).await.unwrap();
            numbers[0]
        }
        "like" => {
            tweetty_domain::arm(dies_at);
            microblog.like(UserId::stored(BOB), TweetId::stored(numbers[0])).await.unwrap();
            numbers[0]
        }
        "sweep" => {
            tweetty_domain::arm(dies_at);
            i64::try_from(service.sweep().await.unwrap().uploads).unwrap()
        }
        unknown => panic!("{unknown}?"),
    };
    println!("done: {done}");
}

/// Wide enough for one smaller copy.
fn picture() -> Vec<u8> {
    noise(400, 6, 1)
}

/// For a place that takes ids of media.
pub(crate) fn listed(ids: &[i64]) -> String {
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join("-")
}
