//! A person at a real terminal, who waits for what is shown and types an answer.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::clean_room;

/// The longest that a person waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal in which something runs.
pub struct Conversation {
    child: Child,
    keyboard: Option<ChildStdin>,
    screen: Receiver<Vec<u8>>,
    /// All that was shown.
    pub seen: String,
    /// How much of it was waited for.
    read: usize,
}

impl Conversation {
    /// Runs a line of the shell at a terminal, with the program under its name.
    pub fn of(line: &str, environment: &[(&str, &str)]) -> Self {
        let program = assert_cmd::cargo::cargo_bin!("carrierx");
        let folder = program.parent().expect("a folder").display();
        let mut script = Command::new("script");
        script.env_clear().envs(clean_room()).env("PATH", format!("{folder}:/usr/bin:/bin"));
        script.env("TERM", "xterm").env("SHELL", "/bin/sh").envs(environment.iter().copied());
        script.args(["-qefc", line, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = script.spawn().expect("script");
        let mut shown = child.stdout.take().expect("a screen");
        let (sender, screen) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = shown.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keyboard = child.stdin.take();
        Self { child, keyboard, screen, seen: String::new(), read: 0 }
    }

    /// Waits until the text is shown.
    pub fn wait_for(&mut self, text: &str) -> &mut Self {
        loop {
            if let Some(at) = self.seen[self.read..].find(text) {
                self.read += at + text.len();
                return self;
            }
            match self.screen.recv_timeout(PATIENCE) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(error) => panic!("{error} waiting for {text:?} in {:?}", self.seen),
            }
        }
    }

    /// Types keys.
    pub fn type_keys(&mut self, keys: &str) -> &mut Self {
        let keyboard = self.keyboard.as_mut().expect("a keyboard");
        keyboard.write_all(keys.as_bytes()).and_then(|()| keyboard.flush()).expect("keys");
        self
    }

    /// Waits for the end, and returns all that was shown.
    pub fn end(mut self) -> String {
        while let Ok(bytes) = self.screen.recv_timeout(PATIENCE) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        self.child.wait().expect("an end");
        std::mem::take(&mut self.seen)
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
