//! The words for why no secure connection can be made.

use crate::api::tls::Problem;

const REPLACE: &str = "ask who runs the server to replace its certificate";

/// What is wrong, and the next step.
pub fn words(problem: &Problem) -> (String, String) {
    let (problem, hint) = match problem {
        Problem::UntrustedIssuer { variable } => {
            let hint = "if that is the authority of your company or its proxy, name its certificate with --ca-file";
            let hint = variable.map_or_else(|| hint.to_owned(), |name| format!("check {name}, which is set; {hint}"));
            return ("the server's certificate comes from an authority that is not trusted here".to_owned(), hint);
        }
        Problem::OtherHost(words) => {
            let hint = "check the base URL and the proxy; another server answered than was asked";
            return (words.clone(), hint.to_owned());
        }
        Problem::NoAuthorities { variable: Some((name, value)) } => {
            return (
                format!("no CA certificate was found in {name} ({value})"),
                format!("correct {name}, unset it to trust what the system trusts, or add --ca-file"),
            );
        }
        Problem::NoAuthorities { variable: None } => (
            "this system has no CA certificates",
            "install them (the package is often named ca-certificates), or name a file of them with --ca-file",
        ),
        Problem::Expired => (
            "the server's certificate has expired",
            "check the clock of this machine; if it is right, ask who runs the server to renew the certificate",
        ),
        Problem::NotYetValid => ("the server's certificate is not valid yet", "check the clock of this machine"),
        Problem::Revoked => ("the server's certificate was revoked", REPLACE),
        Problem::Malformed => ("the server's certificate is malformed", REPLACE),
        Problem::Unusable => ("the server's certificate cannot be used", REPLACE),
        Problem::OutdatedSignature => (
            "the server's certificate is signed in an outdated or unknown way, such as with SHA-1",
            "ask who runs the server to replace its certificate by one signed with SHA-256",
        ),
        Problem::OtherUse => (
            "the server's certificate was made for another use than to identify a server",
            "ask who runs the server for a certificate whose extended key usage has serverAuth",
        ),
        Problem::OfAnAuthority => (
            "the server's certificate is that of a certificate authority, which may not identify a server",
            "make one for the server: with `openssl req -x509`, add `-addext basicConstraints=critical,CA:FALSE`",
        ),
        Problem::Version1 => (
            "the server's certificate is of X.509 version 1, which is outdated",
            "ask who runs the server to replace its certificate by one of version 3 that names the host",
        ),
        Problem::ClientCertificateRequired => (
            "the server requires a client certificate, which this program does not have",
            "check the base URL; if it is right, ask who runs the server for access without a client certificate",
        ),
        Problem::HandshakeRefused => (
            "the server refused the TLS handshake",
            "check the base URL; the server may require a client certificate, or TLS older than 1.2",
        ),
        Problem::NothingInCommon => (
            "the server and this program have no TLS version or cipher in common",
            "ask who runs the server to enable TLS 1.2 or 1.3",
        ),
        Problem::UnknownHost => ("the server does not know this host name", "check the base URL"),
        Problem::NoTls => {
            ("the server does not speak TLS on this port", "check the port and the scheme of the base URL")
        }
    };
    (problem.to_owned(), hint.to_owned())
}
