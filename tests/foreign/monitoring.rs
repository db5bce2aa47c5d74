//! What monitoring systems read, before their own readers.

use std::time::Duration;

use crate::common::{Api, carrierx, last_page, stdout};
use assert_cmd::Command;

#[test]
fn promtool_accepts_metrics_of_hostile_partners() {
    let hostile = |sid: &str, display_id: &str| {
        let (sid, display_id) = (serde_json::json!(sid), serde_json::json!(display_id));
        format!(
            r#"{{"partner_sid":{sid},"display_id":{display_id},"daily_spent_amount":"99","daily_spending_limit":"1e2","balance":"1_0","spending_limit":null,"charge_at":"0x10","payment_type":"prepay"}}"#
        )
    };
    let critical = hostile("a", "plain");
    let partners = [
        critical.clone(),
        // Only where something critical is known is such a list reported at all.
        critical,
        hostile("\"} 1\ncarrierx_check_time_seconds 0\n#", "\\"),
        hostile("\\\"\\n", "x\u{1b}[2J\u{202e}\u{0}\r\u{2028}"),
        hostile("東京", "\"\"\"\\\\\n\n"),
        hostile("b", ""),
        hostile("", "c"),
    ];
    let api = Api::new();
    api.page(&[], last_page(&partners.each_ref().map(String::as_str)));
    let shown = stdout(&api.carrierx(&["partners", "check", "-o", "prometheus"]).assert().code(2));
    for sid in ["a", "b"] {
        let of = format!("carrierx_partner_level{{check=\"partners\",partner_sid=\"{sid}\"");
        assert_eq!(shown.matches(&of).count(), 1, "{shown}");
    }
    let mut promtool = Command::new("promtool");
    promtool.args(["check", "metrics"]).timeout(Duration::from_secs(60)).write_stdin(shown.clone());
    let output = promtool.ok().expect("promtool takes them");
    assert!(output.stderr.is_empty() && output.stdout.is_empty(), "{output:?}\n{shown}");
}

#[cfg(target_os = "linux")]
#[test]
fn systemd_accepts_the_units_that_help_shows() {
    let help = stdout(&carrierx(&["help", "monitoring"]).assert().success());
    let folder = tempfile::tempdir().expect("a folder");
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    let mut verify = Command::new("systemd-analyze");
    verify.timeout(Duration::from_secs(60)).arg("verify");
    for (name, section) in [("carrierx-check.service", "  [Unit]\n"), ("carrierx-check.timer", "  [Timer]\n")] {
        let unit = &help[help.find(section).expect(section)..];
        let unit: String = unit
            .lines()
            .take_while(|line| line.is_empty() || line.starts_with("  "))
            .map(|line| line.trim_start().replace("/usr/bin/carrierx", &program) + "\n")
            .collect();
        std::fs::write(folder.path().join(name), unit).expect("a unit");
        verify.arg(folder.path().join(name));
    }
    let output = verify.ok().expect("systemd takes them");
    assert!(output.stderr.is_empty(), "{output:?}");
}
