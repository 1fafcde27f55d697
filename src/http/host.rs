//! The name under which a browser reached the studio.

use actix_web::HttpRequest;
use actix_web::http::header;

/// The name or address the browser used, without its port; nothing that could break out of a header or a page.
pub(super) fn host(request: &HttpRequest) -> Option<String> {
    let sent = request.headers().get(header::HOST)?.to_str().ok()?;
    let name = match sent.strip_prefix('[') {
        Some(rest) => {
            let inner = rest.split_once(']')?.0;
            inner.parse::<std::net::Ipv6Addr>().ok()?;
            return Some(format!("[{inner}]"));
        }
        None => sent.split(':').next()?,
    };
    let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    (!name.is_empty() && name.len() <= 253 && name.bytes().all(fine)).then(|| name.to_ascii_lowercase())
}
