//! TLS: the authorities that the user adds to those of the system, and why no secure connection can be made.

use std::path::Path;

use reqwest::Certificate;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, RootCertStore};

use crate::error::{Exchange, Failure, Kind};
use crate::system::bounded;

/// Twenty times what all the authorities of a system take.
const MAX_SIZE: u64 = 8 << 20;

/// The certificates of authorities in a PEM file.
pub fn read_authorities(path: &Path) -> Result<Vec<Certificate>, Failure> {
    let unusable = |problem: &str| {
        Failure::new(Kind::Config, format!("the CA certificates in {} cannot be used: {problem}", path.display()))
            .hint("use a PEM file with -----BEGIN CERTIFICATE----- in it for --ca-file or `ca_file`")
    };
    let read = bounded::read(path, MAX_SIZE);
    let (pem, _) = read.map_err(|error| unusable(&error.to_string()))?;
    let pem = pem.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&pem);
    let authorities: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let authorities = authorities.map_err(|_| unusable("the file is truncated"))?;
    if authorities.is_empty() {
        return Err(unusable("there is no certificate in the file"));
    }
    let certificate = |der: CertificateDer<'static>| {
        let is_valid = RootCertStore::empty().add(der.clone()).is_ok();
        let certificate = Certificate::from_der(&der).ok().filter(|_| is_valid);
        certificate.ok_or_else(|| unusable("a certificate in it is malformed"))
    };
    authorities.into_iter().map(certificate).collect()
}

/// What is wrong with a server's certificate or with the handshake, and the next step; nothing if another attempt may
/// go better.
pub fn problem(error: &rustls::Error) -> Option<(String, String)> {
    use CertificateError as Certificate;
    use rustls::Error::{AlertReceived, InvalidCertificate, InvalidMessage, PeerIncompatible};

    let (problem, hint) = match error {
        // A CA that only has the name of a trusted one is detected by its signature.
        InvalidCertificate(Certificate::UnknownIssuer | Certificate::BadSignature) => (
            "the server's certificate comes from an authority that is not trusted here".to_owned(),
            "if it is the authority of your company or its proxy, trust it with --ca-file",
        ),
        InvalidCertificate(Certificate::Expired | Certificate::ExpiredContext { .. }) => (
            "the server's certificate has expired".to_owned(),
            "check the clock of this machine; if it is right, ask the server's administrator to renew the certificate",
        ),
        InvalidCertificate(Certificate::NotValidYet | Certificate::NotValidYetContext { .. }) => {
            ("the server's certificate is not valid yet".to_owned(), "check the clock of this machine")
        }
        InvalidCertificate(problem @ (Certificate::NotValidForName | Certificate::NotValidForNameContext { .. })) => {
            (problem.to_string(), "check the base URL and the proxy; a different server answered")
        }
        InvalidCertificate(problem) => (
            format!("the server's certificate cannot be used: {problem}"),
            "ask the server's administrator to replace its certificate",
        ),
        InvalidMessage(_) => {
            ("the server does not speak TLS on this port".to_owned(), "check the port and the scheme of the base URL")
        }
        AlertReceived(_) | PeerIncompatible(_) => (
            format!("no secure connection can be made: {error}"),
            "check the base URL; the server may require a client certificate, or TLS older than 1.2",
        ),
        _ => return None,
    };
    Some((problem, hint.to_owned()))
}

/// There is no CA certificate to trust, which is detected before any request.
pub fn no_authorities() -> Failure {
    let hint = "install them (the package is often named ca-certificates), or use --ca-file; check SSL_CERT_FILE and \
                SSL_CERT_DIR if they are set";
    Failure::new(Kind::Network, "no CA certificates were found on this system").hint(hint).of(Exchange::default())
}
