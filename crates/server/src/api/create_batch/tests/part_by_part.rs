//! A body is read part by part, with the outcome that reading it whole has.

use learncoin_issuance::batch::request::CredentialRequest;

use super::{example, rules};
use crate::api::create_batch::{CREDENTIALS, credential, no_credentials, read, wrong_count};
use crate::api::fault::{Faults, FieldFault};
use crate::api::field_path::FieldPath;
use crate::api::fields::{array, object};
use crate::error::ApiError;

/// Reads a body from the tree of all of it, which is the plain way.
fn read_whole(body: &[u8]) -> Result<Vec<CredentialRequest>, ApiError> {
    let value = crate::api::fields::parse(body)?;
    let root = FieldPath::Root;
    let mut credentials = None;
    for (name, member) in object(&value, &root)?.iter() {
        let path = root.member(name);
        if name != CREDENTIALS {
            return Err(FieldFault::unknown(&path).into());
        }
        let elements = array(member, &path)?;
        if let Some(fault) = wrong_count(elements.len(), &path) {
            return Err(fault.into());
        }
        let read = elements.iter().enumerate().map(|(index, one)| {
            let mut faults = Faults::at_most(1);
            let read = credential::read(one, &path.element(index), &rules(), &mut faults);
            faults.into_first().map_or(Ok(read), Err)
        });
        credentials = read.collect::<Result<Option<Vec<_>>, _>>()?;
    }
    credentials.ok_or_else(|| no_credentials(&root.member(CREDENTIALS)).into())
}

#[test]
fn a_body_is_read_part_by_part_as_it_is_read_whole() {
    let outcome = |read: Result<Vec<CredentialRequest>, ApiError>| match read {
        Ok(credentials) => Ok(credentials.len()),
        Err(error) => Err((error.code, error.message)),
    };
    let valid = example()["credentials"][0].to_string();
    let many = |value: &str, count: usize| vec![value; count].join(",");
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    // More values than are kept, in every shape.
    let hostile = [
        format!("[{}]", many("[]", 80_000)),
        format!("[{}]", many("{}", 80_000)),
        format!("[{}]", many("0", 80_000)),
        format!("{{{}}}", (0..80_000).map(|n| format!("\"k{n}\":[0]")).collect::<Vec<_>>().join(",")),
        format!("[{}]", many(&deep(20), 5_000)),
        format!("\"{}\"", "\\u0041".repeat(80_000)),
        "1e308".to_owned(),
        "null".to_owned(),
    ];
    let mut bodies: Vec<String> = Vec::new();
    for value in &hostile {
        bodies.push(value.clone());
        bodies.push(format!("{{\"x\":{value}}}"));
        bodies.push(format!("{{\"credentials\":{value}}}"));
        bodies.push(format!("{{\"credentials\":[{valid},{value}]}}"));
        bodies.push(format!("{{\"credentials\":[{value}],\"x\":1}}"));
        bodies.push(format!("{{\"credentials\":[],\"x\":{value}}}"));
        bodies.push(format!("{{\"x\":{value},\"credentials\":[{valid}]}}"));
        // After the first fault, what is no JSON still is none.
        bodies.push(format!("{{\"credentials\":[{value}],}}"));
        for name in ["recipient", "achievement", "evidence", "issuanceDate", "type", "unknown"] {
            let one = format!("{{\"{name}\":{value},{}", &valid[1..]);
            bodies.push(format!("{{\"credentials\":[{one}]}}"));
            let without = valid.replacen(&format!("\"{name}\":"), "\"also\":", 1);
            bodies.push(format!("{{\"credentials\":[{{\"{name}\":{value},{}]}}", &without[1..]));
        }
        for (member, next) in [("recipient", "id"), ("recipient", "name"), ("achievement", "criteria")] {
            let one = valid.replacen(&format!("\"{next}\":"), &format!("\"{next}\":{value},\"was\":"), 1);
            assert!(one.contains(&format!("\"{member}\":")));
            bodies.push(format!("{{\"credentials\":[{one}]}}"));
        }
        let evidence = format!("{{\"evidence\":[{{\"narrative\":{value}}}],{}", &valid[1..]);
        bodies.push(format!("{{\"credentials\":[{evidence}]}}"));
    }
    for count in [0, 1, 499, 500, 501, 600] {
        bodies.push(format!("{{\"credentials\":[{}]}}", many(&valid, count)));
        bodies.push(format!("{{\"credentials\":[{}],\"x\":1}}", many(&valid, count)));
        bodies.push(format!("{{\"x\":1,\"credentials\":[{}]}}", many(&valid, count)));
        bodies.push(format!("{{\"credentials\":[{}]}}", many("{}", count)));
        bodies.push(format!("{{\"credentials\":[{}]", many("{}", count)));
    }
    // The largest achievement and evidence: as many values as 65,536 bytes hold.
    let evidence = format!("[{}]", many("{}", 21_845));
    for evidence in [evidence.as_str(), "[]"] {
        let one = format!("{{\"evidence\":{evidence},{}", &valid[1..]);
        bodies.push(format!("{{\"credentials\":[{one}]}}"));
    }
    for cut in (0..valid.len()).filter(|cut| valid.is_char_boundary(*cut)) {
        bodies.push(format!("{{\"credentials\":[{}", &valid[..cut]));
    }
    let mut refused = 0;
    for body in bodies {
        let whole = outcome(read_whole(body.as_bytes()));
        refused += usize::from(whole.is_err());
        let shown: String = body.chars().take(100).collect();
        assert_eq!(outcome(read(body.as_bytes(), &rules())), whole, "{shown}");
    }
    assert!(refused > 500, "{refused}");
}
