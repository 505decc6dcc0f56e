//! Render: the signed document as it is served, built at each request. No proof is ever stored.

use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_credential::merkle::{DoubleLeaf, path_redacted};
use learncoin_credential::proof::{AnchorChain, Proof, ProofValue};
use learncoin_credential::{Document, DocumentForm, Hash, Layout, SignedCredential};
use learncoin_store::batches::BatchState;
pub use learncoin_store::credentials::IssuedCredential;
use learncoin_store::credentials::StoredDocumentError;

use crate::batch::documents;
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

/// The documents of a credential that are served.
pub trait Render {
    /// Returns the document without a proof: with the person, or without after erasure.
    ///
    /// # Errors
    /// If what is stored is damaged.
    fn document(&self) -> Result<Document, StoredDocumentError>;

    /// Returns the signed document; `None` until the batch is anchored.
    ///
    /// # Errors
    /// If what is stored is damaged.
    fn render(&self, form: DocumentForm) -> Result<Option<SignedCredential>, RenderError>;

    /// Returns the reason that is shown with a revocation: its text, or after erasure its code.
    fn revocation_words(&self) -> Option<&str>;
}

impl Render for IssuedCredential {
    fn document(&self) -> Result<Document, StoredDocumentError> {
        let redacted = self.credential.redacted()?;
        let personal = self.credential.personal.as_ref();
        Ok(personal.map(|personal| documents::with_person(&redacted, personal)).unwrap_or(redacted))
    }

    fn render(&self, form: DocumentForm) -> Result<Option<SignedCredential>, RenderError> {
        let (BatchState::Anchored { anchored_at, anchor: place, .. }, Some(anchor)) =
            (&self.batch.state, &self.anchor)
        else {
            return Ok(None);
        };
        let node = self.credential.node.as_ref().ok_or(RenderError::Unreadable("place in the tree"))?;
        let mut tree_path = node.tree_path.to_vec();
        tree_path.extend_from_slice(&place.path);
        let redacted = self.credential.redacted()?;

        let (document, target_hash, path) = match (&self.credential.personal, form) {
            (Some(personal), DocumentForm::Full) => {
                let full = documents::with_person(&redacted, personal);
                let leaves = Canonicalizer::default().leaves(&full);
                let halves = DoubleLeaf::new(leaves.full, *personal.blind.as_bytes(), leaves.redacted);
                (full, leaves.full, halves.path_full(&tree_path))
            }
            _ => {
                let leaf = redacted.leaf();
                (redacted, leaf, path_redacted(node.node_full, &tree_path))
            }
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

    fn revocation_words(&self) -> Option<&str> {
        let revocation = self.credential.revocation.as_ref()?;
        Some(revocation.reason.as_deref().unwrap_or(revocation.code.as_str()))
    }
}
