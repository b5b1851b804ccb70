//! A line between tweetty and PostgreSQL that can be made bad.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tweetty_trial::Result;

/// The most that passes at once.
const PIECE: usize = 4 * 1024;

/// How the line is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Line {
    Good,
    /// Each piece comes so much later.
    Late(Duration),
    /// So many bytes a second pass each way on each connection.
    Narrow(u32),
    /// Connections are taken and nothing passes.
    Silent,
}

/// How connections end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// In good order.
    Closed,
    /// By RST.
    Reset,
}

/// Passes on what comes to a loopback port; ends with this value.
pub(crate) struct Proxy {
    address: SocketAddr,
    line: watch::Sender<Line>,
    ends: watch::Sender<Option<End>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// In front of a PostgreSQL whose socket lies in that folder.
    pub(crate) async fn before(folder: PathBuf) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (line, lines) = watch::channel(Line::Good);
        let (ends, ended) = watch::channel(None);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let socket = folder.join(".s.PGSQL.5432");
                tokio::spawn(pass(client, socket, lines.clone(), ended.clone()));
            }
        });
        Ok(Self { address, line, ends, accepting })
    }

    /// The URL of a database behind it.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}?sslmode=disable", self.address)
    }

    pub(crate) fn becomes(&self, line: Line) {
        self.line.send_replace(line);
    }

    /// Ends the connections that there are; new ones are taken.
    pub(crate) fn end(&self, how: End) {
        self.ends.send_replace(Some(how));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(
    client: TcpStream,
    socket: PathBuf,
    line: watch::Receiver<Line>,
    mut ends: watch::Receiver<Option<End>>,
) {
    ends.mark_unchanged();
    let Ok(server) = UnixStream::connect(socket).await else { return };
    client.set_nodelay(true).ok();
    let (mut from_client, mut to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let outward = pump(&mut from_client, to_server, line.clone());
    let inward = pump(from_server, &mut to_client, line);
    tokio::select! {
        _ = outward => {}
        _ = inward => {}
        _ = ends.changed() => {}
    }
    if *ends.borrow() == Some(End::Reset)
        && let Ok(client) = from_client.reunite(to_client)
    {
        client.set_zero_linger().ok();
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut line: watch::Receiver<Line>,
) -> std::io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return Ok(());
        }
        let now = *line.borrow();
        match now {
            Line::Good => {}
            Line::Late(delay) => tokio::time::sleep(delay).await,
            Line::Narrow(bytes) => {
                let seconds = f64::from(u32::try_from(length).unwrap_or(u32::MAX)) / f64::from(bytes);
                tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
            }
            Line::Silent => {
                if line.wait_for(|line| *line != Line::Silent).await.is_err() {
                    return Ok(());
                }
            }
        }
        to.write_all(&piece[..length]).await?;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tokio::net::UnixListener;

    use super::*;

    /// A proxy before a server that repeats what it hears, and a connection through it.
    async fn echoed() -> (tempfile::TempDir, Proxy, TcpStream) {
        let folder = tempfile::tempdir().unwrap();
        let echo = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = echo.accept().await {
                let (mut from, mut to) = stream.into_split();
                tokio::spawn(async move { tokio::io::copy(&mut from, &mut to).await });
            }
        });
        let proxy = Proxy::before(folder.path().to_owned()).await.unwrap();
        let client = TcpStream::connect(proxy.address).await.unwrap();
        (folder, proxy, client)
    }

    async fn repeated(client: &mut TcpStream) -> Duration {
        let begun = Instant::now();
        client.write_all(b"hello").await.unwrap();
        client.read_exact(&mut [0; 5]).await.unwrap();
        begun.elapsed()
    }

    #[tokio::test]
    async fn a_line_is_as_bad_as_it_is_told_to_be() {
        let (_folder, proxy, mut client) = echoed().await;
        assert!(repeated(&mut client).await < Duration::from_millis(90));
        proxy.becomes(Line::Late(Duration::from_millis(50)));
        assert!(repeated(&mut client).await >= Duration::from_millis(100), "there and back");
        proxy.becomes(Line::Narrow(50));
        assert!(repeated(&mut client).await >= Duration::from_millis(200));
        proxy.becomes(Line::Silent);
        client.write_all(b"hello").await.unwrap();
        let heard = tokio::time::timeout(Duration::from_millis(100), client.read_exact(&mut [0; 5])).await;
        assert!(heard.is_err(), "nothing passes");
        proxy.becomes(Line::Good);
        client.read_exact(&mut [0; 5]).await.unwrap();
    }

    #[tokio::test]
    async fn connections_end_as_they_are_told_to() {
        for (how, seen) in [(End::Closed, Ok(0)), (End::Reset, Err(std::io::ErrorKind::ConnectionReset))] {
            let (_folder, proxy, mut client) = echoed().await;
            repeated(&mut client).await;
            proxy.end(how);
            assert_eq!(client.read(&mut [0; 5]).await.map_err(|error| error.kind()), seen, "{how:?}");
            let mut another = TcpStream::connect(proxy.address).await.unwrap();
            repeated(&mut another).await;
        }
    }
}
