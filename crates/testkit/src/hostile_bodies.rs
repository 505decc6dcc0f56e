//! Bodies of `POST /v1/batches` that a school would not send: what is refused, and what costs as much as it can.

use serde_json::{Value, json};

use crate::request::{batch_of, credential, one};

/// Returns at least 150 bodies that are to be refused with status 400: cut off, nested, repeated, in other encodings, with
/// values of the wrong kinds and sizes.
pub fn hostile_bodies() -> Vec<Vec<u8>> {
    let valid = one("Ada Lovelace").to_string();
    let inside = |value: &str| valid.replace("\"Ada Lovelace\"", value);
    let mut bodies: Vec<Vec<u8>> = Vec::new();
    let mut add = |body: String| bodies.push(body.into_bytes());
    for depth in [33, 128, 10_000, 100_000] {
        add("[".repeat(depth));
        add("{\"credentials\":".repeat(depth));
        add(format!("{{\"credentials\":{}{}}}", "[".repeat(depth), "]".repeat(depth)));
        add(inside(&format!("{}{}", "[".repeat(depth), "]".repeat(depth))));
    }
    for many in [100_000, 1_000_000] {
        let members: Vec<String> = (0..many).map(|number| format!("\"k{number}\":0")).collect();
        add(format!("{{{}}}", members.join(",")));
        add(format!("{{\"credentials\":[{}]}}", vec!["{}"; many].join(",")));
        add(format!("{{{}}}", vec!["\"same\":0"; many].join(",")));
    }
    for number in
        ["1e999", "-1e999", "9".repeat(100_000).as_str(), "1e-999999999", "00", "-", "0x10", "Infinity"]
    {
        add(inside(number));
    }
    for text in [
        r#""\ud800""#,
        r#""\udc00\ud800""#,
        r#""\uD83D""#,
        r#""\u0000""#,
        r#""\u202e""#,
        "\"\u{0}\"",
        "\"\t\"",
    ] {
        add(inside(text));
    }
    for cut in 0..100 {
        add(valid[..cut].to_owned());
    }
    for extra in [",", "}", "\u{0}", "//", "/* */", "\u{feff}"] {
        add(format!("{valid}{extra}"));
        // A byte order mark before a body is skipped.
        if extra != "\u{feff}" {
            add(format!("{extra}{valid}"));
        }
    }
    bodies.push(b"\x1f\x8b\x08\x00\x00\x00\x00\x00".to_vec());
    bodies.push(vec![0xff; 1_000]);
    bodies.push(inside("\"Ada \u{fffd}\"").replace('\u{fffd}', "\u{fffe}").into_bytes());
    for byte in [0x80u8, 0xc0, 0xed, 0xf8, 0xff] {
        let mut body = valid.clone().into_bytes();
        let place = valid.find("Ada").expect("a name");
        body[place] = byte;
        bodies.push(body);
    }
    bodies
}

/// Returns bodies of about this many bytes that take as much memory and time as that many bytes can, each with its name.
/// All are to be refused except those whose names begin with "a valid".
pub fn costly_bodies(bytes: usize) -> Vec<(&'static str, Vec<u8>)> {
    let filled = |before: &str, unit: &str, after: &str| {
        let count = (bytes - before.len() - after.len()) / (unit.len() + 1);
        format!("{before}{}{after}", vec![unit; count.max(1)].join(","))
    };
    let inside = |value: &str| one("Ada Lovelace").to_string().replace("\"Ada Lovelace\"", value);
    let (before, after) =
        inside("@").split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("one name");
    let names = |count: usize| {
        let members: Vec<String> = (0..count).map(|number| format!("\"{number:x}\":0")).collect();
        members.join(",")
    };
    let text = |unit: &str| unit.repeat(bytes / unit.len());
    let evidence = |entries: usize| {
        let mut credential = credential("Ada Lovelace");
        credential["evidence"] = json!(vec![json!({}); entries]);
        let credential = credential.to_string();
        format!(
            "{{\"credentials\":[{}]}}",
            vec![credential.as_str(); (bytes / credential.len()).clamp(1, 500)].join(",")
        )
    };
    let members = bytes / 10;
    let mut bodies = vec![
        ("empty arrays", filled("{\"credentials\":[", "[]", "]}")),
        ("zeros", filled("{\"credentials\":[[", "0", "]]}")),
        ("empty arrays in one credential", filled(&format!("{before}["), "[]", &format!("]{after}"))),
        ("empty objects in one credential", filled(&format!("{before}["), "{}", &format!("]{after}"))),
        (
            "nested arrays",
            filled("{\"credentials\":[", &format!("{}{}", "[".repeat(29), "]".repeat(29)), "]}"),
        ),
        ("members of the body", format!("{{{}}}", names(members))),
        ("members of a credential", format!("{{\"credentials\":[{{{}}}]}}", names(members))),
        ("one long text", inside(&format!("\"{}\"", text("x")))),
        ("one long text of escapes", inside(&format!("\"{}\"", text("\\u0041")))),
        ("one long name", format!("{{\"{}\":1}}", text("\\n"))),
        ("much evidence", evidence(21_000)),
        ("credentials that are cut off at the end", format!("{}x", valid_of(bytes, "\u{e9}"))),
        ("a valid batch", valid_of(bytes, "\u{e9}")),
        ("a valid batch of short evidence", valid_evidence().to_string()),
    ];
    bodies.iter_mut().for_each(|(_, body)| body.truncate(bytes));
    bodies.into_iter().map(|(name, body)| (name, body.into_bytes())).collect()
}

/// Returns a valid batch of at most this many bytes, whose credentials are as large as they may be.
fn valid_of(bytes: usize, character: &str) -> String {
    let mut one = credential("Ada Lovelace");
    let room = 65_536 - one["achievement"].to_string().len();
    one["achievement"]["criteria"]["narrative"] = json!(character.repeat(room / character.len()));
    let size = one.to_string().len() + 1;
    batch_of(vec![one; ((bytes - 20) / size).clamp(1, 240)]).to_string()
}

/// Returns a valid batch with as much evidence as it may have, each entry as short as it may be.
fn valid_evidence() -> Value {
    let mut one = credential("Ada Lovelace");
    let evidence = json!(vec![json!({ "narrative": "a" }); 256]);
    one["achievement"]["evidence"] = evidence.clone();
    one["evidence"] = evidence;
    batch_of(vec![one; 240])
}
