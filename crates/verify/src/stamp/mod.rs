//! Tokens of time-stamping authorities: RFC 3161, in CMS (RFC 5652), over the SHA-256 of a checkpoint's text.

mod path;

use cms::cert::CertificateChoices;
use cms::cert::x509::Certificate;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{AnyRef, GeneralizedTime, Int, ObjectIdentifier, OctetString};
use der::{Any, Decode, Encode, Reader, Tag, Tagged};
use path::leads_to_trust;
use ring::{digest, signature};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::spki::AlgorithmIdentifier;
use x509_tsp::{MessageImprint, TimeStampReq, TimeStampResp, TspVersion};

/// When and by whom something was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The subject of the authority's certificate.
    pub authority: String,
    /// Seconds since 1970, as the authority says.
    pub at: u64,
}

/// Certificates of time-stamping authorities, as their reader trusts them.
#[derive(Debug, Clone, Default)]
pub struct Authorities(Vec<Certificate>);

impl Authorities {
    /// Reads certificates in PEM, one after the other.
    ///
    /// # Errors
    ///
    /// Why they cannot be read.
    pub fn read(pem: &[u8]) -> Result<Self, String> {
        let read = CertificateDer::pem_slice_iter(pem).map(|found| {
            let found = found.map_err(|e| format!("is not PEM: {e}"))?;
            Certificate::from_der(&found)
                .map_err(|e| format!("has something that is not a certificate: {e}"))
        });
        let read: Vec<Certificate> = read.collect::<Result<_, _>>()?;
        if read.is_empty() {
            return Err("has no certificate".to_owned());
        }
        Ok(Self(read))
    }
}

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const SHA384: &str = "2.16.840.1.101.3.4.2.2";
const SHA512: &str = "2.16.840.1.101.3.4.2.3";

/// Takes the token out of an authority's response; a token is taken as it is.
///
/// # Errors
///
/// When it is neither, or the authority refused.
pub fn token(response: &[u8]) -> Result<Vec<u8>, String> {
    if ContentInfo::from_der(response).is_ok() {
        return Ok(response.to_vec());
    }
    let read = TimeStampResp::from_der(response)
        .map_err(|e| format!("is neither a response nor a token of RFC 3161: {e}"))?;
    let token = read
        .time_stamp_token
        .ok_or("the authority gave no token: it refused the request")?;
    token.to_der().map_err(|e| e.to_string())
}

/// Verifies that an authority that is trusted has seen a text.
///
/// # Errors
///
/// What does not hold.
pub fn verify_stamp(token: &[u8], text: &str, trusted: &Authorities) -> Result<Seen, String> {
    let broken = |e: der::Error| format!("is not a token: {e}");
    let info = ContentInfo::from_der(token).map_err(broken)?;
    if !is(info.content_type, SIGNED_DATA) {
        return Err("is not a token: nothing in it is signed".to_owned());
    }
    let signed: SignedData = info.content.decode_as().map_err(broken)?;
    let content = &signed.encap_content_info;
    if !is(content.econtent_type, TST_INFO) {
        return Err("is not a token: what is signed is not a time".to_owned());
    }
    let content = content.econtent.as_ref().ok_or("is an empty token")?;
    let content: OctetString = content.decode_as().map_err(broken)?;
    let Said { imprint, at } = Said::read(content.as_bytes()).map_err(broken)?;
    let own = digest::digest(&digest::SHA256, text.as_bytes());
    let same =
        is(imprint.hash_algorithm.oid, SHA256) && imprint.hashed_message.as_bytes() == own.as_ref();
    if !same {
        return Err(
            "is of something else: it is not over the SHA-256 of this checkpoint".to_owned(),
        );
    }
    let signer = signed.signer_infos.0.as_slice();
    let [signer] = signer else {
        return Err(format!("has {} signers where one belongs", signer.len()));
    };
    let carried = certificates(&signed);
    let certificate = carried
        .iter()
        .chain(&trusted.0)
        .find(|c| is_signer(&signer.sid, c))
        .ok_or("comes without its authority's certificate\n  ask for one with: openssl ts -query -cert")?;
    signature_holds(signer, content.as_bytes(), certificate)?;
    leads_to_trust(certificate, &carried, &trusted.0, at)?;
    Ok(Seen {
        authority: certificate.tbs_certificate.subject.to_string(),
        at,
    })
}

/// What a token says (RFC 3161, 2.4.2), as far as it is read here.
struct Said {
    imprint: MessageImprint,
    /// Seconds since 1970.
    at: u64,
}

impl Said {
    fn read(content: &[u8]) -> der::Result<Self> {
        AnyRef::from_der(content)?.sequence(|reader| {
            TspVersion::decode(reader)?;
            // The policy.
            ObjectIdentifier::decode(reader)?;
            let imprint = MessageImprint::decode(reader)?;
            // The serial number.
            Int::decode(reader)?;
            let at = seconds(AnyRef::decode(reader)?)?;
            // Accuracy, ordering, the nonce, the authority's name and extensions change nothing of what is said here.
            while !reader.is_finished() {
                AnyRef::decode(reader)?;
            }
            Ok(Self { imprint, at })
        })
    }
}

