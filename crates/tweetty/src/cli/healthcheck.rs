//! `tweetty healthcheck`: for containers, which have no curl.

use std::io::{self, Read as _, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::config::{BindSettings, Environment, Refusal, reachable};
use crate::output::{Answer, Output, complain};

/// The longest wait for the connection, and for each piece of the answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// More than the answer ever has.
const LONGEST_ANSWER: u64 = 16 * 1024;

#[derive(Debug, Args)]
pub(crate) struct Healthcheck {
    #[command(flatten)]
    bind: BindSettings,
}

#[derive(Debug, Serialize)]
struct Health {
    address: SocketAddr,
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Answer for Health {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.ready { writeln!(to, "{} is ready", self.address) } else { Ok(()) }
    }
}

impl Healthcheck {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let (bind, setting) = self.bind.address(&Environment::of_process())?;
        if bind.port() == 0 {
            return Err(Refusal::usage(setting, "port 0 is none that can be asked; name the server's").into());
        }
        let address = reachable(bind);
        let reason = ask(address).err();
        if let Some(reason) = &reason {
            complain(&format!("{address} is not ready: {reason}"));
        }
        let ready = reason.is_none();
        output.show(&Health { address, ready, reason })?;
        Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Asks whether the server is ready; else says why it is not.
fn ask(address: SocketAddr) -> Result<(), String> {
    let answer = exchange(address).map_err(|error| error.to_string())?;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    match (status, answer.split_once("\r\n\r\n")) {
        ("200", _) => Ok(()),
        (status, Some((_, body))) => Err(format!("it answered {status} {}", body.trim())),
        (_, None) => Err("it does not speak HTTP".to_owned()),
    }
}

fn exchange(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // In one piece: who answers and closes before the rest has come resets the connection.
    let request = format!("GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn server_that_answers(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            assert!(request[..length].starts_with(b"GET /health/ready HTTP/1.1\r\n"));
            stream.write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    #[test]
    fn ready_is_who_answers_200_and_nobody_else() {
        assert_eq!(ask(server_that_answers("HTTP/1.1 200 OK\r\n\r\n{}")), Ok(()));
        let reason =
            ask(server_that_answers("HTTP/1.1 503 Service Unavailable\r\n\r\ndatabase\n")).unwrap_err();
        assert_eq!(reason, "it answered 503 database");
        assert!(ask(server_that_answers("SSH-2.0-OpenSSH\r\n")).is_err());
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(ask(nobody).is_err());
    }
}
