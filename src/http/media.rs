//! Pictures and clips on their way out: decrypted piece by piece, by range, off the loop.

use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use actix_web::body::SizedStream;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use futures_util::stream::{self, Stream};
use tokio::sync::mpsc;

use super::problem::Problem;
use crate::domain::assets::{Media, Source};
use crate::domain::renders::Frames;

const PIECE: u64 = 256 * 1024;

/// What is made of one media file changes never: the client may keep it, nobody between may.
const KEEP: &str = "private, max-age=31536000, immutable";

/// Answers with the file, or the part of it that was asked for.
pub(super) async fn send(request: &HttpRequest, media: Media, download: bool) -> Result<HttpResponse, Problem> {
    let tag = format!("\"{}\"", media.mark);
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::ETAG, tag.clone()));
    answer.insert_header((header::CACHE_CONTROL, KEEP));
    answer.insert_header((header::ACCEPT_RANGES, "bytes"));
    if text(request, header::IF_NONE_MATCH).is_some_and(|known| known.split(',').any(|k| k.trim() == tag)) {
        return Ok(answer.status(StatusCode::NOT_MODIFIED).finish());
    }
    answer.insert_header((header::CONTENT_TYPE, media.mime));
    // Already packed: our compression must leave it alone.
    answer.insert_header((header::CONTENT_ENCODING, "identity"));
    let place = if download { "attachment" } else { "inline" };
    answer.insert_header((header::CONTENT_DISPOSITION, disposition(place, &media.file_name)));

    let whole = text(request, header::IF_RANGE).is_some_and(|known| known != tag);
    let asked = text(request, header::RANGE).filter(|_| !whole).map_or(Asked::Whole, |r| range(r, media.length));
    let (start, length) = match asked {
        Asked::Whole => (0, media.length),
        Asked::Part(start, length) => {
            answer.status(StatusCode::PARTIAL_CONTENT);
            let end = start + length.saturating_sub(1);
            answer.insert_header((header::CONTENT_RANGE, format!("bytes {start}-{end}/{}", media.length)));
            (start, length)
        }
        Asked::Beyond => {
            let detail = "The file ends before the range that was asked for.";
            let mut refusal = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range", detail);
            refusal.header = Some(Box::new((header::CONTENT_RANGE, format!("bytes */{}", media.length))));
            return Err(refusal);
        }
    };
    body(answer, media.reader, start, length).await
}

async fn body(
    mut answer: HttpResponseBuilder,
    mut reader: Box<dyn Source>,
    start: u64,
    length: u64,
) -> Result<HttpResponse, Problem> {
    // The first piece is read before anything is answered, so that a broken file is an error and not half a file.
    let first = length.min(PIECE);
    let read = web::block(move || {
        reader.seek(SeekFrom::Start(start))?;
        piece(reader, first)
    });
    let (reader, bytes) = read.await.map_err(Problem::crashed)?.map_err(Problem::crashed)?;
    if first == length {
        return Ok(answer.body(bytes));
    }
    let rest = pieces(reader, length - first);
    let all = stream::StreamExt::chain(stream::iter([Ok(bytes)]), rest);
    Ok(answer.body(SizedStream::new(length, all)))
}

fn pieces(reader: Box<dyn Source>, left: u64) -> impl Stream<Item = io::Result<web::Bytes>> {
    stream::try_unfold((reader, left), |(reader, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let (reader, bytes) = web::block(move || piece(reader, left.min(PIECE))).await.map_err(io::Error::other)??;
        let left = left - bytes.len() as u64;
        Ok(Some((bytes, (reader, left))))
    })
}

fn piece(mut reader: Box<dyn Source>, length: u64) -> io::Result<(Box<dyn Source>, web::Bytes)> {
    let mut bytes = vec![0; length as usize];
    reader.read_exact(&mut bytes)?;
    Ok((reader, bytes.into()))
}

/// Answers with all frames of a clip, zipped on a thread of its own while they are sent.
pub(super) fn send_frames(frames: Frames) -> Result<HttpResponse, Problem> {
    let (length, name) = (frames.length(), disposition("attachment", frames.file_name()));
    let (pipe, mut rest) = mpsc::channel(4);
    let zip = move || {
        let mut writer = BufWriter::with_capacity(PIECE as usize, Pipe(pipe.clone()));
        let sent = frames.send(&mut writer).map_err(io::Error::other).and_then(|()| writer.flush());
        if let Err(failed) = sent {
            // A body that ends early tells the client that the file is not whole.
            let _ = pipe.blocking_send(Err(failed));
        }
    };
    std::thread::Builder::new().name("frames".to_owned()).spawn(zip).map_err(Problem::crashed)?;
    let body = SizedStream::new(length, stream::poll_fn(move |context| rest.poll_recv(context)));
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/zip").insert_header((header::CONTENT_ENCODING, "identity"));
    Ok(answer.insert_header((header::CONTENT_DISPOSITION, name)).body(body))
}

/// Writes to whoever reads the answer; fails when he went away.
struct Pipe(mpsc::Sender<io::Result<web::Bytes>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.0.blocking_send(Ok(web::Bytes::copy_from_slice(bytes))).map_err(gone)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    /// Start and length.
    Part(u64, u64),
    Beyond,
}

/// One range; several at once, or something unreadable, is answered with the whole, as the standard allows.
fn range(text: &str, length: u64) -> Asked {
    let Some((from, to)) = text.strip_prefix("bytes=").and_then(|r| r.trim().split_once('-')) else {
        return Asked::Whole;
    };
    match (from.parse::<u64>(), to.parse::<u64>()) {
        (Ok(from), _) if from >= length => Asked::Beyond,
        (Ok(from), Ok(to)) if to < from => Asked::Whole,
        (Ok(from), Ok(to)) => Asked::Part(from, to.min(length - 1) - from + 1),
        (Ok(from), Err(_)) if to.is_empty() => Asked::Part(from, length - from),
        (Err(_), Ok(0)) if from.is_empty() => Asked::Beyond,
        (Err(_), Ok(_)) if from.is_empty() && length == 0 => Asked::Beyond,
        (Err(_), Ok(last)) if from.is_empty() => Asked::Part(length.saturating_sub(last), last.min(length)),
        _ => Asked::Whole,
    }
}

/// A file name that any browser understands and no header can be broken with.
fn disposition(place: &str, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | ';') { c } else { '_' })
        .collect();
    let exact: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    format!("{place}; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

fn text(request: &HttpRequest, name: header::HeaderName) -> Option<&str> {
    request.headers().get(name).and_then(|v| v.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_never_reaches_past_the_file() {
        for (text, asked) in [
            ("bytes=0-", Asked::Part(0, 100)),
            ("bytes=10-19", Asked::Part(10, 10)),
            ("bytes=90-500", Asked::Part(90, 10)),
            ("bytes=-10", Asked::Part(90, 10)),
            ("bytes=-500", Asked::Part(0, 100)),
            ("bytes=100-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=20-10", Asked::Whole),
            ("bytes=0-1,5-6", Asked::Whole),
            ("lines=1-2", Asked::Whole),
            ("bytes=x-y", Asked::Whole),
        ] {
            assert_eq!(range(text, 100), asked, "{text}");
        }
        assert_eq!(range("bytes=-5", 0), Asked::Beyond);
    }

    #[test]
    fn a_file_name_cannot_break_the_header() {
        let made = disposition("inline", "böse\"\r\nX: 1.png");
        assert_eq!(made, "inline; filename=\"b_se___X:_1.png\"; filename*=UTF-8''b%C3%B6se%22%0D%0AX%3A%201.png");
    }
}