/// The whole seconds of a time that may have fractions of one, which the type for it refuses.
fn seconds(time: AnyRef<'_>) -> der::Result<u64> {
    let wrong = || Tag::GeneralizedTime.value_error();
    if time.tag() != Tag::GeneralizedTime {
        return Err(wrong());
    }
    let mut whole = time.value().to_vec();
    if let Some(dot) = whole.iter().position(|b| *b == b'.') {
        let fraction = whole[dot + 1..].strip_suffix(b"Z").ok_or_else(wrong)?;
        if fraction.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
            return Err(wrong());
        }
        whole.truncate(dot);
        whole.push(b'Z');
    }
    let whole: GeneralizedTime = AnyRef::new(Tag::GeneralizedTime, &whole)?.decode_as()?;
    Ok(whole.to_unix_duration().as_secs())
}

fn is(oid: ObjectIdentifier, known: &str) -> bool {
    ObjectIdentifier::new(known).is_ok_and(|known| known == oid)
}

fn certificates(signed: &SignedData) -> Vec<Certificate> {
    let all = signed.certificates.iter().flat_map(|set| set.0.iter());
    all.filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
        CertificateChoices::Other(_) => None,
    })
    .collect()
}

fn is_signer(sid: &SignerIdentifier, certificate: &Certificate) -> bool {
    let of = &certificate.tbs_certificate;
    match sid {
        SignerIdentifier::IssuerAndSerialNumber(wanted) => {
            wanted.issuer == of.issuer && wanted.serial_number == of.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(wanted) => of
            .get::<SubjectKeyIdentifier>()
            .is_ok_and(|found| found.is_some_and(|(_, id)| &id == wanted)),
    }
}

/// The signer signed its attributes; those name the content and, by its hash, the certificate.
fn signature_holds(
    signer: &SignerInfo,
    content: &[u8],
    certificate: &Certificate,
) -> Result<(), String> {
    let attributes = signer
        .signed_attrs
        .as_ref()
        .ok_or("has a signature over nothing that names its content")?;
    let attribute = |oid: &str| -> Option<Any> {
        let mut found = attributes.iter().filter(|a| is(a.oid, oid));
        let (only, None) = (found.next()?, found.next()) else {
            return None;
        };
        match only.values.as_slice() {
            [value] => Some(value.clone()),
            _ => None,
        }
    };
    let named = attribute(CONTENT_TYPE).and_then(|v| v.decode_as::<ObjectIdentifier>().ok());
    if !named.is_some_and(|oid| is(oid, TST_INFO)) {
        return Err("signs another type of content".to_owned());
    }
    let hash = hasher(signer.digest_alg.oid)?;
    let named = attribute(MESSAGE_DIGEST).and_then(|v| v.decode_as::<OctetString>().ok());
    let is_content =
        named.is_some_and(|named| named.as_bytes() == digest::digest(hash, content).as_ref());
    if !is_content {
        return Err("signs other content than it carries".to_owned());
    }
    names_certificate(attribute(SIGNING_CERTIFICATE_V2), certificate)?;
    let message = attributes.to_der().map_err(|e| e.to_string())?;
    let algorithm = algorithm(
        signer.signature_algorithm.oid,
        signer.digest_alg.oid,
        certificate,
    )?;
    holds(
        algorithm,
        certificate,
        &message,
        signer.signature.as_bytes(),
    )
    .map_err(|()| "has a signature that does not hold".to_owned())
}

/// The attribute of RFC 5816 holds the certificate's SHA-256 where no other hash is named. Its older form, by SHA-1, is
/// passed over: the signer's identifier names the certificate then.
fn names_certificate(attribute: Option<Any>, certificate: &Certificate) -> Result<(), String> {
    let Some(attribute) = attribute else {
        return Ok(());
    };
    let der = certificate.to_der().map_err(|e| e.to_string())?;
    let attribute = attribute.to_der().map_err(|e| e.to_string())?;
    let hashes = [&digest::SHA256, &digest::SHA384, &digest::SHA512];
    let names = hashes.iter().any(|hash| {
        let own = digest::digest(hash, &der);
        attribute
            .windows(own.as_ref().len())
            .any(|w| w == own.as_ref())
    });
    if names {
        Ok(())
    } else {
        Err("names another certificate than that of its signer".to_owned())
    }
}

fn hasher(oid: ObjectIdentifier) -> Result<&'static digest::Algorithm, String> {
    match oid.to_string().as_str() {
        SHA256 => Ok(&digest::SHA256),
        SHA384 => Ok(&digest::SHA384),
        SHA512 => Ok(&digest::SHA512),
        other => Err(format!("uses the hash {other}, which is not accepted")),
    }
}

