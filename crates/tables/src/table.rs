//! The list of tables.

/// A table, as it stands in both databases.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What operators call it.
    pub title: &'static str,
    /// How many columns, from the first, are its primary key.
    pub key: usize,
    /// Its columns.
    pub columns: &'static [Column],
    /// Its indexes, but for those of its keys; not every database has all of them.
    pub indexes: &'static [&'static str],
    /// Where `users export` puts what is a user's.
    pub export: Export,
}

/// Where a user's rows of a [`Table`] are in the archive that the user may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// In this file.
    In(&'static str),
    /// Nowhere, and why.
    Nowhere(&'static str),
}
use Export::{In, Nowhere};

/// A column of a [`Table`].
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may hold nothing, in PostgreSQL at least.
    pub nullable: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number that the database gives out by itself: 1, 2, … and none twice.
    Id,
    /// A whole number of at most 64 bits.
    Integer,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
    /// A moment; as a value the milliseconds since 1970 in UTC.
    Time,
}

/// What operators did. It may grow while the rest is read.
#[rustfmt::skip]
pub const AUDIT_LOG: Table = Table {
    name: "audit_log", title: "records", key: 1, indexes: &[],
    export: Nowhere("what operators did is theirs"),
    columns: &[
        id("id"), time("at"), text("os_user"), text("sudo_user").or_null(), text("action"), integer("user_id").or_null(),
        text("outcome"), text("detail").or_null(), integer("by_user_id").or_null(),
    ],
};

/// Whose rows these are: one row.
#[rustfmt::skip]
pub const STORE_IDENTITY: Table = Table {
    name: "store_identity", title: "store id", key: 1, indexes: &[],
    export: Nowhere("of no user"),
    columns: &[integer("one"), text("id")],
};

/// Every table of ours; one that refers to another comes behind it.
#[rustfmt::skip]
pub const TABLES: &[Table] = &[
    Table {
        name: "users", title: "users", key: 1,
        indexes: &["users_searchable", "users_login", "users_external_id", "users_email", "users_avatar", "users_of_owner"],
        export: In("profile.json"),
        columns: &[
            id("id"), text("nickname"), text("nickname_folded"), text("first_name").or_null(),
            text("last_name").or_null(), text("searchable"), integer("followers_count"), integer("following_count"),
            time("created_at"), text("login").or_null(), text("login_folded").or_null(), text("email").or_null(),
            text("email_folded").or_null(), text("external_id").or_null(), text("title").or_null(),
            text("department").or_null(), text("managed_by").or_null(), time("deactivated_at").or_null(), text("role"),
            text("avatar").or_null(), integer("owner_id").or_null(),
        ],
    },
    Table {
        name: "api_keys", title: "keys", key: 1, indexes: &["api_keys_of_user", "api_keys_ending"],
        export: Nowhere("a hash is of no use to its holder"),
        columns: &[
            id("id"), bytes("hash"), integer("user_id"), time("created_at"), time("ends_at").or_null(),
            text("label").or_null(), time("last_used_on").or_null(),
        ],
    },
    Table {
        name: "follows", title: "follows", key: 2, indexes: &["follows_of_followee"],
        export: In("following.json"),
        columns: &[integer("follower_id"), integer("followee_id")],
    },
    Table {
        name: "tweets", title: "tweets", key: 1,
        indexes: &["tweets_of_author_by_popularity", "tweets_of_author_by_age", "tweets_by_popularity"],
        export: In("tweets.json"),
        columns: &[id("id"), integer("author_id"), text("content"), integer("like_count"), time("created_at")],
    },
    Table {
        name: "likes", title: "likes", key: 2, indexes: &["likes_of_user"],
        export: In("likes.json"),
        columns: &[integer("tweet_id"), integer("user_id")],
    },
    Table {
        name: "images", title: "images", key: 1,
        indexes: &[
            "images_of_owner",
            "images_of_owner_by_age",
            "images_of_tweet",
            "images_unattached",
            "images_without_variants",
        ],
        export: In("images.json"),
        columns: &[
            id("id"), integer("owner_id"), text("name"), integer("width"), integer("height"), integer("bytes"),
            integer("tweet_id").or_null(), integer("position").or_null(), time("uploaded_at"),
            text("description").or_null(), text("variants").or_null(),
        ],
    },
    Table {
        name: "removals", title: "removals", key: 1, indexes: &["removals_of_author", "removals_by_age"],
        export: In("removals.json"),
        columns: &[
            id("id"), integer("author_id"), integer("tweet_id"), text("content"), text("reason"), time("removed_at"),
        ],
    },
    Table {
        name: "announcements", title: "announcements", key: 1,
        indexes: &["announcements_of_tweet", "announcements_ending"],
        export: Nowhere("of the company, which says who has read them"),
        columns: &[id("id"), integer("tweet_id"), time("ends_at"), integer("acknowledge"), time("created_at")],
    },
    Table {
        name: "acknowledgements", title: "acknowledgements", key: 2, indexes: &["acknowledgements_of_user"],
        export: In("acknowledgements.json"),
        columns: &[integer("announcement_id"), integer("user_id"), time("at")],
    },
    Table {
        name: "idempotency_keys", title: "guards", key: 2, indexes: &["idempotency_keys_by_age"],
        export: Nowhere("gone after a day, and says nothing but that a request was sent"),
        columns: &[
            integer("user_id"), text("key"), bytes("fingerprint"), integer("outcome_id").or_null(), time("created_at"),
        ],
    },
    AUDIT_LOG,
    STORE_IDENTITY,
];

/// The tables by which a store of any version is known: its first version had them.
pub const FIRST: [&str; 4] = ["users", "api_keys", "tweets", "follows"];

/// A constant function for each kind of column.
macro_rules! columns {
    ($($function:ident: $kind:ident),+) => {
        $(const fn $function(name: &'static str) -> Column {
            Column { name, kind: Kind::$kind, nullable: false }
        })+
    };
}
columns!(id: Id, integer: Integer, text: Text, bytes: Bytes, time: Time);

impl Column {
    const fn or_null(self) -> Self {
        Self { nullable: true, ..self }
    }
}

impl Table {
    /// The names of all tables, parted by commas.
    pub fn names() -> String {
        TABLES.iter().map(|table| table.name).collect::<Vec<_>>().join(", ")
    }

    /// The names of its columns, parted by commas.
    pub fn column_names(&self) -> String {
        self.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }

    /// The columns of its primary key.
    pub fn key(&self) -> &'static [Column] {
        &self.columns[..self.key]
    }

    /// Whether the database gives out its ids.
    pub fn has_ids(&self) -> bool {
        self.columns[0].kind == Kind::Id
    }
}
