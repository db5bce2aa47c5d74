//! Replies that are made once and then kept, so that a client that is measured is not kept waiting for them.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Bytes;

use super::answer::{Reply, Request, answer};
use super::data::Partners;

/// Replies are kept until they take this many bytes together, or twice what the partners take if that is more; those
/// after that are made anew each time.
const MAX_KEPT: usize = 16 * 1024 * 1024;

/// What it costs to keep an answer besides its request and its body.
const OVERHEAD: usize = 256;

/// An answer as it goes out.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) status: u16,
    /// The body, compressed or not.
    pub(crate) body: Bytes,
    /// Whether it is compressed by gzip.
    pub(crate) gzip: bool,
}

/// The partners, and the answers about them so far.
#[derive(Debug)]
pub(crate) struct Replies {
    partners: Partners,
    max_kept: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<String, Made>,
    bytes: usize,
}

impl Replies {
    pub(crate) fn about(partners: Partners) -> Self {
        let bytes: usize = partners.iter().map(|partner| partner.text.len()).sum();
        Self { partners, max_kept: MAX_KEPT.max(2 * bytes), kept: Mutex::default() }
    }

    /// The answer to a request, compressed if the client and the server both want that.
    pub(crate) fn get(&self, request: &Request, gzip: bool) -> Made {
        let Request { method, path, query, authorization, base_url: _ } = request;
        let key = format!("{gzip} {method} {path}?{query} {}", authorization.unwrap_or_default());
        let lock = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = lock().answers.get(&key) {
            return made.clone();
        }
        let made = make(answer(&self.partners, request), gzip);
        let mut kept = lock();
        // Refusals are quick to make, and a client could ask for any number of different ones.
        let bytes = key.len() + made.body.len() + OVERHEAD;
        if made.status == 200 && kept.bytes + bytes <= self.max_kept {
            kept.bytes += bytes;
            kept.answers.insert(key, made.clone());
        }
        made
    }
}

fn make(Reply { status, body }: Reply, gzip: bool) -> Made {
    match gzip.then(|| compressed(body.as_bytes())) {
        Some(Ok(body)) => Made { status, body: body.into(), gzip: true },
        _ => Made { status, body: body.into(), gzip: false },
    }
}

fn compressed(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::{BASE_PATH, TOKEN};

    #[test]
    fn what_is_kept_is_bounded_however_many_and_long_the_requests_are() {
        let answers = Replies { max_kept: 100_000, ..Replies::about(Partners::sample(1)) };
        let (path, authorization) = (format!("{BASE_PATH}/partners"), format!("Bearer {TOKEN}"));
        for n in 0..50 {
            let query = format!("limit=1&x={n}{}", "y".repeat(10_000));
            let authorization = Some(authorization.as_str());
            let request = Request { method: "GET", path: &path, query: &query, authorization, base_url: "http://x" };
            assert_eq!(answers.get(&request, false).status, 200);
        }
        let kept = answers.kept.lock().expect("the lock");
        let bytes: usize = kept.answers.iter().map(|(key, made)| key.len() + made.body.len()).sum();
        assert!(0 < bytes && bytes <= kept.bytes && kept.bytes <= 100_000, "{bytes} of {}", kept.bytes);
    }

    #[test]
    fn an_answer_is_made_once_for_each_request_and_compression() {
        let answers = Replies::about(Partners::sample(3));
        let (path, authorization) = (format!("{BASE_PATH}/partners"), format!("Bearer {TOKEN}"));
        let get = |query, authorization, gzip| {
            let request = Request { method: "GET", path: &path, query, authorization, base_url: "http://x" };
            answers.get(&request, gzip)
        };
        let right = Some(authorization.as_str());
        let (first, again) = (get("limit=2", right, false), get("limit=2", right, false));
        assert_eq!(first.body.as_ptr(), again.body.as_ptr());
        assert_ne!(get("limit=3", right, false).body, first.body);
        assert_eq!(get("limit=2", Some("Bearer x"), false).status, 401);
        assert_eq!(get("limit=2", None, false).status, 401);
        assert_eq!(get("limit=2", right, true).body[..2], [0x1f, 0x8b]);
    }
}
