use serde_json::Value;

use super::*;

fn hash(value: &Value) -> Hash {
    let text = value.as_str().unwrap();
    text.strip_prefix("0x").unwrap_or(text).parse().unwrap()
}

fn vectors() -> Vec<(ProofValue, Value)> {
    let file: Value = serde_json::from_str(include_str!("../../tests/data/vectors/proofvalue.json")).unwrap();
    let cases = file["cases"].as_array().unwrap();
    let read = |case: &Value| {
        let step = |step: &Value| match step.get("left") {
            Some(left) => PathStep::Left(hash(left)),
            None => PathStep::Right(hash(&step["right"])),
        };
        let chain = AnchorChain::ALL.into_iter().find(|chain| chain.name() == case["chain"]).unwrap();
        let proof = ProofValue {
            path: case["path"].as_array().unwrap().iter().map(step).collect(),
            merkle_root: hash(&case["merkleRoot"]),
            target_hash: hash(&case["targetHash"]),
            chain,
            transaction_hash: hash(&case["txHash"]),
        };
        (proof, case.clone())
    };
    cases.iter().map(read).collect()
}

fn sample(steps: usize) -> ProofValue {
    let step = |n: usize| match n % 3 {
        0 => PathStep::Left(Hash::sha256(&n.to_be_bytes())),
        _ => PathStep::Right(Hash::sha256(&n.to_be_bytes())),
    };
    ProofValue {
        path: (0..steps).map(step).collect(),
        merkle_root: Hash::sha256(b"root"),
        target_hash: Hash::sha256(b"target"),
        chain: AnchorChain::Development,
        transaction_hash: Hash::sha256(b"transaction"),
    }
}

fn text_of(bytes: &[u8]) -> String {
    format!("z{}", bs58::encode(bytes).into_string())
}

/// Encodes the sample with one run of bytes of its CBOR replaced.
fn altered(proof: &ProofValue, from: &[u8], to: &[u8]) -> String {
    let bytes = cbor::encode(proof);
    let at = bytes.windows(from.len()).position(|window| window == from).expect("the bytes to replace");
    text_of(&[&bytes[..at], to, &bytes[at + from.len()..]].concat())
}

#[test]
fn the_vectors_are_written_and_read() {
    let vectors = vectors();
    for (proof, case) in &vectors {
        assert_eq!(hex::encode(cbor::encode(proof)), case["cbor"].as_str().unwrap());
        assert_eq!(proof.encode(), case["proofValue"].as_str().unwrap());
        assert_eq!(ProofValue::decode(&proof.encode()).as_ref(), Ok(proof));
    }
    assert_eq!(vectors.len(), 4);
}

#[test]
fn every_number_of_steps_up_to_the_limit_is_read() {
    for chain in AnchorChain::ALL {
        let sample = |steps: usize| ProofValue { chain, ..sample(steps) };
        let mut encoder = Encoder::new(sample(0).merkle_root, chain, sample(0).transaction_hash);
        for steps in 0..=MAX_STEPS {
            let proof = sample(steps);
            assert_eq!(ProofValue::decode(&encoder.encode(&proof.target_hash, &proof.path)), Ok(proof));
        }
    }
    assert_eq!(ProofValue::decode(&sample(MAX_STEPS + 1).encode()), Err(ProofError::TooManySteps));
    assert_eq!(ProofValue::decode(&sample(200).encode()), Err(ProofError::TooLong));
}

