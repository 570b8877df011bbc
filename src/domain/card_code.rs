//! The code beside a card's number (CVV, CVC, CID …) and its PIN: nobody may keep them after a payment was authorised (PCI DSS 4.0,
//! 3.3.1), so no form here may ask for one, in whatever language.
//!
//! Known by its words alone, and rather once too often: a form that asks for an entry code can call it that.

use std::sync::LazyLock;

use super::card::digit;

/// Stands anywhere in a text whose letters were joined: names that mean nothing else.
const NAMES: [&str; 13] = [
    "cvv",
    "cvc2",
    "cvn2",
    "cav2",
    "cvd2",
    "cryptogramme",
    "cryptogram",
    "kartenprüf",
    "kaartverificatie",
    "cardverification",
    "cardsecurity",
    "cardvalidation",
    "セキュリティコード",
];

/// Words of their own: shorter names, which stand within others, and how the first of them is often misspelled.
const WORDS: [&str; 3] = ["cvc", "cv2", "ccv"];

/// The same where a card is meant; elsewhere these are diseases, catheters and offices.
const WORDS_OF_CARDS: [&str; 6] = ["cid", "csc", "cvn", "cvd", "cav", "pin"];

/// Letters of a text that were joined: what it is called where it has a name of several words. Those with `(card)` are other things too,
/// and count only where a card is meant.
const PHRASES: [&str; 108] = [
    // English
    "securitycode",
    "securitynumber(card)",
    "verificationcode(card)",
    "verificationnumber",
    "verificationvalue",
    "validationcode",
    "signaturepanel",
    "signaturestrip",
    "backofthecard",
    "backofyourcard",
    "backofmycard",
    "backofcard",
    "lastthreedigits(card)",
    "threedigits(card)",
    "3digits(card)",
    "4digits(card)",
    "cardpin",
    "atmpin",
    "cardcode",
    "magneticstripe",
    // German
    "prüfziffer",
    "pruefziffer",
    "prüfnummer",
    "pruefnummer",
    "prüfcode",
    "sicherheitscode",
    "sicherheitsnummer",
    "kartenpin",
    "prüfzahl",
    "rückseitederkarte",
    "rückseiteihrerkarte",
    "kartenrückseite",
    "dreistellige(card)",
    "geheimzahl(card)",
    // French
    "codedesecurite",
    "codedeverification",
    "codedevalidation",
    "auversodelacarte",
    "dosdelacarte",
    "dosdevotrecarte",
    "numerodeverification",
    "codesecret(card)",
    "codeconfidentiel(card)",
    // Spanish, Portuguese
    "codigodeseguridad",
    "codigodeseguranca",
    "codigodeverificacion",
    "codigodeverificacao",
    "codigodevalidacion",
    "codigodevalidacao",
    "reversodelatarjeta",
    "dorsodelatarjeta",
    "versodocartao",
    "senhadocartao",
    "numerodeseguridad(card)",
    "codigosecreto(card)",
    // Italian
    "codicedisicurezza",
    "codicediverifica",
    "codicedicontrollo(card)",
    "codicesegreto(card)",
    "retrodellacarta",
    // Dutch
    "beveiligingscode",
    "veiligheidscode",
    "verificatiecode",
    "achterkant(card)",
    "controlecode(card)",
    "pincode(card)",
    // Polish
    "kodbezpieczenstwa",
    "kodzabezpieczajacy",
    "kodweryfikacyjny",
    "odwrociekarty",
    "kodpin(card)",
    // Nordic, Turkish, Russian
    "sakerhetskod",
    "sikkerhedskode",
    "sikkerhetskode",
    "turvakoodi",
    "guvenlikkodu",
    "кодбезопасности",
    "кодпроверки",
    // Arabic, Hebrew
    "رمزالامان",
    "رمزالتحقق",
    "رمزالحماية",
    "الرقمالسري(card)",
    "ظهرالبطاقة",
    "خلفالبطاقة",
    "קודאבטחה",
    "קודהאבטחה",
    "קודביטחון",
    "קודאימות(card)",
    "גבהכרטיס",
    // Japanese, Chinese
    "確認番号(card)",
    "確認コード(card)",
    "暗証番号(card)",
    "セキュリティ番号",
    "カード裏面",
    "カードの裏",
    "安全码",
    "安全碼",
    "校验码",
    "驗證碼",
    "校驗碼",
    "验证码(card)",
    "密码(card)",
    "密碼(card)",
    "卡背面",
    "签名栏",
    "簽名欄",
    "后三位(card)",
    "末三碼(card)",
];

