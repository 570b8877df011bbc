//! Tokens of an honest provider, and everything that a dishonest one or a stranger could send in their place.

use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use serde_json::json;

use super::*;

const ISSUER: &str = "https://id.clinic.example";
const CLIENT: &str = "parlor";
const NOW: i64 = 1_790_000_000;

struct Signer {
    key: CoreEdDsaPrivateSigningKey,
    id: &'static str,
}

impl Signer {
    fn new(id: &'static str) -> Self {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        // RFC 8410: the seed stands behind the fixed beginning; written anew in the first version of the format.
        let mut der = hex("302e020100300506032b657004220420");
        der.extend_from_slice(&pair.serialize_der()[16..48]);
        let body = data_encoding::BASE64.encode(&der);
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        Self { key: CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(id.to_owned()))).unwrap(), id }
    }

    fn keys(&self) -> Keys {
        Keys::read(json!({"keys": [self.jwk()]}).to_string().as_bytes()).unwrap()
    }

    fn jwk(&self) -> Value {
        serde_json::to_value(self.key.as_verification_key()).unwrap()
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_as(&json!({"alg": "EdDSA", "kid": self.id, "typ": "JWT"}), claims)
    }

    fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.key.sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }
}

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

fn part(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

fn good() -> Value {
    json!({"iss": ISSUER, "aud": CLIENT, "sub": "anna", "exp": NOW + 300, "iat": NOW, "nonce": "n-1"})
}

fn with(change: &Value) -> Value {
    let mut claims = good();
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
    }
    claims
}

fn read(token: &str, keys: &Keys) -> Result<Said, TokenFault> {
    identity(token, keys, (ISSUER, CLIENT), "n-1", Timestamp::from_millis(NOW * 1_000))
}

fn read_notice(token: &str, keys: &Keys) -> Result<LogoutNotice, TokenFault> {
    logout(token, keys, (ISSUER, CLIENT), Timestamp::from_millis(NOW * 1_000))
}

#[test]
fn an_honest_token_says_who_somebody_is() {
    let signer = Signer::new("k1");
    let keys = signer.keys();
    assert_eq!(text(&read(&signer.sign(&good()), &keys).unwrap(), "sub"), Some("anna"));
    for fine in [
        json!({"aud": [CLIENT]}),
        json!({"azp": CLIENT}),
        json!({"iat": NOW + 50}),
        json!({"exp": NOW - 50}),
        json!({"iat": NOW as f64 + 0.5}),
    ] {
        assert!(read(&signer.sign(&with(&fine)), &keys).is_ok(), "{fine}");
    }
    let without_name = signer.sign_as(&json!({"alg": "EdDSA"}), &good());
    assert!(read(&without_name, &keys).is_ok(), "a token may leave out which key it was");
}

#[test]
fn a_token_that_says_anything_else_is_not_believed() {
    let signer = Signer::new("k1");
    let keys = signer.keys();
    let cases = [
        (json!({"iss": "https://id.clinic.example/"}), TokenFault::Issuer),
        (json!({"iss": "https://evil.example"}), TokenFault::Issuer),
        (json!({"iss": null}), TokenFault::Issuer),
        (json!({"aud": "another"}), TokenFault::Audience),
        (json!({"aud": [CLIENT, "another"]}), TokenFault::Audience),
        (json!({"aud": []}), TokenFault::Audience),
        (json!({"aud": null}), TokenFault::Audience),
        (json!({"azp": "another"}), TokenFault::Audience),
        (json!({"exp": NOW - 61}), TokenFault::Time),
        (json!({"exp": null}), TokenFault::Time),
        (json!({"exp": "soon"}), TokenFault::Time),
        (json!({"iat": NOW + 61}), TokenFault::Time),
        (json!({"iat": NOW - 601}), TokenFault::Time),
        (json!({"iat": null}), TokenFault::Time),
        (json!({"nbf": NOW + 61}), TokenFault::Time),
        (json!({"exp": 1e300, "iat": 1e300}), TokenFault::Time),
        (json!({"nonce": "n-2"}), TokenFault::Nonce),
        (json!({"nonce": null}), TokenFault::Nonce),
        (json!({"sub": null}), TokenFault::Subject),
        (json!({"sub": ""}), TokenFault::Subject),
        (json!({"sub": "a\nb"}), TokenFault::Subject),
        (json!({"sub": "x".repeat(256)}), TokenFault::Subject),
        (json!({"events": {}}), TokenFault::Kind),
    ];
    for (change, fault) in cases {
        assert_eq!(read(&signer.sign(&with(&change)), &keys), Err(fault), "{change}");
    }
}

