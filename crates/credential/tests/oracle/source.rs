//! Random texts and identifiers of every kind that the rules allow, with rare kinds more often than in practice.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

const PIECES: &[&str] = &[
    "Ada",
    "Lovelace",
    " ",
    "  ",
    "a",
    "b",
    "0",
    "\"",
    "\\",
    "\\\\",
    "\\n",
    "\\u0041",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "'",
    "<",
    ">",
    "_:c14n0",
    "_:a",
    "_:z",
    "\" .\n_:c14n0 <x> \"",
    "<https://schema.org/name>",
    "^^<http://www.w3.org/2001/XMLSchema#dateTime>",
    "@en",
    "@type",
    "@value",
    "{\"@id\":\"x\"}",
    "é",
    "e\u{301}",
    "ß",
    "İ",
    "ﬁ",
    "李小龙",
    "𠮷野",
    "👩\u{200D}🎓",
    "محمد",
    "עברית",
    "\u{200B}",
    "\u{200E}",
    "\u{2028}",
    "\u{2029}",
    "\u{85}x",
    "\u{A0}",
    "\u{AD}",
    "\u{FEFF}",
    "\u{FFFD}",
    "\u{E000}",
    "\u{F8FF}",
    "\u{D7FF}",
    "\u{10000}",
    "\u{10FFFD}",
    "\u{E0100}",
    "\u{301}",
    "≥ 70%",
    "%41",
    "&amp;",
    "null",
    "true",
    "1e400",
    "-0",
    "schema:name",
    "https://a/",
    "urn:x",
    "Passing grade on the final project.",
    "\u{7E}",
    "{",
    "}",
    "[",
    "]",
    "|",
    "`",
    "^",
];

/// Creates a text that passes verification, sometimes empty and sometimes long.
pub(crate) fn text(rng: &mut StdRng) -> String {
    let pieces = match rng.random_range(0..20) {
        0 => 0,
        1..=9 => 1,
        10..=17 => rng.random_range(2..8),
        18 => rng.random_range(8..60),
        _ => rng.random_range(60..1_500),
    };
    let mut text = String::new();
    for _ in 0..pieces {
        if rng.random_bool(0.15) {
            text.push(character(rng));
        } else {
            text.push_str(PIECES.choose(rng).unwrap());
        }
    }
    // The pool holds a control character within a piece. It is removed here and rejected elsewhere.
    text.retain(|character| !character.is_control() || matches!(character, '\t' | '\n' | '\r'));
    text
}

/// Creates a character that a text may contain.
pub(crate) fn character(rng: &mut StdRng) -> char {
    loop {
        let limit = *[0x80_u32, 0x800, 0x1_0000, 0x11_0000].choose(rng).unwrap();
        let code = rng.random_range(0x20..limit);
        let noncharacter = code & 0xFFFE == 0xFFFE || (0xFDD0..=0xFDEF).contains(&code);
        match char::from_u32(code) {
            Some(character) if !character.is_control() && !noncharacter => return character,
            _ => {}
        }
    }
}

/// Creates an absolute URI of one of the four schemes, with every character that RFC 3986 allows somewhere.
pub(crate) fn uri(rng: &mut StdRng) -> String {
    let tail = |rng: &mut StdRng, most: usize| -> String {
        const CHARS: &[&str] = &[
            "a", "Z", "0", "9", "-", ".", "_", "~", "!", "$", "&", "'", "(", ")", "*", "+", ",", ";", "=",
            ":", "@", "%20", "%C3%A9", "%e9", "/", "//", "..", "intro-ml", "S1.4.0",
        ];
        (0..rng.random_range(0..=most)).map(|_| *CHARS.choose(rng).unwrap()).collect()
    };
    match rng.random_range(0..8) {
        0 => format!("urn:uuid:{}", uuid(rng)),
        1 => format!("urn:x-{}:n{}", rng.random_range(0..9), tail(rng, 8)),
        2 => format!("did:example:d{}", tail(rng, 6)),
        3 => format!("did:web:a.example#{}", tail(rng, 4).replace('#', "")),
        4 => {
            let host = *[
                "a.example",
                "user:pw@b.example:8443",
                "[2001:db8::1]",
                "[::1]:80",
                "127.0.0.1",
                "xn--bcher-kva.example",
            ]
            .choose(rng)
            .unwrap();
            format!("http://{host}/{}", tail(rng, 8).trim_start_matches('/'))
        }
        5 => format!("https://a.example?{}#{}", tail(rng, 8), tail(rng, 4)),
        // Few of them, so that some are prefixes of others and some are equal.
        _ => format!(
            "https://yourschool.edu/{}",
            ["", "a", "a#", "a#b", "ab", "a/", "a?", "a%20"].choose(rng).unwrap()
        ),
    }
}

pub(crate) fn uuid(rng: &mut StdRng) -> String {
    let n: u128 = rng.random();
    let hex = format!("{n:032x}");
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

/// Creates a valid date.
pub(crate) fn date(rng: &mut StdRng) -> String {
    let fraction = match rng.random_range(0..4) {
        0 => format!(".{}", "0123456789".get(..rng.random_range(1..=9)).unwrap()),
        1 => ".000".to_owned(),
        _ => String::new(),
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}Z",
        rng.random_range(1..=2025),
        rng.random_range(1..=12),
        rng.random_range(1..=28),
        rng.random_range(0..24),
        rng.random_range(0..60),
        rng.random_range(0..60),
    )
}
