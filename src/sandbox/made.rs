//! Answers that are made once and then kept, so that a client that is measured is not kept waiting for them.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Bytes;

use super::answer::{Answer, Request, answer};
use super::data::Partners;

/// Answers are kept until they take this many bytes together; those after that are made anew each time.
const MOST_KEPT: usize = 512 * 1024 * 1024;

/// An answer as it goes out.
#[derive(Debug, Clone)]
pub struct Made {
    /// The status code.
    pub status: u16,
    /// The body, compressed or not.
    pub body: Bytes,
    /// Whether it is compressed by gzip.
    pub gzip: bool,
}

/// The partners, and the answers about them so far.
#[derive(Debug)]
pub struct Answers {
    partners: Partners,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<String, Made>,
    bytes: usize,
}

impl Answers {
    /// Answers about these partners.
    pub fn about(partners: Partners) -> Self {
        Self { partners, kept: Mutex::default() }
    }

    /// The answer to a request, compressed if the client and the server both want that.
    pub fn get(&self, request: &Request, gzip: bool) -> Made {
        let Request { method, path, query, authorization, base_url: _ } = request;
        let key = format!("{gzip} {method} {path}?{query} {}", authorization.unwrap_or_default());
        let lock = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = lock().answers.get(&key) {
            return made.clone();
        }
        let made = make(answer(&self.partners, request), gzip);
        let mut kept = lock();
        // Refusals are quick to make, and a client could ask for any number of different ones.
        if made.status == 200 && kept.bytes + made.body.len() <= MOST_KEPT {
            kept.bytes += made.body.len();
            kept.answers.insert(key, made.clone());
        }
        made
    }
}

fn make(Answer { status, body }: Answer, gzip: bool) -> Made {
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
    fn an_answer_is_made_once_for_each_request_and_compression() {
        let answers = Answers::about(Partners::sample(3));
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
