//! The adapters themselves, for what no use case knows: how busy they are, and their end.

use tweetty_media::Folder;

/// What keeps the rows.
#[derive(Clone)]
pub(super) enum Database {
    Sqlite(tweetty_sqlite::Store),
    Postgres(tweetty_postgres::Store),
}

/// What keeps rows and images. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    pub(super) database: Database,
    pub(super) folder: Option<Folder>,
}

impl Store {
    /// The name of its kind.
    pub(crate) fn kind(&self) -> &'static str {
        match self.database {
            Database::Sqlite(_) => "sqlite",
            Database::Postgres(_) => "postgres",
        }
    }

    /// Makes what it counts visible before it happens for the first time.
    pub(crate) fn announce_metrics(&self) {
        match self.database {
            Database::Sqlite(_) => tweetty_sqlite::announce_metrics(),
            Database::Postgres(_) => tweetty_postgres::announce_metrics(),
        }
    }

    /// Sets the gauges of what is in use and of what waits.
    pub(crate) fn measure(&self) {
        match &self.database {
            Database::Sqlite(store) => store.measure(),
            Database::Postgres(store) => store.measure(),
        }
        if let Some(folder) = &self.folder {
            folder.measure();
        }
    }

    /// Closes it in good order. Connections to PostgreSQL end with the process: nothing is left of them.
    pub(crate) async fn close(&self) {
        if let Database::Sqlite(store) = &self.database {
            store.close().await;
        }
    }
}
