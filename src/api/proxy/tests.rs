use super::*;

const TARGET: &str = "https://api.carrierx.com/core/v2";

fn find(target: &str, variables: &[(&str, &str)]) -> Result<Option<Proxy>, Failure> {
    let value = |name: &str| Some(OsString::from(variables.iter().find(|(known, _)| *known == name)?.1));
    Proxy::on_the_way_to(&target.parse().expect("a URL"), value)
}

#[test]
fn a_variable_is_read_as_curl_reads_it() {
    for (value, url) in [
        ("http://h:3128", "http://h:3128/"),
        ("HTTP://H:3128", "http://h:3128/"),
        ("h:3128", "http://h:3128/"),
        ("h:3128/", "http://h:3128/"),
        ("h", "http://h/"),
        ("https://h", "https://h/"),
        ("socks5h://h", "socks5h://h"),
        ("https://h:80", "https://h:80/"),
        ("socks4a://h:9", "socks4a://h:9"),
        ("http://[::1]:3128", "http://[::1]:3128/"),
        ("my_proxy:3128", "http://my_proxy:3128/"),
        ("http://me:p@ss@h:1", "http://me:p%40ss@h:1/"),
        ("me@corp:pass@h:1", "http://me%40corp:pass@h:1/"),
        ("http://me:a:b@h:1", "http://me:a%3Ab@h:1/"),
        ("http://me:p%2Fw@h:1", "http://me:p%2Fw@h:1/"),
        ("http://me@h:1", "http://me@h:1/"),
        ("http://:secret@h:1", "http://:secret@h:1/"),
        ("socks5://me:p@ss@h:1", "socks5://me:p%40ss@h:1"),
    ] {
        let proxy = find(TARGET, &[("HTTPS_PROXY", value)]).expect(value).expect(value);
        assert_eq!(proxy.url.as_str(), url, "{value}");
    }
}

