//! Between the program and the API: real proxies, and real TLS servers whose certificates a private authority signed.

use std::fs;
use std::path::Path;

use crate::common::proxy::{Door, Proxy};
use crate::common::tls::{Authority, TlsServer, Validity};
use crate::common::{Api, TOKEN, carrierx, last_page, stderr};
use assert_cmd::Command;
use assert_cmd::assert::Assert;

/// A host that exists nowhere: only a proxy can lead there.
const HOST: &str = "api.carrierx.invalid";

fn list(base_url: &str, arguments: &[&str]) -> Command {
    let mut command = carrierx(&[&["partners", "list", "-o", "jsonl", "--base-url", base_url], arguments].concat());
    command.env("CARRIERX_TOKEN", TOKEN);
    command
}

/// `partners list` from a TLS server on this machine that is asked as `localhost`.
fn list_from(server: &TlsServer, authority: &Path) -> Assert {
    let url = format!("https://localhost:{}/core/v2", server.address().port());
    list(&url, &["--ca-file", authority.to_str().expect("UTF-8")]).assert()
}

fn assert_refused(list: &Assert, parts: &[&str]) {
    let report = stderr(list);
    parts.iter().for_each(|part| assert!(report.contains(part), "no {part:?} in {report}"));
    assert!(report.contains("\nhint: ") && !report.contains(TOKEN), "{report}");
}

#[test]
fn a_private_authority_is_trusted_when_it_is_named_and_only_then() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = authority.serve("localhost", Validity::Now, &last_page(&[r#"{"name":"x"}"#]));
    list_from(&server, &authority.file()).success().stdout("{\"name\":\"x\"}\n");
    let refused = list_from(&server, &other.file()).code(9).stdout("");
    assert_refused(&refused, &["https://localhost:", "authority that is not trusted", "--ca-file"]);
    assert_eq!((server.requests(), server.connections()), (1, 2), "a bad certificate was tried again");
}

#[test]
fn a_certificate_that_does_not_identify_the_server_is_named_and_not_tried_again() {
    let authority = Authority::new();
    let for_clients = |params: &mut rcgen::CertificateParams| {
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    };
    for (server, words, way_out) in [
        (authority.serve("other.example.com", Validity::Now, ""), "not valid for name", "base URL"),
        (authority.serve("localhost", Validity::Past, ""), "has expired", "clock"),
        (authority.serve("localhost", Validity::Future, ""), "not valid yet", "clock"),
        (authority.serve_as_itself(), "cannot be used: ", "replace its certificate"),
        (
            authority.serve_with("localhost", Validity::Now, "", for_clients),
            "cannot be used: ",
            "replace its certificate",
        ),
    ] {
        let refused = list_from(&server, &authority.file()).code(9).stdout("");
        assert_refused(&refused, &[words, way_out]);
        assert_eq!((server.requests(), server.connections()), (0, 1));
    }
}

#[test]
fn without_any_authority_https_is_refused_and_this_machine_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "").expect("a file");
    let mut https = list("https://localhost:1", &[]);
    let refused = https.env("SSL_CERT_FILE", &empty).assert().code(9).stdout("");
    assert_refused(&refused, &["no CA certificates were found", "--ca-file; check SSL_CERT_FILE"]);
    let api = Api::new();
    api.page(&[], last_page(&["{}"]));
    api.carrierx(&["partners", "list", "-o", "jsonl"]).env("SSL_CERT_FILE", &empty).assert().success().stdout("{}\n");
}

#[test]
fn an_authority_is_read_as_windows_writes_it() {
    let authority = Authority::new();
    let pem = fs::read_to_string(authority.file()).expect("a file");
    let server = authority.serve("localhost", Validity::Now, &last_page(&[]));
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), format!("\u{feff}{}", pem.replace('\n', "\r\n"))).expect("a file");
    list_from(&server, file.path()).success();
}

#[test]
fn the_authority_may_stand_in_the_configuration_beside_it_or_in_the_home() {
    let authority = Authority::new();
    let server = authority.serve("localhost", Validity::Now, &last_page(&[]));
    let url = format!("https://localhost:{}/core/v2", server.address().port());
    let home = tempfile::tempdir().expect("a folder");
    fs::create_dir(home.path().join("conf")).expect("a folder");
    fs::copy(authority.file(), home.path().join("conf/beside.pem")).expect("a copy");
    fs::copy(authority.file(), home.path().join("at-home.pem")).expect("a copy");
    for name in ["beside.pem", "~/at-home.pem", authority.file().to_str().expect("UTF-8")] {
        let config = home.path().join("conf/config.toml");
        fs::write(&config, format!("ca_file = '{name}'\n")).expect("a file");
        list(&url, &[]).env("HOME", home.path()).env("CARRIERX_CONFIG", &config).assert().success();
    }
    assert_eq!(server.requests(), 3);
}

