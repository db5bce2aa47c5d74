//! Outputs that are not regular files: devices, pipes and sockets.

use std::fs::{self, FileType};
use std::io::{self, ErrorKind};
use std::path::Path;

/// What takes everything and keeps nothing.
pub const NULL: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// Whether the path leads to something that is written to directly, as replacing it would make it a file.
pub fn is_device(path: &Path) -> bool {
    is_null(path) || fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir())
}

/// Whether it is a device such as [`NULL`]: what it takes is not kept, and so cannot be lost either.
pub fn keeps_nothing(path: &Path) -> bool {
    is_null(path) || fs::metadata(path).is_ok_and(|there| is_character_device(there.file_type()))
}

/// Windows knows its devices by their names alone.
fn is_null(path: &Path) -> bool {
    cfg!(windows) && [NULL, r"\\.\NUL"].iter().any(|name| path.as_os_str().eq_ignore_ascii_case(name))
}

#[cfg(unix)]
fn is_character_device(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&kind)
}

#[cfg(not(unix))]
fn is_character_device(_: FileType) -> bool {
    false
}

/// Whether the reader has closed the output.
pub fn is_closed_pipe(error: &io::Error) -> bool {
    /// ERROR_PIPE_NOT_CONNECTED, for which the standard library has no kind.
    const NOT_CONNECTED: i32 = 233;
    error.kind() == ErrorKind::BrokenPipe || cfg!(windows) && error.raw_os_error() == Some(NOT_CONNECTED)
}
