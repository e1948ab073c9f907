//! Certificates for the tests: made anew each time, of whatever years.

use std::ops::Range;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

/// An authority.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its chain, and its key.
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = params(name, &[], 2020..2040);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its own certificate.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate of these years for these hosts, fit for servers and clients.
    pub fn signs(&self, name: &str, hosts: &[&str], years: Range<i32>) -> Pair {
        let key = KeyPair::generate().unwrap();
        let mut params = params(name, hosts, years);
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Pair { certificate: format!("{}{}", certificate.pem(), self.pem()), key: key.serialize_pem() }
    }
}

fn params(name: &str, hosts: &[&str], years: Range<i32>) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(years.start, 1, 1);
    params.not_after = rcgen::date_time_ymd(years.end, 1, 1);
    params
}

impl Pair {
    /// Key and certificate in one file, as Kafka wants a keystore of PEM.
    pub fn keystore(&self) -> String {
        format!("{}{}", self.key, self.certificate)
    }

    /// The key, encrypted.
    pub fn encrypted_key(&self, password: &str) -> String {
        let (_, document) = pkcs8::SecretDocument::from_pem(&self.key).unwrap();
        let info = pkcs8::PrivateKeyInfo::try_from(document.as_bytes()).unwrap();
        let parameters = pkcs8::pkcs5::pbes2::Parameters::pbkdf2_sha256_aes256cbc(2048, &[7; 16], &[9; 16]);
        let encrypted = info.encrypt_with_params(parameters.unwrap(), password).unwrap();
        encrypted.to_pem("ENCRYPTED PRIVATE KEY", Default::default()).unwrap().to_string()
    }
}