#[test]
fn each_proof_has_one_text() {
    let proof = sample(3);
    let bytes = cbor::encode(&proof);
    let upper = hex::encode_upper(proof.merkle_root.as_bytes());
    let lower = proof.merkle_root.to_string();
    let target =
        [&[0x82, 0x01][..], &[0x58, 0x42, 0x78, 0x40], proof.target_hash.to_string().as_bytes()].concat();
    for (name, text) in [
        ("capital hex", altered(&proof, lower.as_bytes(), upper.as_bytes())),
        (
            "0x before a hash of the tree",
            altered(&proof, &[0x58, 0x42, 0x78, 0x40], &[0x58, 0x44, 0x78, 0x42, b'0', b'x']),
        ),
        ("a longer head of the array", altered(&proof, &[0x84, 0x82], &[0x98, 0x04, 0x82])),
        ("a longer head of the steps", altered(&proof, &[0x03, 0x83], &[0x03, 0x98, 0x03])),
        ("an array without a length", altered(&proof, &[0x84, 0x82, 0x03], &[0x9f, 0x82, 0x03])),
        ("a chain id in a longer head", altered(&proof, &[0x19, 0x7a, 0x69], &[0x1a, 0, 0, 0x7a, 0x69])),
        ("a text without its byte string", altered(&proof, &[0x58, 0x42, 0x78, 0x40], &[0x78, 0x40])),
        ("another key of the path", altered(&proof, &[0x84, 0x82, 0x03], &[0x84, 0x82, 0x04])),
        ("a third side", altered(&proof, &[0x83, 0x82, 0x00, 0x58], &[0x83, 0x82, 0x02, 0x58])),
        (
            "the target hash under the key of the root",
            altered(&proof, &target, &[&[0x82, 0x00], &target[2..]].concat()),
        ),
        ("a trailing byte", text_of(&[&bytes[..], &[0]].concat())),
        ("a byte too few", text_of(&bytes[..bytes.len() - 1])),
        ("a map", text_of(&[0xa0])),
        ("nothing", "z".to_owned()),
        ("leading zeros", format!("z1{}", &proof.encode()[1..])),
    ] {
        assert_eq!(ProofValue::decode(&text), Err(ProofError::Structure), "{name}");
    }
    for (name, text) in [
        ("no multibase prefix", proof.encode()[1..].to_owned()),
        ("another multibase prefix", format!("u{}", &proof.encode()[1..])),
        ("a character outside the alphabet", proof.encode().replacen(|c| c != 'z', "0", 1)),
        ("a space", format!("{} ", proof.encode())),
        ("an empty text", String::new()),
    ] {
        assert_eq!(ProofValue::decode(&text), Err(ProofError::Base58), "{name}");
    }
}

#[test]
fn anchors_are_two_of_one_transaction_on_a_known_chain() {
    let sepolia = ProofValue { chain: AnchorChain::BaseSepolia, ..sample(1) };
    let hash = sepolia.transaction_hash.to_string();
    let other = Hash::sha256(b"other").to_string();
    let anchor = |network: &[u8], hash: &str| {
        [
            &[0x83, 0x82, 0x00, 0x01, 0x82, 0x01],
            network,
            &[0x82, 0x02, 0x58, 0x44, 0x78, 0x42],
            b"0x",
            hash.as_bytes(),
        ]
        .concat()
    };
    let (compatible, exact) = ([0x1a, 0x00, 0xaa, 0x36, 0xa7], [0x1a, 0x00, 0x01, 0x4a, 0x34]);
    let both = [anchor(&compatible, &hash), anchor(&exact, &hash)].concat();
    let with = |count: u8, anchors: &[u8]| {
        ProofValue::decode(&altered(
            &sepolia,
            &[&[0x82, 0x02, 0x82], both.as_slice()].concat(),
            &[&[0x82, 0x02, 0x80 | count], anchors].concat(),
        ))
    };
    assert_eq!(with(2, &both), Ok(sepolia.clone()));
    assert_eq!(with(0, &[]), Err(AnchorError::Count(0).into()));
    assert_eq!(with(1, &anchor(&exact, &hash)), Err(AnchorError::Count(1).into()));
    assert_eq!(with(3, &[&both[..], &anchor(&exact, &hash)].concat()), Err(AnchorError::Count(3).into()));
    assert_eq!(
        with(2, &[anchor(&exact, &hash), anchor(&compatible, &hash)].concat()),
        Err(AnchorError::UnknownChain(11_155_111).into())
    );
    assert_eq!(
        with(2, &[anchor(&[0x01], &hash), anchor(&exact, &hash)].concat()),
        Err(AnchorError::Incompatible { network: 1, chain_id: 84_532 }.into())
    );
    assert_eq!(
        with(2, &[anchor(&compatible, &other), anchor(&exact, &hash)].concat()),
        Err(AnchorError::TwoTransactions.into())
    );
    let mocknet = [&[0x83, 0x82, 0x00, 0x20, 0x82, 0x01, 0x20, 0x82, 0x02, 0x43, 0x62][..], b"00"].concat();
    assert_eq!(with(2, &[&mocknet[..], &mocknet].concat()), Err(AnchorError::Blockchain.into()));
    assert_eq!(with(1, &mocknet), Err(AnchorError::Count(1).into()));
    let polygon = [&[0x83, 0x82, 0x00, 0x02], &anchor(&[0x18, 137], &hash)[4..]].concat();
    assert_eq!(with(2, &[anchor(&compatible, &hash), polygon].concat()), Err(AnchorError::Blockchain.into()));
}

