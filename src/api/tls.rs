//! TLS by rustls with ring, trusting the authorities that the system trusts, and those that the user adds.
//!
//! Loading the system's authorities costs several milliseconds, so it waits for the first handshake: a request to
//! loopback, or a machine without any certificates that only talks to loopback, never pays for it or fails by it.

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use rustls_platform_verifier::Verifier;

use crate::bounded;
use crate::error::{Failure, Kind};

/// Twenty times what all the authorities of a system take.
const MAX_SIZE: u64 = 8 << 20;

/// The variables that name what to trust in place of what the system trusts.
const CERTIFICATE_FILE: &str = "SSL_CERT_FILE";
const CERTIFICATE_FOLDER: &str = "SSL_CERT_DIR";

/// The certificate of an authority that signs certificates of servers.
pub(crate) type Authority = CertificateDer<'static>;

/// The certificates of authorities in a PEM file.
///
/// # Errors
/// When it cannot be read, holds none, or holds one that is none of an authority.
pub(crate) fn read_authorities(path: &Path) -> Result<Vec<Authority>, Failure> {
    let unusable = |problem: &dyn Display| {
        let message = format!("the certificate authorities in {} cannot be used: {problem}", path.display());
        Failure::new(Kind::Config, message)
            .hint("name a PEM file, which has -----BEGIN CERTIFICATE----- in it, with --ca-file or `ca_file`")
    };
    let (pem, _) = bounded::read(path, MAX_SIZE, bounded::PATIENCE).map_err(|error| unusable(&error))?;
    let authorities = CertificateDer::pem_slice_iter(&plain_pem(&pem)).collect::<Result<Vec<_>, _>>();
    let authorities = authorities.map_err(|_| unusable(&"the file is not whole"))?;
    let authorities: Vec<_> = authorities.into_iter().map(first_element).collect();
    if authorities.is_empty() {
        return Err(unusable(&"there is no certificate in the file"));
    }
    for authority in &authorities {
        RootCertStore::empty().add(authority.clone()).map_err(|_| unusable(&"a certificate in it is malformed"))?;
    }
    Ok(authorities)
}

