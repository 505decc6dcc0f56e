//! Render: the signed document as it is served, built at each request. No proof is ever stored.

use learncoin_credential::merkle::{DoubleLeaf, path_redacted};
use learncoin_credential::proof::{AnchorChain, Proof, ProofValue};
use learncoin_credential::{Document, DocumentForm, Hash, Layout, SignedCredential};
use learncoin_store::Store;
use learncoin_store::batches::{Batch, BatchState};
use learncoin_store::credentials::Credential;
use learncoin_store::transactions::AnchorTransaction;

use crate::batch::documents::{self, StoredDocumentError};
use crate::time::iso8601;

/// The reason why a credential can't be rendered: stored data is damaged.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The stored document can't be read.
    #[error(transparent)]
    Document(#[from] StoredDocumentError),
    /// Another stored value can't be read.
    #[error("unreadable {0}")]
    Unreadable(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] learncoin_store::Error),
}

/// A credential with its batch and its anchor.
pub struct IssuedCredential {
    /// The credential.
    pub credential: Credential,
    /// Its batch.
    pub batch: Batch,
    /// The confirmed transaction, once the batch is anchored.
    pub anchor: Option<AnchorTransaction>,
}

impl IssuedCredential {
    /// Loads what is stored about a credential.
    ///
    /// # Errors
    /// If the store fails, or the credential has no batch.
    pub async fn load(store: &Store, credential: Credential) -> Result<Self, RenderError> {
        let batch = store
            .batch_by_id(&credential.batch_id)
            .await?
            .ok_or(RenderError::Unreadable("batch of a credential"))?;
        let anchor = match &batch.state {
            BatchState::Anchored { anchor, .. } => {
                store.list_confirmed_transactions(&[&anchor.anchor_id]).await?.into_iter().next()
            }
            _ => None,
        };
        Ok(Self { credential, batch, anchor })
    }

    /// Returns whether the anchor is final: no reorganization can take it out of the chain any more, and the pipeline does
    /// not look at it again.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn is_final(&self, store: &Store) -> learncoin_store::Result<bool> {
        match &self.anchor {
            Some(anchor) => store.anchor_is_final(&anchor.anchor_id).await,
            None => Ok(false),
        }
    }

    /// Returns the document without a proof: with the person, or without after erasure.
    ///
    /// # Errors
    /// If what is stored is damaged.
    pub fn document(&self) -> Result<Document, StoredDocumentError> {
        let redacted = documents::stored(&self.credential.document)?;
        let personal = self.credential.personal.as_ref();
        Ok(personal.map(|personal| documents::with_person(&redacted, personal)).unwrap_or(redacted))
    }

    /// Returns the signed document; `None` until the batch is anchored.
    ///
    /// # Errors
    /// If what is stored is damaged.
    pub fn render(&self, form: DocumentForm) -> Result<Option<SignedCredential>, RenderError> {
        let (BatchState::Anchored { anchored_at, anchor: place, .. }, Some(anchor)) =
            (&self.batch.state, &self.anchor)
        else {
            return Ok(None);
        };
        let node = self.credential.node.as_ref().ok_or(RenderError::Unreadable("place in the tree"))?;
        let mut tree_path = node.tree_path.to_vec();
        tree_path.extend_from_slice(&place.path);
        let redacted = documents::stored(&self.credential.document)?;
        let leaf_redacted = redacted.leaf();

        let (document, target_hash, path) = match (&self.credential.personal, form) {
            (Some(personal), DocumentForm::Full) => {
                let full = documents::with_person(&redacted, personal);
                let leaf_full = full.leaf();
                let halves = DoubleLeaf::new(leaf_full, *personal.blind.as_bytes(), leaf_redacted);
                (full, leaf_full, halves.path_full(&tree_path))
            }
            _ => (redacted, leaf_redacted, path_redacted(node.node_full, &tree_path)),
        };
        let proof_value = ProofValue {
            path,
            merkle_root: Hash::new(*place.merkle_root.as_bytes()),
            target_hash,
            chain: AnchorChain::from_chain_id(self.batch.chain_id)
                .ok_or(RenderError::Unreadable("chain id"))?,
            transaction_hash: Hash::new(*anchor.hash.as_bytes()),
        };
        let proof = Proof {
            created: iso8601(*anchored_at),
            verification_method: self.batch.verification_method.clone(),
            proof_value: proof_value.encode(),
        };
        Ok(Some(SignedCredential { document, proof, layout: Layout::Default }))
    }

    /// Returns the reason that is shown with a revocation: its text, or after erasure its code.
    pub fn revocation_words(&self) -> Option<&str> {
        let revocation = self.credential.revocation.as_ref()?;
        Some(revocation.reason.as_deref().unwrap_or(revocation.code.as_str()))
    }
}
