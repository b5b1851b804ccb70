//! What the model keeps, table by table: in what shape, what goes with a user or a tweet, and its rows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate};
use tweetty_domain::{
    AnnouncementId, Avatar, Designation, Email, Entry, ExternalId, Fingerprint, IdempotencyKey,
    ImageDescription, ImageFiles, ImageName, ImageRecord, KeyHash, KeyId, KeyLabel, ListName, Login, MediaId,
    NewAnnouncement, NewImage, NewKey, Nickname, Outcome, Particulars, PersonName, Reason, RecordId, Removal,
    RemovalId, Role, StoreId, Timestamp, TweetId, TweetText, UploadQuotas, User, UserId, Variants,
};
use tweetty_tables::Value::{Bytes, Integer, Text};
use tweetty_tables::{Row, Table, Value, action_of, by_of, log_row, user_row};

use crate::arrange::files_of;

#[derive(Clone, Default)]
pub(super) struct State {
    /// Their counters are counted anew from the follows.
    pub(super) users: BTreeMap<UserId, User>,
    pub(super) keys: BTreeMap<KeyId, HeldKey>,
    /// Follower and followee.
    pub(super) follows: BTreeSet<(UserId, UserId)>,
    pub(super) tweets: BTreeMap<TweetId, Written>,
    pub(super) likes: BTreeSet<(TweetId, UserId)>,
    pub(super) images: BTreeMap<MediaId, NewImage>,
    /// Of whose tweets, and what was removed.
    pub(super) removals: BTreeMap<RemovalId, (UserId, Removal)>,
    pub(super) announcements: BTreeMap<AnnouncementId, NewAnnouncement>,
    pub(super) acknowledgements: BTreeMap<(AnnouncementId, UserId), Timestamp>,
    pub(super) guards: Vec<Guarded>,
    pub(super) log: Vec<(RecordId, Entry)>,
    /// The highest id that each table ever gave out.
    pub(super) last: BTreeMap<&'static str, i64>,
    /// Given when somebody asks for it first.
    pub(super) id: Option<StoreId>,
}

#[derive(Clone)]
pub(super) struct Written {
    pub(super) author: UserId,
    pub(super) text: TweetText,
    pub(super) attachments: Vec<Attached>,
    pub(super) created_at: Timestamp,
}

/// An image of a tweet, and what it shows.
#[derive(Clone)]
pub(super) struct Attached {
    pub(super) image: MediaId,
    pub(super) description: Option<ImageDescription>,
}

#[derive(Clone)]
pub(super) struct HeldKey {
    pub(super) holder: UserId,
    pub(super) key: NewKey,
    pub(super) created_at: Timestamp,
    pub(super) last_used_on: Option<NaiveDate>,
}

impl HeldKey {
    pub(super) fn is_valid(&self, now: Timestamp) -> bool {
        self.key.ends_at.is_none_or(|end| end > now)
    }
}

/// What is remembered of a guarded write.
#[derive(Clone)]
pub(super) struct Guarded {
    pub(super) user: UserId,
    pub(super) key: IdempotencyKey,
    pub(super) fingerprint: Fingerprint,
    /// The id of what came of it.
    pub(super) outcome: i64,
    pub(super) created_at: Timestamp,
}

fn time(milliseconds: i64) -> Timestamp {
    DateTime::from_timestamp_millis(milliseconds).unwrap()
}

fn text(value: &Value) -> Option<String> {
    if let Text(text) = value { Some(text.clone()) } else { None }
}

/// What the columns behind the first ones of a user hold.
fn particulars(columns: &[Value]) -> (Particulars, Option<Timestamp>, Option<Avatar>) {
    let [login, _, email, _, external_id, title, department, managed_by, deactivated_at, role, avatar, owner] =
        columns
    else {
        unreachable!("no user: {columns:?}");
    };
    let particulars = Particulars {
        login: text(login).map(Login::stored),
        email: text(email).map(Email::stored),
        external_id: text(external_id).map(ExternalId::stored),
        title: text(title).map(Designation::stored),
        department: text(department).map(Designation::stored),
        managed_by: text(managed_by).map(ListName::stored),
        role: Role::stored(&text(role).unwrap()).unwrap(),
        owner: if let Integer(id) = owner { Some(UserId::stored(*id)) } else { None },
    };
    let deactivated_at = if let Integer(at) = deactivated_at { Some(time(*at)) } else { None };
    (particulars, deactivated_at, text(avatar).map(|text| Avatar::parse(&text).unwrap()))
}

