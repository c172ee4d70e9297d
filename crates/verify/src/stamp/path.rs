//! The path from an authority's certificate to one that is trusted, after RFC 5280, section 6.
//!
//! Signatures, validity, basic constraints, path lengths, name constraints and critical extensions of the certificates on
//! the path are `rustls-webpki`'s. What it leaves to others is asked here: that those between may sign certificates at all,
//! and everything about the trusted certificate itself, of which it takes the name and the key alone. Name constraints on
//! directory names and critical policies are refused, which is stricter than they ask for.

use std::time::Duration;

use cms::cert::x509::Certificate;
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use webpki::{
    EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, VerifiedPath,
    anchor_from_trusted_cert, ring,
};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

use super::{TIME_STAMPING, is};

/// The ways of signing certificates that are accepted.
const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    ring::ECDSA_P256_SHA256,
    ring::ECDSA_P256_SHA384,
    ring::ECDSA_P384_SHA256,
    ring::ECDSA_P384_SHA384,
    ring::ED25519,
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::RSA_PKCS1_2048_8192_SHA384,
    ring::RSA_PKCS1_2048_8192_SHA512,
    ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
];

/// Whether a certificate may stamp, and a path leads from it to one that is trusted, all of it valid at a time.
///
/// # Errors
///
/// What is in the way.
pub(super) fn leads_to_trust(
    certificate: &Certificate,
    carried: &[Certificate],
    trusted: &[Certificate],
    at: u64,
) -> Result<(), String> {
    may_stamp(certificate)?;
    if trusted.contains(certificate) {
        return valid(certificate, at);
    }
    let unreadable = |e: der::Error| e.to_string();
    let der = |c: &Certificate| c.to_der().map(CertificateDer::from).map_err(unreadable);
    let leaf = der(certificate)?;
    let leaf = EndEntityCert::try_from(&leaf)
        .map_err(|e| format!("is signed by a certificate that is not accepted: {e}"))?;
    let carried: Vec<CertificateDer<'_>> = carried.iter().map(der).collect::<Result<_, _>>()?;
    let time = UnixTime::since_unix_epoch(Duration::from_secs(at));
    let mut why = webpki::Error::UnknownIssuer;
    for root in trusted {
        let root_der = der(root)?;
        let Ok(anchor) = anchor_from_trusted_cert(&root_der).map(|anchor| [anchor]) else {
            continue;
        };
        let rest = |path: &VerifiedPath<'_>| {
            let between: Vec<CertificateDer<'_>> = path
                .intermediate_certificates()
                .map(webpki::Cert::der)
                .collect();
            may_certify(&between, root, at)
        };
        let rest: &dyn Fn(&VerifiedPath<'_>) -> Result<(), webpki::Error> = &rest;
        let found = leaf.verify_for_usage(
            ALGORITHMS,
            &anchor,
            &carried,
            time,
            AnyUsage,
            None,
            Some(rest),
        );
        match found {
            Ok(_) => return Ok(()),
            // That one root has issued none of it says less than what another has against it.
            Err(webpki::Error::UnknownIssuer) => {}
            Err(error) => why = error,
        }
    }
    Err(match why {
        webpki::Error::UnknownIssuer => {
            "is of an authority that is not among those you trust".to_owned()
        }
        webpki::Error::CertExpired { .. }
        | webpki::Error::CertNotValidYet { .. }
        | webpki::Error::InvalidCertValidity => {
            "rests on a certificate that was not valid then".to_owned()
        }
        other => format!("rests on certificates that do not lead to one you trust: {other}"),
    })
}

/// Authorities need no purpose of their own; that the certificate at hand is for stamping alone, [`may_stamp`] asks.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        for purpose in purposes {
            purpose?;
        }
        Ok(())
    }
}

