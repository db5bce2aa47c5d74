//! TLS by rustls with ring, trusting the authorities that the system trusts, and those that the user adds.
//!
//! Loading the system's authorities costs several milliseconds, so it waits for the first handshake: a request to
//! loopback, or a machine without any certificates that only talks to loopback, never pays for it or fails by it.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::system::bounded;

use super::error::Error;

/// Twenty times what all the authorities of a system take.
const MAX_SIZE: u64 = 8 << 20;

/// The variables that name what to trust in place of what the system trusts.
const CERTIFICATE_FILE: &str = "SSL_CERT_FILE";
const CERTIFICATE_FOLDER: &str = "SSL_CERT_DIR";

/// The certificate of an authority that signs certificates of servers.
pub type Authority = CertificateDer<'static>;

/// The certificates of authorities in a PEM file.
pub fn read_authorities(path: &Path) -> Result<Vec<Authority>, Error> {
    let unusable = |problem| Error::Authorities { path: path.to_owned(), problem };
    let (pem, _) =
        bounded::read(path, MAX_SIZE, bounded::PATIENCE).map_err(|error| unusable(FileProblem::Unreadable(error)))?;
    let authorities = CertificateDer::pem_slice_iter(&plain_pem(&pem)).collect::<Result<Vec<_>, _>>();
    let authorities = authorities.map_err(|_| unusable(FileProblem::CutOff))?;
    let authorities: Vec<_> = authorities.into_iter().map(first_element).collect();
    if authorities.is_empty() {
        return Err(unusable(FileProblem::NoCertificate));
    }
    for authority in &authorities {
        RootCertStore::empty().add(authority.clone()).map_err(|_| unusable(FileProblem::Malformed))?;
    }
    Ok(authorities)
}

/// Why a file of certificate authorities cannot be used.
#[derive(Debug)]
pub enum FileProblem {
    Unreadable(io::Error),
    CutOff,
    NoCertificate,
    /// A certificate in it is malformed.
    Malformed,
}

/// The configuration for connections that speak HTTP/1.1 over TLS, trusting `authorities` beside those of the system.
pub fn config(authorities: Vec<Authority>) -> Result<ClientConfig, rustls::Error> {
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
    verifier: OnceLock<Result<Verifier, rustls::Error>>,
}

impl Trust {
    fn verifier(&self) -> Result<&Verifier, rustls::Error> {
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
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.verifier()?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Why no secure connection can be made, which another attempt will not change.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// The certificate comes from an authority that is not trusted; the variable names what is trusted, if one is set.
    UntrustedIssuer {
        variable: Option<&'static str>,
    },
    Expired,
    NotYetValid,
    /// The certificate is another host's; in the words of the TLS library.
    OtherHost(String),
    Revoked,
    /// The certificate is signed in an outdated or unknown way.
    OutdatedSignature,
    /// The certificate was made for another use than to identify a server.
    OtherUse,
    /// The certificate is malformed.
    Malformed,
    /// The certificate is that of an authority.
    OfAnAuthority,
    /// The certificate is of X.509 version 1.
    Version1,
    /// Something else is wrong with the certificate.
    Unusable,
    /// There is no authority to trust: where the variable leads, if one is set, or on the whole system.
    NoAuthorities {
        variable: Option<(&'static str, String)>,
    },
    ClientCertificateRequired,
    HandshakeRefused,
    /// No TLS version or no cipher is known on both sides.
    NothingInCommon,
    UnknownHost,
    /// The server does not speak TLS.
    NoTls,
}

/// What is wrong with a server's certificate or with the handshake; nothing if another attempt may go better.
pub fn problem(error: &rustls::Error) -> Option<Problem> {
    Some(match error {
        rustls::Error::InvalidCertificate(problem) => certificate_problem(problem),
        // What the verifier says when there are no authorities at all.
        rustls::Error::General(problem) if problem.contains("CA certificates") => {
            Problem::NoAuthorities { variable: variable_of_authorities(|name| env::var_os(name)) }
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired | AlertDescription::BadCertificate) => {
            Problem::ClientCertificateRequired
        }
        rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) => Problem::HandshakeRefused,
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion) | rustls::Error::PeerIncompatible(_) => {
            Problem::NothingInCommon
        }
        rustls::Error::AlertReceived(AlertDescription::UnrecognisedName) => Problem::UnknownHost,
        rustls::Error::InvalidMessage(_) => Problem::NoTls,
        _ => return None,
    })
}

fn certificate_problem(error: &CertificateError) -> Problem {
    match error {
        // An authority that only has the name of a trusted one is found out by its signature.
        CertificateError::UnknownIssuer => Problem::UntrustedIssuer {
            variable: variable_of_authorities(|name| env::var_os(name)).map(|(name, _)| name),
        },
        CertificateError::BadSignature => Problem::UntrustedIssuer { variable: None },
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Problem::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Problem::NotYetValid,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Problem::OtherHost(error.to_string())
        }
        CertificateError::Revoked => Problem::Revoked,
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => Problem::OutdatedSignature,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => Problem::OtherUse,
        CertificateError::BadEncoding => Problem::Malformed,
        // The library below names these by the words of its own types alone.
        _ => match error.to_string() {
            words if words.contains("CaUsedAsEndEntity") => Problem::OfAnAuthority,
            words if words.contains("UnsupportedCertVersion") => Problem::Version1,
            words if words.contains("invalid extensions") || words.contains("Eku") => Problem::OtherUse,
            words if words.contains("UnsupportedSignatureAlgorithm") => Problem::OutdatedSignature,
            _ => Problem::Unusable,
        },
    }
}

/// The variable that names what to trust in place of what the system trusts, and its value.
fn variable_of_authorities(variable: impl Fn(&str) -> Option<OsString>) -> Option<(&'static str, String)> {
    let set = |name: &'static str| Some((name, variable(name)?.display().to_string()));
    [CERTIFICATE_FILE, CERTIFICATE_FOLDER].into_iter().find_map(set)
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
    fn a_problem_that_the_library_only_words_is_known_by_its_words() {
        for (words, expected) in [
            ("CaUsedAsEndEntity", Problem::OfAnAuthority),
            ("UnsupportedCertVersion", Problem::Version1),
            ("certificate had invalid extensions", Problem::OtherUse),
            ("UnsupportedSignatureAlgorithmContext(..)", Problem::OutdatedSignature),
            ("SomethingNew { x: 1 }", Problem::Unusable),
        ] {
            let error = CertificateError::Other(OtherError(Arc::new(Named(words))));
            assert_eq!(problem(&rustls::Error::InvalidCertificate(error)), Some(expected));
        }
    }

    #[test]
    fn a_variable_that_leads_to_no_authority_is_named() {
        let set = |name: &'static str| move |asked: &str| (asked == name).then(|| OsString::from("/none"));
        for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
            assert_eq!(variable_of_authorities(set(name)), Some((name, "/none".to_owned())));
        }
        assert_eq!(variable_of_authorities(|_| None), None);
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
