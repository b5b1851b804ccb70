//! Values for tests, each in a few words.

use chrono::{TimeDelta, TimeZone as _, Utc};
use tweetty_domain::{
    ApiKey, Attachments, Avatar, Fingerprint, Guard, IdempotencyKey, ImageDescription, ImageFiles,
    ImageFormat, ImageName, KeyHash, KeyLabel, MediaId, NamePart, NewImage, NewKey, NewTweet, NewUser,
    Nickname, Particulars, PersonName, Quota, Timestamp, TweetText, UploadQuotas, UserId, Variants,
};

/// The moment at which everything happens unless a test says otherwise; its milliseconds must survive.
pub fn noon() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap() + TimeDelta::milliseconds(123)
}

/// A nickname.
pub fn nickname(text: &str) -> Nickname {
    Nickname::parse(text).unwrap()
}

/// A first or last name.
pub fn person_name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

/// What somebody searches for.
pub fn part(text: &str) -> NamePart {
    NamePart::parse(text).unwrap()
}

/// The hash of a key.
pub fn key(text: &str) -> KeyHash {
    ApiKey::parse(text).unwrap().hash()
}

/// A key of that text, with a label and an end.
pub fn labelled(text: &str, label: &str, ends_at: Option<Timestamp>) -> NewKey {
    NewKey { label: Some(KeyLabel::parse(label).unwrap()), ends_at, ..key(text).into() }
}

/// A user with a nickname and a key of their own, and nothing else.
pub fn new_user(name: &str) -> NewUser {
    NewUser {
        nickname: nickname(name),
        first_name: None,
        last_name: None,
        particulars: Particulars::default(),
        key: Some(ApiKey::generate().unwrap().hash().into()),
        follows: Vec::new(),
        created_at: noon(),
    }
}

/// A tweet without images, unguarded.
pub fn draft(author: UserId, text: &str) -> NewTweet {
    with_images(author, text, &[])
}

/// A tweet with images, unguarded.
pub fn with_images(author: UserId, text: &str, images: &[MediaId]) -> NewTweet {
    let ids = images.iter().map(|image| image.get()).collect::<Vec<_>>();
    NewTweet {
        author,
        text: TweetText::stored(text.to_owned()),
        attachments: Attachments::parse(&ids, usize::MAX).unwrap(),
        created_at: noon(),
        quota: Quota::NONE,
        guard: None,
    }
}

/// A tweet with images and what they are said to show, unguarded; an empty text says nothing.
pub fn described(author: UserId, text: &str, images: &[(MediaId, &str)]) -> NewTweet {
    let (ids, descriptions) = images.iter().copied().unzip::<_, _, Vec<_>, Vec<_>>();
    let tweet = with_images(author, text, &ids);
    let description = |text: &str| {
        Some(ImageDescription::stored(text.to_owned())).filter(|given| !given.as_str().is_empty())
    };
    let attachments = tweet.attachments.described(descriptions.into_iter().map(description).collect());
    NewTweet { attachments: attachments.unwrap(), ..tweet }
}

/// A name that no image has yet.
pub fn image_name() -> ImageName {
    ImageName::random(ImageFormat::Png).unwrap()
}

/// An avatar that nobody has yet.
pub fn avatar() -> Avatar {
    Avatar::random(ImageFormat::Jpeg).unwrap()
}

/// An image to be recorded, unguarded.
pub fn picture(owner: UserId) -> NewImage {
    NewImage {
        owner,
        name: image_name(),
        width: 640,
        height: 480,
        bytes: 12_345,
        variants: Variants::parse("320x240.jpg"),
        uploaded_at: noon(),
        quotas: UploadQuotas::NONE,
        guard: None,
    }
}

/// The files of an image.
pub fn files_of(image: &NewImage) -> ImageFiles {
    ImageFiles { name: image.name, variants: image.variants.clone() }
}

/// What a request asks for, made from one number.
pub fn fingerprint(request: u8) -> Fingerprint {
    Fingerprint::stored([request; 32])
}

/// A guard of that key at [`noon`] for a request made from one number.
pub fn guard(key: &str, request: u8) -> Guard {
    Guard { key: IdempotencyKey::parse(key).unwrap(), fingerprint: fingerprint(request), at: noon() }
}
