//! One test for each thing that has several steps.

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::client::{call, get};
use crate::support::{Service, Store};
use crate::victim::{BOB, finish, listed, run};

on_both_stores!(
    every_step_of_an_upload_may_be_the_last,
    every_step_of_an_avatar_may_be_the_last,
    every_step_of_making_variants_may_be_the_last,
    every_step_of_a_publication_may_be_the_last,
    every_step_of_a_deletion_may_be_the_last,
    every_step_of_a_sweep_may_be_the_last,
    every_step_of_a_like_may_be_the_last,
);

const SIGABRT: i32 = 6;
/// Far more points than anything has.
const ENDLESS: u32 = 100;

/// A service that is started again after each death.
struct Mortal {
    service: Service,
    key: String,
    /// The points at which it died.
    points: Vec<String>,
}

impl Mortal {
    fn born(store: Store) -> Self {
        let service = Service::start(store);
        let key = service.add_user("ann");
        service.add_user("bob");
        Self { service, key, points: vec![] }
    }

    /// Does it without dying.
    fn does(&self, operation: &str, argument: &str) -> i64 {
        finish(&self.service.data, operation, argument)
    }

    /// Dies at the next point while it does that, and comes back; false where there is no such point.
    fn dies_and_comes_back(&mut self, operation: &str, argument: &str) -> bool {
        self.service.kill();
        let next = u32::try_from(self.points.len()).unwrap() + 1;
        assert!(next < ENDLESS, "{operation} has no end");
        let ended = run(&self.service.data, operation, argument, next);
        self.service.start_again();
        self.is_sound();
        let Some(point) = ended.died_at else { return false };
        assert_eq!(ended.status.signal(), Some(SIGABRT), "{operation} died otherwise than at {point}");
        self.points.push(point);
        true
    }

    fn is_sound(&self) {
        assert_eq!(self.service.cli(&["check"]).quietly(), "all is as it should be\n", "{:?}", self.points);
    }

    /// What there is below that path; nothing where it is not found.
    fn sees(&self, path: &str) -> Option<Value> {
        let (status, answer) = call(&self.service, "GET", path, &self.key, "");
        assert!(matches!(status, 200 | 404), "{path}: {status} {answer}");
        (status == 200).then_some(answer)
    }

    fn tweet(&self, id: i64) -> Option<Value> {
        Some(self.sees(&format!("/api/tweets/{id}"))?["tweet"].take())
    }

    /// The tweet has that many images, and the files of each.
    fn has_images(&self, tweet: &Value, count: usize) {
        let images = tweet["attachments"].as_array().unwrap();
        assert_eq!(images.len(), count, "{tweet}, {:?}", self.points);
        let variants = tweet["media"].as_array().unwrap().iter().map(|image| &image["variants"]);
        let variants = variants.flat_map(|variants| variants.as_array().unwrap());
        for url in images.iter().chain(variants.map(|variant| &variant["url"])) {
            assert!(self.media().join(of_url(url.as_str().unwrap())).is_file(), "{url}");
        }
    }

    fn media(&self) -> PathBuf {
        self.service.file("media")
    }

    /// When everything that nobody needs is swept, the files of so many images are left: each and its smaller copy.
    fn leaves_images(&self, count: usize) {
        assert_eq!(self.does("sweep", "0"), 0, "an upload stands that was not acknowledged");
        assert_eq!(files(&self.media()).len(), 2 * count);
        self.is_sound();
    }

    /// It died at so many points at least.
    fn passed(&self, least: usize) {
        println!("{} points: {}", self.points.len(), self.points.join(", "));
        assert!(self.points.len() >= least, "only {} points: {:?}", self.points.len(), self.points);
    }
}

/// Where the image of a URL lies in its folder: in that of its first two digits.
fn of_url(url: &str) -> PathBuf {
    let name = url.rsplit('/').next().unwrap();
    Path::new(&name[..2]).join(name)
}

/// The images that are kept.
fn files(media: &Path) -> Vec<PathBuf> {
    let shards = std::fs::read_dir(media).unwrap().map(|entry| entry.unwrap().path());
    let shards = shards.filter(|path| path.is_dir() && path.file_name().is_some_and(|name| name.len() == 2));
    let within =
        shards.flat_map(|shard| std::fs::read_dir(shard).unwrap().map(|entry| entry.unwrap().path()));
    within.collect()
}

fn every_step_of_an_upload_may_be_the_last(store: Store) {
    let mut mortal = Mortal::born(store);
    for number in 1.. {
        let name = number.to_string();
        let died = mortal.dies_and_comes_back("upload", &name);
        // The same upload under the same name is kept once, and a tweet can take it.
        let media = mortal.does("upload", &name);
        assert_eq!(mortal.does("upload", &name), media);
        let tweet = mortal.does("publish", &listed(&[media]));
        mortal.has_images(&mortal.tweet(tweet).unwrap(), 1);
        if !died {
            mortal.leaves_images(number);
            break;
        }
    }
    mortal.passed(11);
}

