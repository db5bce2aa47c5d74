//! Where results go: stdout, a device, or a file that is replaced atomically.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use ring::digest::{Context, SHA256};

use crate::output::terminal::Viewport;
use crate::system::atomic_file::{AtomicFile, Existing, Identity};
use crate::system::device;
use crate::values::is_compressed;

/// Where a name leads, before anything is opened.
#[derive(Debug, Clone)]
pub enum Destination {
    Stdout,
    /// A device, a pipe or a socket: written to directly, as replacing it would make it a file.
    Device(PathBuf),
    /// A file, there or not.
    File(PathBuf),
}

impl Destination {
    /// Where the path leads. Links are followed; `-` and `/dev/stdout` are stdout, which may be a file that is appended
    /// to, and so is not opened anew.
    pub fn of(path: &Path) -> Self {
        if [Path::new("-"), Path::new("/dev/stdout")].contains(&path) {
            return Self::Stdout;
        }
        if device::is_device(path) { Self::Device(path.to_owned()) } else { Self::File(path.to_owned()) }
    }

    /// Whether it is the process's own output.
    pub fn is_stdout(&self) -> bool {
        matches!(self, Self::Stdout)
    }

    /// Whether it is a file, which stays as it was until everything is written.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Whether both lead to one place, however they are spelled. What a device such as /dev/null takes is not kept, and
    /// so not lost either.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let is_one = || self.identity().is_some_and(|own| Some(own) == other.identity());
        self.is_stdout() && other.is_stdout() || is_one()
    }

    fn identity(&self) -> Option<Identity> {
        match self {
            Self::Stdout => Identity::of_stdout(),
            Self::Device(path) if device::keeps_nothing(path) => None,
            Self::Device(path) | Self::File(path) => Identity::of(path),
        }
    }

    /// Opens it; a file that exists is replaced only if it may be.
    pub fn open<'o>(self, replace: bool) -> io::Result<Sink<'o>> {
        let out = match self {
            Self::Stdout => {
                let is_terminal = io::stdout().is_terminal();
                Out::Direct(BufWriter::new(Box::new(io::stdout())), is_terminal)
            }
            Self::Device(path) => {
                let file = File::options().write(true).open(path)?;
                let is_terminal = file.is_terminal();
                Out::Direct(BufWriter::new(Box::new(file)), is_terminal)
            }
            Self::File(path) => {
                let existing = if replace { Existing::Replace } else { Existing::Keep };
                let file = AtomicFile::create(&path, existing)?;
                match is_compressed(&path) {
                    true => Out::Compressed(Box::new(GzEncoder::new(file, Compression::fast()))),
                    false => Out::Whole(Box::new(file)),
                }
            }
        };
        Ok(Sink { out })
    }
}

pub struct Sink<'o> {
    out: Out<'o>,
}

enum Out<'o> {
    Stdout(&'o mut dyn Write),
    /// What is written to directly, and whether that is a terminal.
    Direct(BufWriter<Box<dyn Write>>, bool),
    Whole(Box<AtomicFile>),
    Compressed(Box<GzEncoder<AtomicFile>>),
}

/// The SHA-256 of what a file holds, in hexadecimal digits.
pub fn sha256(path: &Path) -> io::Result<String> {
    let (mut file, mut context, mut buffer) = (File::open(path)?, Context::new(&SHA256), vec![0; 64 << 10]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()),
            count => context.update(&buffer[..count]),
        }
    }
}

impl<'o> Sink<'o> {
    pub fn stdout(out: &'o mut dyn Write) -> Self {
        Self { out: Out::Stdout(out) }
    }

    /// The terminal that this is read on; `stdout` is that of stdout.
    pub fn viewport(&self, stdout: Viewport) -> Viewport {
        match &self.out {
            Out::Stdout(_) => stdout,
            // Its width is not known.
            Out::Direct(_, true) => Viewport { is_terminal: true, columns: None, ..stdout },
            Out::Direct(..) | Out::Whole(_) | Out::Compressed(_) => Viewport::default(),
        }
    }

    /// Makes what was written the content of the file, if it is one. Without this the file stays as it was.
    pub fn commit(self) -> io::Result<()> {
        match self.out {
            Out::Stdout(out) => out.flush(),
            Out::Direct(mut out, _) => out.flush(),
            Out::Whole(file) => file.commit(),
            Out::Compressed(encoder) => encoder.finish()?.commit(),
        }
    }

    fn out(&mut self) -> &mut dyn Write {
        match &mut self.out {
            Out::Stdout(out) => out,
            Out::Direct(out, _) => out,
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
            // Flushing after each page would only make the file larger: it is not visible before it is complete.
            Out::Compressed(_) => Ok(()),
            _ => self.out().flush(),
        }
    }
}