/// A user as their row says, but for the counts.
fn stored_user(
    id: UserId,
    (nickname, first_name, last_name): (Nickname, Option<PersonName>, Option<PersonName>),
    created_at: Timestamp,
    rest: &[Value],
) -> User {
    let (particulars, deactivated_at, avatar) = particulars(rest);
    User {
        id,
        nickname,
        first_name,
        last_name,
        particulars,
        avatar,
        deactivated_at,
        followers_count: 0,
        following_count: 0,
        created_at,
    }
}

fn sum(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap()
}

impl State {
    pub(super) fn remove_tweet(&mut self, tweet: TweetId) -> Vec<ImageFiles> {
        self.likes.retain(|(liked, _)| *liked != tweet);
        self.remove_announcements(|_, announcement| announcement.tweet == tweet);
        let attachments = self.tweets.remove(&tweet).map(|tweet| tweet.attachments).unwrap_or_default();
        let images = attachments.iter().filter_map(|attached| self.images.remove(&attached.image));
        images.map(|image| files_of(&image)).collect()
    }

    /// Removes all that is a user's; answers the files of their images.
    pub(super) fn remove_all_of(&mut self, user: UserId) -> Vec<ImageFiles> {
        let images = self.images.values().filter(|image| image.owner == user);
        let files = images.map(files_of).collect();
        let tweets = self.tweets.iter().filter(|(_, tweet)| tweet.author == user).map(|(id, _)| *id);
        for tweet in tweets.collect::<Vec<_>>() {
            self.remove_tweet(tweet);
        }
        self.likes.retain(|(_, liker)| *liker != user);
        self.acknowledgements.retain(|(_, reader), _| *reader != user);
        self.follows.retain(|(follower, followee)| *follower != user && *followee != user);
        self.keys.retain(|_, key| key.holder != user);
        self.removals.retain(|_, (author, _)| *author != user);
        self.guards.retain(|guard| guard.user != user);
        self.images.retain(|_, image| image.owner != user);
        files
    }

