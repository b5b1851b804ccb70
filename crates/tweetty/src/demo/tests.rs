//! The demo company on the stores that `serve --demo` has by default.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::TimeDelta;
use tempfile::TempDir;
use tweetty_domain::{
    Actor, Clock as _, Embedded, Limits, Order, PageSize, Scope, Start, Stores, SystemClock, Tweet, User,
};

use super::*;

async fn founded() -> (TempDir, Microblog, Operations, Founded) {
    let place = tempfile::tempdir().unwrap();
    let store =
        tweetty_sqlite::Store::open(&place.path().join("demo.db"), &tweetty_sqlite::Options::default())
            .unwrap();
    store.migrate().await.unwrap();
    let media = place.path().join("media");
    let folder = tweetty_media::Folder::open(&media, &SystemClock).unwrap();
    let images = tweetty_media::KeptImages::new(
        Arc::new(folder),
        &Limits::default(),
        &tweetty_media::Options::default(),
    );
    let stores = Stores::of(store, Arc::new(images), Arc::new(SystemClock));
    let service = Operations::new(stores.clone(), Actor::Service);
    let microblog = Microblog::new(stores, Limits::default());
    let founded = found(&microblog, &service, ApiKey::parse("test").unwrap()).await.unwrap();
    (place, microblog, service, founded)
}

async fn viewer(microblog: &Microblog) -> User {
    let key = ApiKey::parse("test").unwrap().credential();
    microblog.user(microblog.authenticate(&key).await.unwrap().user).await.unwrap()
}

fn size() -> PageSize {
    PageSize::parse(None, 1000).unwrap()
}

async fn feed(microblog: &Microblog, scope: Scope) -> Vec<Tweet> {
    let viewer = viewer(microblog).await;
    microblog
        .feed(viewer.id, scope, Order::POPULAR, Start::FIRST, size(), Embedded::NONE)
        .await
        .unwrap()
        .tweets
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_company_is_worth_showing() {
    let (_place, microblog, service, founded) = founded().await;
    let viewer = viewer(&microblog).await;
    assert_eq!((viewer.id.get(), viewer.nickname.as_str()), (1, "Mira"));
    let all = feed(&microblog, Scope::All).await;
    let own = feed(&microblog, Scope::By(viewer.id)).await;
    let shown = feed(&microblog, Scope::Following).await;

    assert_eq!(all.len(), founded.tweets);
    assert_eq!(all.iter().map(|tweet| tweet.author.id).collect::<HashSet<_>>().len(), founded.people);
    assert!((40..=60).contains(&founded.tweets) && founded.people >= 12);
    assert!(own.len() >= 3, "the viewer has something to say");
    assert!(shown.len() > all.len() / 2, "the viewer's feed is full");
    assert!(shown.len() < all.len(), "and there are people to find");
    assert!(shown.iter().filter(|tweet| tweet.liked).count() >= 5, "the viewer likes");

    let attached = all.iter().flat_map(|tweet| &tweet.attachments).collect::<Vec<_>>();
    assert_eq!(attached.len(), founded.pictures);
    assert!(attached.iter().all(|image| (image.width, image.height) == (960, 640)));
    assert!(attached.iter().all(|image| image.description.is_some()));
    assert!(all.iter().any(|tweet| tweet.attachments.len() == 4));
    let likes = all.iter().map(|tweet| usize::try_from(tweet.likes_count).unwrap()).collect::<Vec<_>>();
    assert_eq!(likes.iter().sum::<usize>(), founded.likes);
    assert!(likes.iter().collect::<HashSet<_>>().len() >= 6, "likes differ");
    let profile = microblog.profile(viewer.id, viewer.id, Embedded::NONE).await.unwrap();
    assert!(profile.following_count >= 8 && profile.followers_count >= 10);
    assert!(founded.people as u64 - profile.following_count > 3, "there are several to suggest");

    let recent = microblog
        .feed(viewer.id, Scope::All, Order::Recent, Start::FIRST, size(), Embedded::NONE)
        .await
        .unwrap();
    let ages = recent.tweets.iter().map(|tweet| SystemClock.now() - tweet.created_at).collect::<Vec<_>>();
    assert!(ages.is_sorted() && ages[0] < TimeDelta::hours(1), "{ages:?}");
    assert!(ages.iter().filter(|age| **age < TimeDelta::days(1)).count() >= 5, "{ages:?}");
    assert!(ages.iter().filter(|age| **age < TimeDelta::days(7)).count() >= 15, "{ages:?}");
    assert!(ages.iter().filter(|age| **age > TimeDelta::days(30)).count() >= 5, "{ages:?}");
    assert!(service.check().await.unwrap().is_clean());
    assert!(!service.is_empty().await.unwrap());
}

#[test]
fn people_follow_each_other_and_say_what_the_domain_allows() {
    let names = COLLEAGUES.iter().map(|colleague| colleague.nickname).collect::<HashSet<_>>();
    assert_eq!(names.len(), COLLEAGUES.len());
    for colleague in &COLLEAGUES {
        let followees = colleague.follows.iter().collect::<HashSet<_>>();
        assert_eq!(followees.len(), colleague.follows.len(), "{}", colleague.nickname);
        assert!(colleague.follows.iter().all(|name| names.contains(name) && *name != colleague.nickname));
    }
    for said in TWEETS {
        assert!(names.contains(said.author), "{}", said.author);
        assert!(said.likes < COLLEAGUES.len(), "{}", said.text);
        assert!(TweetText::parse(said.text, 280).is_ok(), "{}", said.text);
    }
}

#[test]
fn every_picture_can_be_decoded_and_is_as_large_as_the_others() {
    for picture in TWEETS.iter().flat_map(|said| said.pictures) {
        let image = image::load_from_memory(picture.bytes).unwrap();
        assert_eq!((image.width(), image.height()), (960, 640), "{}", picture.description);
    }
}