#[test]
fn a_variable_that_cannot_be_used_is_named_and_its_value_is_not_shown() {
    for value in [
        "::::",
        "hunter2:9:9",
        " ",
        "\"http://hunter2:1\"",
        "'hunter2'",
        "http://hunter2 :1",
        "ftp://hunter2:1",
        "socks://hunter2:1",
        "http://hunter2:99999",
        "http://hunter2:port",
        "http://",
        "http://:3128",
        "http://me:hun/ter2@h:1",
        "http://[::1:3128",
        "http:hunter2:1",
        "http:/hunter2:1",
        "://hunter2",
        "hunter2:1/path",
    ] {
        let failure = find(TARGET, &[("https_proxy", value), ("ALL_PROXY", "http://h:1")]).err().expect(value);
        assert!(failure.message.starts_with("the proxy in https_proxy cannot be used: "), "{value:?}: {failure}");
        assert!(!format!("{failure:?}").contains("hunter2"), "{value:?}: {failure:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_named() {
    use std::os::unix::ffi::OsStringExt;
    let value = |name: &str| (name == "HTTPS_PROXY").then(|| OsString::from_vec(b"h\xff:1".to_vec()));
    let failure = Proxy::on_the_way_to(&TARGET.parse().expect("a URL"), value).err().expect("no UTF-8");
    assert!(failure.message.starts_with("the proxy in HTTPS_PROXY cannot be used: "), "{failure}");
}

#[test]
fn the_first_variable_that_is_set_and_concerns_the_scheme_decides() {
    const HTTP: &str = "http://api.example.com";
    for (target, variables, expected) in [
        (TARGET, &[][..], None),
        (TARGET, &[("HTTPS_PROXY", "a:1")], Some("HTTPS_PROXY")),
        (TARGET, &[("HTTPS_PROXY", ""), ("https_proxy", "a:1")], Some("https_proxy")),
        (TARGET, &[("https_proxy", ""), ("HTTPS_PROXY", "a:1")], Some("HTTPS_PROXY")),
        (TARGET, &[("HTTPS_PROXY", "a:1"), ("https_proxy", "b:1")], Some("https_proxy")),
        (TARGET, &[("HTTPS_PROXY", ""), ("ALL_PROXY", "a:1")], Some("ALL_PROXY")),
        (TARGET, &[("all_proxy", ""), ("ALL_PROXY", "a:1")], Some("ALL_PROXY")),
        (TARGET, &[("HTTPS_PROXY", "a:1"), ("all_proxy", "::::")], Some("HTTPS_PROXY")),
        (TARGET, &[("HTTP_PROXY", "::::")], None),
        (TARGET, &[("HTTPS_PROXY", "a:1"), ("REQUEST_METHOD", "GET")], Some("HTTPS_PROXY")),
        (TARGET, &[("ALL_PROXY", "a:1"), ("REQUEST_METHOD", "GET")], Some("ALL_PROXY")),
        (HTTP, &[("HTTP_PROXY", "a:1")], Some("HTTP_PROXY")),
        (HTTP, &[("HTTP_PROXY", "a:1"), ("REQUEST_METHOD", "GET")], None),
        (HTTP, &[("http_proxy", "a:1"), ("REQUEST_METHOD", "GET")], Some("http_proxy")),
        (HTTP, &[("HTTPS_PROXY", "a:1")], None),
    ] {
        let proxy = find(target, variables).expect("usable variables");
        assert_eq!(proxy.map(|proxy| proxy.source), expected, "{target} {variables:?}");
    }
}

#[test]
fn hosts_that_no_proxy_lists_are_reached_directly() {
    let ipv4 = "https://10.1.2.3/core";
    let ipv6 = "https://[fd00::1]:8443/core";
    for (target, list, excepted) in [
        (TARGET, "api.carrierx.com", true),
        (TARGET, "carrierx.com", true),
        (TARGET, ".carrierx.com", true),
        (TARGET, "*.carrierx.com", true),
        (TARGET, "*", true),
        (TARGET, "a.example, *", true),
        (TARGET, "a.example carrierx.com\tb.example", true),
        (TARGET, " , ,carrierx.com , ", true),
        (TARGET, "CarrierX.COM.", true),
        (TARGET, "rx.com", false),
        (TARGET, "com", true),
        (TARGET, "api.carrierx.com.example", false),
        (TARGET, "*rx.com", false),
        (TARGET, "", false),
        (TARGET, ".", false),
        (TARGET, "*.", false),
        (TARGET, "10.0.0.0/8", false),
        (ipv4, "10.1.2.3", true),
        (ipv4, "10.0.0.0/8", true),
        (ipv4, "10.1.2.0/31", false),
        (ipv4, "0.0.0.0/0", true),
        (ipv4, "10.0.0.0/33", false),
        (ipv4, "10.0.0.0/x", false),
        (ipv4, "2.3", false),
        (ipv4, "*", true),
        (ipv6, "fd00::1", true),
        (ipv6, "[fd00::1]", true),
        (ipv6, "fd00::/8", true),
        (ipv6, "fe80::/10", false),
        (ipv6, "::/0", true),
    ] {
        for variable in ["NO_PROXY", "no_proxy"] {
            let proxy = find(target, &[("ALL_PROXY", "h:1"), (variable, list)]).expect("a usable variable");
            assert_eq!(proxy.is_none(), excepted, "{target} {variable}={list}");
        }
    }
    assert!(find(TARGET, &[("ALL_PROXY", "h:1"), ("no_proxy", ""), ("NO_PROXY", "*")]).is_ok_and(|p| p.is_none()));
}

#[test]
fn user_name_and_password_are_never_shown() {
    let proxy = find(TARGET, &[("HTTPS_PROXY", "me:hunter2@h:3128")]).expect("usable").expect("a proxy");
    assert_eq!(proxy.to_string(), "http://h:3128");
}