    /// Takes in a row of a table.
    pub(super) fn take_in(&mut self, table: &Table, row: &[Value]) {
        match (table.name, row) {
            ("users", [Integer(id), Text(nickname), _, first, last, _, _, _, Integer(at), rest @ ..]) => {
                let [first, last] = [first, last].map(|name| text(name).map(PersonName::stored));
                let names = (Nickname::stored(nickname.clone()), first, last);
                let user = stored_user(UserId::stored(*id), names, time(*at), rest);
                self.users.insert(user.id, user);
            }
            ("api_keys", [Integer(id), Bytes(hash), Integer(user), Integer(at), end, label, used]) => {
                let moment = |value: &Value| if let Integer(at) = value { Some(time(*at)) } else { None };
                let hash = KeyHash::stored(sum(hash));
                let key = NewKey { hash, label: text(label).map(KeyLabel::stored), ends_at: moment(end) };
                let last_used_on = moment(used).map(|day| day.date_naive());
                let (holder, created_at) = (UserId::stored(*user), time(*at));
                self.keys.insert(KeyId::stored(*id), HeldKey { holder, key, created_at, last_used_on });
            }
            ("follows", [Integer(follower), Integer(followee)]) => {
                self.follows.insert((UserId::stored(*follower), UserId::stored(*followee)));
            }
            ("tweets", [Integer(id), Integer(author), Text(text), _, Integer(at)]) => {
                let (author, text) = (UserId::stored(*author), TweetText::stored(text.clone()));
                let written = Written { author, text, attachments: Vec::new(), created_at: time(*at) };
                self.tweets.insert(TweetId::stored(*id), written);
            }
            ("likes", [Integer(tweet), Integer(user)]) => {
                self.likes.insert((TweetId::stored(*tweet), UserId::stored(*user)));
            }
            ("images", [Integer(id), Integer(owner), Text(name), rest @ ..]) => {
                self.take_in_image(MediaId::stored(*id), UserId::stored(*owner), name, rest);
            }
            (
                "removals",
                [Integer(id), Integer(author), Integer(tweet), Text(text), Text(reason), Integer(at)],
            ) => {
                let id = RemovalId::stored(*id);
                let removal = Removal {
                    id,
                    tweet: TweetId::stored(*tweet),
                    text: TweetText::stored(text.clone()),
                    reason: Reason::stored(reason.clone()),
                    removed_at: time(*at),
                };
                self.removals.insert(id, (UserId::stored(*author), removal));
            }
            (
                "announcements",
                [Integer(id), Integer(tweet), Integer(until), Integer(acknowledge), Integer(at)],
            ) => {
                let (tweet, acknowledge) = (TweetId::stored(*tweet), *acknowledge == 1);
                let new = NewAnnouncement { tweet, until: time(*until), acknowledge, at: time(*at) };
                self.announcements.insert(AnnouncementId::stored(*id), new);
            }
            ("acknowledgements", [Integer(id), Integer(user), Integer(at)]) => {
                let place = (AnnouncementId::stored(*id), UserId::stored(*user));
                self.acknowledgements.insert(place, time(*at));
            }
            ("idempotency_keys", [Integer(user), Text(key), Bytes(print), Integer(outcome), Integer(at)]) => {
                self.guards.push(Guarded {
                    user: UserId::stored(*user),
                    key: IdempotencyKey::parse(key).unwrap(),
                    fingerprint: Fingerprint::stored(sum(print)),
                    outcome: *outcome,
                    created_at: time(*at),
                });
            }
            (
                "audit_log",
                [
                    Integer(id),
                    Integer(at),
                    Text(os),
                    sudo,
                    Text(action),
                    user,
                    Text(outcome),
                    detail,
                    by_user,
                ],
            ) => {
                let user_of =
                    |id: &Value| if let Integer(id) = id { Some(UserId::stored(*id)) } else { None };
                let entry = Entry {
                    at: time(*at),
                    by: by_of(os.clone(), text(sudo), user_of(by_user)),
                    action: action_of(action.clone()),
                    user: user_of(user),
                    outcome: Outcome::stored(outcome).unwrap(),
                    detail: text(detail),
                };
                self.log.push((RecordId::stored(*id), entry));
            }
            ("store_identity", [_, Text(id)]) => self.id = StoreId::parse(id),
            unknown => unreachable!("the model does not know {unknown:?}"),
        }
    }

    fn take_in_image(&mut self, id: MediaId, owner: UserId, name: &str, rest: &[Value]) {
        let [
            Integer(width),
            Integer(height),
            Integer(bytes),
            tweet,
            position,
            Integer(at),
            description,
            variants,
        ] = rest
        else {
            unreachable!("no image: {rest:?}");
        };
        let [width, height] = [width, height].map(|pixels| u32::try_from(*pixels).unwrap());
        let name = ImageName::parse(name).unwrap();
        let bytes = bytes.unsigned_abs();
        let variants = text(variants).map(|text| Variants::parse(&text).unwrap());
        let uploaded_at = time(*at);
        let quotas = UploadQuotas::NONE;
        let image =
            NewImage { owner, name, width, height, bytes, variants, uploaded_at, quotas, guard: None };
        self.images.insert(id, image);
        if let (Integer(tweet), Integer(position)) = (tweet, position) {
            // Images come by their ids, in whatever place each of them is.
            let attachments = &mut self.tweets.get_mut(&TweetId::stored(*tweet)).unwrap().attachments;
            let position = usize::try_from(*position).unwrap();
            let description = text(description).map(ImageDescription::stored);
            let attached = Attached { image: id, description };
            attachments.resize(attachments.len().max(position + 1), attached.clone());
            attachments[position] = attached;
        }
    }