/// The certificates between, and the trusted one, may sign certificates (RFC 5280, 4.2.1.3); the trusted one was valid, is an
/// authority where it says, and allows so many below it (4.2.1.9).
fn may_certify(
    between: &[CertificateDer<'_>],
    root: &Certificate,
    at: u64,
) -> Result<(), webpki::Error> {
    for one in between {
        let one = Certificate::from_der(one).map_err(|_| webpki::Error::BadDer)?;
        if !signs_certificates(&one) {
            return Err(webpki::Error::EndEntityUsedAsCa);
        }
    }
    valid(root, at).map_err(|_| webpki::Error::InvalidCertValidity)?;
    let constraints = root.tbs_certificate.get::<BasicConstraints>();
    let constraints = constraints.map_err(|_| webpki::Error::BadDer)?;
    let too_many = |most: u8| between.len() > usize::from(most);
    match constraints {
        Some((_, of_root)) if !of_root.ca => Err(webpki::Error::EndEntityUsedAsCa),
        Some((_, of_root)) if of_root.path_len_constraint.is_some_and(too_many) => {
            Err(webpki::Error::PathLenConstraintViolated)
        }
        _ if !signs_certificates(root) => Err(webpki::Error::EndEntityUsedAsCa),
        _ => Ok(()),
    }
}

/// Whether a certificate's key may sign certificates, where it says what it may do.
fn signs_certificates(certificate: &Certificate) -> bool {
    let usage = certificate.tbs_certificate.get::<KeyUsage>();
    usage.is_ok_and(|found| found.is_none_or(|(_, usage)| usage.key_cert_sign()))
}

/// A certificate is for time stamping and nothing else, and says so to those who must understand it (RFC 3161, 2.3).
fn may_stamp(certificate: &Certificate) -> Result<(), String> {
    let of = &certificate.tbs_certificate;
    let only = |oid: &[ObjectIdentifier]| matches!(oid, [one] if is(*one, TIME_STAMPING));
    let for_time = of.get::<ExtendedKeyUsage>();
    let for_time =
        for_time.is_ok_and(|found| found.is_some_and(|(critical, u)| critical && only(&u.0)));
    let usage = of.get::<KeyUsage>();
    let signs = usage.is_ok_and(|found| {
        found.is_none_or(|(_, u)| {
            let allowed = u.digital_signature() || u.non_repudiation();
            allowed && !u.key_cert_sign() && !u.crl_sign() && !u.key_encipherment()
        })
    });
    if for_time && signs {
        Ok(())
    } else {
        Err("is signed by a certificate that is not for time stamping".to_owned())
    }
}

fn valid(certificate: &Certificate, at: u64) -> Result<(), String> {
    let validity = &certificate.tbs_certificate.validity;
    let from = validity.not_before.to_unix_duration().as_secs();
    let to = validity.not_after.to_unix_duration().as_secs();
    if (from..=to).contains(&at) {
        return Ok(());
    }
    Err(format!(
        "rests on a certificate that was not valid then: {}",
        certificate.tbs_certificate.subject
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use rustls_pki_types::pem::PemObject;

    use super::*;

    /// 3 November 2026.
    const AT: u64 = 1_793_664_000;
    const CA: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n";
    const TSA: &str = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n\
                       extendedKeyUsage=critical,timeStamping\n";
    const NEVER_ANY_MORE: &str = "20260601000000Z";

    /// Certificates as openssl makes them.
    struct Office(tempfile::TempDir);

    impl Office {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let config = "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\n\
                          default_md=sha256\npolicy=p\nunique_subject=no\n[p]\norganizationName=optional\n\
                          commonName=supplied\n[req]\ndistinguished_name=dn\n[dn]\n";
            fs::write(folder.path().join("ca.cnf"), config).unwrap();
            fs::write(folder.path().join("index"), "").unwrap();
            Self(folder)
        }

        fn openssl(&self, words: &[&str]) -> bool {
            let ran = Command::new("openssl")
                .current_dir(&self.0)
                .args(words)
                .output();
            ran.expect("openssl is installed").status.success()
        }

        /// A certificate of a name, by an issuer or by itself.
        fn issue(&self, name: &str, issuer: Option<&str>, extensions: &str, until: Option<&str>) {
            let file = |ending: &str| format!("{name}.{ending}");
            fs::write(self.0.path().join(file("ext")), extensions).unwrap();
            let (key, request, subject) = (file("key"), file("csr"), format!("/O=Test/CN={name}"));
            let curve = [
                "ecparam",
                "-name",
                "prime256v1",
                "-genkey",
                "-noout",
                "-out",
                &key,
            ];
            assert!(self.openssl(&curve));
            let words = [
                "req", "-new", "-config", "ca.cnf", "-key", &key, "-subj", &subject, "-out",
                &request,
            ];
            assert!(self.openssl(&words));
            let (own, extensions) = (file("pem"), file("ext"));
            let until = until.unwrap_or("20360101000000Z");
            let mut words = vec![
                "ca",
                "-batch",
                "-notext",
                "-config",
                "ca.cnf",
                "-in",
                &request,
                "-out",
                &own,
                "-extfile",
                &extensions,
                "-startdate",
                "20200101000000Z",
                "-enddate",
                until,
            ];
            let (cert, by) = issuer.map_or_else(
                || (own.clone(), key.clone()),
                |issuer| (format!("{issuer}.pem"), format!("{issuer}.key")),
            );
            if issuer.is_some() {
                words.extend(["-cert", &cert]);
            } else {
                words.push("-selfsign");
            }
            words.extend(["-keyfile", &by]);
            assert!(self.openssl(&words), "{name}");
        }

        fn read(&self, name: &str) -> Certificate {
            let pem = fs::read(Path::new(self.0.path()).join(format!("{name}.pem"))).unwrap();
            let der = CertificateDer::from_pem_slice(&pem).unwrap();
            Certificate::from_der(&der).unwrap()
        }

        /// What openssl says of the same path.
        fn openssl_accepts(&self, leaf: &str, between: &[&str], root: &str) -> bool {
            let pem = |name: &str| fs::read(self.0.path().join(format!("{name}.pem"))).unwrap();
            let bag: Vec<u8> = between.iter().flat_map(|name| pem(name)).collect();
            fs::write(self.0.path().join("bag"), bag).unwrap();
            let (root, leaf, at) = (format!("{root}.pem"), format!("{leaf}.pem"), AT.to_string());
            self.openssl(&[
                "verify",
                "-x509_strict",
                "-purpose",
                "timestampsign",
                "-attime",
                &at,
                "-CAfile",
                &root,
                "-untrusted",
                "bag",
                &leaf,
            ])
        }
    }

    /// Paths that are right and paths that are wrong in one way each, beside what openssl says of them.
    #[test]
    #[expect(
        clippy::too_many_lines,
        reason = "a table of paths reads better in one piece"
    )]
    fn as_openssl_says() {
        let office = Office::new();
        let ski = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
        let ca = |more: &str| format!("{CA}{ski}{more}");
        let tsa = |more: &str| format!("{TSA}{ski}{more}");
        let root = |name: &str, extensions: &str, until| {
            office.issue(
                name,
                None,
                &format!("{extensions}subjectKeyIdentifier=hash\n"),
                until,
            );
        };
        root("root", CA, None);
        root("root0", &CA.replace("CA:TRUE", "CA:TRUE,pathlen:0"), None);
        root("rootold", CA, Some(NEVER_ANY_MORE));
        root(
            "rootnosign",
            &CA.replace("keyCertSign,cRLSign", "cRLSign"),
            None,
        );
        let critical = "1.2.3.4=critical,DER:0500\n";
        // Name, the authority between, its issuer, its extensions, the stamping certificate's extensions, until when the
        // former.
        let cases: Vec<(&str, &str, String, String, Option<&str>)> = vec![
            ("good", "root", ca(""), tsa(""), None),
            (
                "purpose of the one between",
                "root",
                ca("extendedKeyUsage=timeStamping\n"),
                tsa(""),
                None,
            ),
            ("path length 0 in the root", "root0", ca(""), tsa(""), None),
            ("root expired", "rootold", ca(""), tsa(""), None),
            (
                "root that signs no certificates",
                "rootnosign",
                ca(""),
                tsa(""),
                None,
            ),
            (
                "unknown critical extension",
                "root",
                ca(""),
                tsa(critical),
                None,
            ),
            ("the same between", "root", ca(critical), tsa(""), None),
            (
                "between without keyCertSign",
                "root",
                ca("").replace("keyCertSign,cRLSign", "cRLSign"),
                tsa(""),
                None,
            ),
            (
                "between that is no authority",
                "root",
                tsa(""),
                tsa(""),
                None,
            ),
            (
                "between expired",
                "root",
                ca(""),
                tsa(""),
                Some(NEVER_ANY_MORE),
            ),
            (
                "for servers",
                "root",
                ca(""),
                tsa("").replace("timeStamping", "serverAuth"),
                None,
            ),
            (
                "for servers too",
                "root",
                ca(""),
                tsa("").replace("timeStamping", "timeStamping,serverAuth"),
                None,
            ),
            (
                "purpose not critical",
                "root",
                ca(""),
                tsa("").replace("critical,timeStamping", "timeStamping"),
                None,
            ),
            (
                "a key that signs certificates",
                "root",
                ca(""),
                tsa("").replace("digitalSignature", "keyCertSign"),
                None,
            ),
        ];
        let (mut accepted, mut refused) = (0, 0);
        for (n, (what, issuer, between, leaf, until)) in cases.iter().enumerate() {
            let (authority, own) = (format!("between{n}"), format!("tsa{n}"));
            office.issue(&authority, Some(issuer), between, *until);
            office.issue(&own, Some(&authority), leaf, None);
            let carried = [office.read(&authority)];
            let said = leads_to_trust(&office.read(&own), &carried, &[office.read(issuer)], AT);
            let openssl = office.openssl_accepts(&own, &[&authority], issuer);
            assert_eq!(said.is_ok(), openssl, "{what}: {said:?}");
            if openssl { accepted += 1 } else { refused += 1 }
        }
        // Two between, the first of which allows none below it.
        office.issue(
            "none",
            Some("root"),
            &ca("").replace("CA:TRUE", "CA:TRUE,pathlen:0"),
            None,
        );
        office.issue("below", Some("none"), &ca(""), None);
        office.issue("deep", Some("below"), &tsa(""), None);
        let carried = [office.read("below"), office.read("none")];
        let said = leads_to_trust(&office.read("deep"), &carried, &[office.read("root")], AT);
        assert!(said.is_err() && !office.openssl_accepts("deep", &["below", "none"], "root"));
        // One that nobody trusted issued, and one without those between.
        let strangers = leads_to_trust(&office.read("tsa0"), &[], &[office.read("root")], AT);
        assert!(strangers.unwrap_err().contains("not among those you trust"));
        assert!(!office.openssl_accepts("tsa0", &[], "root"));
        // The stamping certificate itself may be the one that is trusted.
        let own = office.read("tsa0");
        assert_eq!(
            leads_to_trust(&own, &[], std::slice::from_ref(&own), AT),
            Ok(())
        );
        assert!(accepted >= 2 && refused >= 10, "{accepted} {refused}");
    }
}
