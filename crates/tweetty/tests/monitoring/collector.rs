//! A stand-in for a service outside that receives something by POST.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What was received.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The body as text, whatever cannot be read of it.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Answers that status.
    Answers(u16),
    /// Takes connections and says nothing.
    Silent,
}

/// A server on the loopback address for as long as the test runs.
pub(crate) struct Collector {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Collector {
    pub(crate) fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(vec![]));
        let shelf = Arc::clone(&received);
        std::thread::spawn(move || {
            let mut held = vec![];
            for stream in listener.incoming().map_while(Result::ok) {
                match manner {
                    Manner::Silent => held.push(stream),
                    Manner::Answers(status) => {
                        let shelf = Arc::clone(&shelf);
                        std::thread::spawn(move || serve(stream, status, &shelf));
                    }
                }
            }
        });
        Self { address, received }
    }

    /// What came, once there is so much of it as is wanted, or after a while.
    pub(crate) fn wait_for(&self, enough: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        let begun = Instant::now();
        loop {
            let received = self.received.lock().unwrap().clone();
            if enough(&received) || begun.elapsed() > Duration::from_secs(15) {
                return received;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Takes requests of one connection until it ends.
fn serve(mut stream: TcpStream, status: u16, shelf: &Mutex<Vec<Received>>) -> Option<()> {
    let mut bytes = vec![];
    loop {
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            more(&mut stream, &mut bytes)?;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())?;
        while bytes.len() < end + length {
            more(&mut stream, &mut bytes)?;
        }
        let rest = bytes.split_off(end + length);
        let body = bytes.split_off(end);
        shelf.lock().unwrap().push(Received { head, body });
        bytes = rest;
        write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n").ok()?;
    }
}

fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut piece = [0; 16 * 1024];
    let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
    bytes.extend_from_slice(&piece[..length]);
    Some(())
}