fn every_step_of_an_avatar_may_be_the_last(store: Store) {
    let mut mortal = Mortal::born(store);
    mortal.does("avatar", "0");
    for number in 1.. {
        let died = mortal.dies_and_comes_back("avatar", &number.to_string());
        // It is the one before, or the new one.
        let me = mortal.sees("/api/users/me").unwrap();
        for size in ["avatar", "avatar_large"] {
            let url = me["user"][size].as_str().unwrap();
            assert!(mortal.media().join(of_url(url)).is_file(), "{url}, {:?}", mortal.points);
        }
        if !died {
            mortal.leaves_images(1);
            break;
        }
    }
    mortal.passed(9);
}

fn every_step_of_making_variants_may_be_the_last(store: Store) {
    let mut mortal = Mortal::born(store);
    for number in 1_usize.. {
        let image = mortal.does("upload-old", &number.to_string());
        let tweet = mortal.does("publish", &listed(&[image]));
        let died = mortal.dies_and_comes_back("variants", &number.to_string());
        mortal.does("variants", "0");
        let seen = mortal.tweet(tweet).unwrap();
        mortal.has_images(&seen, 1);
        assert_eq!(seen["media"][0]["variants"].as_array().unwrap().len(), 1, "{:?}", mortal.points);
        if !died {
            mortal.leaves_images(number);
            break;
        }
    }
    mortal.passed(4);
}

fn every_step_of_a_publication_may_be_the_last(store: Store) {
    let mut mortal = Mortal::born(store);
    for number in 1_i64.. {
        let images = [2 * number, 2 * number + 1].map(|number| mortal.does("upload", &number.to_string()));
        let argument = listed(&images);
        let died = mortal.dies_and_comes_back("publish", &argument);
        let same = |mortal: &Mortal| {
            let hers = get(&mortal.service, "/api/tweets?sort=recent", &mortal.key);
            let tweets = hers["tweets"].as_array().unwrap().clone();
            tweets
                .into_iter()
                .filter(|tweet| tweet["content"] == format!("tweet {argument}"))
                .collect::<Vec<_>>()
        };
        let before = same(&mortal);
        assert!(before.len() <= 1);
        for tweet in &before {
            mortal.has_images(tweet, 2);
        }
        let tweet = mortal.does("publish", &argument);
        let after = same(&mortal);
        assert_eq!(after.len(), 1, "published once, {:?}", mortal.points);
        assert_eq!(after[0]["id"], tweet);
        mortal.has_images(&after[0], 2);
        if !died {
            break;
        }
    }
    mortal.passed(7);
}

fn every_step_of_a_deletion_may_be_the_last(store: Store) {
    let mut mortal = Mortal::born(store);
    for number in 1_i64.. {
        let images = [2 * number, 2 * number + 1].map(|number| mortal.does("upload", &number.to_string()));
        let tweet = mortal.does("publish", &listed(&images));
        mortal.does("like", &tweet.to_string());
        let died = mortal.dies_and_comes_back("delete", &tweet.to_string());
        // It is whole, or it is gone.
        if let Some(seen) = mortal.tweet(tweet) {
            mortal.has_images(&seen, 2);
            assert_eq!(seen["likes"][0]["user_id"], BOB);
            mortal.does("delete", &tweet.to_string());
        }
        assert!(mortal.tweet(tweet).is_none());
        if !died {
            mortal.leaves_images(0);
            break;
        }
    }
    mortal.passed(7);
}

fn every_step_of_a_sweep_may_be_the_last(store: Store) {
    let mut mortal = Mortal::born(store);
    let kept = mortal.does("upload", "0");
    let kept = mortal.does("publish", &listed(&[kept]));
    for number in 1_i64.. {
        // Two uploads that no tweet takes, and a file that no row knows.
        let mut names = vec![];
        for upload in [2 * number, 2 * number + 1] {
            let before = files(&mortal.media());
            mortal.does("upload", &upload.to_string());
            names.extend(files(&mortal.media()).into_iter().filter(|file| !before.contains(file)));
        }
        let name = format!("{:032x}.png", 0x00aa_0000 + number);
        std::fs::create_dir_all(mortal.media().join("00")).unwrap();
        std::fs::copy(&names[0], mortal.media().join("00").join(name)).unwrap();
        let died = mortal.dies_and_comes_back("sweep", &number.to_string());
        mortal.has_images(&mortal.tweet(kept).unwrap(), 1);
        mortal.does("sweep", "0");
        assert_eq!(files(&mortal.media()).len(), 2, "those of the one that a tweet has, {:?}", mortal.points);
        mortal.has_images(&mortal.tweet(kept).unwrap(), 1);
        mortal.is_sound();
        if !died {
            break;
        }
    }
    mortal.passed(11);
}

fn every_step_of_a_like_may_be_the_last(store: Store) {
    let mut mortal = Mortal::born(store);
    for number in 1_i64.. {
        let image = mortal.does("upload", &number.to_string());
        let tweet = mortal.does("publish", &listed(&[image]));
        let died = mortal.dies_and_comes_back("like", &tweet.to_string());
        let counted = |mortal: &Mortal| {
            let seen = mortal.tweet(tweet).unwrap();
            let likes = seen["likes"].as_array().unwrap().len();
            assert_eq!(seen["likes_count"], likes, "{:?}", mortal.points);
            likes
        };
        assert!(counted(&mortal) <= 1);
        mortal.does("like", &tweet.to_string());
        assert_eq!(counted(&mortal), 1);
        if !died {
            break;
        }
    }
    mortal.passed(3);
}
