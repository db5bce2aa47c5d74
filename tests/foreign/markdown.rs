//! Markdown as a renderer of tickets and wikis shows it: cmark-gfm, GitHub's own, with all of its extensions.

use std::time::Duration;

use assert_cmd::Command;

use crate::common::{Api, carrierx, last_page, stdout};

/// The cells of each row of the one table that the renderer makes of the text, the header first.
fn rendered(markdown: &str) -> Vec<Vec<String>> {
    let mut cmark = Command::new("cmark-gfm");
    cmark.args(["table", "strikethrough", "autolink", "tagfilter"].iter().flat_map(|name| ["-e", name]));
    let html = stdout(&cmark.timeout(Duration::from_secs(60)).write_stdin(markdown).assert().success());
    let inside = html.strip_prefix("<table>\n").and_then(|html| html.strip_suffix("</table>\n")).expect(&html);
    let rows = inside.split("<tr>\n").skip(1).map(|row| row.split("</tr>").next().expect("a part"));
    rows.map(|row| row.lines().filter_map(cell).collect()).collect()
}

/// The text of a cell; markup in it, but for code as a whole, is an error.
fn cell(line: &str) -> Option<String> {
    let (_, rest) = line.strip_prefix("<t")?.split_once('>')?;
    let inside = rest.strip_suffix("</td>").or(rest.strip_suffix("</th>"))?;
    let code = inside.strip_prefix("<code>").and_then(|inside| inside.strip_suffix("</code>"));
    let text = code.unwrap_or(inside).to_owned();
    assert!(!text.contains(['<', '>']), "markup: {line}");
    if code.is_none() {
        let is_mentioned = |mark| text.split(mark).skip(1).any(|rest| rest.starts_with(char::is_alphanumeric));
        assert!(!is_mentioned('@') && !is_mentioned('#') && !text.contains(":smile:"), "more than text: {line}");
    }
    let characters = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    Some(characters.iter().fold(text, |text, (name, character)| text.replace(name, character)))
}

#[test]
fn a_renderer_gives_every_cell_back_as_it_was() {
    let names = [
        "Acme | Sons || \\| \\",
        "*bold* _em_ __strong__ ~~gone~~ `code` ``",
        "a_b_c display_id _x_y_ 1_000",
        "[link](http://x) ![image](x) [ref] [^1] [x]: y",
        "<b>html</b> <!-- comment --> <https://x.example> <script>",
        "AT&T &amp; &lt; &#65; &#x41; &copy; R&D; & &",
        " blanks  inside and around ",
        "   ",
        "# heading",
        "- item",
        "1. item",
        "> quote",
        "```",
        "---",
        "$1$ @team #12 :smile:",
        "https://carrierx.example/a_b?c=*d* www.example.com user_name@example.com",
        "東京 é 👩‍💻 _東京_",
        "\"quotes\" 'single'",
        "a@b.c | `x` ``",
        " @name ",
        "`@name",
        "GH-12 and #1 \\",
        ":smile:\\|:+1:",
        "=1+1",
        "{\"a\":[1,\"|\"]}",
        "\\\\server\\share",
        "Ends in a backslash\\",
        "&#32;",
        ":--",
        "| --- |",
    ];
    let partners: Vec<String> =
        names.iter().map(|name| serde_json::json!({ "name": name, "balance": "4.40" }).to_string()).collect();
    let partners: Vec<&str> = partners.iter().map(String::as_str).collect();
    let api = Api::new();
    api.page(&[], last_page(&partners));
    let rows = rendered(&stdout(&api.list(&["-F", "balance,name", "-o", "markdown"]).success()));
    assert_eq!(rows[0], ["balance", "name"]);
    assert_eq!(rows[1..].iter().map(|row| row[1].as_str()).collect::<Vec<_>>(), names);
    assert!(rows[1..].iter().all(|row| row[0] == "4.40"));
}

#[test]
fn every_command_with_rows_makes_a_table_of_as_many_cells_as_columns() {
    for (arguments, first) in [
        (&["list"][..], "display_id"),
        (&["get", "CX15650613", "ivory0000"], "display_id"),
        (&["find", "lantern"], "display_id"),
        (&["count", "--by", "status,payment_type", "--sum", "balance"], "status"),
        (&["tree"], "partner"),
        (&["tree", "-f", "balance lt 0"], "partner"),
        (&["check"], "level"),
        (&["fields"], "name"),
    ] {
        let arguments = [&["partners"], arguments, &["--sandbox", "-q", "-o", "markdown"]].concat();
        let rows = rendered(&stdout(&carrierx(&arguments).assert().append_context("command", arguments.join(" "))));
        assert_eq!(rows[0][0], first, "{arguments:?}");
        assert!(rows.len() > 2 && rows.iter().all(|row| row.len() == rows[0].len()), "{arguments:?}");
    }
}

#[test]
fn a_tree_keeps_its_lines_where_a_renderer_draws_blanks_together() {
    let tree = stdout(&carrierx(&["partners", "tree", "--sandbox", "-q", "-o", "markdown"]).assert().success());
    let rows = rendered(&tree);
    let names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert!(names.iter().any(|name| name.starts_with("├──\u{a0}")), "{names:?}");
    assert!(names.iter().any(|name| name.contains("\u{a0}\u{a0}\u{a0}└──\u{a0}")), "{names:?}");
}

#[test]
fn facts_are_a_row_each() {
    let rows = rendered(&stdout(&carrierx(&["auth", "status", "--sandbox", "-o", "markdown"]).assert().success()));
    assert_eq!(rows[0], ["field", "value"]);
    assert!(rows.contains(&vec!["accepted".to_owned(), "true".to_owned()]), "{rows:?}");
}
