//! An authenticator of the tests' own (Web Authentication, Level 3): it holds one passkey, and does wrong whatever a test asks it to.
//! Also used by `tests/it`, so it knows nothing of this crate.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HOLDS_CREDENTIAL: u8 = 0x40;

pub struct Authenticator {
    pair: EcdsaKeyPair,
    pub credential_id: Vec<u8>,
    /// Whose passkey it holds; empty until it made one.
    pub user_handle: Vec<u8>,
    /// Goes up by one with each signature.
    pub counter: u32,
    pub verifies_user: bool,
    /// What the browser says about whether the passkey can be found without a name.
    pub is_discoverable: bool,
}

impl Authenticator {
    pub fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let credential_id = Sha256::digest(pair.public_key().as_ref()).to_vec();
        Self { pair, credential_id, user_handle: Vec::new(), counter: 0, verifies_user: true, is_discoverable: true }
    }

    /// `navigator.credentials.create()` in a page of this origin.
    pub fn create(&mut self, options: &str, origin: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required", "{options}");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required", "{options}");
        self.user_handle = decode(&options["user"]["id"]);
        self.counter += 1;
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), HOLDS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        data.extend(&self.credential_id);
        data.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        attestation.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        attestation.extend(data);
        json!({
            "id": encode(&self.credential_id),
            "rawId": encode(&self.credential_id),
            "type": "public-key",
            "response": {
                "clientDataJSON": encode(&client_data("webauthn.create", &options["challenge"], origin)),
                "attestationObject": encode(&attestation),
                "transports": ["internal"],
            },
            "clientExtensionResults": {"credProps": {"rk": self.is_discoverable}},
        })
        .to_string()
    }

    /// `navigator.credentials.get()` in a page of this origin.
    pub fn get(&mut self, options: &str, origin: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        assert_eq!(options["userVerification"], "required", "{options}");
        self.counter += 1;
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let client_data = client_data("webauthn.get", &options["challenge"], origin);
        let signed = [data.clone(), Sha256::digest(&client_data).to_vec()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": encode(&self.credential_id),
            "rawId": encode(&self.credential_id),
            "type": "public-key",
            "response": {
                "clientDataJSON": encode(&client_data),
                "authenticatorData": encode(&data),
                "signature": encode(signature.as_ref()),
                "userHandle": encode(&self.user_handle),
            },
            "clientExtensionResults": {},
        })
        .to_string()
    }

    fn data(&self, rp_id: &str, more: u8) -> Vec<u8> {
        let mut data = Sha256::digest(rp_id).to_vec();
        data.push(USER_PRESENT | more | if self.verifies_user { USER_VERIFIED } else { 0 });
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// As COSE writes a key (RFC 9053): {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
    fn public_key(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat()
    }
}

fn client_data(kind: &str, challenge: &Value, origin: &str) -> Vec<u8> {
    json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false}).to_string().into_bytes()
}

fn encode(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn decode(text: &Value) -> Vec<u8> {
    BASE64URL_NOPAD.decode(text.as_str().unwrap().as_bytes()).unwrap()
}
