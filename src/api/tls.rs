//! TLS by rustls with ring, trusting the authorities that the system trusts, and those that the user adds.
//!
//! Loading the system's authorities costs several milliseconds, so it waits for the first handshake: a request to
//! loopback, or a machine without any certificates that only talks to loopback, never pays for it or fails by it.

use std::fmt::Display;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::bounded;
use crate::error::{Failure, Kind};

/// Twenty times what all the authorities of a system take.
const MAX_SIZE: u64 = 8 << 20;

/// The certificate of an authority that signs certificates of servers.
pub type Authority = CertificateDer<'static>;

/// The certificates of authorities in a PEM file.
///
/// # Errors
/// When it cannot be read, holds none, or holds one that is none of an authority.
pub fn read_authorities(path: &Path) -> Result<Vec<Authority>, Failure> {
    let unusable = |problem: &dyn Display| {
        let message = format!("the certificate authorities in {} cannot be used: {problem}", path.display());
        Failure::new(Kind::Config, message)
            .hint("name a PEM file, which has -----BEGIN CERTIFICATE----- in it, with --ca-file or `ca_file`")
    };
    let (pem, _) = bounded::read(path, MAX_SIZE, bounded::PATIENCE).map_err(|error| unusable(&error))?;
    let authorities = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    let authorities = authorities.map_err(|_| unusable(&"the file is not whole"))?;
    if authorities.is_empty() {
        return Err(unusable(&"there is no certificate in the file"));
    }
    for authority in &authorities {
        RootCertStore::empty().add(authority.clone()).map_err(|error| unusable(&error))?;
    }
    Ok(authorities)
}

/// The configuration for connections that speak HTTP/1.1 over TLS, trusting `authorities` beside those of the system.
///
/// # Errors
/// When ring offers no protocol version that rustls considers safe, which does not happen in practice.
pub fn config(authorities: Vec<Authority>) -> Result<ClientConfig, Error> {
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

/// What is wrong with the certificate of a server, and what to do about it; nothing if that is not the problem.
pub fn certificate_problem(error: &Error) -> Option<(String, &'static str)> {
    let told = |problem: &str, hint| Some((problem.to_owned(), hint));
    match error {
        // An authority that only has the name of a trusted one is found out by its signature.
        Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => told(
            "its certificate comes from an authority that is not trusted here",
            "if that is the authority of your company or its proxy, name its certificate with --ca-file",
        ),
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => told(
            "its certificate has expired",
            "look at the clock of this machine; if it is right, tell who runs the server",
        ),
        Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
            told("its certificate is not valid yet", "look at the clock of this machine")
        }
        Error::InvalidCertificate(
            problem @ (CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }),
        ) => told(&problem.to_string(), "another server answered than was asked; look at the base URL and the proxy"),
        Error::InvalidCertificate(problem) => {
            told(&problem.to_string(), "tell who runs the server that its certificate cannot be used")
        }
        // What the verifier says when the system has no authorities at all.
        Error::General(problem) if problem.contains("CA certificates") => told(
            "this system has no certificate authorities",
            "install them (the package is often named ca-certificates), or name a file of them with --ca-file",
        ),
        _ => None,
    }
}