/// The way a signature was made, from what it says and the kind of the key.
fn algorithm(
    oid: ObjectIdentifier,
    hash: ObjectIdentifier,
    certificate: &Certificate,
) -> Result<&'static dyn signature::VerificationAlgorithm, String> {
    let spki = &certificate
        .tbs_certificate
        .subject_public_key_info
        .algorithm;
    let curve = spki
        .parameters
        .as_ref()
        .and_then(|p| p.decode_as::<ObjectIdentifier>().ok())
        .map(|oid| oid.to_string());
    let (oid, hash) = (oid.to_string(), hash.to_string());
    let found: &'static dyn signature::VerificationAlgorithm =
        match (oid.as_str(), curve.as_deref()) {
            ("1.2.840.113549.1.1.11", _) => &signature::RSA_PKCS1_2048_8192_SHA256,
            ("1.2.840.113549.1.1.12", _) => &signature::RSA_PKCS1_2048_8192_SHA384,
            ("1.2.840.113549.1.1.13", _) => &signature::RSA_PKCS1_2048_8192_SHA512,
            // RSA without a hash in its name: the hash stands beside it.
            ("1.2.840.113549.1.1.1", _) => match hash.as_str() {
                SHA256 => &signature::RSA_PKCS1_2048_8192_SHA256,
                SHA384 => &signature::RSA_PKCS1_2048_8192_SHA384,
                SHA512 => &signature::RSA_PKCS1_2048_8192_SHA512,
                other => return Err(format!("uses the hash {other}, which is not accepted")),
            },
            ("1.2.840.10045.4.3.2", Some("1.2.840.10045.3.1.7")) => {
                &signature::ECDSA_P256_SHA256_ASN1
            }
            ("1.2.840.10045.4.3.3", Some("1.2.840.10045.3.1.7")) => {
                &signature::ECDSA_P256_SHA384_ASN1
            }
            ("1.2.840.10045.4.3.2", Some("1.3.132.0.34")) => &signature::ECDSA_P384_SHA256_ASN1,
            ("1.2.840.10045.4.3.3", Some("1.3.132.0.34")) => &signature::ECDSA_P384_SHA384_ASN1,
            (other, _) => return Err(format!("is signed in a way that is not accepted: {other}")),
        };
    Ok(found)
}

fn holds(
    algorithm: &'static dyn signature::VerificationAlgorithm,
    certificate: &Certificate,
    message: &[u8],
    made: &[u8],
) -> Result<(), ()> {
    let key = &certificate
        .tbs_certificate
        .subject_public_key_info
        .subject_public_key;
    let key = signature::UnparsedPublicKey::new(algorithm, key.raw_bytes());
    key.verify(message, made).map_err(|_| ())
}

/// A request to an authority for a token over a text, with its certificate: DER.
///
/// # Errors
///
/// When it cannot be encoded.
pub fn request(text: &str) -> Result<Vec<u8>, String> {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let encode = || -> der::Result<Vec<u8>> {
        let request = TimeStampReq {
            version: TspVersion::V1,
            message_imprint: MessageImprint {
                hash_algorithm: AlgorithmIdentifier {
                    oid: ObjectIdentifier::new(SHA256).map_err(der::Error::from)?,
                    parameters: None,
                },
                hashed_message: OctetString::new(hash.as_ref())?,
            },
            req_policy: None,
            nonce: None,
            cert_req: true,
            extensions: None,
        };
        request.to_der()
    };
    encode().map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_without_certificates() {
        for none in ["", "\n", "\r\n\r\n", "  \n ", "x"] {
            let said = Authorities::read(none.as_bytes()).unwrap_err();
            assert_eq!(said, "has no certificate", "{none:?}");
        }
        for (wrong, expected) in [
            (
                "MIIB\n-----END CERTIFICATE-----\n",
                "has something that is not a certificate",
            ),
            ("MIIB\n", "is not PEM"),
            ("&&\n-----END CERTIFICATE-----\n", "is not PEM"),
        ] {
            let pem = format!("-----BEGIN CERTIFICATE-----\n{wrong}");
            let said = Authorities::read(pem.as_bytes()).unwrap_err();
            assert!(said.starts_with(expected), "{said}");
        }
    }

    #[test]
    fn times_with_and_without_fractions_of_a_second() {
        let read = |text: &str| {
            let time = AnyRef::new(Tag::GeneralizedTime, text.as_bytes()).unwrap();
            seconds(time).ok()
        };
        assert_eq!(read("20261103120000Z"), Some(1_793_707_200));
        assert_eq!(read("20261103120000.25Z"), Some(1_793_707_200));
        for wrong in [
            "20261103120000",
            "20261103120000.Z",
            "20261103120000.25",
            "20261103120000.2 Z",
            "20261103120000.-1Z",
            "20261303120000.1Z",
            ".1Z",
            "Z",
            "",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        let other = AnyRef::new(Tag::Utf8String, b"20261103120000Z").unwrap();
        assert!(seconds(other).is_err());
    }
}
