//! SHA-256, by which damage is noticed: SQLite has no check sums of its own.

use ring::digest::{Context, SHA256};

pub struct Digest {
    context: Context,
    /// Short lines are hashed together.
    lines: String,
}

const ENOUGH: usize = 8 << 10;

impl Digest {
    pub fn new() -> Self {
        Self { context: Context::new(&SHA256), lines: String::new() }
    }

    pub fn line(&mut self, text: &str) {
        self.lines.push_str(text);
        self.lines.push('\n');
        if self.lines.len() >= ENOUGH {
            self.context.update(self.lines.as_bytes());
            self.lines.clear();
        }
    }

    /// In hexadecimal digits.
    pub fn end(mut self) -> String {
        self.context.update(self.lines.as_bytes());
        self.context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