#[test]
fn the_beginning_of_a_path_distinguishes_full_and_redacted() {
    let hash = Hash::sha256(b"x");
    let with = |path: Vec<PathStep>| ProofValue { path, ..sample(0) };
    let (left, right) = (PathStep::Left(hash), PathStep::Right(hash));
    assert!(with(vec![right, right, left]).has_full_path());
    assert!(with(vec![left, right]).has_redacted_path());
    for neither in [vec![], vec![right], vec![right, left]] {
        assert!(!with(neither.clone()).has_full_path() && !with(neither).has_redacted_path());
    }
}

#[test]
fn a_shared_encoder_writes_the_same_texts() {
    let leaf = |n: usize| Hash::sha256(&n.to_be_bytes());
    for chain in AnchorChain::ALL {
        let mut encoder = Encoder::new(leaf(0), chain, leaf(1));
        // Paths that share nothing, some steps, all but one step, or everything, and that grow and shrink.
        let paths = [3, 3, 0, 64, 63, 10, 11, 64, 1, 65, 2].map(|steps| sample(steps).path);
        let turned = sample(9).path.into_iter().rev().collect();
        let loud = vec![PathStep::Right(Hash::new([0xff; 32])); MAX_STEPS];
        // A long path, a short one with another beginning, and a long one that equals the first beyond the length of
        // the short one: sums left over from the first must not be reused.
        let long = sample(6).path;
        let short = vec![long[4], PathStep::Left(leaf(7))];
        let mixed = [&long[..4], &short].concat();
        for (n, path) in paths.into_iter().chain([turned, loud, long, short, mixed]).enumerate() {
            let proof = ProofValue {
                path,
                merkle_root: leaf(0),
                target_hash: leaf(n),
                chain,
                transaction_hash: leaf(1),
            };
            let expected = text_of(&cbor::encode(&proof));
            assert_eq!(encoder.encode(&proof.target_hash, &proof.path), expected);
            assert_eq!(proof.encode(), expected);
        }
    }
}

#[test]
fn a_number_is_encoded_by_the_table_as_by_the_library() {
    let library = |bytes: &[u8]| format!("z{}", bs58::encode(bytes).into_string());
    let longest = base58::TABLE_WORDS * 7;
    for length in (1..60).chain([longest - 1, longest]) {
        let largest = vec![0xff; length];
        let power = [vec![1], vec![0; length - 1]].concat();
        for bytes in [largest, power] {
            assert_eq!(base58::encode(&bytes), Some(library(&bytes)), "{length}");
        }
    }
    assert_eq!(base58::encode(&vec![1; longest + 1]), None);
}

#[test]
fn base58_is_decoded_as_by_the_library() {
    let bytes: Vec<u8> = (0..=255).chain([0, 0, 7]).collect();
    for length in 0..bytes.len() {
        for part in [&bytes[..length], &bytes[length..]] {
            let text = bs58::encode(part).into_string();
            assert_eq!(base58::decode(&text).as_deref(), Some(part));
        }
    }
    for wrong in ["0", "O", "I", "l", "é", "zz z", "z-z"] {
        assert_eq!(base58::decode(wrong), None, "{wrong}");
    }
}
