//! A connection to the server, protected as its address says.

use std::env;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use postgres::{Client, Config, NoTls};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::fault::fault;
use crate::error::CaseError;
use crate::store::address::{Address, SslMode};
use crate::store::database::Database;
use crate::store::password;

/// How long a server may take to answer at first.
const PATIENCE: Duration = Duration::from_secs(10);
/// After how long a server that is gone is given up.
const SILENCE: Duration = Duration::from_secs(30);

impl Database {
    /// Connects, and is done when the server has let us in.
    pub(super) fn connect(&self) -> Result<Client, CaseError> {
        let address = &self.address;
        let mut config = Config::new();
        config
            .host(&address.host)
            .port(address.port)
            .dbname(&address.database)
            .user(&password::user(address)?)
            .application_name("overt")
            .connect_timeout(PATIENCE)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE)
            .ssl_mode(match address.sslmode {
                SslMode::Disable => postgres::config::SslMode::Disable,
                SslMode::Prefer => postgres::config::SslMode::Prefer,
                SslMode::Require | SslMode::VerifyFull => postgres::config::SslMode::Require,
            });
        if let Some(password) = &self.password {
            config.password(password.text());
        }
        let connected = if address.sslmode == SslMode::Disable {
            config.connect(NoTls)
        } else {
            config.connect(MakeRustlsConnect::new(protection(address)?))
        };
        connected.map_err(|error| fault(address, &error))
    }
}

fn protection(address: &Address) -> Result<ClientConfig, CaseError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| unusable(address, e))?;
    let config = if address.sslmode == SslMode::VerifyFull {
        builder.with_root_certificates(roots(address)?)
    } else {
        let anybody = Arc::new(Anybody(provider));
        builder
            .dangerous()
            .with_custom_certificate_verifier(anybody)
    };
    Ok(config.with_no_client_auth())
}

fn unusable(address: &Address, why: impl std::fmt::Display) -> CaseError {
    CaseError::Store {
        path: address.path(),
        detail: why.to_string(),
    }
}

/// Who may vouch for the server: whom the address names, else whom PostgreSQL's own programs ask, else who vouches on the web.
fn roots(address: &Address) -> Result<RootCertStore, CaseError> {
    let home = env::var_os("HOME").map(|home| Path::new(&home).join(".postgresql/root.crt"));
    let own = address
        .sslrootcert
        .clone()
        .or(home.filter(|path| path.is_file()));
    let mut roots = RootCertStore::empty();
    let Some(path) = own else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(roots);
    };
    let broken = |why: &dyn std::fmt::Display| {
        CaseError::Wrong(format!(
            "{}: {why}\n  give the certificate of who vouches for the server, in PEM, as sslrootcert",
            path.display()
        ))
    };
    let certificates = CertificateDer::pem_file_iter(&path).map_err(|e| broken(&e))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|e| broken(&e))?;
        roots.add(certificate).map_err(|e| broken(&e))?;
    }
    if roots.is_empty() {
        return Err(broken(&"holds no certificate"));
    }
    Ok(roots)
}

/// Takes any certificate, where the address asks for no more than that nobody listens.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
