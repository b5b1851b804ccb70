//! The folder itself: names, order, what it forgets and what it says when it can't.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::kit::{Shelf, files_of, gif, jpeg, png, webp};
use tweetty_domain::{Clock as _, Error, Excerpt, ImageFormat, ImageName, Images as _, Limits, SystemClock};
use tweetty_media::{Folder, Options, Storage as _};

#[tokio::test]
async fn files_are_listed_in_the_order_of_their_names_from_any_of_them() {
    let shelf = Shelf::new();
    let before = SystemClock.now() - Duration::from_secs(5);
    let mut names = Vec::new();
    for number in 0..40 {
        let sample = if number % 2 == 0 { png(3, 3) } else { gif(3, 3, 1) };
        names.push(shelf.keep(&sample).await.unwrap().name);
    }
    names.sort();
    let whole = shelf.folder.list(None, 1000).await.unwrap();
    assert_eq!(whole.iter().map(|file| file.name).collect::<Vec<_>>(), names);
    assert!(whole.iter().all(|file| file.written_at > before && file.written_at <= SystemClock.now()));
    let (mut walked, mut after) = (Vec::new(), None);
    loop {
        let page = shelf.folder.list(after, 7).await.unwrap();
        assert!(page.len() <= 7);
        let Some(last) = page.last() else { break };
        after = Some(last.name);
        walked.extend(page.iter().map(|file| file.name));
    }
    assert_eq!(walked, names);
}

#[tokio::test]
async fn foreign_files_are_neither_listed_nor_in_the_way() {
    let shelf = Shelf::new();
    let stored = shelf.keep(&png(3, 3)).await.unwrap();
    let shard = shelf.path().join(&stored.name.to_string()[..2]);
    let misplaced = format!("{}.png", "0".repeat(32));
    let elsewhere = shelf.path().join("ff");
    fs::create_dir_all(&elsewhere).unwrap();
    for path in [
        shelf.path().join("README"),
        shard.join("notes.txt"),
        elsewhere.join(misplaced),
        shelf.path().join("0a"),
    ] {
        fs::write(path, "mine").ok();
    }
    fs::create_dir_all(shard.join(format!("{}{}.png", &stored.name.to_string()[..2], "0".repeat(30))))
        .unwrap();
    let listed = shelf.folder.list(None, 10).await.unwrap();
    assert_eq!(listed.iter().map(|file| file.name).collect::<Vec<_>>(), [stored.name]);
}

#[tokio::test]
async fn what_is_removed_is_gone_and_what_is_missing_counts_as_removed() {
    let shelf = Shelf::new();
    let stored = shelf.keep(&webp(3, 3)).await.unwrap();
    let missing = ImageName::random(ImageFormat::Png).unwrap();
    assert!(shelf.folder.contains(stored.name).await.unwrap());
    assert!(!shelf.folder.contains(missing).await.unwrap());
    shelf.folder.remove(vec![missing, stored.name, stored.name]).await.unwrap();
    assert!(!shelf.folder.contains(stored.name).await.unwrap());
    assert!(shelf.folder.open(stored.name, Excerpt::Whole).await.unwrap().is_none());
    assert_eq!(shelf.files().len(), 0);
}

#[tokio::test]
async fn large_images_come_in_pieces_and_can_be_removed_meanwhile() {
    let shelf = Shelf::new();
    let mut random = 1_u32;
    let noise = image::GrayImage::from_fn(500, 500, |_, _| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Luma([random.to_be_bytes()[0]])
    });
    let stored = shelf.keep(&crate::kit::encoded(noise, image::ImageFormat::Png)).await.unwrap();
    assert!(stored.bytes > 100_000, "{}", stored.bytes);
    let mut open = shelf.folder.open(stored.name, Excerpt::Whole).await.unwrap().unwrap();
    let mut read = open.content.next().await.unwrap().unwrap().len();
    assert_eq!(read, 64 * 1024);
    shelf.folder.remove(vec![stored.name]).await.unwrap();
    while let Some(piece) = open.content.next().await.unwrap() {
        read += piece.len();
    }
    assert_eq!(read as u64, stored.bytes);
}

