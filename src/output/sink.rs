//! Where results go: stdout, an open descriptor, a device, or a file that is replaced atomically.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use ring::digest::{Context, SHA256};

use crate::output::terminal::Look;
use crate::system::atomic_file::{AtomicFile, Existing, Identity, Obstacle};
use crate::values::is_compressed;

use super::descriptor;

/// Bytes that are gathered before a device is written to.
const BUFFER: usize = 64 * 1024;

/// Where a name leads, before anything is opened.
#[derive(Debug, Clone)]
pub enum Destination {
    /// An open descriptor, stdout among them, which is written through.
    Descriptor(u32),
    /// A device, a pipe or a socket: written to directly, as replacing it would make it a file.
    Device(PathBuf),
    /// A file, there or not.
    File(PathBuf),
}

impl Destination {
    pub const STDOUT: Self = Self::Descriptor(descriptor::STDOUT);
    pub const STDERR: Self = Self::Descriptor(descriptor::STDERR);

    /// Where the path leads. Links are followed; `-` is stdout.
    pub fn of(path: &Path) -> Self {
        if let Some(number) = descriptor::number(path) {
            return Self::Descriptor(number);
        }
        match fs::metadata(path) {
            Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => Self::Device(path.to_owned()),
            _ => Self::File(path.to_owned()),
        }
    }

    /// Whether it is the process's own output.
    pub fn is_stdout(&self) -> bool {
        matches!(self, Self::Descriptor(descriptor::STDOUT))
    }

    /// Whether it is stdout, and nobody has opened that.
    pub fn is_closed_stdout(&self) -> bool {
        self.is_stdout() && descriptor::is_closed(descriptor::STDOUT)
    }

    /// Whether it is a file, which stays as it was until everything is written.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Whether one of the two would be lost if both were written.
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (self.identity(), other.identity()) {
            (Some(own), Some(other)) => own == other,
            _ => self.is_stdout() && other.is_stdout(),
        }
    }

    /// What is opened in the end; nothing for devices that keep nothing, such as /dev/null.
    fn identity(&self) -> Option<Identity> {
        match self {
            Self::Descriptor(number) => {
                let file = descriptor::duplicate(*number).ok()?;
                let metadata = file.metadata().ok()?;
                let keeps_nothing = is_character_device(&metadata) && !file.is_terminal();
                if keeps_nothing { None } else { Identity::of_file(file) }
            }
            Self::Device(path) => {
                let metadata = fs::metadata(path).ok()?;
                if is_character_device(&metadata) { None } else { Identity::of(path) }
            }
            Self::File(path) => Identity::of(path),
        }
    }

    /// Opens it; a file that exists is replaced only if it may be.
    pub fn open<'o>(self, replace: bool) -> io::Result<Sink<'o>> {
        let out = match self {
            Self::Descriptor(number) if descriptor::is_closed(number) => return Err(Obstacle::Closed.into()),
            Self::Descriptor(number) => Out::Direct(buffered(descriptor::duplicate(number)?)),
            Self::Device(path) => Out::Direct(buffered(File::options().write(true).open(path)?)),
            Self::File(path) => {
                let existing = if replace { Existing::Replace } else { Existing::Keep };
                let file = Hashed { file: AtomicFile::create(&path, existing)?, digest: None };
                match is_compressed(&path) {
                    true => Out::Compressed(Box::new(GzEncoder::new(file, Compression::fast()))),
                    false => Out::Whole(Box::new(file)),
                }
            }
        };
        Ok(Sink { out })
    }
}

fn buffered(file: File) -> BufWriter<File> {
    BufWriter::with_capacity(BUFFER, file)
}

#[cfg(unix)]
fn is_character_device(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_character_device(_: &fs::Metadata) -> bool {
    false
}

pub struct Sink<'o> {
    out: Out<'o>,
}

enum Out<'o> {
    Stdout(&'o mut dyn Write),
    Direct(BufWriter<File>),
    Whole(Box<Hashed>),
    Compressed(Box<GzEncoder<Hashed>>),
}

/// A file, and the SHA-256 of what it is to hold, if that is wanted.
struct Hashed {
    file: AtomicFile,
    digest: Option<Context>,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        if let Some(digest) = &mut self.digest {
            digest.update(&bytes[..written]);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Hashed {
    fn commit(self) -> io::Result<Option<String>> {
        self.file.commit()?;
        Ok(self.digest.map(|digest| digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

impl<'o> Sink<'o> {
    pub fn stdout(out: &'o mut dyn Write) -> Self {
        Self { out: Out::Stdout(out) }
    }

    /// The same, computing the SHA-256 of a file on the way.
    pub fn with_digest(mut self) -> Self {
        match &mut self.out {
            Out::Stdout(_) | Out::Direct(_) => {}
            Out::Whole(file) => file.digest = Some(Context::new(&SHA256)),
            Out::Compressed(encoder) => encoder.get_mut().digest = Some(Context::new(&SHA256)),
        }
        self
    }

    /// What this is looked at on; `stdout` tells that of stdout.
    pub fn look(&self, stdout: Look) -> Look {
        match &self.out {
            Out::Stdout(_) => stdout,
            // Its width is not known.
            Out::Direct(out) if out.get_ref().is_terminal() => Look { is_terminal: true, columns: None, ..stdout },
            Out::Direct(_) | Out::Whole(_) | Out::Compressed(_) => Look::default(),
        }
    }

    /// Makes what was written the content of the file, if it is one, and returns its SHA-256, if that was computed.
    /// Without this the file stays as it was.
    pub fn commit(self) -> io::Result<Option<String>> {
        match self.out {
            Out::Stdout(out) => out.flush().map(|()| None),
            Out::Direct(mut out) => out.flush().map(|()| None),
            Out::Whole(file) => file.commit(),
            Out::Compressed(encoder) => encoder.finish()?.commit(),
        }
    }

    fn out(&mut self) -> &mut dyn Write {
        match &mut self.out {
            Out::Stdout(out) => out,
            Out::Direct(out) => out,
            Out::Whole(file) => file,
            Out::Compressed(encoder) => encoder,
        }
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.out {
            // To flush after each page would only make the file larger: nobody sees it before it is whole.
            Out::Compressed(_) => Ok(()),
            _ => self.out().flush(),
        }
    }
}
