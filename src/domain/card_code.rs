//! The code beside a card's number (CVV, CVC, CID …) and its PIN: nobody may keep them after a payment was authorised (PCI DSS 4.0,
//! 3.3.1), so no form here may ask for one, in whatever language.
//!
//! Known by its words alone, and rather once too often: a form that asks for an entry code can call it that.

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

/// Words of their own: shorter names, which stand within others.
const WORDS: [&str; 2] = ["cvc", "cv2"];

/// The same where a card is meant; elsewhere these are diseases, catheters and offices.
const WORDS_OF_CARDS: [&str; 6] = ["cid", "csc", "cvn", "cvd", "cav", "pin"];

/// Letters of a text that were joined: what it is called where it has a name of several words.
const PHRASES: [&str; 60] = [
    // English
    "securitycode",
    "securitynumber(card)",
    "verificationcode(card)",
    "verificationnumber",
    "verificationvalue",
    "validationcode",
    "signaturepanelcode",
    "backofthecard",
    "backofyourcard",
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
    // French
    "codedesecurite",
    "codedeverification",
    "codedevalidation",
    "auversodelacarte",
    "dosdelacarte",
    // Spanish, Portuguese
    "codigodeseguridad",
    "codigodeseguranca",
    "codigodeverificacion",
    "codigodeverificacao",
    "codigodevalidacion",
    // Italian
    "codicedisicurezza",
    "codicediverifica",
    // Dutch
    "beveiligingscode",
    "veiligheidscode",
    "verificatiecode",
    // Polish
    "kodbezpieczenstwa",
    "kodzabezpieczajacy",
    "kodweryfikacyjny",
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
    "קודאבטחה",
    "בגבהכרטיס",
    // Japanese, Chinese
    "確認番号(カード)",
    "安全码",
    "安全碼",
    "校验码",
    "驗證碼",
];

/// What says that a card is meant, where a phrase alone could mean something else.
const CARDS: [&str; 15] = [
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

fn is_named(words: &[String], joined: &str, is_about_a_card: bool) -> bool {
    let has = |phrase: &&str| match phrase.split_once('(') {
        Some((phrase, _)) => is_about_a_card && joined.contains(phrase),
        None => joined.contains(*phrase),
    };
    NAMES.iter().any(|name| joined.contains(&plain(name)))
        || words.iter().any(|word| is_one_of(&WORDS, word) || (is_about_a_card && is_one_of(&WORDS_OF_CARDS, word)))
        || is_spelled_out(words)
        || PHRASES.iter().any(|phrase| has(&plain(phrase).as_str()))
}

/// With a digit behind it or without: `CVC2`.
fn is_one_of(names: &[&str], word: &str) -> bool {
    names.contains(&word) || names.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// `C V V`, `C.V.C.`
fn is_spelled_out(words: &[String]) -> bool {
    let names = ["cvv", "cvc", "cvn", "csc"];
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
        ] {
            assert!(is_asked(label), "{label}");
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
        ] {
            assert!(!is_asked(label), "{label}");
        }
    }
}