/// The configuration for connections that speak HTTP/1.1 over TLS, trusting `authorities` beside those of the system.
///
/// # Errors
/// When ring offers no protocol version that rustls considers safe, which does not happen in practice.
pub(crate) fn config(authorities: Vec<Authority>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Trust { provider: provider.clone(), authorities, verifier: OnceLock::new() };
    // `dangerous` is the name of the door for verifiers from outside rustls; nothing is switched off behind it.
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The platform's verifier, made when the first certificate has to be checked.
#[derive(Debug)]
struct Trust {
    provider: Arc<CryptoProvider>,
    authorities: Vec<Authority>,
    verifier: OnceLock<Result<Verifier, Error>>,
}

impl Trust {
    fn verifier(&self) -> Result<&Verifier, Error> {
        let load = || Verifier::new_with_extra_roots(self.authorities.iter().cloned(), self.provider.clone());
        self.verifier.get_or_init(load).as_ref().map_err(Clone::clone)
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer,
        intermediates: &[CertificateDer],
        server_name: &ServerName,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verifier()?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// What is wrong with a server's certificate or with the handshake, and the next step; nothing if another attempt may
/// go better.
pub(crate) fn problem(error: &Error) -> Option<(String, String)> {
    let found = |problem: &str, hint: &str| Some((problem.to_owned(), hint.to_owned()));
    match error {
        Error::InvalidCertificate(problem) => {
            let (words, hint) = certificate_problem(problem);
            let variable = [CERTIFICATE_FILE, CERTIFICATE_FOLDER].into_iter().find(|name| env::var_os(name).is_some());
            match (problem, variable) {
                (CertificateError::UnknownIssuer, Some(name)) => {
                    Some((words, format!("check {name}, which is set; {hint}")))
                }
                _ => Some((words, hint.to_owned())),
            }
        }
        // What the verifier says when there are no authorities at all.
        Error::General(problem) if problem.contains("CA certificates") => {
            Some(no_authorities(|name| env::var_os(name)))
        }
        Error::AlertReceived(AlertDescription::CertificateRequired | AlertDescription::BadCertificate) => found(
            "the server requires a client certificate, which this program does not have",
            "check the base URL; if it is right, ask who runs the server for access without a client certificate",
        ),
        Error::AlertReceived(AlertDescription::HandshakeFailure) => found(
            "the server refused the TLS handshake",
            "the server may require a client certificate, or TLS older than 1.2; check the base URL",
        ),
        Error::AlertReceived(AlertDescription::ProtocolVersion) | Error::PeerIncompatible(_) => found(
            "the server and this program have no TLS version or cipher in common",
            "ask who runs the server to enable TLS 1.2 or 1.3",
        ),
        Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            found("the server does not know this host name", "check the base URL")
        }
        Error::InvalidMessage(_) => {
            found("the server does not speak TLS on this port", "check the port and the scheme of the base URL")
        }
        _ => None,
    }
}

/// What is wrong with a certificate, and the next step.
fn certificate_problem(error: &CertificateError) -> (String, &'static str) {
    let found = |problem: &str, hint| (problem.to_owned(), hint);
    let replace = "ask who runs the server to replace its certificate";
    match error {
        // An authority that only has the name of a trusted one is found out by its signature.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => found(
            "its certificate comes from an authority that is not trusted here",
            "if that is the authority of your company or its proxy, name its certificate with --ca-file",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => found(
            "its certificate has expired",
            "check the clock of this machine; if it is right, ask who runs the server to renew the certificate",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            found("its certificate is not valid yet", "check the clock of this machine")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            (error.to_string(), "another server answered than was asked; check the base URL and the proxy")
        }
        CertificateError::Revoked => found("its certificate was revoked", replace),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => found(
            "its certificate is signed in an outdated or unknown way, such as with SHA-1",
            "ask who runs the server to replace its certificate by one signed with SHA-256",
        ),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => wrong_purpose(),
        CertificateError::BadEncoding => found("its certificate is malformed", replace),
        // The library below names these by the words of its own types alone.
        _ => {
            let words = error.to_string();
            if words.contains("CaUsedAsEndEntity") {
                found(
                    "its certificate is that of a certificate authority, which may not identify a server",
                    "make one for the server: with `openssl req -x509`, add `-addext basicConstraints=critical,CA:FALSE`",
                )
            } else if words.contains("UnsupportedCertVersion") {
                found(
                    "its certificate is of X.509 version 1, which is outdated",
                    "ask who runs the server to replace its certificate by one of version 3 that names the host",
                )
            } else if words.contains("invalid extensions") || words.contains("Eku") {
                wrong_purpose()
            } else if words.contains("UnsupportedSignatureAlgorithm") {
                found(
                    "its certificate is signed in an outdated or unknown way, such as with SHA-1",
                    "ask who runs the server to replace its certificate by one signed with SHA-256",
                )
            } else {
                found("its certificate cannot be used", replace)
            }
        }
    }
}

fn wrong_purpose() -> (String, &'static str) {
    (
        "its certificate was made for another use than to identify a server".to_owned(),
        "ask who runs the server for a certificate whose extended key usage has serverAuth",
    )
}

/// Why no authority was found: the system has none, or a variable leads to none.
fn no_authorities(variable: impl Fn(&str) -> Option<OsString>) -> (String, String) {
    for name in [CERTIFICATE_FILE, CERTIFICATE_FOLDER] {
        if let Some(value) = variable(name) {
            let problem = format!("no certificate authority was found in {name} ({})", value.display());
            return (problem, format!("correct {name}, unset it to trust what the system trusts, or add --ca-file"));
        }
    }
    (
        "this system has no certificate authorities".to_owned(),
        "install them (the package is often named ca-certificates), or name a file of them with --ca-file".to_owned(),
    )
}

/// PEM as it is read here: without byte order mark, and with certificates under the one label that is known.
///
/// OpenSSL has two more labels for a certificate, one of which has trust settings after the certificate itself.
fn plain_pem(pem: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(pem.strip_prefix(b"\xef\xbb\xbf").unwrap_or(pem));
    let plain = |text: &str, label: &str| text.replace(&format!(" {label} CERTIFICATE-----"), " CERTIFICATE-----");
    plain(&plain(&text, "TRUSTED"), "X509").into_bytes()
}

/// The certificate alone, of what may have more after it.
fn first_element(der: Authority) -> Authority {
    let bytes: &[u8] = &der;
    // A certificate has from 256 to 65,535 bytes, so its length takes two bytes, or else one.
    let length = match *bytes {
        [0x30, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([high, low])),
        [0x30, 0x81, length, ..] => 3 + usize::from(length),
        _ => bytes.len(),
    };
    bytes.get(..length).map_or(der.clone(), |certificate| Authority::from(certificate.to_vec()))
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use rustls::OtherError;

    use super::*;

    /// An error that is known by its words alone.
    #[derive(Debug)]
    struct Named(&'static str);

    impl fmt::Display for Named {
        fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl std::error::Error for Named {}

    #[test]
    fn every_problem_of_a_certificate_is_in_words_with_a_way_out() {
        for (named, words) in [
            ("CaUsedAsEndEntity", "certificate authority, which may not identify a server"),
            ("UnsupportedCertVersion", "X.509 version 1"),
            ("certificate had invalid extensions", "for another use"),
            ("UnsupportedSignatureAlgorithmContext(..)", "SHA-1"),
            ("SomethingNew { x: 1 }", "cannot be used"),
        ] {
            let error = CertificateError::Other(OtherError(Arc::new(Named(named))));
            let (problem, hint) = problem(&Error::InvalidCertificate(error)).expect("a problem");
            assert!(problem.contains(words) && !problem.contains(named) && !hint.is_empty(), "{problem}");
        }
    }

    #[test]
    fn a_variable_that_leads_to_no_authority_is_named() {
        let set = |name: &'static str| move |asked: &str| (asked == name).then(|| OsString::from("/none"));
        for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
            let (problem, hint) = no_authorities(set(name));
            assert!(problem.contains(&format!("{name} (/none)")) && hint.contains(name), "{problem}; {hint}");
        }
        assert!(no_authorities(|_| None).0.contains("this system"));
    }

    #[test]
    fn what_follows_a_certificate_is_cut_off() {
        let der = |bytes: &[u8]| Authority::from(bytes.to_vec());
        let long = [&[0x30, 0x82, 1, 0][..], &[7; 256]].concat();
        assert_eq!(first_element(der(&[&long[..], b"trust"].concat())), der(&long));
        assert_eq!(first_element(der(&[0x30, 0x81, 2, 7, 7, 9])), der(&[0x30, 0x81, 2, 7, 7]));
        for odd in [&b""[..], b"\x30", b"\x30\x82\xff\xff\x00"] {
            assert_eq!(first_element(der(odd)), der(odd));
        }
    }
}
