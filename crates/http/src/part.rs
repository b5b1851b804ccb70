//! The parts of the server that may not be ready.

use paperclip::v2::models::DefaultSchemaRaw;
use paperclip::v2::schema::Apiv2Schema;
use serde::Serialize;
use serde_json::json;

use crate::schema;

/// What may not be ready. An answer names nothing else, and the document takes the names from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    /// The database can't be used.
    Database,
    /// The folder of the images can't be used.
    Media,
    /// The server is about to stop.
    Stopping,
}

impl Part {
    pub(crate) const ALL: [Self; 3] = [Self::Database, Self::Media, Self::Stopping];

    /// As `not_ready` names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Media => "media",
            Self::Stopping => "stopping",
        }
    }
}

impl Apiv2Schema for Part {
    fn raw_schema() -> DefaultSchemaRaw {
        schema::with::<String>(&json!({"enum": Self::ALL}))
    }
}
