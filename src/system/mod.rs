//! What the operating system is asked for: files that are replaced as a whole, locks, signals.

pub mod atomic_file;
pub mod bounded;
pub mod hangup;
pub mod private_folder;
pub mod signals;
