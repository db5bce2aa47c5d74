//! The line that is being completed: the parts that affect the candidates for its last word.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::cli;
use crate::history::{self, Name};
use crate::settings::{self, Environment, Options, Settings};
use crate::values::located;

/// The path of an option: completion sees words before the shell expands them.
fn at_home(path: &str) -> PathBuf {
    located(path.as_ref(), Path::new("")).unwrap_or_else(|_| path.into())
}

/// The words as the shell would pass them to the program; most shells pass them as typed, quotes and all.
pub fn without_quotes(shell: &OsStr, words: &[OsString]) -> Vec<OsString> {
    let is_quoted = |at: usize| match shell.to_str() {
        Some("powershell" | "elvish") => false,
        // The other words are as they would be passed.
        Some("fish") => at + 1 == words.len(),
        _ => true,
    };
    let word = |(at, word): (usize, &OsString)| if is_quoted(at) { unquoted(word) } else { word.clone() };
    words.iter().enumerate().map(word).collect()
}

/// A word without its quotes, one that is still open among them, and without the backslashes that escape something.
fn unquoted(word: &OsStr) -> OsString {
    let Some(word) = word.to_str() else {
        return word.to_owned();
    };
    let mut text = String::with_capacity(word.len());
    let mut open = None;
    let mut characters = word.chars().peekable();
    while let Some(c) = characters.next() {
        match (open, c) {
            (None, '\'' | '"') => open = Some(c),
            (Some(quote), _) if c == quote => open = None,
            (None, '\\') => text.extend(characters.next()),
            (Some('"'), '\\') if characters.peek().is_some_and(|next| r#""\$`"#.contains(*next)) => {
                text.extend(characters.next());
            }
            _ => text.push(c),
        }
    }
    text.into()
}

/// The time limit for reading a file after Tab.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is read, unless that takes too long.
fn soon<T: Send + 'static>(read: impl FnOnce() -> Option<T> + Send + 'static) -> Option<T> {
    let (sender, result) = mpsc::channel();
    // A slow read, such as from a network file system that is down, ends with the program.
    // The receiver is gone if it took too long.
    thread::Builder::new().spawn(move || _ = sender.send(read())).ok()?;
    result.recv_timeout(PATIENCE).ok().flatten()
}

/// The words of the line, as text, and its environment.
pub struct Line {
    words: Vec<String>,
    environment: Arc<Environment>,
}

impl Line {
    /// A line of these words, the program's name first.
    pub fn new(words: &[OsString], environment: Environment) -> Self {
        Self {
            words: words.iter().map(|word| word.to_string_lossy().into_owned()).collect(),
            environment: environment.into(),
        }
    }

    /// Whether a word of it is that name.
    pub fn has(&self, name: &str) -> bool {
        self.words.iter().any(|word| word == name)
    }

    /// The complete words after this one, except options.
    pub fn words_after(&self, word: &str) -> Vec<&str> {
        // The last one is being typed.
        let typed = self.words.split_last().map_or(&[][..], |(_, before)| before);
        let after = typed.iter().map(String::as_str).skip_while(|found| *found != word).skip(1);
        after.filter(|word| !word.starts_with('-')).collect()
    }

    /// The fields that the options list already, the one that is being typed among them.
    pub fn fields(&self, options: &[&str]) -> Vec<String> {
        let lists = cli::values_of(&self.words, options);
        lists.iter().flat_map(|list| list.split(',')).map(str::to_owned).collect()
    }

    /// What is typed of an ID of the partners in the history that the line, the environment or the configuration names,
    /// in full; nothing if that cannot be read soon.
    pub fn names(&self, typed: &OsStr) -> Vec<Name> {
        let typed = typed.to_string_lossy().into_owned();
        let file = self.configured(|options, environment| Settings::load(options, environment).ok()?.history);
        file.and_then(|file| soon(move || history::names(&file.value, &typed))).unwrap_or_default()
    }

    /// The profiles of the configuration file that the line or the environment names, or of the usual one; none if it
    /// cannot be used.
    pub fn profiles(&self) -> Vec<String> {
        // Another setting that is wrong is no reason to hide them.
        let file = self.configured(|options, environment| settings::find(&options, environment).ok());
        file.unwrap_or_default().profiles.into_iter().map(|(name, _)| name).collect()
    }

    /// What is read of the configuration of the line and its environment.
    fn configured<T: Send + 'static>(
        &self,
        read: impl FnOnce(Options, &Environment) -> Option<T> + Send + 'static,
    ) -> Option<T> {
        let last = |option| cli::values_of(&self.words, &[option]).last().copied();
        let options = Options {
            config: last("--config").map(at_home),
            profile: last("--profile").map(str::to_owned),
            history: last("--history").map(at_home),
            // One that is being typed is not there.
            makes_profile: true,
            ..Options::default()
        };
        let environment = Arc::clone(&self.environment);
        soon(move || read(options, &environment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &str) -> Line {
        let words: Vec<_> = words.split(' ').map(OsString::from).collect();
        Line::new(&without_quotes("bash".as_ref(), &words), Environment::default())
    }

    #[test]
    fn fields_are_found_in_every_way_to_list_them() {
        let line =
            line("carrierx partners list -F a,b --fields=c --fields d -Fe -X=f --exclude-fields 'g,h' --fieldsx=i");
        assert_eq!(
            line.fields(&["-F", "--fields", "-X", "--exclude-fields"]),
            ["a", "b", "c", "d", "e", "f", "g", "h"]
        );
    }

    #[test]
    fn words_are_read_as_the_shell_would_hand_them_over() {
        for (typed, word) in [
            ("plain", "plain"),
            ("\"name,ba", "name,ba"),
            ("--fields='name,ba", "--fields=name,ba"),
            ("my\\ file", "my file"),
            ("'name eq \"a b\" and ad", "name eq \"a b\" and ad"),
            (r#""name eq \"a b\" and \x"#, r#"name eq "a b" and \x"#),
            ("'it'\\''s", "it's"),
        ] {
            assert_eq!(unquoted(OsStr::new(typed)), word, "{typed}");
        }
    }

    #[test]
    fn some_shells_pass_words_without_their_quotes() {
        let words = ["it's".into(), "'a b".into()];
        for (shell, passed) in [("fish", ["it's", "a b"]), ("powershell", ["it's", "'a b"]), ("zsh", ["its", "a b"])] {
            assert_eq!(without_quotes(shell.as_ref(), &words), passed, "{shell}");
        }
    }

    #[test]
    fn profiles_are_those_of_the_file_that_the_line_names_and_none_if_it_cannot_be_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "[profiles.test]\n[profiles.production]\nlimit = 1\n").expect("a file");
        let line = |path: &str| line(&format!("carrierx --config '{path}' --profile"));
        assert_eq!(line(path.to_str().expect("UTF-8")).profiles(), ["test", "production"]);
        let wrong = Environment::new(|name| (name == "CARRIERX_TIMEOUT").then(|| "soon".into()));
        let words = ["carrierx".into(), "--config".into(), path.clone().into(), "--profile".into()];
        assert_eq!(Line::new(&words, wrong).profiles(), ["test", "production"]);
        std::fs::write(&path, "[profiles.test]\nlimitt = 1\n").expect("a file");
        assert_eq!(line(path.to_str().expect("UTF-8")).profiles(), [""; 0]);
        assert_eq!(line("/nowhere").profiles(), [""; 0]);
    }
}