/// The file is far larger than memory: reading what is skipped would not end in time.
#[tokio::test]
async fn of_an_excerpt_nothing_is_read_that_is_not_wanted() {
    const SIZE: u64 = 1 << 36;
    let shelf = Shelf::new();
    let stored = shelf.keep(&png(3, 3)).await.unwrap();
    let kept = shelf.files().into_iter().find(|path| path.ends_with(stored.name.to_string())).unwrap();
    let file = File::options().write(true).open(kept).unwrap();
    file.set_len(SIZE).unwrap();
    for (place, what) in [(SIZE / 2, b"middle"), (SIZE - 6, b"ending")] {
        file.write_all_at(what, place).unwrap();
    }
    let between = |first, last| Excerpt::Between { first, last };
    for (excerpt, start, expected) in [
        (between(1, 3), 1, "PNG"),
        (between(SIZE / 2, SIZE / 2 + 5), SIZE / 2, "middle"),
        (between(SIZE - 3, u64::MAX), SIZE - 3, "ing"),
        (Excerpt::Last(6), SIZE - 6, "ending"),
    ] {
        let mut open = shelf.folder.open(stored.name, excerpt).await.unwrap().unwrap();
        assert_eq!(open.bytes, SIZE, "the whole image has more");
        assert_eq!(open.range, start..start + expected.len() as u64);
        assert_eq!(open.content.next().await.unwrap().unwrap(), expected.as_bytes());
        assert_eq!(open.content.next().await.unwrap(), None);
    }
    let mut open = shelf.folder.open(stored.name, between(7, 7 + 100_000)).await.unwrap().unwrap();
    let mut pieces = vec![];
    while let Some(piece) = open.content.next().await.unwrap() {
        pieces.push(piece.len());
    }
    assert_eq!(pieces, [64 * 1024, 100_001 - 64 * 1024]);
    let outside = shelf.folder.open(stored.name, between(SIZE, SIZE)).await;
    assert!(matches!(outside.map(drop), Err(Error::OutsideImage { size: SIZE })));
}

#[tokio::test]
async fn an_upload_that_is_dropped_leaves_nothing() {
    let shelf = Shelf::new();
    let mut incoming = shelf.images.receive().await.unwrap();
    incoming.write(&vec![7; 300_000]).await.unwrap();
    assert_eq!(shelf.files().len(), 1);
    drop(incoming);
    // Removed on another thread, which a folder that hangs would hold up.
    let begun = std::time::Instant::now();
    while !shelf.files().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", shelf.files());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_a_crash_left_a_day_ago_goes_when_the_folder_is_opened() {
    let shelf = Shelf::new();
    let kept = shelf.keep(&png(3, 3)).await.unwrap();
    for (name, hours) in [("old", 25), ("young", 23)] {
        let file = File::create(shelf.path().join("incoming").join(name)).unwrap();
        file.set_modified((SystemClock.now() - Duration::from_hours(hours)).into()).unwrap();
    }
    let again = Folder::open(&shelf.path(), &SystemClock).unwrap();
    assert!(again.contains(kept.name).await.unwrap());
    assert!(!shelf.path().join("incoming/old").exists());
    assert!(shelf.path().join("incoming/young").exists());
}

#[tokio::test]
async fn a_folder_that_can_not_be_made_is_told_with_its_path_and_the_cure() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("file/media");
    fs::write(place.path().join("file"), "no folder").unwrap();
    let Err(error) = Folder::open(&path, &SystemClock) else {
        panic!("opened a folder below a file");
    };
    let text = error.to_string();
    assert!(text.contains(path.to_str().unwrap()), "{text}");
    assert!(text.contains("let the user who runs tweetty write there"), "{text}");
}

