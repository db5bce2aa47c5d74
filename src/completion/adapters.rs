//! Scripts of our own for two shells, where the engine's fall short. The answers stay the engine's.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{Bash, EnvCompleter, Zsh};

/// A shell of the engine with a script of ours.
pub struct OwnScript<E> {
    engine: E,
    script: &'static [u8],
}

/// Bash, which parts words at `=` and `:`: the engine's own script completes nothing after these, and lets errors onto
/// the line.
pub const BASH: OwnScript<Bash> = OwnScript { engine: Bash, script: include_bytes!("bash.sh") };

/// Zsh, which loads an installed script on the first Tab: the engine's own only registers itself then, so that this
/// first Tab would complete nothing. It also guards the `~` of a home, which makes another path of it.
pub const ZSH: OwnScript<Zsh> = OwnScript { engine: Zsh, script: include_bytes!("zsh.sh") };

impl<E: EnvCompleter> EnvCompleter for OwnScript<E> {
    fn name(&self) -> &'static str {
        self.engine.name()
    }

    fn is(&self, name: &str) -> bool {
        self.engine.is(name)
    }

    fn write_registration(&self, _: &str, _: &str, _: &str, _: &str, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.script)
    }

    fn write_complete(
        &self,
        command: &mut Command,
        words: Vec<OsString>,
        folder: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.engine.write_complete(command, words, folder, out)
    }
}
