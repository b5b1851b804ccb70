//! Reading `multipart/form-data` (RFC 7578 and 2046), part by part and in pieces.
//!
//! Only the name of a part is looked at. The type, length and encoding that it declares are the sender's claims and
//! decide nothing. Pieces are collected, since each is written to disk by a hop to another thread: content that looks
//! like the beginning of many boundaries must not become many pieces.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{ContentDisposition, HeaderValue};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{HttpMessage as _, HttpRequest};
use futures_util::{FutureExt as _, StreamExt as _};
use memchr::memmem::{self, Finder};
use tokio::time::{Instant, timeout};

use crate::error::ApiError;

/// How much of a part is collected, in bytes.
const PIECE: usize = 64 * 1024;
/// The largest head of a part, in bytes.
const HEAD: usize = 16 * 1024;
/// The longest boundary, by RFC 2046.
const BOUNDARY: usize = 70;
/// The least pace of a body in bytes a second, on average once the patience with a single piece is over: slower than any
/// line. A client that sends single bytes costs as much for each as others do for thousands.
const LEAST_PACE: u64 = 1024;
/// How much of a part that nobody asked for is read over, in bytes.
const SKIPPED: usize = 64 * 1024;

/// A form on its way in.
pub(crate) struct Multipart {
    body: Payload,
    /// The longest wait for more of the body.
    patience: Duration,
    /// When the body began to be read, and how much of it there was so far.
    begun: Instant,
    received: u64,
    /// What came and has no room in the buffer yet.
    pending: Bytes,
    buffer: BytesMut,
    /// So many bytes of the buffer are not the beginning of a delimiter.
    searched: usize,
    delimiter: Finder<'static>,
    /// Whether the buffer begins within a part, or ahead of the first one.
    inside: bool,
}

impl Multipart {
    /// The form of a request whose type is `multipart/form-data`.
    pub(crate) fn of(request: &HttpRequest, body: Payload, patience: Duration) -> Result<Self, ApiError> {
        let media_type = request.mime_type().ok().flatten();
        let boundary = media_type.as_ref().and_then(|of| of.get_param("boundary")).map(|of| of.as_str());
        match boundary.filter(|boundary| (1..=BOUNDARY).contains(&boundary.len())) {
            Some(boundary) => Ok(Self::new(boundary, body, patience)),
            None => Err(broken("Content-Type names no boundary of 1 to 70 characters")),
        }
    }

    fn new(boundary: &str, body: Payload, patience: Duration) -> Self {
        let delimiter = Finder::new(&format!("\r\n--{boundary}")).into_owned();
        // The first delimiter may stand at the very beginning, without the line break that belongs to it.
        let buffer = BytesMut::from(&b"\r\n"[..]);
        let (begun, pending) = (Instant::now(), Bytes::new());
        Self { body, patience, begun, received: 0, pending, buffer, searched: 0, delimiter, inside: true }
    }

    /// Goes to the next part and answers its name; `None` behind the last one. What is left of the part before is
    /// read over.
    pub(crate) async fn next_part(&mut self) -> Result<Option<String>, ApiError> {
        let mut skipped = 0;
        while let Some(piece) = self.piece().await? {
            skipped += piece.len();
            if skipped > SKIPPED {
                let message = format!("a part other than the file is larger than {SKIPPED} bytes");
                return Err(ApiError::too_large(message));
            }
        }
        while self.buffer.len() < 2 {
            self.fill().await?;
        }
        if self.buffer.starts_with(b"--") {
            self.read_over_the_end().await;
            return Ok(None);
        }
        let head = self.head().await?;
        self.inside = true;
        name(&head).map(Some)
    }

    /// The next piece of the part; `None` at its end.
    pub(crate) async fn piece(&mut self) -> Result<Option<BytesMut>, ApiError> {
        let length = self.delimiter.needle().len();
        while self.inside {
            if let Some(at) = self.delimiter.find(&self.buffer[self.searched..]) {
                let piece = self.buffer.split_to(self.searched + at);
                self.searched = 0;
                if !piece.is_empty() {
                    return Ok(Some(piece));
                }
                drop(self.buffer.split_to(length));
                self.inside = false;
                break;
            }
            let free = self.buffer.len().saturating_sub(length - 1);
            if free >= PIECE {
                self.searched = 0;
                return Ok(Some(self.buffer.split_to(free)));
            }
            self.searched = free;
            self.fill().await?;
        }
        Ok(None)
    }

