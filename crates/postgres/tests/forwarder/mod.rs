//! An address of loopback behind which one server can take the place of another, as behind a virtual address.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tweetty_cluster::Database;

/// Passes on what comes to a port; connections that there are go on to where they led.
pub(crate) struct Forwarder {
    address: SocketAddr,
    database: String,
    socket: watch::Sender<PathBuf>,
    accepting: JoinHandle<()>,
}

impl Forwarder {
    pub(crate) async fn before(database: &Database<'_>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (socket, target) = watch::channel(socket_of(database));
        let accepting = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let socket = target.borrow().clone();
                tokio::spawn(async move {
                    let mut server = UnixStream::connect(socket).await.unwrap();
                    copy_bidirectional(&mut client, &mut server).await.ok();
                });
            }
        });
        Self { address, database: database.name().to_owned(), socket, accepting }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of the database, by this address.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@{}/{}?sslmode=disable", self.address, self.database)
    }

    /// New connections lead to that database, which has the same name.
    pub(crate) fn leads_to(&self, database: &Database<'_>) {
        assert_eq!(database.name(), self.database);
        self.socket.send_replace(socket_of(database));
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn socket_of(database: &Database<'_>) -> PathBuf {
    database.cluster().socket_folder().join(".s.PGSQL.5432")
}
