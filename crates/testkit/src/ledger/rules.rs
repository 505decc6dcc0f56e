//! The rules, each a function that names what breaks it.

use std::collections::{BTreeMap, BTreeSet};

use learncoin_credential::did::DidDocument;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::verify::{
    CheckName, CheckOutcome, Lookup, MinedTransaction, ParsedCredential, VerificationInputs,
    VerificationPolicy, verify,
};
use learncoin_issuance::time::{month, timestamp};
use serde_json::Value;

use super::{Account, ChainTransaction, Observation};

type Rule = fn(&Observation) -> Vec<String>;

/// Every rule, by name.
pub(super) const ALL: &[(&str, Rule)] = &[
    ("every 202 exists and ended", every_acceptance_ended),
    ("a 202 names what was sent", an_acceptance_names_what_was_sent),
    ("one key, one batch", one_key_one_batch),
    ("nothing is issued twice", nothing_is_issued_twice),
    ("no id twice", no_id_twice),
    ("one transaction per anchored batch", one_transaction_per_anchored_batch),
    ("nothing else is on the chain", nothing_else_is_on_the_chain),
    ("nonces without gaps", nonces_without_gaps),
    ("every proof verifies", every_proof_verifies),
    ("usage is what was accepted", usage_is_what_was_accepted),
    ("one event per transition", one_event_per_transition),
];

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_default()
}

