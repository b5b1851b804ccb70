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
}

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
pub const AUDIT_LOG: Table = Table {
    name: "audit_log",
    title: "records",
    key: 1,
    columns: &[
        of(Kind::Id, "id"),
        of(Kind::Time, "at"),
        of(Kind::Text, "os_user"),
        or_null(Kind::Text, "sudo_user"),
        of(Kind::Text, "action"),
        or_null(Kind::Integer, "user_id"),
        of(Kind::Text, "outcome"),
        or_null(Kind::Text, "detail"),
    ],
    indexes: &[],
};

/// Whose rows these are: one row.
pub const STORE_IDENTITY: Table = Table {
    name: "store_identity",
    title: "store id",
    key: 1,
    columns: &[of(Kind::Integer, "one"), of(Kind::Text, "id")],
    indexes: &[],
};

/// Every table of ours; one that refers to another comes behind it.
pub const TABLES: &[Table] = &[
    Table {
        name: "users",
        title: "users",
        key: 1,
        columns: &[
            of(Kind::Id, "id"),
            of(Kind::Text, "nickname"),
            of(Kind::Text, "nickname_folded"),
            or_null(Kind::Text, "first_name"),
            or_null(Kind::Text, "last_name"),
            of(Kind::Text, "searchable"),
            of(Kind::Integer, "followers_count"),
            of(Kind::Integer, "following_count"),
            of(Kind::Time, "created_at"),
        ],
        indexes: &["users_searchable"],
    },
    Table {
        name: "api_keys",
        title: "keys",
        key: 1,
        columns: &[
            of(Kind::Bytes, "hash"),
            of(Kind::Integer, "user_id"),
            of(Kind::Time, "created_at"),
            or_null(Kind::Time, "ends_at"),
        ],
        indexes: &["api_keys_of_user", "api_keys_ending"],
    },
    Table {
        name: "follows",
        title: "follows",
        key: 2,
        columns: &[of(Kind::Integer, "follower_id"), of(Kind::Integer, "followee_id")],
        indexes: &["follows_of_followee"],
    },
    Table {
        name: "tweets",
        title: "tweets",
        key: 1,
        columns: &[
            of(Kind::Id, "id"),
            of(Kind::Integer, "author_id"),
            of(Kind::Text, "content"),
            of(Kind::Integer, "like_count"),
            of(Kind::Time, "created_at"),
        ],
        indexes: &["tweets_of_author_by_popularity", "tweets_of_author_by_age", "tweets_by_popularity"],
    },
    Table {
        name: "likes",
        title: "likes",
        key: 2,
        columns: &[of(Kind::Integer, "tweet_id"), of(Kind::Integer, "user_id")],
        indexes: &["likes_of_user"],
    },
    Table {
        name: "images",
        title: "images",
        key: 1,
        columns: &[
            of(Kind::Id, "id"),
            of(Kind::Integer, "owner_id"),
            of(Kind::Text, "name"),
            of(Kind::Integer, "width"),
            of(Kind::Integer, "height"),
            of(Kind::Integer, "bytes"),
            or_null(Kind::Integer, "tweet_id"),
            or_null(Kind::Integer, "position"),
            of(Kind::Time, "uploaded_at"),
        ],
        indexes: &["images_of_owner", "images_of_tweet", "images_unattached"],
    },
    Table {
        name: "idempotency_keys",
        title: "guards",
        key: 2,
        columns: &[
            of(Kind::Integer, "user_id"),
            of(Kind::Text, "key"),
            of(Kind::Bytes, "fingerprint"),
            or_null(Kind::Integer, "outcome_id"),
            of(Kind::Time, "created_at"),
        ],
        indexes: &["idempotency_keys_by_age"],
    },
    AUDIT_LOG,
    STORE_IDENTITY,
];

/// The tables by which a store of any version is known: its first version had them.
pub const FIRST: [&str; 4] = ["users", "api_keys", "tweets", "follows"];

const fn of(kind: Kind, name: &'static str) -> Column {
    Column { name, kind, nullable: false }
}

const fn or_null(kind: Kind, name: &'static str) -> Column {
    Column { name, kind, nullable: true }
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
