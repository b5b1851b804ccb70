//! Disks that are full.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::time::Duration;

use tokio::task::block_in_place;
use tweetty_trial::Result;

use crate::files::Small;
use crate::load::{Crowd, Load};
use crate::place::{DATABASE, Place, Store, sqlite};
use crate::row::Row;
use crate::trial::{Allowed, RECOVERY, Trial};
use crate::writer::Mix;

const ALLOWED: Allowed = Allowed { errors: &["503"], slowest: Duration::from_secs(5) };

/// Takes what is left on a file system.
type Fill = fn(&mut Small) -> Result<()>;

pub(super) async fn images(trial: Trial) -> Result<Row> {
    let row = uploading(trial, "size=32m", Small::fill).await?;
    Ok(Row { besides: "uploads alone; nothing of a refused one stays".to_owned(), ..row })
}

pub(super) async fn inodes(trial: Trial) -> Result<Row> {
    let row = uploading(trial, trial.of("nr_inodes=4000", "nr_inodes=12000"), |small| {
        small.fill_inodes();
        Ok(())
    })
    .await?;
    Ok(Row { besides: "uploads alone; nothing of a refused one stays".to_owned(), ..row })
}

async fn uploading(trial: Trial, size: &str, fill: Fill) -> Result<Row> {
    let mut place = Place::prepare(trial.store, trial.full)?;
    let media = place.folder.path().join("small");
    let small = Small::mount(&media, size)?;
    place.setup.media.clone_from(&media);
    // Otherwise uploads would stop before it is full.
    place.setup.arguments.push("--disk-reserve=0".to_owned());
    place.start()?;
    let (mut row, mut place, small) = filled(trial, place, small, Mix::Uploads, fill).await?;
    let left = std::fs::read_dir(media.join("incoming"))?.count();
    if left > 0 {
        row.complaints.push(format!("{left} files were left in incoming/"));
    }
    // What is on the file system goes before it does.
    place.server()?.terminate()?;
    place.server()?.wait()?;
    drop(small);
    Ok(row)
}

pub(super) async fn database(trial: Trial) -> Result<Row> {
    let mut place = Place::prepare(trial.store, trial.full)?;
    let (small, besides) = match trial.store {
        Store::Sqlite => {
            let folder = place.folder.path().join("small");
            let small = Small::mount(&folder, "size=192m")?;
            place.setup.database = sqlite(&folder);
            (small, "database and its log on it")
        }
        // Where its log has no room, PostgreSQL ends; its supervisor starts it again.
        Store::Postgres => (tablespace(&place)?, "tables and indexes on it, PostgreSQL's log beside"),
    };
    place.start()?;
    let (row, mut place, small) = filled(trial, place, small, Mix::Words, Small::fill).await?;
    place.server()?.terminate()?;
    place.server()?.wait()?;
    drop(small);
    Ok(Row { besides: besides.to_owned(), ..row })
}

/// Moves the database to a small file system, which the server's account owns as it does its own folder.
fn tablespace(place: &Place) -> Result<Small> {
    let cluster = place.cluster()?;
    let folder = cluster.socket_folder().join("small");
    let small = Small::mount(&folder, "size=192m")?;
    let owner = std::fs::metadata(cluster.socket_folder())?;
    chown(&folder, Some(owner.uid()), Some(owner.gid()))?;
    block_in_place(|| {
        cluster.execute("postgres", &format!("CREATE TABLESPACE small LOCATION '{}'", folder.display()));
        cluster.execute("postgres", &format!("ALTER DATABASE {DATABASE} SET TABLESPACE small"));
    });
    Ok(small)
}

async fn filled(
    trial: Trial,
    mut place: Place,
    mut small: Small,
    mix: Mix,
    fill: Fill,
) -> Result<(Row, Place, Small)> {
    let crowd = Crowd::gather(&place, 16, 1_000)?;
    let load = Load::start(&crowd, &[place.address()], mix);
    let mut longest = Duration::ZERO;
    for _ in 0..trial.of(2, 10) {
        load.pulse().more(100, Duration::from_secs(30)).await?;
        fill(&mut small)?;
        load.pulse().more_failures(40, Duration::from_secs(20)).await?;
        small.empty()?;
        longest = longest.max(load.pulse().recovery(RECOVERY).await?);
    }
    load.pulse().more(100, Duration::from_secs(30)).await?;
    let row = trial.judge(&mut place, &crowd, load, Some(longest), ALLOWED).await?;
    Ok((row, place, small))
}
