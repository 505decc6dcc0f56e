use super::*;
use crate::testing::{batches, public_key, sign_transaction, transaction_fields};

const SECRET: [u8; 32] = [0x11; 32];

fn fields(to: &[u8], value: u128, data: &[u8], access_list: &[u8]) -> Vec<u8> {
    transaction_fields(31_337, to, value, data, access_list)
}

fn signed(fields: &[u8], edit: impl FnOnce(&mut bool, &mut [u8; 32], &mut [u8; 32])) -> Vec<u8> {
    sign_transaction(&SECRET, fields, edit)
}

#[test]
fn the_vectors_transactions_are_decoded() {
    for batch in batches() {
        let expected = &batch["transaction"];
        let raw = hex::decode(&expected["raw"].as_str().unwrap()[2..]).unwrap();
        let transaction = DecodedTransaction::decode(&raw).unwrap();
        assert_eq!(format!("0x{}", transaction.hash), expected["hash"].as_str().unwrap());
        assert_eq!(transaction.chain_id, expected["chain_id"].as_u64().unwrap());
        assert_eq!(transaction.nonce, expected["nonce"].as_u64().unwrap());
        assert_eq!(transaction.sender.to_string(), expected["from"].as_str().unwrap());
        assert_eq!(transaction.to.unwrap().to_string(), expected["to"].as_str().unwrap());
        assert_eq!(transaction.value, 0);
        assert_eq!(format!("0x{}", hex::encode(&transaction.data)), expected["data"].as_str().unwrap());
    }
}

#[test]
fn the_sender_is_recovered_for_any_fields() {
    let sender = public_key(&SECRET).address();
    let access_list = [&[0xf8, 0x38, 0xf7, 0x94][..], &[9; 20], &[0xe1, 0xa0], &[8; 32]].concat();
    for raw in [
        signed(&fields(&[7; 20], 0, &[1; 32], &[0xc0]), |_, _, _| ()),
        signed(&fields(&[], u128::MAX, &[], &[0xc0]), |_, _, _| ()),
        signed(&fields(&[7; 20], 1, &[1; 300], &access_list), |_, _, _| ()),
    ] {
        assert_eq!(DecodedTransaction::decode(&raw).unwrap().sender, sender);
    }
}

#[test]
fn malformed_bytes_are_refused() {
    let fine = fields(&[7; 20], 0, &[1; 32], &[0xc0]);
    let raw = signed(&fine, |_, _, _| ());
    assert!(DecodedTransaction::decode(&raw).is_ok());
    for length in 0..raw.len() {
        assert!(DecodedTransaction::decode(&raw[..length]).is_err(), "cut at {length}");
    }
    assert_eq!(DecodedTransaction::decode(&[&raw[..], &[0]].concat()), Err(TransactionError::Rlp));
    assert_eq!(DecodedTransaction::decode(&[&[1], &raw[1..]].concat()), Err(TransactionError::Type));
    assert_eq!(DecodedTransaction::decode(&[]), Err(TransactionError::Type));
    for (name, fields) in [
        ("an address of 19 bytes", fields(&[7; 19], 0, &[1; 32], &[0xc0])),
        ("an access list that is a string", fields(&[7; 20], 0, &[1; 32], &[0x80])),
        ("an access list of strings", fields(&[7; 20], 0, &[1; 32], &[0xc1, 0x01])),
        ("a field too few", fine[..fine.len() - 1].to_vec()),
        ("a field too many", [&fine[..], &[0x01]].concat()),
        ("a chain id with a leading zero", [&[0x83, 0x00][..], &fine[1..]].concat()),
    ] {
        assert_eq!(
            DecodedTransaction::decode(&signed(&fields, |_, _, _| ())),
            Err(TransactionError::Rlp),
            "{name}"
        );
    }
}

#[test]
fn signatures_have_one_form() {
    let fields = fields(&[7; 20], 0, &[1; 32], &[0xc0]);
    let high = signed(&fields, |parity, _, s| {
        // In plain ECDSA, n - s with the other parity is the same signature.
        let scalar = k256::NonZeroScalar::try_from(&s[..]).unwrap();
        *s = (-*scalar).to_bytes().into();
        *parity = !*parity;
    });
    assert_eq!(DecodedTransaction::decode(&high), Err(TransactionError::Signature));
    for (name, raw) in [
        ("zero r", signed(&fields, |_, r, _| *r = [0; 32])),
        ("zero s", signed(&fields, |_, _, s| *s = [0; 32])),
        ("r beyond the order", signed(&fields, |_, r, _| *r = [0xff; 32])),
    ] {
        assert_eq!(DecodedTransaction::decode(&raw), Err(TransactionError::Signature), "{name}");
    }
    let other = signed(&fields, |parity, _, _| *parity = !*parity);
    let honest = DecodedTransaction::decode(&signed(&fields, |_, _, _| ())).unwrap();
    assert_ne!(DecodedTransaction::decode(&other).map(|t| t.sender), Ok(honest.sender));
}

#[test]
fn a_scalar_has_no_leading_zeros() {
    // About one signature in 256 has an `r` with a leading zero byte.
    let (fields, parity, r, s) = (0..10_000_u32)
        .find_map(|number| {
            let fields = fields(&[7; 20], 0, &number.to_be_bytes(), &[0xc0]);
            let mut found = (false, [0; 32], [0; 32]);
            signed(&fields, |parity, r, s| found = (*parity, *r, *s));
            (found.1[0] == 0 && found.1[1] >= 0x80).then_some((fields, found.0, found.1, found.2))
        })
        .unwrap();
    let raw = |r: &[u8]| {
        let mut payload = fields.clone();
        alloy_rlp::Encodable::encode(&parity, &mut payload);
        alloy_rlp::Encodable::encode(r, &mut payload);
        alloy_rlp::Encodable::encode(&s[..], &mut payload);
        let mut raw = vec![2];
        Header { list: true, payload_length: payload.len() }.encode(&mut raw);
        [raw, payload].concat()
    };
    assert_eq!(DecodedTransaction::decode(&raw(&r[1..])).unwrap().sender, public_key(&SECRET).address());
    assert_eq!(DecodedTransaction::decode(&raw(&r)), Err(TransactionError::Rlp));
}