    /// Reads what comes behind the last delimiter, a line break mostly: a body that is not read to its end costs the
    /// connection. What is too long or doesn't come is left there, since the form is whole.
    async fn read_over_the_end(&mut self) {
        let mut length = self.buffer.len() + self.pending.len();
        (self.buffer, self.pending) = (BytesMut::new(), Bytes::new());
        while length <= SKIPPED {
            match timeout(self.patience, self.body.next()).await {
                Ok(Some(Ok(piece))) => length += piece.len(),
                _ => return,
            }
        }
    }

    /// What stands between a delimiter and the content of its part.
    async fn head(&mut self) -> Result<BytesMut, ApiError> {
        const END: &[u8] = b"\r\n\r\n";
        let mut searched = 0;
        loop {
            match memmem::find(&self.buffer[searched..], END).map(|at| searched + at) {
                Some(end) if end <= HEAD => return Ok(self.buffer.split_to(end + END.len())),
                None if self.buffer.len() <= HEAD => {
                    searched = self.buffer.len().saturating_sub(END.len() - 1);
                    self.fill().await?;
                }
                _ => return Err(broken(format!("the head of a part is larger than {HEAD} bytes"))),
            }
        }
    }

    /// Takes in what there is of the body, as far as there is room, and waits where there is nothing: it is looked through
    /// once, however many pieces it comes in.
    async fn fill(&mut self) -> Result<(), ApiError> {
        let most = PIECE + self.delimiter.needle().len();
        let before = self.buffer.len();
        while self.buffer.len() < most {
            if self.pending.is_empty() {
                let next = match self.body.next().now_or_never() {
                    Some(next) => next,
                    None if self.buffer.len() > before => break,
                    None => self.wait().await?,
                };
                self.pending = match next {
                    Some(piece) => piece.map_err(|_| broken("it breaks off or is badly encoded"))?,
                    None if self.buffer.len() > before => break,
                    None => return Err(broken("it ends before its last boundary")),
                };
                self.received += self.pending.len() as u64;
            }
            let taken = self.pending.split_to((most - self.buffer.len()).min(self.pending.len()));
            self.buffer.extend_from_slice(&taken);
        }
        Ok(())
    }

    /// Waits for more of the body, which has to come at the least pace.
    async fn wait(&mut self) -> Result<Option<Result<Bytes, PayloadError>>, ApiError> {
        let slow = self.begun.elapsed().saturating_sub(self.patience).as_secs();
        if self.received < slow.saturating_mul(LEAST_PACE) {
            return Err(ApiError::slow_body());
        }
        timeout(self.patience, self.body.next()).await.map_err(|_| ApiError::slow_body())
    }
}

fn broken(why: impl std::fmt::Display) -> ApiError {
    ApiError::bad_request(format!("the form can't be read: {why}"))
}