#[tokio::test]
async fn a_folder_is_ready_until_it_vanishes() {
    let shelf = Shelf::new();
    shelf.folder.ready().await.unwrap();
    assert_eq!(shelf.files().len(), 0);
    fs::remove_dir_all(shelf.path()).unwrap();
    assert!(matches!(shelf.folder.ready().await, Err(Error::Unavailable(_))));
    assert!(shelf.images.receive().await.is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let shelf = Shelf::new();
    let stored = shelf.keep(&png(3, 3)).await.unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = shelf.files().remove(0);
    assert!(file.ends_with(format!("{}/{}", &stored.name.to_string()[..2], stored.name)));
    assert_eq!(mode(&file), 0o600);
    for folder in [shelf.path(), shelf.path().join("incoming"), file.parent().unwrap().to_owned()] {
        assert_eq!(mode(&folder), 0o700);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_too_long_for_a_decoder_is_told_to_come_again_and_many_at_once_succeed() {
    let hurried = Options { decoders: 1, wait: Duration::ZERO, ..Options::default() };
    let hurried = Shelf::with(&Limits::default(), &hurried);
    let photograph = jpeg(1500, 1000);
    let busy = |shelf: &Shelf| {
        let uploads = (0..8).map(|_| {
            let (images, bytes) = (shelf.images.clone(), photograph.clone());
            tokio::spawn(async move {
                let mut incoming = images.receive().await.unwrap();
                incoming.write(&bytes).await.unwrap();
                incoming.keep().await
            })
        });
        uploads.collect::<Vec<_>>()
    };
    let (mut refused, mut files) = (0, 0);
    for upload in busy(&hurried) {
        match upload.await.unwrap() {
            Err(Error::Unavailable(_)) => refused += 1,
            kept => files += files_of(&kept.unwrap()),
        }
    }
    assert!((1..8).contains(&refused), "{refused} refused");
    assert_eq!(hurried.files().len(), files);
    let patient = Shelf::new();
    let mut files = 0;
    for upload in busy(&patient) {
        files += files_of(&upload.await.unwrap().unwrap());
    }
    assert_eq!(patient.files().len(), files);
}

#[tokio::test]
async fn nothing_is_removed_while_the_images_are_held() {
    let shelf = Shelf::new();
    let stored = shelf.keep(&png(3, 3)).await.unwrap();
    let hold = shelf.folder.hold().await.unwrap();
    let refused = shelf.folder.remove(vec![stored.name]).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    assert!(shelf.folder.contains(stored.name).await.unwrap());
    shelf.keep(&png(4, 4)).await.unwrap();
    drop(hold);
    shelf.folder.remove(vec![stored.name]).await.unwrap();
    assert!(!shelf.folder.contains(stored.name).await.unwrap());
}

#[tokio::test]
async fn an_image_that_is_not_what_it_was_is_not_adopted() {
    let (there, here) = (Shelf::new(), Shelf::new());
    let stored = there.keep(&png(3, 3)).await.unwrap();
    let bytes = there.read(stored.name).await;
    let from = there.path().join(&stored.name.to_string()[..2]).join(stored.name.to_string());
    assert!(!here.folder.adopt(stored.name, from.clone(), [0; 32]).await.unwrap());
    assert!(!here.folder.contains(stored.name).await.unwrap());
    let sum = <sha2::Sha256 as sha2::Digest>::digest(&bytes).into();
    assert!(here.folder.adopt(stored.name, from, sum).await.unwrap());
    assert_eq!(here.read(stored.name).await, bytes);
    assert_eq!(fs::read_dir(here.path().join("incoming")).unwrap().count(), 0);
}

/// Lets the readers of a pipe go on at the end, or the runtime would wait for them.
struct Writer(PathBuf);

impl Drop for Writer {
    fn drop(&mut self) {
        File::options().read(true).write(true).open(&self.0).ok();
    }
}

/// Reading a pipe to which nobody writes hangs as a folder on a machine that is away does.
#[tokio::test]
async fn a_folder_that_hangs_takes_a_bounded_number_of_threads_and_the_rest_is_refused() {
    let shelf = Shelf::new();
    let whole = shelf.keep(&png(3, 3)).await.unwrap();
    let hanging = ImageName::random(ImageFormat::Png).unwrap();
    let pipe = shelf.path().join(&hanging.to_string()[..2]).join(hanging.to_string());
    fs::create_dir_all(pipe.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let _end = Writer(pipe.clone());
    let hangs = (0..600).map(|_| {
        let folder = shelf.folder.clone();
        tokio::spawn(async move { folder.open(hanging, Excerpt::Whole).await.map(drop) })
    });
    let hangs = hangs.collect::<Vec<_>>();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(matches!(shelf.folder.open(whole.name, Excerpt::Whole).await, Err(Error::Unavailable(_))));
    // Nobody waits behind those that hang: whatever else needs a thread has one at once.
    let beside = tokio::time::timeout(Duration::from_secs(1), tokio::task::spawn_blocking(|| 7)).await;
    assert_eq!(beside.unwrap().unwrap(), 7);

    // It comes back: a writer lets the readers go on.
    let writer = File::options().read(true).write(true).open(&pipe).unwrap();
    let mut refused = 0;
    for hang in hangs {
        match tokio::time::timeout(Duration::from_secs(10), hang).await.unwrap().unwrap() {
            Err(Error::Unavailable(_)) => refused += 1,
            other => other.unwrap(),
        }
    }
    assert!(refused >= 500, "{refused}");
    drop(writer);
    assert!(shelf.folder.open(whole.name, Excerpt::Whole).await.unwrap().is_some());
}
