//! Taking an address to listen on.

use std::io;
use std::net::{SocketAddr, TcpListener};

use tokio::net::TcpSocket;

use crate::config::Refusal;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 4096;

/// Listens at the address that the setting names.
pub(super) fn listen(bind: SocketAddr, setting: &str) -> Result<TcpListener, Refusal> {
    bound(bind).map_err(|error| Refusal::world(setting, cannot_listen(bind, &error)))
}

/// The standard library's listener lets only 128 connections wait.
fn bound(bind: SocketAddr) -> io::Result<TcpListener> {
    let socket = if bind.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A stopped server's connections linger for a minute; the next one need not wait for them.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(bind)?;
    socket.listen(BACKLOG)?.into_std()
}

fn cannot_listen(bind: SocketAddr, error: &io::Error) -> String {
    let cure = match error.kind() {
        io::ErrorKind::AddrInUse => "another program listens there; stop it or choose another port",
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address",
        io::ErrorKind::PermissionDenied => "ports below 1024 need a privilege; choose a higher one",
        _ => "choose another address",
    };
    format!("{bind}: {error}; {cure}")
}
