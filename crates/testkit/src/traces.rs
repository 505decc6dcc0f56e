//! Looks for a text in files, in clear and in every form that it could be read back from.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Returns where the text occurs under the directory: the file's name and the form, `learncoin.db: base64`.
///
/// # Panics
/// If a file can't be read.
pub fn traces(directory: &Path, text: &str) -> Vec<String> {
    traces_of_forms(directory, &forms(text))
}

/// Returns where a binary secret occurs under the directory, likewise: as it is, in hexadecimal, in base64.
///
/// # Panics
/// If a file can't be read.
pub fn traces_of_secret(directory: &Path, secret: &[u8]) -> Vec<String> {
    let mut forms = vec![
        ("clear", secret.to_vec()),
        ("hexadecimal", hex::encode(secret).into_bytes()),
        ("hexadecimal", hex::encode_upper(secret).into_bytes()),
    ];
    for before in 0..3 {
        forms.push(("base64", base64_within(&STANDARD_NO_PAD, secret, before)));
        forms.push(("base64", base64_within(&URL_SAFE_NO_PAD, secret, before)));
    }
    traces_of_forms(directory, &forms)
}

fn traces_of_forms(directory: &Path, forms: &[(&'static str, Vec<u8>)]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("the directory is read") {
        let path = entry.expect("the directory is read").path();
        if path.is_dir() {
            found.extend(traces_of_forms(&path, forms));
            continue;
        }
        let bytes = std::fs::read(&path).expect("the file is read");
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        found.extend(occurring(&bytes, forms).into_iter().map(|form| format!("{name}: {form}")));
    }
    found
}

/// Returns which of the forms occur in the bytes. One pass: a form is compared only where its first two bytes match.
fn occurring<'f>(bytes: &[u8], forms: &'f [(&'static str, Vec<u8>)]) -> BTreeSet<&'f str> {
    let mut beginnings = vec![false; 1 << 16];
    let beginning = |two: &[u8]| usize::from(u16::from_be_bytes([two[0], two[1]]));
    for (_, form) in forms {
        beginnings[beginning(form)] = true;
    }
    let mut found = BTreeSet::new();
    for (at, two) in bytes.windows(2).enumerate() {
        if beginnings[beginning(two)] {
            let here = forms.iter().filter(|(_, form)| bytes[at..].starts_with(form));
            found.extend(here.map(|(name, _)| *name));
        }
    }
    found
}

/// Returns the text in the forms it can have in a file, and in lower and upper case.
///
/// # Panics
/// If the text is so short that it would be found by chance.
pub fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    assert!(text.len() >= 8, "{text:?} may occur anywhere by chance");
    let mut forms = Vec::new();
    for text in BTreeSet::from([text.to_owned(), text.to_lowercase(), text.to_uppercase()]) {
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        forms.extend([
            ("clear", text.clone().into_bytes()),
            ("UTF-16, little end first", utf16(u16::to_le_bytes)),
            ("UTF-16, big end first", utf16(u16::to_be_bytes)),
            ("hexadecimal", hex::encode(&text).into_bytes()),
            ("hexadecimal", hex::encode_upper(&text).into_bytes()),
            ("percent-encoded", escaped(&text, in_a_url, |out, c| percent(out, c, false))),
            ("percent-encoded", escaped(&text, in_a_url, |out, c| percent(out, c, true))),
            ("quoted-printable", escaped(&text, |c| c.is_ascii() && c != '=', quoted)),
            ("escaped as in JSON", escaped(&text, |c| c.is_ascii(), |out, c| json(out, c, false))),
            ("escaped as in JSON", escaped(&text, |c| c.is_ascii(), |out, c| json(out, c, true))),
            (
                "escaped as in HTML",
                escaped(&text, |c| c.is_ascii(), |out, c| write!(out, "&#{};", u32::from(c))),
            ),
            (
                "escaped as in HTML",
                escaped(&text, |c| c.is_ascii(), |out, c| write!(out, "&#x{:x};", u32::from(c))),
            ),
        ]);
        for before in 0..3 {
            forms.push(("base64", base64_within(&STANDARD_NO_PAD, text.as_bytes(), before)));
            forms.push(("base64", base64_within(&URL_SAFE_NO_PAD, text.as_bytes(), before)));
        }
    }
    forms.sort();
    forms.dedup_by(|one, other| one.1 == other.1);
    forms
}

/// Returns the text with every character that is not plain written as an escape.
fn escaped(
    text: &str,
    is_plain: fn(char) -> bool,
    write: impl Fn(&mut String, char) -> std::fmt::Result,
) -> Vec<u8> {
    let mut out = String::new();
    for c in text.chars() {
        if is_plain(c) {
            out.push(c);
        } else {
            write(&mut out, c).expect("a String takes everything");
        }
    }
    out.into_bytes()
}

fn in_a_url(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c)
}

fn percent(out: &mut String, c: char, is_upper: bool) -> std::fmt::Result {
    let mut buffer = [0; 4];
    c.encode_utf8(&mut buffer).bytes().try_for_each(|byte| match is_upper {
        true => write!(out, "%{byte:02X}"),
        false => write!(out, "%{byte:02x}"),
    })
}

/// Writes a character as quoted-printable, which mails write in upper case.
fn quoted(out: &mut String, c: char) -> std::fmt::Result {
    let mut buffer = [0; 4];
    c.encode_utf8(&mut buffer).bytes().try_for_each(|byte| write!(out, "={byte:02X}"))
}

fn json(out: &mut String, c: char, is_upper: bool) -> std::fmt::Result {
    let mut buffer = [0; 2];
    c.encode_utf16(&mut buffer).iter().try_for_each(|unit| match is_upper {
        true => write!(out, "\\u{unit:04X}"),
        false => write!(out, "\\u{unit:04x}"),
    })
}

/// Returns the base64 of the text within a longer one that has `before` more bytes (or three more, or six) in front of this one:
/// the characters that are made of it alone.
fn base64_within(engine: &impl base64::Engine, text: &[u8], before: usize) -> Vec<u8> {
    let mut bytes = vec![0; before];
    bytes.extend(text);
    let encoded = engine.encode(&bytes).into_bytes();
    encoded[(8 * before).div_ceil(6)..8 * bytes.len() / 6].to_vec()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

    const NAME: &str = "Zuzanna Żółkiewska";

    fn found_in(bytes: &[u8]) -> Vec<&'static str> {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("inside")).unwrap();
        std::fs::write(directory.path().join("inside/file"), bytes).unwrap();
        let names = ["clear", "UTF-16", "hexadecimal", "percent", "quoted", "JSON", "HTML", "base64"];
        let traces = traces(directory.path(), NAME);
        names.into_iter().filter(|name| traces.iter().any(|trace| trace.contains(name))).collect()
    }

    #[test]
    fn a_text_is_found_in_each_form() {
        for (bytes, form) in [
            (format!("… {NAME} …"), "clear"),
            (NAME.to_lowercase(), "clear"),
            ("5a757a616e6e6120c5bbc3b3c5826b69657773".to_owned() + "6b61", "hexadecimal"),
            ("Zuzanna%20%C5%BB%C3%B3%C5%82kiewska".to_owned(), "percent"),
            ("Zuzanna =C5=BB=C3=B3=C5=82kiewska".to_owned(), "quoted"),
            (r"zuzanna \u017c\u00f3\u0142kiewska".to_owned(), "JSON"),
            ("Zuzanna &#379;&#243;&#322;kiewska".to_owned(), "HTML"),
            (STANDARD_NO_PAD.encode(format!("{NAME}, and more")), "base64"),
            (STANDARD_NO_PAD.encode(format!("1{NAME}, and more")), "base64"),
            (URL_SAFE_NO_PAD.encode(format!("12345{NAME}")), "base64"),
        ] {
            assert_eq!(found_in(bytes.as_bytes()), [form], "{bytes}");
        }
        let utf16: Vec<u8> = NAME.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found_in(&utf16), ["UTF-16"]);
        assert_eq!(found_in("Zuzanna Zolkiewska".as_bytes()), [""; 0]);
    }

    #[test]
    fn a_secret_is_found_in_each_form() {
        let secret: Vec<u8> = (0..32).map(|number: u8| number.wrapping_mul(7).wrapping_add(200)).collect();
        for (bytes, form) in [
            ([b"...", secret.as_slice()].concat(), "clear"),
            (hex::encode(&secret).into_bytes(), "hexadecimal"),
            (hex::encode_upper(&secret).into_bytes(), "hexadecimal"),
            (STANDARD_NO_PAD.encode(&secret).into_bytes(), "base64"),
            (URL_SAFE_NO_PAD.encode([b"a", secret.as_slice()].concat()).into_bytes(), "base64"),
        ] {
            let directory = tempfile::tempdir().unwrap();
            std::fs::write(directory.path().join("file"), bytes).unwrap();
            assert_eq!(traces_of_secret(directory.path(), &secret), [format!("file: {form}")]);
        }
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("file"), &secret[1..]).unwrap();
        assert_eq!(traces_of_secret(directory.path(), &secret), [""; 0]);
    }
}
