//! A seeded company, kept between runs, and the people in it whom the rows need.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::options::Sizes;

/// Goes up when the people added to a seeded company become others.
const ARRANGEMENT: u32 = 3;
/// For so long a kept company ends recently enough: its last week has nearly as many tweets.
const RECENT: Duration = Duration::from_hours(12);

/// Somebody who looks at a feed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Viewer {
    pub(crate) id: i64,
    pub(crate) key: String,
    pub(crate) following: u64,
}

/// What is known of a kept company.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Company {
    /// Who follow whom they would in a company, the popular more often than others; by ascending number of followees.
    pub(crate) usual: Vec<Viewer>,
    /// Who follow those alone whom fewest follow.
    pub(crate) unpopular: Vec<Viewer>,
    /// Who follow those alone whose best tweets are liked least: the worst that a feed can meet.
    pub(crate) unliked: Vec<Viewer>,
    /// The first of the likers, whose ids go on without a gap.
    pub(crate) first_liker: i64,
    /// Whom most people follow.
    pub(crate) most_followed: i64,
    /// Whom as many people follow as follow the one in the middle.
    pub(crate) ordinary: i64,
}

/// How the keys of the likers look; `%06d` is the number from 1.
pub(crate) const LIKER_KEY: &str = "benchmark-liker-with-the-number-%06d";

/// The key of a liker, numbered from 1.
pub(crate) fn liker_key(number: u32) -> String {
    LIKER_KEY.replace("%06d", &format!("{number:06}"))
}

/// The folder of a company of these sizes with the schema of this checkout.
pub(crate) fn folder(data: &Path, sizes: Sizes, store: &str) -> Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    (ARRANGEMENT, sizes.users, sizes.likes, sizes.follows, sizes.likers).hash(&mut hasher);
    let mut migrations = std::fs::read_dir(Path::new("migrations").join(store))?
        .flatten()
        .map(|entry| entry.path())
        .collect::<Vec<_>>();
    migrations.sort();
    for migration in migrations {
        std::fs::read(migration.join("up.sql"))?.hash(&mut hasher);
    }
    let name = format!("{store}-{}-{:08x}", sizes.tweets, hasher.finish() >> 32);
    let folder = data.join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}

/// The company that was seeded into the folder a short while before, if it was seeded whole.
pub(crate) fn kept(folder: &Path) -> Result<Option<Company>> {
    let file = folder.join("company.json");
    if !file.exists() || file.metadata()?.modified()?.elapsed().is_ok_and(|age| age > RECENT) {
        return Ok(None);
    }
    Ok(Some(serde_json::from_str(&std::fs::read_to_string(file)?)?))
}

/// Notes that the company in the folder is whole.
pub(crate) fn keep(folder: &Path, company: &Company) -> Result<()> {
    Ok(std::fs::write(folder.join("company.json"), serde_json::to_string(company)?)?)
}