/// The name of a part by its head, which begins with the rest of the delimiter's line.
fn name(head: &[u8]) -> Result<String, ApiError> {
    let mut lines = head.split(|byte| *byte == b'\n');
    if lines.next().is_some_and(|rest| !rest.trim_ascii().is_empty()) {
        return Err(broken("a boundary is followed by something else on its line"));
    }
    let value = lines.find_map(|line| {
        let colon = memchr::memchr(b':', line)?;
        let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
        name.eq_ignore_ascii_case(b"content-disposition").then(|| HeaderValue::from_bytes(value).ok())
    });
    let disposition = value.flatten().and_then(|value| ContentDisposition::from_raw(&value).ok());
    disposition
        .filter(ContentDisposition::is_form_data)
        .and_then(|disposition| disposition.get_name().map(str::to_owned))
        .ok_or_else(|| broken("a part has no `Content-Disposition: form-data` with a name"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use futures_util::stream;

    use super::*;

    fn form(boundary: &str, pieces: Vec<Vec<u8>>) -> Multipart {
        let pieces = pieces.into_iter().map(|piece| Ok::<_, PayloadError>(Bytes::from(piece)));
        let body = Payload::Stream { payload: stream::iter(pieces).boxed_local() };
        Multipart::new(boundary, body, Duration::from_secs(10))
    }

    /// The parts of a form with boundary `b`: names, contents, and how long the pieces were.
    async fn read(pieces: Vec<Vec<u8>>) -> Result<Vec<(String, Vec<u8>, Vec<usize>)>, ApiError> {
        let (mut form, mut parts) = (form("b", pieces), vec![]);
        while let Some(name) = form.next_part().await? {
            let (mut content, mut lengths) = (vec![], vec![]);
            while let Some(piece) = form.piece().await? {
                content.extend_from_slice(&piece);
                lengths.push(piece.len());
            }
            parts.push((name, content, lengths));
        }
        Ok(parts)
    }

    /// A form of one file with that content.
    fn file(content: &[u8]) -> Vec<u8> {
        let head = b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
        [&head[..], content, b"\r\n--b--\r\n"].concat()
    }

    #[actix_web::test]
    async fn a_form_is_read_alike_however_it_is_cut() {
        let (one, two) = (&b"\r\n--\r--b\n--b\r\n-b\r\r\n"[..], &b"\r\n--a--b"[..]);
        let head =
            b"a preamble\r\n--b \t\r\ncontent-disposition : form-data; name=x; filename=\"\\\"\"\r\n\r\n";
        let middle = b"\r\n--b\r\nX: y\r\nCONTENT-DISPOSITION:form-data;name=\"file\"\r\n\r\n";
        let last =
            b"\r\n--b\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n\r\n--b--an epilogue\r\n--b\r\n";
        let whole = [&head[..], one, middle, two, last].concat();
        let mut cuts =
            (0..=whole.len()).map(|at| vec![whole[..at].to_vec(), whole[at..].to_vec()]).collect::<Vec<_>>();
        cuts.push(whole.iter().map(|byte| vec![*byte]).collect());
        for pieces in cuts {
            let parts = read(pieces.clone()).await.unwrap();
            let parts = parts.iter().map(|(name, content, _)| (&**name, &**content)).collect::<Vec<_>>();
            assert_eq!(parts, [("x", one), ("file", two), ("", b"")], "{pieces:?}");
        }
    }

    #[actix_web::test]
    async fn what_looks_like_many_boundaries_is_read_in_as_few_pieces_as_anything_else() {
        for unit in [&b"x"[..], b"\r--", b"\r\n--X", b"\n\r", b"\r\n--", b"\r", b"\r\n--\r\n--"] {
            let content = unit.iter().copied().cycle().take(1024 * 1024).collect::<Vec<_>>();
            let body = file(&content);
            for size in [1_000, 32 * 1024, body.len()] {
                let parts = read(body.chunks(size).map(<[u8]>::to_vec).collect()).await.unwrap();
                let [(_, found, lengths)] = &parts[..] else { panic!("{} parts", parts.len()) };
                assert!(*found == content, "{unit:?} comes as it was sent");
                assert!(lengths.len() <= content.len() / PIECE + 2, "{unit:?}: {lengths:?}");
                assert!(lengths.iter().all(|length| *length < 2 * PIECE), "{unit:?}: {lengths:?}");
            }
        }
    }

    #[actix_web::test]
    async fn no_more_is_held_than_a_piece_and_a_delimiter() {
        let mut form = form("b", vec![file(&vec![b'x'; 1024 * 1024])]);
        form.next_part().await.unwrap();
        while form.piece().await.unwrap().is_some() {
            assert!(form.buffer.len() <= PIECE + 5, "{}", form.buffer.len());
            assert!(form.buffer.capacity() <= 4 * PIECE, "{}", form.buffer.capacity());
        }
    }

    #[actix_web::test]
    async fn what_a_part_declares_besides_its_name_decides_nothing() {
        for declared in [
            "Content-Type: multipart/form-data",
            "Content-Type: multipart/mixed; boundary=b",
            "Content-Type: image/png\r\nContent-Type: multipart/related",
            "Content-Type: no type / at all; =",
            "Content-Type:",
            "Content-Length: 1",
            "Content-Length: -99999999999999999999",
            "Content-Transfer-Encoding: base64",
            "nonsense",
        ] {
            for (first, second) in
                [(declared, "Content-Disposition: form-data; name=\"file\""), ("x: y", declared)]
            {
                let disposition = "Content-Disposition: form-data; name=\"file\"";
                let head = format!("--b\r\n{first}\r\n{disposition}\r\n{second}\r\n\r\n");
                let whole = [head.as_bytes(), b"the content", b"\r\n--b--"].concat();
                let parts = read(vec![whole]).await.unwrap();
                assert_eq!((&*parts[0].0, &*parts[0].1), ("file", &b"the content"[..]), "{declared}");
            }
        }
    }

    #[actix_web::test]
    async fn what_follows_the_last_boundary_is_read_over_as_far_as_it_is_short() {
        for (size, is_read) in [(0, true), (SKIPPED / 2, true), (3 * SKIPPED, false)] {
            let epilogue = vec![b'x'; size];
            let mut form = form(
                "b",
                [file(b"x")].into_iter().chain(epilogue.chunks(1000).map(<[u8]>::to_vec)).collect(),
            );
            form.next_part().await.unwrap();
            assert!(form.next_part().await.unwrap().is_none());
            assert_eq!(form.body.next().await.is_none(), is_read, "{size}");
        }
    }

    #[actix_web::test]
    async fn what_is_no_form_is_refused() {
        let whole = file(b"x");
        let end = whole.len() - 2;
        for at in 0..=end {
            assert_eq!(read(vec![whole[..at].to_vec()]).await.is_ok(), at == end, "cut at {at}");
        }
        let head = format!(
            "--b\r\nX: {}\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n",
            "y".repeat(HEAD)
        );
        for (body, status) in [
            (b"no form at all".to_vec(), 400),
            (b"--bc\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--".to_vec(), 400),
            (b"--b\r\n\r\nno head\r\n--b--\r\n".to_vec(), 400),
            (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n".to_vec(), 400),
            (b"--b\r\nContent-Disposition: attachment; name=\"file\"\r\n\r\nx\r\n--b--\r\n".to_vec(), 400),
            (b"--b\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--b--\r\n".to_vec(), 400),
            ([head.as_bytes(), b"x\r\n--b--"].concat(), 400),
            ([&vec![b'x'; SKIPPED + 1][..], b"\r\n--b--"].concat(), 413),
        ] {
            let status_of = |error: ApiError| error.respond(None).status().as_u16();
            let refused = read(vec![body.clone()]).await.map_err(status_of).map(|parts| parts.len());
            assert_eq!(refused, Err(status), "{:?}", String::from_utf8_lossy(&body[..body.len().min(60)]));
        }
    }

    #[actix_web::test]
    async fn a_body_that_never_pauses_but_comes_slower_than_the_least_pace_is_ended() {
        let trickle = stream::unfold((), async |()| {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Some((Ok::<_, PayloadError>(Bytes::from_static(b"x")), ()))
        });
        let body = Payload::Stream { payload: trickle.boxed_local() };
        // A pause of that length never comes.
        let mut form = Multipart::new("b", body, Duration::from_secs(1));
        let refused = form.piece().await.unwrap_err();
        assert_eq!(refused.respond(None).status(), 408);
        assert!(form.received < LEAST_PACE);
    }

    #[actix_web::test]
    async fn the_boundary_is_named_by_the_type_of_the_request() {
        let long = format!("multipart/form-data; boundary={}", "b".repeat(BOUNDARY + 1));
        for (media_type, known) in [
            ("multipart/form-data; boundary=b", true),
            ("Multipart/Form-Data;charset=x;boundary=\"b\"", true),
            (&long[..long.len() - 1], true),
            (&long, false),
            ("multipart/form-data; boundary=", false),
            ("multipart/form-data; boundary=\"\"", false),
            ("multipart/form-data", false),
        ] {
            let request =
                TestRequest::default().insert_header(("content-type", media_type)).to_http_request();
            let form = Multipart::of(&request, Payload::None, Duration::ZERO);
            assert_eq!(form.is_ok(), known, "{media_type}");
        }
    }
}