#[test]
fn a_file_that_holds_no_authority_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path
    };
    for (path, words) in [
        (folder.path().join("missing.pem"), "No such file"),
        (file("empty.pem", ""), "no certificate"),
        (file("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n"), "truncated"),
        (file("wrong.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "cannot be used"),
    ] {
        let refused = list("https://localhost:1", &["--ca-file", path.to_str().expect("UTF-8")]).assert().code(3);
        assert_refused(&refused, &[words, path.to_str().expect("UTF-8")]);
    }
}

#[test]
fn every_proxy_variable_leads_through_the_proxy() {
    let authority = Authority::new();
    let server = authority.serve(HOST, Validity::Now, &last_page(&["{}"]));
    let proxy = Proxy::start(Door::To(server.address()));
    for (variable, scheme) in [
        ("HTTPS_PROXY", "http"),
        ("https_proxy", "http"),
        ("ALL_PROXY", "http"),
        ("all_proxy", "http"),
        ("ALL_PROXY", "socks5h"),
        ("HTTPS_PROXY", "socks5h"),
    ] {
        let mut command =
            list(&format!("https://{HOST}/core/v2"), &["--ca-file", authority.file().to_str().expect("UTF-8")]);
        command.env(variable, format!("{scheme}://{}", proxy.address()));
        command.assert().success().stdout("{}\n");
    }
    assert_eq!(server.requests(), 6);
    let asked = proxy.asked();
    assert_eq!(asked.len(), 6);
    assert!(asked.iter().all(|asked| asked.contains(HOST) && !asked.contains(TOKEN)), "{asked:?}");
}

#[test]
fn a_host_that_no_proxy_names_is_not_sent_to_the_proxy() {
    let proxy = Proxy::start(Door::Refuses("HTTP/1.1 500 No"));
    for variable in ["NO_PROXY", "no_proxy"] {
        let mut command = list(&format!("https://{HOST}/core/v2"), &["--retries", "0"]);
        command.env("HTTPS_PROXY", format!("http://{}", proxy.address())).env(variable, "carrierx.invalid");
        let report = stderr(&command.assert().code(9));
        assert!(!report.contains("proxy http"), "{report}");
    }
    assert_eq!(proxy.asked(), [""; 0]);
}

#[test]
fn a_failing_proxy_is_named_without_its_password() {
    let unreachable = "127.0.0.1:1".parse().expect("an address");
    for (door, attempts, parts) in [
        (
            Door::Refuses("HTTP/1.1 407 Proxy Authentication Required"),
            1,
            &["requires authentication (407)", "HTTPS_PROXY", "USER:PASSWORD"][..],
        ),
        (Door::Refuses("HTTP/1.1 403 Forbidden"), 2, &["refused to connect", "NO_PROXY"]),
        (Door::Refuses("HTTP/1.1 502 Bad Gateway"), 2, &["refused to connect", "after 2 attempts"]),
        (Door::To(unreachable), 2, &["HTTPS_PROXY"]),
    ] {
        let proxy = Proxy::start(door);
        let mut command = list(&format!("https://{HOST}/core/v2"), &["--retries", "1"]);
        command.env("HTTPS_PROXY", format!("http://me:hunter2@{}", proxy.address()));
        let refused = command.assert().code(9).stdout("");
        assert_refused(&refused, &[&[HOST, &format!("through the proxy http://{}", proxy.address())], parts].concat());
        assert!(!stderr(&refused).contains("hunter2"), "{}", stderr(&refused));
        assert_eq!(proxy.asked().len(), attempts);
    }
}

#[test]
fn a_proxy_that_does_not_answer_at_all_is_named() {
    let mut command = list(&format!("https://{HOST}/core/v2"), &["--retries", "0"]);
    let refused = command.env("HTTPS_PROXY", "http://127.0.0.1:1").assert().code(9).stdout("");
    assert_refused(&refused, &["through the proxy http://127.0.0.1:1 failed: Connection refused", "HTTPS_PROXY"]);
}

#[test]
fn a_proxy_variable_that_cannot_be_used_ends_the_command_before_anything_is_sent() {
    let proxy = Proxy::start(Door::Refuses("HTTP/1.1 500 No"));
    let address = proxy.address();
    for (variable, value) in [
        ("HTTPS_PROXY", "::::".to_owned()),
        ("https_proxy", format!("{address}:9")),
        ("ALL_PROXY", format!("ftp://me:hunter2@{address}")),
        ("all_proxy", format!("\"http://me:hunter2@{address}\"")),
        ("HTTPS_PROXY", format!("http://me:hunter2@{address}/path")),
        ("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:99999".to_owned()),
    ] {
        let refused = list(&format!("https://{HOST}/core/v2"), &["--retries", "0"]).env(variable, value).assert();
        let refused = refused.code(3).stdout("");
        assert_refused(&refused, &[&format!("the proxy in {variable} cannot be used: "), "http://HOST:PORT"]);
        assert!(!stderr(&refused).contains("hunter2"), "{}", stderr(&refused));
    }
    assert_eq!(proxy.asked(), [""; 0]);
}

#[test]
fn the_proxy_is_the_one_that_curl_would_use() {
    let proxy = Proxy::start(Door::Refuses("HTTP/1.1 407 Proxy Authentication Required"));
    let address = proxy.address();
    let elsewhere = "http://127.0.0.1:1";
    let authorization = "proxy-authorization: Basic bWU6cEBzcw==";
    for (variables, sent) in [
        (&[("HTTPS_PROXY", ""), ("https_proxy", &format!("http://{address}"))][..], "CONNECT"),
        (&[("HTTPS_PROXY", elsewhere), ("https_proxy", &format!("{address}/"))], "CONNECT"),
        (&[("REQUEST_METHOD", "GET"), ("HTTPS_PROXY", &format!("http://{address}"))], "CONNECT"),
        (&[("HTTPS_PROXY", &format!("http://me:p@ss@{address}"))], authorization),
        (&[("HTTPS_PROXY", &format!("me:p%40ss@{address}/"))], authorization),
        (&[("ALL_PROXY", &format!("{address}")), ("NO_PROXY", "*.example.com invalid.example")], "CONNECT"),
    ] {
        let mut command = list(&format!("https://{HOST}/core/v2"), &["--retries", "0"]);
        let report = stderr(&command.envs(variables.iter().copied()).assert().code(9));
        assert!(report.contains(&format!("through the proxy http://{address} failed: ")), "{variables:?}: {report}");
        let asked = proxy.asked().pop().expect("a request").to_lowercase();
        assert!(asked.contains(&sent.to_lowercase()), "{variables:?}: {asked}");
    }
}
