//! Bodies as they were before they were compressed for the way.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// More members than any compressor makes of an answer. Empty ones cost time and bring nothing.
const MAX_MEMBERS: usize = 10_000;

/// How the body of an answer is compressed.
#[derive(Debug, PartialEq, Eq)]
pub enum Encoding {
    Plain,
    /// By gzip, the only one that is asked for.
    Gzip,
    /// In a way that nobody asked for.
    Other(String),
}

impl Encoding {
    /// Reads the values of `Content-Encoding` headers.
    pub fn of<'a>(headers: impl Iterator<Item = &'a [u8]>) -> Self {
        let values: Vec<_> = headers.map(|value| String::from_utf8_lossy(value).to_ascii_lowercase()).collect();
        let named = values.iter().flat_map(|value| value.split(',')).map(str::trim);
        let codings: Vec<_> = named.filter(|coding| !matches!(*coding, "" | "identity")).collect();
        match codings[..] {
            [] => Self::Plain,
            ["gzip" | "x-gzip"] => Self::Gzip,
            _ => Self::Other(codings.join(", ")),
        }
    }
}

/// Inflates gzip, which may come in several members one after the other. What follows them and is none is ignored, as
/// by gzip itself.
pub struct Gunzip<R> {
    /// Nothing once the last member has ended.
    member: Option<GzDecoder<R>>,
    members: usize,
}

impl<R: BufRead> Gunzip<R> {
    /// Inflates what `compressed` yields.
    pub fn new(compressed: R) -> Self {
        Self { member: Some(GzDecoder::new(compressed)), members: 1 }
    }
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.member = self
                .member
                .take()
                .map(GzDecoder::into_inner)
                .and_then(|mut rest| match rest.fill_buf() {
                    // The first byte that every member begins with.
                    Ok([0x1f, ..]) => Some(Ok(GzDecoder::new(rest))),
                    Ok(_) => None,
                    Err(error) => Some(Err(error)),
                })
                .transpose()?;
            self.members += 1;
            if self.members > MAX_MEMBERS {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "it has too many gzip members"));
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).expect("memory");
        encoder.finish().expect("memory")
    }

    fn gunzip(compressed: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        Gunzip::new(compressed).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn several_members_are_one_text_and_what_follows_them_is_ignored() {
        for rest in [&b""[..], b"\0\0", b"\n"] {
            let compressed = [&gzip("a"), &gzip(""), &gzip("b"), rest].concat();
            assert_eq!(gunzip(&compressed).expect("gzip"), "ab");
        }
    }

    #[test]
    fn what_is_cut_or_none_is_an_error() {
        let compressed = [gzip("a"), gzip("b")].concat();
        assert!(
            (0..compressed.len()).filter(|end| *end != gzip("a").len()).all(|end| gunzip(&compressed[..end]).is_err())
        );
        assert!(gunzip(b"{\"items\":[]}").is_err());
        assert!(gunzip(&gzip("").repeat(MAX_MEMBERS + 1)).is_err());
    }

    #[test]
    fn encodings_are_read_in_any_case_and_by_both_names() {
        let of = |values: &[&str]| Encoding::of(values.iter().map(|value| value.as_bytes()));
        for values in [&[][..], &[""], &["identity"], &["Identity", ""]] {
            assert_eq!(of(values), Encoding::Plain);
        }
        for values in [&["gzip"][..], &["GZIP"], &["x-gzip"], &["gzip, identity"], &["identity", "X-GZip"]] {
            assert_eq!(of(values), Encoding::Gzip);
        }
        for (values, named) in [(&["br"][..], "br"), (&["gzip, br"], "gzip, br"), (&["gzip", "gzip"], "gzip, gzip")] {
            assert_eq!(of(values), Encoding::Other(named.to_owned()));
        }
    }
}