    /// The rows of a table, by its key.
    pub(super) fn table(&self, table: &Table) -> Vec<Row> {
        match table.name {
            "users" => self.users.keys().filter_map(|id| self.user(*id)).map(user_row).collect(),
            "api_keys" => {
                let key = |(id, held): (&KeyId, &HeldKey)| {
                    let HeldKey { holder, key: NewKey { hash, label, ends_at }, created_at, last_used_on } =
                        held.clone();
                    vec![
                        (*id).into(),
                        hash.into(),
                        holder.into(),
                        created_at.into(),
                        ends_at.into(),
                        label.into(),
                        last_used_on.into(),
                    ]
                };
                self.keys.iter().map(key).collect()
            }
            "follows" => {
                self.follows.iter().map(|(one, other)| vec![(*one).into(), (*other).into()]).collect()
            }
            "tweets" => {
                let tweet = |(id, tweet): (&TweetId, &Written)| {
                    let likes = self.likers(*id).count() as u64;
                    let Written { author, text, created_at, .. } = tweet.clone();
                    vec![(*id).into(), author.into(), text.into(), likes.into(), created_at.into()]
                };
                self.tweets.iter().map(tweet).collect()
            }
            "likes" => self.likes.iter().map(|(tweet, user)| vec![(*tweet).into(), (*user).into()]).collect(),
            "images" => self.images.iter().map(|(id, image)| record(self.image(*id, image))).collect(),
            "removals" => {
                let row = |(author, removal): &(UserId, Removal)| {
                    let Removal { id, tweet, text, reason, removed_at } = removal.clone();
                    vec![
                        id.into(),
                        (*author).into(),
                        tweet.into(),
                        text.into(),
                        reason.into(),
                        removed_at.into(),
                    ]
                };
                self.removals.values().map(row).collect()
            }
            "announcements" => {
                let announcement = |(id, one): (&AnnouncementId, &NewAnnouncement)| {
                    let NewAnnouncement { tweet, until, acknowledge, at } = *one;
                    vec![(*id).into(), tweet.into(), until.into(), i64::from(acknowledge).into(), at.into()]
                };
                self.announcements.iter().map(announcement).collect()
            }
            "acknowledgements" => {
                let said = self.acknowledgements.iter();
                said.map(|((id, user), at)| vec![(*id).into(), (*user).into(), (*at).into()]).collect()
            }
            "idempotency_keys" => {
                let mut guards = self.guards.iter().collect::<Vec<_>>();
                guards.sort_by_key(|guard| (guard.user, guard.key.as_str()));
                let guard = |guard: &Guarded| {
                    let Guarded { user, key, fingerprint, outcome, created_at } = guard.clone();
                    vec![user.into(), key.into(), fingerprint.into(), outcome.into(), created_at.into()]
                };
                guards.into_iter().map(guard).collect()
            }
            "audit_log" => self.log.iter().cloned().map(|(id, entry)| log_row(id.get(), entry)).collect(),
            "store_identity" => self.id.map(|id| vec![1_i64.into(), id.into()]).into_iter().collect(),
            unknown => unreachable!("the model does not know {unknown}"),
        }
    }

    /// The tweet that shows an image, and the image's place there.
    fn place(&self, image: MediaId) -> Option<(TweetId, u32, &Attached)> {
        self.tweets.iter().find_map(|(tweet, written)| {
            let mut attachments = (0..).zip(&written.attachments);
            let (place, attached) = attachments.find(|(_, attached)| attached.image == image)?;
            Some((*tweet, place, attached))
        })
    }

    pub(super) fn image(&self, id: MediaId, image: &NewImage) -> ImageRecord {
        let NewImage { owner, name, width, height, bytes, variants, uploaded_at, .. } = image.clone();
        let shown = self.place(id);
        let description = shown.and_then(|(.., attached)| attached.description.clone());
        let place = shown.map(|(tweet, place, _)| (tweet, place));
        ImageRecord { id, owner, name, width, height, bytes, place, uploaded_at, description, variants }
    }
}

fn record(image: ImageRecord) -> Row {
    let (tweet, position) = image.place.unzip();
    vec![
        image.id.into(),
        image.owner.into(),
        image.name.into(),
        image.width.into(),
        image.height.into(),
        image.bytes.into(),
        tweet.into(),
        position.into(),
        image.uploaded_at.into(),
        image.description.into(),
        image.variants.into(),
    ]
}
