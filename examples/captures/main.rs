//! Draws what the README shows: the program at a terminal, as SVG for dark and light screens.
//!
//! `cargo run --example captures -- FOLDER` runs each command in a real terminal (it needs `script`, of util-linux) and
//! draws what came out. The sandbox holds the same partners on every run, so the pictures change only when the program
//! does.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use carrierx::width;

/// The name of a picture, the columns of the terminal, and each command with the status that it ends with.
type Capture = (&'static str, u16, &'static [(&'static str, i32)]);

const CAPTURES: [Capture; 3] = [
    (
        "hero",
        100,
        &[
            ("carrierx partners list --sandbox --limit 5", 0),
            ("carrierx partners list --sandbox --filter 'balance < 0'", 2),
            ("carrierx partners list --sandbox --filter 'balance lt 0'", 0),
            ("carrierx partners check --sandbox --warn 90", 2),
        ],
    ),
    ("tree", 100, &[("carrierx partners tree --sandbox --quiet --root CX26419753", 0)]),
    ("check", 100, &[("carrierx partners check --sandbox --quiet --crit-balance 0", 2)]),
];

/// The size of a cell of the terminal, in pixels.
const CELL: (usize, usize) = (8, 18);

/// Blank pixels around the screen.
const MARGIN: usize = 12;

/// Colors by their names in `paint`: classes of the picture, for a light screen and a dark one.
const STYLE: &str = "\
    svg { background: #ffffff; fill: #24292f; font: 13px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace }\n\
    .b { font-weight: bold } .d { fill: #6e7781 } .red { fill: #cf222e } .green { fill: #116329 } .yellow { fill: #7d4e00 }\n\
    @media (prefers-color-scheme: dark) {\n\
    svg { background: #0d1117; fill: #e6edf3 }\n\
    .d { fill: #848d97 } .red { fill: #ff7b72 } .green { fill: #3fb950 } .yellow { fill: #d29922 } }\n";

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        return failed("name the folder to draw into");
    };
    for (name, columns, commands) in CAPTURES {
        let mut lines = Vec::new();
        for (command, status) in commands {
            let Some(screen) = screen(columns, command, *status) else {
                return failed(&format!("`{command}` did not run, or did not end with status {status}"));
            };
            lines.extend((!lines.is_empty()).then(String::new));
            lines.push(format!("\u{1b}[2m$\u{1b}[0m {command}"));
            lines.extend(screen.lines().map(without_performance_data));
        }
        if let Err(error) = fs::write(folder.join(format!("{name}.svg")), picture(columns, commands[0].0, &lines)) {
            return failed(&format!("{} cannot be written to: {error}", folder.display()));
        }
    }
    ExitCode::SUCCESS
}

fn failed(why: &str) -> ExitCode {
    // Whoever closed stderr sees the status.
    _ = std::io::Write::write_all(&mut std::io::stderr(), format!("error: {why}\n").as_bytes());
    ExitCode::FAILURE
}

/// The line without what a check measured for machines: it has the seconds taken, and is too long for the picture.
fn without_performance_data(line: &str) -> String {
    match line.split_once(" | ") {
        Some((words, _)) if line.starts_with("CARRIERX ") => format!("{words} | …"),
        _ => line.to_owned(),
    }
}

/// What a terminal of so many columns shows after the command, if that ends with the status.
fn screen(columns: u16, command: &str, status: i32) -> Option<String> {
    let program = format!("{} run --quiet --bin carrierx --", env!("CARGO"));
    let line = format!("stty rows 40 cols {columns}; {}", command.replacen("carrierx", &program, 1));
    let mut script = Command::new("script");
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        script.env_remove(name);
    }
    let ended = script.env("TERM", "xterm").args(["-qec", &line, "/dev/null"]).output().ok()?;
    (ended.status.code() == Some(status)).then(|| String::from_utf8_lossy(&ended.stdout).replace("\r\n", "\n"))
}

/// The picture of the lines on a screen.
fn picture(columns: u16, title: &str, lines: &[String]) -> String {
    let across = usize::from(columns) * CELL.0 + 2 * MARGIN;
    let height = lines.len() * CELL.1 + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{across}\" height=\"{height}\" viewBox=\"0 0 {across} {height}\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n",
        escaped(title)
    );
    lines.iter().enumerate().for_each(|(row, line)| draw(row, line, &mut svg));
    svg + "</svg>\n"
}

/// Draws a line, each run of words where its cells are: fonts differ in how wide they draw what takes two.
fn draw(row: usize, line: &str, svg: &mut String) {
    let y = MARGIN + row * CELL.1 + CELL.1 * 3 / 4;
    let (mut column, mut class) = (0, "");
    for (at, part) in line.split("\u{1b}[").enumerate() {
        let text = match part.split_once('m') {
            Some((code, text)) if at > 0 => {
                class = class_of(code);
                text
            }
            _ => part,
        };
        for run in text.split_inclusive("  ") {
            let words = run.trim();
            let x = MARGIN + (column + width(run) - width(run.trim_start())) * CELL.0;
            if !words.is_empty() {
                // Writing to a string does not fail.
                _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" class=\"{class}\">{}</text>", escaped(words));
            }
            column += width(run);
        }
    }
}

/// The class that stands for a code of the terminal.
fn class_of(code: &str) -> &'static str {
    match code {
        "1" => "b",
        "2" => "d",
        "31" => "red",
        "32" => "green",
        "33" => "yellow",
        _ => "",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
