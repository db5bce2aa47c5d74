//! Completion, in real shells: what is typed, and what must appear.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{carrierx, stdout};
use tempfile::TempDir;

/// What is typed before Tab, and what the screen must then have.
struct Case {
    typed: &'static str,
    /// The line afterwards.
    line: &'static str,
    /// What is listed below it if nothing can be added to the line; bash does so at the second Tab. Fish cuts
    /// beginnings.
    listed: &'static [&'static str],
    /// The words of help among it, which bash cannot show.
    help: &'static str,
}

const fn case(typed: &'static str, line: &'static str) -> Case {
    Case { typed, line, listed: &[], help: "" }
}

const CASES: [Case; 39] = [
    case("carrierx part", "carrierx partners"),
    case("carrierx partners li", "carrierx partners list"),
    case("carrierx partners list --excl", "carrierx partners list --exclude-fields"),
    case(
        "carrierx partners list -o jsonl --fields name,balan",
        "carrierx partners list -o jsonl --fields name,balance",
    ),
    case("carrierx partners list --fields=name,balan", "carrierx partners list --fields=name,balance"),
    case("carrierx partners list -F address1,ad", "carrierx partners list -F address1,address2"),
    case("carrierx partners list -F address1 -F ad", "carrierx partners list -F address1 -F address2"),
    case("carrierx partners get x -X parent_s", "carrierx partners get x -X parent_sid"),
    Case {
        listed: &["aily_spending_limit", "aily_spent_amount"],
        help: "maximum spending per day",
        ..case("carrierx partners list -F daily_spen", "carrierx partners list -F daily_spen")
    },
    Case {
        listed: &["asc", "desc"],
        help: "smallest and oldest first",
        ..case("carrierx partners list --order balance:", "carrierx partners list --order balance:")
    },
    case("carrierx partners list --order balance:d", "carrierx partners list --order balance:desc"),
    case("carrierx partners list --order=balance:d", "carrierx partners list --order=balance:desc"),
    Case {
        listed: &["eq", "ne", "gt", "like"],
        help: "greater than or equal",
        ..case("carrierx partners list -f 'balance ", "carrierx partners list -f 'balance")
    },
    case("carrierx partners count --by status,payment_t", "carrierx partners count --by status,payment_type"),
    case("carrierx partners count --sum bal", "carrierx partners count --sum balance"),
    case("carrierx partners count -f 'balance li", "carrierx partners count -f 'balance like"),
    case("carrierx partners list --filter 'payment_type eq pr", "payment_type eq prepay"),
    case("carrierx partners list --filter \"status eq active and balance li", "status eq active and balance like"),
    case("carrierx partners list -f status\\ li", "carrierx partners list -f status\\ like"),
    Case {
        listed: &["json", "jsonl"],
        help: "One compact object per line",
        ..case("carrierx partners list -o json", "carrierx partners list -o json")
    },
    case("carrierx --color=al", "carrierx --color=always"),
    case("carrierx --config ~/my.toml auth status --profile prod", "auth status --profile production"),
    case("carrierx partners list --to /tmp/../et", "carrierx partners list --to /tmp/../etc/"),
    case("carrierx partners diff /tmp/../et", "carrierx partners diff /tmp/../etc/"),
    case("carrierx completions power", "carrierx completions powershell"),
    case("carrierx partners list --at la", "carrierx partners list --at last"),
    case("carrierx partners diff la", "carrierx partners diff last"),
    case("carrierx partners check -o prom", "carrierx partners check -o prometheus"),
    Case {
        listed: &["partners", "auth", "config", "man", "help"],
        help: "Show a manual page",
        ..case("carrierx ", "carrierx")
    },
    case("carrierx man partners che", "carrierx man partners check"),
    case("carrierx help fil", "carrierx help filters"),
    Case {
        listed: &["ddress1", "ddress2"],
        help: "postal address, first line",
        ..case("carrierx partners list -F name,balance,address", "-F name,balance,address")
    },
    case("carrierx partners list -F \"name,balan", "carrierx partners list -F \"name,balance"),
    // Zsh takes the quotes away, as they are not needed.
    case("carrierx partners list --fields='name,balan", "name,balance"),
    case("carrierx partners list -o \"tab", "carrierx partners list -o \"table"),
    case("carrierx partners list --to 'some fi", "carrierx partners list --to 'some file.csv"),
    case("carrierx partners list --to some", "carrierx partners list --to some\\ file.csv"),
    case("carrierx partners list --to ~/fold", "carrierx partners list --to ~/folder/"),
    case("carrierx --config ~/folder/other\\ one.toml --profile sta", "--profile staging"),
];

/// Names of files that mean something to a shell, each the only one that begins with its first characters.
///
/// Whoever inserts one carelessly runs a command, opens another file, or breaks the line.
const NAMES: [(&str, &str); 17] = [
    ("x", "x$(touch PWNED).csv"),
    ("k", "k`touch PWNED`.csv"),
    ("v", "v$HOME.csv"),
    ("a[", "a[1].csv"),
    ("it", "it's.csv"),
    ("qu", "qu\"ote.csv"),
    ("n", "n\\s\\.csv"),
    ("w", "w! !! !$.csv"),
    ("st", "st*r?.csv"),
    ("p", "p{1,2}.csv"),
    ("se", "se;touch PWNED;.csv"),
    ("am", "am&(x)|<y>.csv"),
    ("c", "c:d=e@f.csv"),
    ("h", "h#a  b~.csv"),
    ("ü", "über ☎ 東京.csv"),
    ("both", "both'\"$x\\.csv"),
    ("some", "some file.csv"),
];