fn elements(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Returns every batch once, though several keys may list it.
fn batches(seen: &Observation) -> BTreeMap<&str, &Value> {
    seen.accounts
        .iter()
        .flat_map(|account| &account.batches)
        .map(|batch| (text(batch, "id"), batch))
        .collect()
}

fn recipients(batch: &Value) -> Vec<&str> {
    elements(&batch["credentials"]).iter().map(|credential| text(credential, "recipient_id")).collect()
}

fn every_acceptance_ended(seen: &Observation) -> Vec<String> {
    let batches = batches(seen);
    let judge = |id: &str| match batches.get(id).map(|batch| text(batch, "status")) {
        None => Some(format!("{id} was accepted and is not there")),
        Some("anchored" | "failed") => None,
        Some(status) => Some(format!("{id} came to rest as {status}")),
    };
    let accepted = seen.acceptances.iter().map(|one| one.batch_id.as_str());
    accepted.chain(batches.keys().copied()).collect::<BTreeSet<_>>().into_iter().filter_map(judge).collect()
}

fn an_acceptance_names_what_was_sent(seen: &Observation) -> Vec<String> {
    let batches = batches(seen);
    let wrong = seen.acceptances.iter().filter(|one| {
        batches.get(one.batch_id.as_str()).is_some_and(|batch| {
            recipients(batch) != one.recipient_ids
                || batch["credentials_count"].as_u64() != u64::try_from(one.recipient_ids.len()).ok()
        })
    });
    wrong.map(|one| format!("{} holds other credentials than were sent", one.batch_id)).collect()
}

fn one_key_one_batch(seen: &Observation) -> Vec<String> {
    let mut by_key: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut by_batch: BTreeMap<&str, Vec<Option<&str>>> = BTreeMap::new();
    for one in &seen.acceptances {
        let key = one.idempotency_key.as_deref();
        if let Some(key) = key {
            by_key.entry((&one.api_key, key)).or_default().insert(&one.batch_id);
        }
        by_batch.entry(&one.batch_id).or_default().push(key);
    }
    let split = by_key
        .into_iter()
        .filter(|(_, batches)| batches.len() > 1)
        .map(|((_, key), batches)| format!("{key} names {batches:?}"));
    // Without a key each request is one of its own; with one, only repetitions share a batch.
    let shared = by_batch
        .into_iter()
        .filter(|(_, keys)| keys.iter().any(|key| *key != keys[0]) || (keys[0].is_none() && keys.len() > 1))
        .map(|(batch, keys)| format!("{batch} answered different requests: {keys:?}"));
    split.chain(shared).collect()
}

fn nothing_is_issued_twice(seen: &Observation) -> Vec<String> {
    let mut holders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (id, batch) in batches(seen) {
        for recipient in recipients(batch) {
            holders.entry(recipient).or_default().insert(id);
        }
    }
    let twice = holders.into_iter().filter(|(_, batches)| batches.len() > 1);
    twice.map(|(recipient, batches)| format!("{recipient} is in {batches:?}")).collect()
}

fn no_id_twice(seen: &Observation) -> Vec<String> {
    let mut ids = BTreeSet::new();
    let credentials = batches(seen);
    let credentials = credentials.values().flat_map(|batch| elements(&batch["credentials"]));
    credentials
        .map(|credential| text(credential, "id"))
        .filter(|id| !ids.insert(*id))
        .map(|id| format!("{id} occurs twice"))
        .collect()
}

fn one_transaction_per_anchored_batch(seen: &Observation) -> Vec<String> {
    let anchored = batches(seen).into_iter().filter(|(_, batch)| batch["status"] == "anchored");
    anchored
        .filter_map(|(id, batch)| {
            let root = text(batch, "merkle_root");
            let carrying: Vec<&ChainTransaction> = seen.chain.iter().filter(|tx| tx.data == root).collect();
            let named = &batch["anchor_transaction"];
            match carrying.as_slice() {
                [tx] if !tx.succeeded => Some(format!("{id}: its transaction failed")),
                [tx] if named["hash"] == tx.hash && named["block_number"] == tx.block_number => None,
                [tx] => Some(format!("{id}: {} carries its root, but it names {named}", tx.hash)),
                found => Some(format!("{id}: {} transactions carry its root {root}", found.len())),
            }
        })
        .collect()
}

fn nothing_else_is_on_the_chain(seen: &Observation) -> Vec<String> {
    let batches = batches(seen);
    let roots: BTreeSet<&str> = batches.values().map(|batch| text(batch, "merkle_root")).collect();
    let unknown = seen.chain.iter().filter(|tx| !roots.contains(tx.data.as_str()));
    unknown.map(|tx| format!("{} carries {}, which is no batch's root", tx.hash, tx.data)).collect()
}

fn nonces_without_gaps(seen: &Observation) -> Vec<String> {
    let mut by_sender: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for transaction in &seen.chain {
        by_sender.entry(&transaction.from).or_default().push(transaction.nonce);
    }
    let wrong =
        by_sender.into_iter().filter(|(_, nonces)| !nonces.iter().copied().eq((0..).take(nonces.len())));
    wrong.map(|(sender, nonces)| format!("{sender} sent {nonces:?}")).collect()
}

fn every_proof_verifies(seen: &Observation) -> Vec<String> {
    let mut found = Vec::new();
    for account in &seen.accounts {
        for batch in &account.batches {
            for credential in elements(&batch["credentials"]) {
                let id = text(credential, "id");
                if let Some(fault) = proof_fault(seen, account, batch, id) {
                    found.push(format!("{id}: {fault}"));
                }
            }
        }
    }
    found
}

/// Returns what is wrong with a credential: one of an anchored batch must be served signed, and verify, as a third party
/// would verify it; one of any other batch must not be served signed.
fn proof_fault(seen: &Observation, account: &Account, batch: &Value, id: &str) -> Option<String> {
    let Some(credential) = account.credentials.get(id) else { return Some("it is not served".to_owned()) };
    let signed = &credential["signed_credential"];
    let status = text(credential, "status");
    if batch["status"] != "anchored" {
        return (!signed.is_null() || status == "anchored")
            .then(|| "it is served signed too early".to_owned());
    }
    if signed.is_null() || status != "anchored" {
        return Some(format!("its batch is anchored, and it is {status}"));
    }
    let parsed = match ParsedCredential::read(signed.to_string().as_bytes()) {
        Ok(parsed) => parsed,
        Err(report) => return Some(format!("{report:?}")),
    };
    if format!("0x{}", parsed.proof().merkle_root) != text(batch, "merkle_root") {
        return Some("its proof leads to another root than its batch's".to_owned());
    }
    let evidence = evidence(seen, &parsed);
    let policy =
        VerificationPolicy { now: timestamp(seen.now_ms), allow_development: true, min_confirmations: 1 };
    let report = verify(&parsed, &evidence, &policy);
    // A revocation must show, and must change nothing else.
    let due = |check: CheckName| match check {
        CheckName::Revocation if credential["revoked"] == true => CheckOutcome::Failed,
        _ => CheckOutcome::Passed,
    };
    let is_as_due = report.checks.iter().all(|check| check.outcome == due(check.name));
    (!is_as_due).then(|| format!("{report:?}"))
}

fn evidence(seen: &Observation, parsed: &ParsedCredential) -> VerificationInputs {
    let page = |url: &str| seen.pages.get(url).map(String::as_bytes).unwrap_or_default();
    let lookups = parsed.lookups();
    let did_document = DidDocument::read(page(lookups.did_url.as_str()));
    let profile = did_document
        .as_ref()
        .ok()
        .and_then(|did| parsed.profile_url(did).ok())
        .map(|url| IssuerProfile::read(page(url.as_str())));
    let revocation = profile
        .as_ref()
        .and_then(|profile| parsed.revocation_url(profile.as_ref().ok()?).ok())
        .map(|url| RevocationList::read(page(url.as_str())));
    let hash = format!("0x{}", lookups.transaction_hash);
    let transaction = seen.chain.iter().find(|tx| tx.hash == hash).map(|tx| MinedTransaction {
        raw: tx.raw.clone().into(),
        block_number: tx.block_number,
        block_time: i64::try_from(tx.block_time).unwrap_or(i64::MAX),
        succeeded: tx.succeeded,
        confirmations: tx.confirmations,
    });
    VerificationInputs {
        did_document: Lookup::from_read(did_document),
        issuer_profile: profile.map_or(Lookup::Absent, Lookup::from_read),
        transaction: transaction.map_or(Lookup::Absent, Lookup::Found),
        revocation: revocation.map_or(Lookup::Absent, Lookup::from_read),
    }
}

fn usage_is_what_was_accepted(seen: &Observation) -> Vec<String> {
    let this_month = month(seen.now_ms);
    let judge = |account: &Account| {
        let counted = account.batches.iter().filter(|batch| {
            batch["status"] != "failed" && text(batch, "created_at").starts_with(&this_month)
        });
        let accepted: u64 = counted.filter_map(|batch| batch["credentials_count"].as_u64()).sum();
        let counter = account.tenant["credentials_issued_this_month"].as_u64();
        (counter != Some(accepted)).then(|| {
            format!("{}: {accepted} credentials, counted as {counter:?}", text(&account.tenant, "id"))
        })
    };
    seen.accounts.iter().filter_map(judge).collect()
}

fn one_event_per_transition(seen: &Observation) -> Vec<String> {
    let Some(events) = &seen.events else { return Vec::new() };
    let mut ids = BTreeSet::new();
    let repeated = events.values().flatten().filter(|event| !ids.insert(&event.id));
    let mut found: Vec<String> = repeated.map(|event| format!("{} occurs twice", event.id)).collect();
    for (id, batch) in batches(seen) {
        let expected: &[&str] = match text(batch, "status") {
            "pending" => &["batch.created"],
            "signed" => &["batch.created", "batch.signed"],
            "anchored" => &["batch.created", "batch.signed", "batch.anchored"],
            _ => &["batch.created", "batch.failed"],
        };
        let of_batch = events.get(id).map(Vec::as_slice).unwrap_or_default();
        // Transitions of one millisecond have no order among them but the one of their kinds.
        let place = |event_type: &str| expected.iter().position(|one| *one == event_type);
        let mut ordered: Vec<_> = of_batch.iter().collect();
        ordered.sort_by_key(|event| (event.created_at, place(&event.event_type)));
        let types: Vec<&str> = ordered.iter().map(|event| event.event_type.as_str()).collect();
        if types != expected {
            found.push(format!("{id} is {}, its events are {types:?}", text(batch, "status")));
        }
    }
    found
}