/// What says that a card is meant, where a phrase alone could mean something else.
const CARDS: [&str; 16] = [
    "card",
    "karte",
    "carte",
    "tarjeta",
    "cartao",
    "carta",
    "kaart",
    "karta",
    "karty",
    "カード",
    "卡",
    "بطاقة",
    "כרטיס",
    "americanexpress",
    "amex",
    "visa",
];

/// Whether a label or a hint asks for such a code.
#[must_use]
pub fn is_asked(text: &str) -> bool {
    let words = words(text);
    let joined = words.concat();
    let is_about_a_card = CARDS.iter().any(|card| joined.contains(&plain(card)));
    is_named(&words, &joined, is_about_a_card)
}

/// The same in a form that asks for a card.
#[must_use]
pub fn is_asked_beside_a_card(text: &str) -> bool {
    let words = words(text);
    is_named(&words, &words.concat(), true)
}

/// Whether an answer is three or four digits and nothing else, as such a code is.
#[must_use]
pub fn is_one(answer: &str) -> bool {
    let bare = answer.trim_matches(|c: char| !c.is_alphanumeric());
    let is_digits = bare.chars().all(|c| c.is_whitespace() || digit(c).is_some());
    is_digits && matches!(bare.chars().filter(|c| digit(*c).is_some()).count(), 3 | 4)
}

/// Whether a text calls such a code by a name that nothing else has.
#[must_use]
pub fn is_named_alone(text: &str) -> bool {
    let words = words(text);
    has_own_name(&words, &words.concat())
}

fn is_named(words: &[String], joined: &str, is_about_a_card: bool) -> bool {
    let is_said = |(phrase, needs_a_card): &(String, bool)| (is_about_a_card || !needs_a_card) && joined.contains(phrase);
    has_own_name(words, joined)
        || words.iter().any(|word| is_about_a_card && is_one_of(&WORDS_OF_CARDS, word))
        || PLAIN_PHRASES.iter().any(is_said)
}

/// The phrases as texts are compared with them, and whether a card has to be meant: messages are held against them, so they are made once.
static PLAIN_PHRASES: LazyLock<Vec<(String, bool)>> = LazyLock::new(|| {
    let read = |phrase: &&str| (plain(phrase.trim_end_matches(OF_CARDS)), phrase.ends_with(OF_CARDS));
    PHRASES.iter().map(read).collect()
});
const OF_CARDS: &str = "(card)";

fn has_own_name(words: &[String], joined: &str) -> bool {
    NAMES.iter().any(|name| joined.contains(&plain(name)))
        || words.iter().any(|word| is_one_of(&WORDS, word))
        || is_spelled_out(words)
}

/// With a digit behind it or without: `CVC2`.
fn is_one_of(names: &[&str], word: &str) -> bool {
    names.contains(&word) || names.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// `C V V`, `C.V.C.`
fn is_spelled_out(words: &[String]) -> bool {
    let names = ["cvv", "cvc", "cvn", "csc", "ccv"];
    words.windows(3).any(|three| three.iter().all(|it| it.chars().count() == 1) && names.contains(&three.concat().as_str()))
}

/// In lower case, without accents, split where no letter or digit stands.
fn words(text: &str) -> Vec<String> {
    let plain = plain(text);
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn plain(text: &str) -> String {
    // What cannot be seen separates nothing.
    let seen = text.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2069}' | '\u{feff}'));
    seen.flat_map(char::to_lowercase)
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}'))
        .map(unaccented)
        .collect()
}

