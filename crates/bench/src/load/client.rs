//! One connection that asks, and reads answers whole.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::Result;

/// Bytes read ahead. Thousands of clients share the processor's memory with the service, and larger buffers push its data out.
const BUFFER: usize = 1024;

/// A connection; it is opened when it is first needed, and anew where the last answer was the last one.
pub(crate) struct Client {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// Sends the request and answers the status once the whole answer is here. Dropped half-way, it asks the next on
    /// another connection.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<u16> {
        let mut stream = if let Some(stream) = self.stream.take() {
            stream
        } else {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            BufReader::with_capacity(BUFFER, stream)
        };
        stream.write_all(request).await?;
        let (status, stays) = answer(&mut stream).await?;
        if stays {
            self.stream = Some(stream);
        }
        Ok(status)
    }
}

/// The status, and whether the connection goes on.
async fn answer(stream: &mut BufReader<TcpStream>) -> Result<(u16, bool)> {
    let first = line(stream).await?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| format!("no status in {first:?}"))?;
    let (mut length, mut chunked, mut stays) = (0_u64, false, true);
    loop {
        let header = line(stream).await?;
        let Some((name, value)) = header.split_once(": ") else { break };
        match name {
            "content-length" => length = value.parse()?,
            "transfer-encoding" => chunked = value == "chunked",
            "connection" => stays = value != "close",
            _ => {}
        }
    }
    if chunked {
        loop {
            let length = u64::from_str_radix(&line(stream).await?, 16)?;
            skip(stream, length).await?;
            line(stream).await?;
            if length == 0 {
                break;
            }
        }
    } else {
        skip(stream, length).await?;
    }
    Ok((status, stays))
}

/// A line without its end; an empty one ends a head.
async fn line(stream: &mut BufReader<TcpStream>) -> Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Err("the connection ended".into());
    }
    Ok(line.trim_end().to_owned())
}

async fn skip(stream: &mut BufReader<TcpStream>, length: u64) -> Result<()> {
    let skipped = tokio::io::copy(&mut stream.take(length), &mut tokio::io::sink()).await?;
    if skipped == length { Ok(()) } else { Err("an answer broke off".into()) }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn answers_of_either_form_are_read_whole_and_a_broken_one_is_noticed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let answers = [
                "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc",
                "HTTP/1.1 503 No\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\nabc",
            ];
            let (mut stream, _) = listener.accept().unwrap();
            for answer in answers {
                stream.read_exact(&mut [0; 1]).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        let mut client = Client::new(address);
        assert_eq!(client.ask(b"a").await.unwrap(), 200);
        assert_eq!(client.ask(b"b").await.unwrap(), 503);
        assert!(client.ask(b"c").await.is_err());
    }
}
