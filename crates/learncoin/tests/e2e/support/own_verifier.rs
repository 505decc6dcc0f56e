//! LearnCoin's own verification as a third party would run it: the library, fed by what hosts and nodes answer over
//! HTTP. In this process, because five hundred processes would take minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use learncoin_chain::rpc::{Client, HttpTransport, Timeouts};
use learncoin_credential::did::DidDocument;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::verify::{
    Lookup, MinedTransaction, ParsedCredential, ParsedForm, ParsedWalletForm, Report, VerificationInputs,
    VerificationPolicy, WalletInputs, verify, verify_wallet_form,
};
use learncoin_credential::wallet::SignedStatusList;
use learncoin_issuance::credential::evidence::mined_transaction;
use learncoin_issuance::time::timestamp;
use url::Url;

use crate::support::http;

/// After the issuance and before the expiration of everything that the stories issue: 2026-01-01.
const NOW_MS: i64 = 1_767_225_600_000;

/// A verifier that asks one node, and each host once for each document.
pub(crate) struct OwnVerifier {
    node: Client,
    /// An origin, and the address that is asked in its place.
    address: Option<(String, String)>,
    documents: Mutex<HashMap<Url, Vec<u8>>>,
    transactions: Mutex<HashMap<[u8; 32], Lookup<MinedTransaction>>>,
}

impl OwnVerifier {
    pub(crate) fn new(rpc: &str) -> Self {
        let transport = HttpTransport::new(rpc.parse().unwrap(), Timeouts::default()).unwrap();
        Self {
            node: Client::new(Arc::new(transport)),
            address: None,
            documents: Mutex::default(),
            transactions: Mutex::default(),
        }
    }

    /// Returns the same verifier, which asks this address (`http://HOST:PORT`) for the documents of the origin.
    pub(crate) fn with_address(self, origin: &str, address: &str) -> Self {
        Self { address: Some((origin.to_owned(), address.to_owned())), ..self }
    }

    /// Judges a signed document of either form.
    pub(crate) fn judge(&self, document: &[u8]) -> Report {
        match ParsedForm::read(document) {
            Ok(ParsedForm::Anchored(parsed)) => self.judge_anchored(&parsed),
            Ok(ParsedForm::Wallet(parsed)) => self.judge_wallet_form(&parsed),
            Err(report) => *report,
        }
    }

    /// Judges a wallet form at the moment from which its status list is valid, which is about now.
    fn judge_wallet_form(&self, parsed: &ParsedWalletForm) -> Report {
        let did_document = Lookup::from_read(DidDocument::read(&self.document(parsed.did_url())));
        let list = SignedStatusList::read(&self.document(parsed.status_list_url()));
        let now = list.as_ref().map_or(timestamp(NOW_MS), |list| list.list.valid_from.parse().unwrap());
        let inputs = WalletInputs { did_document, status_list: Lookup::from_read(list) };
        let policy = VerificationPolicy { now, allow_development: true, min_confirmations: 1 };
        verify_wallet_form(parsed, &inputs, &policy)
    }

    fn judge_anchored(&self, parsed: &ParsedCredential) -> Report {
        let did_document = Lookup::from_read(DidDocument::read(&self.document(&parsed.lookups().did_url)));
        let issuer_profile = match &did_document {
            Lookup::Found(document) => match parsed.profile_url(document) {
                Ok(url) => Lookup::from_read(IssuerProfile::read(&self.document(&url))),
                Err(_) => Lookup::Absent,
            },
            _ => Lookup::Absent,
        };
        let revocation = match &issuer_profile {
            Lookup::Found(profile) => match parsed.revocation_url(profile) {
                Ok(url) => Lookup::from_read(RevocationList::read(&self.fetch(&url))),
                Err(error) => Lookup::Unreachable(error.to_string()),
            },
            _ => Lookup::Absent,
        };
        let transaction = self.transaction(parsed.lookups().transaction_hash.as_bytes());
        let evidence = VerificationInputs { did_document, issuer_profile, transaction, revocation };
        let policy =
            VerificationPolicy { now: timestamp(NOW_MS), allow_development: true, min_confirmations: 1 };
        verify(parsed, &evidence, &policy)
    }

    fn document(&self, url: &Url) -> Vec<u8> {
        let mut documents = self.documents.lock().unwrap();
        documents.entry(url.clone()).or_insert_with(|| self.fetch(url)).clone()
    }

    fn fetch(&self, url: &Url) -> Vec<u8> {
        let replaced = self.address.as_ref().and_then(|(origin, address)| {
            let path = url.as_str().strip_prefix(origin.as_str())?;
            Some(format!("{address}{path}"))
        });
        http::get(replaced.as_deref().unwrap_or(url.as_str()), &[]).body
    }

    fn transaction(&self, hash: &[u8; 32]) -> Lookup<MinedTransaction> {
        let mut transactions = self.transactions.lock().unwrap();
        transactions.entry(*hash).or_insert_with(|| http::wait(mined_transaction(&self.node, hash))).clone()
    }
}
