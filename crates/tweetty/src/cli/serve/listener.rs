//! Taking an address to listen on.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use tokio::net::TcpSocket;

use crate::config::Refusal;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 4096;
/// Bytes of an answer that the kernel takes over from us for a connection before it has sent them. By itself it takes
/// megabytes for a client that reads nothing; what is on its way does not count, so that nobody is slowed down.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 64 * 1024;

/// Listens at the address that the setting names. A client that takes nothing of its answer for as long as `unread`
/// loses its connection, and until then little of it lies in the kernel.
pub(super) fn listen(bind: SocketAddr, setting: &str, unread: Duration) -> Result<TcpListener, Refusal> {
    let listener = bound(bind).and_then(|listener| {
        cut_off_after(&listener, unread)?;
        bound_unsent(&listener)?;
        Ok(listener)
    });
    listener.map_err(|error| Refusal::world(setting, cannot_listen(bind, &error)))
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

/// Nobody here asks about a connection whose buffers are full, so the kernel has to watch it. Connections inherit this
/// from their listener.
#[cfg(target_os = "linux")]
fn cut_off_after(listener: &TcpListener, unread: Duration) -> io::Result<()> {
    // None would be without an end, and the kernel knows no more than an i32.
    let milliseconds = u32::try_from(unread.as_millis()).unwrap_or(u32::MAX).clamp(1, i32::MAX as u32);
    Ok(rustix::net::sockopt::set_tcp_user_timeout(listener, milliseconds)?)
}

#[cfg(target_os = "linux")]
fn bound_unsent(listener: &TcpListener) -> io::Result<()> {
    socket2::SockRef::from(listener).set_tcp_notsent_lowat(UNSENT)
}

#[cfg(not(target_os = "linux"))]
fn bound_unsent(_: &TcpListener) -> io::Result<()> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn cut_off_after(_: &TcpListener, _: Duration) -> io::Result<()> {
    Ok(())
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
