//! Connection poolers between us and the server.

use tokio_postgres::{Client, SimpleQueryMessage};
use tweetty_domain::{Error, Result};

use crate::opener::Opener;

/// A session with a setting of its own, which a pooler that follows its clients would keep together. The name is none that
/// counts as a tweetty at work.
const BEGIN: &str = "SET application_name = 'tweetty starting'";

/// Which process of which server works for the session.
const PROCESS: &str = "SELECT pg_backend_pid(), pg_postmaster_start_time()";

/// Who asks when. A pooler reuses the process that came back last, which shows where one asks after the other, or takes
/// them in turn, which shows where one asks twice; where others use it too, either shows after a while.
const TURNS: [usize; 9] = [0, 1, 1, 0, 0, 1, 1, 0, 0];

const SHARED: &str = "a connection pooler gives sessions no server process of their own, as PgBouncer does with \
                      pool_mode=transaction or statement: settings and prepared statements would be mixed up; connect \
                      to PostgreSQL directly, or set pool_mode=session";

/// Refuses a pooler that takes the server's process from a session when a transaction, or a statement, ends. It is asked
/// by two connections on which nothing is set that could stay behind in the pooler.
pub(crate) async fn refuse_shared_processes(opener: &Opener) -> Result<()> {
    let (one, other) = tokio::join!(opener.bare(), opener.bare());
    match (one, other) {
        (Ok(one), Ok(other)) => match opener.bounded(are_shared(one, other)).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(Error::internal(SHARED)),
            Err(error) => Err(Error::unavailable(error)),
        },
        (Err(error), Err(_)) => Err(Error::unavailable(error)),
        // There is room for one: nothing can be shared with another.
        _ => Ok(()),
    }
}

/// Whether the two are ever worked for by the same process, or one of them by two.
async fn are_shared(one: Client, other: Client) -> std::result::Result<bool, tokio_postgres::Error> {
    let sessions = [one, other];
    let mut seen = [None, None];
    for session in &sessions {
        session.batch_execute(BEGIN).await?;
    }
    for turn in TURNS {
        let now = process(&sessions[turn]).await?;
        if seen[turn].get_or_insert_with(|| now.clone()) != &now || seen[1 - turn].as_ref() == Some(&now) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Without a prepared statement, which might be another's already.
async fn process(session: &Client) -> std::result::Result<Vec<Option<String>>, tokio_postgres::Error> {
    let rows = session.simple_query(PROCESS).await?;
    let row = rows.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    Ok(row.into_iter().flat_map(|row| [row.get(0), row.get(1)]).map(|it| it.map(str::to_owned)).collect())
}