fn unaccented(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' | 'ń' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ś' | 'š' => 's',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ź' | 'ż' | 'ž' => 'z',
        'أ' | 'إ' | 'آ' => 'ا',
        // Letters of other scripts that look like those of these names.
        'с' => 'c',
        'ѵ' | 'ν' => 'v',
        // Wide letters and digits.
        wide @ '\u{ff10}'..='\u{ff5a}' => char::from_u32(u32::from(wide) - 0xfee0).unwrap_or(wide).to_ascii_lowercase(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_in_every_language_and_spelling() {
        for label in [
            "CVV",
            "cvv2",
            "Card CVV",
            "CVC",
            "CVC2 / CVV2",
            "C V V",
            "c.v.c.",
            "CV2",
            "CID (American Express)",
            "CSC of the card",
            "Security code",
            "security-code",
            "Card verification value",
            "Card verification number",
            "3 digits on the back of your card",
            "Last three digits (card)",
            "Prüfziffer",
            "Kartenprüfnummer",
            "Pruefziffer der Karte",
            "Sicherheitscode",
            "Kartenprüfcode",
            "Code de sécurité",
            "Cryptogramme visuel",
            "CODE DE VÉRIFICATION",
            "Código de seguridad",
            "Código de segurança",
            "Codice di sicurezza",
            "Beveiligingscode",
            "Kod bezpieczeństwa",
            "رمز الأمان",
            "رمز التحقق",
            "קוד אבטחה",
            "セキュリティコード",
            "安全码",
            "卡片安全码",
            "驗證碼",
            "Säkerhetskod",
            "Güvenlik kodu",
            "Код безопасности",
            "ＣＶＶ",
            "C\u{200b}V\u{200b}V",
            "Your card PIN",
            "Karten-PIN",
            "\u{441}vv",
            "Prüfcode (Visa)",
            "CVC-Nummer",
            "CCV",
            "Signature panel code",
            "The three digits on the signature strip",
            "Dreistellige Nummer (Kreditkarte)",
            "Ziffern auf der Rückseite Ihrer Karte",
            "Geheimzahl der Karte",
            "Chiffres au dos de votre carte",
            "Code confidentiel de la carte",
            "Los tres dígitos del reverso de la tarjeta",
            "Código de validação",
            "Dígitos no verso do cartão",
            "Numero sul retro della carta",
            "Codice segreto (carta)",
            "Laatste drie cijfers op de achterkant van uw kaart",
            "Pincode van de kaart",
            "Trzy cyfry na odwrocie karty",
            "קוד האבטחה",
            "שלוש ספרות בגב הכרטיס",
            "الأرقام الثلاثة على ظهر البطاقة",
            "رمز الحماية",
            "カード裏面の3桁の番号",
            "カードの暗証番号",
            "信用卡验证码",
            "卡背面后三位数字",
        ] {
            assert!(is_asked(label), "{label}");
        }
    }

    #[test]
    fn an_answer_is_one_when_it_is_nothing_but_three_or_four_digits() {
        for answer in ["123", " 1234 ", "1 2 3", "#123.", "١٢٣", "１２３"] {
            assert!(is_one(answer), "{answer}");
        }
        for answer in ["12", "12345", "room 123", "12/27", "123b", ""] {
            assert!(!is_one(answer), "{answer}");
        }
    }

    #[test]
    fn other_questions_may_be_asked() {
        for label in [
            "Card number",
            "Kartennummer",
            "Name on the card",
            "Valid until",
            "Date of birth",
            "Insurance number",
            "Patient number",
            "Security question",
            "Incident",
            "Accident report",
            "Codice fiscale",
            "Code postal",
            "PIN code (India)",
            "CID-10 da doença",
            "Known CVD",
            "Curriculum vitae (CV)",
            "Social security number",
            "Numéro de carte",
            "What happened?",
            "Verification of identity",
            "生年月日",
            "رقم البطاقة",
            "卡号",
            "Discount code",
            "Zusatzversicherung",
            "Three digits of your room",
            "Verification of your card by mail",
            "验证码",
            "暗証番号",
            "Geheimzahl",
            "Rückseite des Formulars",
        ] {
            assert!(!is_asked(label), "{label}");
        }
    }
}