#[test]
fn a_signature_is_right_or_the_token_is_worth_nothing() {
    let (signer, stranger) = (Signer::new("k1"), Signer::new("k1"));
    let keys = signer.keys();
    assert_eq!(read(&stranger.sign(&good()), &keys), Err(TokenFault::Signature), "another's key under the same name");
    assert_eq!(read(&Signer::new("k2").sign(&good()), &keys), Err(TokenFault::UnknownKey));
    let token = signer.sign(&good());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (head, _) = signed.split_once('.').unwrap();
    let other = part(&with(&json!({"sub": "somebody-else"})));
    assert_eq!(read(&format!("{head}.{other}.{signature}"), &keys), Err(TokenFault::Signature));
    assert_eq!(read(&format!("{signed}."), &keys), Err(TokenFault::Signature));

    // Unsigned, or signed with a secret that everybody can look up.
    let none = json!({"alg": "none"});
    assert_eq!(read(&format!("{}.{}.", part(&none), part(&good())), &keys), Err(TokenFault::Algorithm));
    assert_eq!(read(&signer.sign_as(&json!({"alg": "None", "kid": "k1"}), &good()), &keys), Err(TokenFault::Algorithm));
    for alg in ["HS256", "HS384", "HS512"] {
        let public = BASE64URL_NOPAD.decode(signer.jwk()["x"].as_str().unwrap().as_bytes()).unwrap();
        let signed = format!("{}.{}", part(&json!({"alg": alg, "kid": "k1"})), part(&good()));
        let mut mac = <hmac::Hmac<sha2::Sha256> as hmac::KeyInit>::new_from_slice(&public).unwrap();
        hmac::Mac::update(&mut mac, signed.as_bytes());
        let signature = BASE64URL_NOPAD.encode(&hmac::Mac::finalize(mac).into_bytes());
        assert_eq!(read(&format!("{signed}.{signature}"), &keys), Err(TokenFault::Algorithm), "{alg}");
    }
    // The name of an algorithm that the key is not for.
    assert_eq!(read(&signer.sign_as(&json!({"alg": "RS256", "kid": "k1"}), &good()), &keys), Err(TokenFault::Signature));
}

#[test]
fn a_header_that_asks_for_more_is_refused() {
    let signer = Signer::new("k1");
    let keys = signer.keys();
    for (header, fault) in [
        (json!({"alg": "EdDSA", "kid": "k1", "crit": ["b64"], "b64": false}), TokenFault::Kind),
        (json!({"alg": "EdDSA", "kid": "k1", "cty": "JWT"}), TokenFault::Kind),
        (json!({"alg": "EdDSA", "kid": "k1", "typ": "logout+jwt"}), TokenFault::Kind),
        (json!({"alg": "EdDSA", "kid": "k1", "typ": "at+jwt"}), TokenFault::Kind),
        (json!({"alg": ["EdDSA"]}), TokenFault::Algorithm),
        (json!({"kid": "k1"}), TokenFault::Algorithm),
    ] {
        assert_eq!(read(&signer.sign_as(&header, &good()), &keys), Err(fault), "{header}");
    }
    let own_key = json!({"alg": "EdDSA", "jwk": signer.jwk(), "jku": "https://evil.example", "kid": "k9"});
    assert_eq!(read(&signer.sign_as(&own_key, &good()), &keys), Err(TokenFault::UnknownKey), "it does not bring its own key");
    for token in ["", ".", "..", "...", "a.b", "a.b.c", "é.é.é", &format!("{}.", signer.sign(&good()))] {
        assert!(read(token, &keys).is_err(), "{token}");
    }
}

#[test]
fn a_logout_notice_is_one_and_nothing_else() {
    let signer = Signer::new("k1");
    let keys = signer.keys();
    let event = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    let notice = |change: Value| {
        let mut claims = with(&json!({"nonce": null, "jti": "j-1", "events": event, "sid": "s-1"}));
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            }
        }
        signer.sign(&claims)
    };
    let heard = read_notice(&notice(json!({})), &keys).unwrap();
    assert_eq!((heard.subject.as_deref(), heard.sid.as_deref(), heard.id.as_str()), (Some("anna"), Some("s-1"), "j-1"));
    assert!(read_notice(&notice(json!({"sub": null})), &keys).is_ok());
    assert!(read_notice(&notice(json!({"sid": null})), &keys).is_ok());
    for (change, fault) in [
        (json!({"sub": null, "sid": null}), TokenFault::Subject),
        (json!({"sid": 7}), TokenFault::Subject),
        (json!({"jti": null}), TokenFault::Shape),
        (json!({"events": null}), TokenFault::Kind),
        (json!({"events": {}}), TokenFault::Kind),
        (json!({"events": "http://schemas.openid.net/event/backchannel-logout"}), TokenFault::Kind),
        (json!({"nonce": "n-1"}), TokenFault::Kind),
        (json!({"iss": "https://evil.example"}), TokenFault::Issuer),
        (json!({"aud": "another"}), TokenFault::Audience),
        (json!({"exp": NOW - 3_600}), TokenFault::Time),
        (json!({"iat": NOW + 3_600}), TokenFault::Time),
    ] {
        assert_eq!(read_notice(&notice(change.clone()), &keys).err(), Some(fault), "{change}");
    }
    assert_eq!(read_notice(&signer.sign(&good()), &keys).err(), Some(TokenFault::Kind), "who somebody is ends nothing");
}

#[test]
fn short_and_secret_keys_are_none() {
    let short = BASE64URL_NOPAD.encode(&[0xff; 128]);
    let set = json!({"keys": [
        {"kty": "RSA", "n": short, "e": "AQAB", "kid": "short"},
        {"kty": "RSA", "e": "AQAB", "kid": "empty"},
        {"kty": "unheard-of", "kid": "x"},
        7,
    ]});
    let keys = Keys::read(set.to_string().as_bytes()).unwrap();
    assert!(keys.of(Some("short")).is_empty() && keys.of(Some("empty")).is_empty());
    assert!(Keys::read(b"[]").is_none() && Keys::read(b"").is_none());
    // A secret listed among the keys signs nothing, since no such algorithm is accepted.
    let secret = json!({"keys": [{"kty": "oct", "k": "AAAA", "kid": "k1"}]});
    let keys = Keys::read(secret.to_string().as_bytes()).unwrap();
    let signed = format!("{}.{}.AAAA", part(&json!({"alg": "HS256", "kid": "k1"})), part(&good()));
    assert_eq!(read(&signed, &keys), Err(TokenFault::Algorithm));
}
