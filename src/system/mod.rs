//! What the operating system is asked for, and all that differs by system: files that are replaced as a whole, who may
//! read and write them, locks, signals, other programs, the terminal.

pub mod atomic_file;
pub mod bounded;
pub mod child;
pub mod device;
pub mod private_file;
pub mod signals;
pub mod tty;