/// A shell at a terminal, the program being `carrierx` in its path and completed as after an installation.
struct Session {
    home: TempDir,
}

impl Session {
    fn start(shell: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = home.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        NAMES.iter().for_each(|(_, name)| write(name, ""));
        // What the pattern `a[1].csv` stands for, and what a terminal must not get.
        write("a1.csv", "");
        write("in folder/a'b $x.csv", "");
        write("escape\u{1b}]0;PWNED\u{7}.csv", "");
        write("folder/other one.toml", "[profiles.staging]\n");
        write("my.toml", "[profiles.production]\n[profiles.test]\n[profiles.\"un\\u001b[31mplain\"]\n");
        let script = stdout(&carrierx(&["completions", shell]).assert().success());
        let start = match shell {
            "bash" => {
                write("rc", &format!("PS1='> '\nshopt -s failglob\n{script}"));
                "bash --noprofile --rcfile ~/rc"
            }
            "zsh" => {
                write("functions/_carrierx", &script);
                write(".zshrc", "PS1='> '\nfpath=(~/functions $fpath)\nautoload -U compinit; compinit -u\n");
                "zsh"
            }
            _ => {
                write(".config/fish/completions/carrierx.fish", &script);
                write(
                    ".config/fish/config.fish",
                    "function fish_prompt; echo '> '; end\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n",
                );
                "fish"
            }
        };
        let session = Self { home };
        let home = session.home.path().display();
        let programs = Path::new(assert_cmd::cargo::cargo_bin!("carrierx")).parent().expect("a folder").display();
        let environment = format!("env -i TERM=xterm LANG=C.UTF-8 HOME={home} PATH={programs}:/usr/bin:/bin");
        session.tmux(&[
            "new-session",
            "-d",
            "-c",
            &home.to_string(),
            "-x",
            "150",
            "-y",
            "40",
            &format!("{environment} {}", start.replace('~', &home.to_string())),
        ]);
        session.wait_for("a prompt", |screen| screen.contains('>'));
        session
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let mut tmux = Command::new("tmux");
        tmux.env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8").args(["-f", "/dev/null", "-S"]);
        let output = tmux.arg(self.home.path().join("tmux")).args(arguments).output().expect("tmux");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Takes away what was typed and listed, and waits until that is done.
    fn begin_anew(&self) {
        self.tmux(&["send-keys", "C-u", "C-l"]);
        self.wait_for("an empty line", |screen| screen.trim() == ">");
    }

    fn press(&self, text: &str, keys: &[&str]) {
        self.tmux(&["send-keys", "-l", text]);
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Looks at the screen until it shows what it must; nothing tells when a shell is done with a key.
    fn wait_for(&self, what: &str, shows: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        loop {
            let screen = self.tmux(&["capture-pane", "-p"]);
            if shows(&screen) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{what} did not appear:\n{}", screen.trim_end());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

fn check(shell: &str) {
    let session = Session::start(shell);
    for Case { typed, line, listed, help } in CASES {
        session.begin_anew();
        let tabs = if shell == "bash" && !listed.is_empty() { &["Tab", "Tab"][..] } else { &["Tab"] };
        session.press(typed, tabs);
        session.wait_for(&format!("in {shell}, after {typed}: {line} {listed:?}"), |screen| {
            let help = if shell == "bash" { "" } else { help };
            screen.contains(line) && listed.iter().all(|word| screen.contains(word)) && screen.contains(help)
        });
    }
    for typed in [
        "carrierx --nonsense x",
        "carrierx partners list -f 'name eq “x",
        "carrierx partners list --limit ",
        "carrierx --config my.toml --profile un",
        "carrierx partners list --to escape",
    ] {
        session.begin_anew();
        session.press(typed, &["Tab", "5"]);
        session.wait_for(&format!("in {shell}, nothing but {typed}5"), |screen| {
            screen.trim().trim_start_matches('>').trim() == format!("{typed}5")
        });
    }
    // What is inserted is what the shell then passes on: another command is put before the line, and it is run.
    for (beginning, name) in NAMES {
        for quote in ["", "'", "\""] {
            session.begin_anew();
            // In zsh, a bracket that is not quoted begins a subscript, and Tab completes that.
            let escaped = beginning.replace('[', "\\[");
            let beginning = if shell == "zsh" && quote.is_empty() { &escaped } else { beginning };
            session.press(&format!("carrierx partners list --to {quote}{beginning}"), &["Tab", "C-a"]);
            session.press("printf '[%s]\\n' ", &["Enter"]);
            session.wait_for(&format!("in {shell}, {name} after {quote}{beginning}"), |screen| {
                screen.lines().any(|line| line == format!("[{name}]"))
            });
        }
    }
    for quote in ["", "'", "\""] {
        session.begin_anew();
        session.press(&format!("carrierx partners list --to {quote}in"), &["Tab"]);
        session.press("a", &["Tab", "C-a"]);
        session.press("printf '[%s]\\n' ", &["Enter"]);
        session.wait_for(&format!("in {shell}, a file in a folder after {quote}"), |screen| {
            screen.lines().any(|line| line == "[in folder/a'b $x.csv]")
        });
    }
    assert!(!session.home.path().join("PWNED").exists(), "{shell} ran what a name says");
}

#[test]
fn bash_completes() {
    check("bash");
}

#[test]
fn zsh_completes() {
    check("zsh");
}

#[test]
fn fish_completes() {
    check("fish");
}
