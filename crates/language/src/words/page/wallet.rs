//! The texts of the page that adds a credential to a wallet.

use serde::Deserialize;

/// The texts of the page that adds a credential to a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletWords {
    /// The title.
    pub title: String,
    /// The link back to the credential's page.
    pub back: String,
    /// The explanation of a wallet.
    pub lead: String,
    /// The note on who can add the credential.
    pub caution: String,
    /// The note on a credential that is not anchored yet.
    pub waiting: String,
    /// The note on a credential whose batch failed.
    pub failed: String,
    /// The note on a revoked credential.
    pub revoked: String,
    /// The note on a tenant whose key for wallets is not made yet.
    pub no_key: String,
    /// The note on an expired credential.
    pub expired: String,
    /// The note on a credential whose person was erased.
    pub erased: String,
    /// The note after more codes than a client may make.
    pub too_many: String,
    /// The words beside a QR code.
    pub scan: String,
    /// The description of a QR code, with its `{link}`.
    pub code_of: String,
    /// The way by OpenID4VCI.
    pub offer: WalletOfferWords,
    /// The way by a VC-API exchange.
    pub exchange: WalletExchangeWords,
    /// The way by the document's address.
    pub plain: WalletAddressWords,
}

/// The way into a wallet by a code (OpenID4VCI).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletOfferWords {
    /// The heading.
    pub heading: String,
    /// The explanation of what will happen.
    pub what: String,
    /// The name of the choice between formats, by wallets.
    pub format: String,
    /// The choice of JSON-LD with a Data Integrity proof.
    pub data_integrity: String,
    /// The choice of a JSON Web Token.
    pub jwt: String,
    /// The choice of a transaction code.
    pub tx_code: String,
    /// The button that makes a code.
    pub make: String,
    /// The same button below a code.
    pub again: String,
    /// The heading of a code.
    pub ready: String,
    /// The link that opens the code in a wallet.
    pub open: String,
    /// The words before the transaction code.
    pub number: String,
    /// The end of the code, with `{time}`.
    pub ends: String,
}

/// The way into a wallet by a VC-API exchange.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletExchangeWords {
    /// The heading.
    pub heading: String,
    /// The explanation of what will happen.
    pub what: String,
    /// The link that opens the wallet.
    pub open: String,
}

/// The way into a wallet by the document's address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletAddressWords {
    /// The heading.
    pub heading: String,
    /// The explanation of what will happen.
    pub what: String,
}
