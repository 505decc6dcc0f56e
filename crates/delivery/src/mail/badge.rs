//! The badge in a mail: the picture that is also on the credential's page, small, and without the person.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use learncoin_badge::{Award, Color, CredentialState, DrawError, Picture, badge_thumbnail};
use learncoin_credential::document::Document;
use learncoin_store::tenants::Logo;

use super::letter::Letter;

/// The number of pictures that are kept: the mails of a batch mostly show the same one.
const KEPT: usize = 16;

/// Everything that a picture depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Subject {
    achievement: String,
    issuer: String,
    language: &'static str,
    chain: u64,
    state: CredentialState,
    accent_color: Option<String>,
    logo_hash: Option<String>,
}

/// The pictures that were drawn last.
#[derive(Default)]
pub(super) struct Badges(Mutex<VecDeque<(Subject, Arc<[u8]>)>>);

/// Why a picture was not drawn.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadgeError {
    /// The PNG can't be written.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// The drawing broke off.
    #[error(transparent)]
    Broken(#[from] tokio::task::JoinError),
}

impl Badges {
    /// Returns the badge of a letter as PNG, or `None` if the letter leaves out the title, which the badge shows.
    pub(super) async fn draw(
        &self,
        letter: &Letter,
        now: Timestamp,
    ) -> Result<Option<Arc<[u8]>>, BadgeError> {
        let Some(document) = &letter.document else { return Ok(None) };
        let subject = subject(letter, document, now);
        if let Some(picture) = self.find(&subject) {
            return Ok(Some(picture));
        }
        let (language, chain, state) = (letter.language, letter.chain, subject.state);
        let accent = letter.accent_color.as_deref().and_then(Color::parse);
        let (document, logo) = (document.clone(), letter.logo.clone());
        let drawn = tokio::task::spawn_blocking(move || {
            let logo = logo.as_ref().and_then(|logo| Picture::decode(&logo.bytes));
            badge_thumbnail(&Award { document: &document, language, chain, state, accent, logo })
        });
        let picture: Arc<[u8]> = drawn.await??.into();
        self.keep(subject, Arc::clone(&picture));
        Ok(Some(picture))
    }

    fn find(&self, subject: &Subject) -> Option<Arc<[u8]>> {
        let kept = self.lock();
        kept.iter().find(|(known, _)| known == subject).map(|(_, picture)| Arc::clone(picture))
    }

    fn keep(&self, subject: Subject, picture: Arc<[u8]>) {
        let mut kept = self.lock();
        kept.push_front((subject, picture));
        kept.truncate(KEPT);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(Subject, Arc<[u8]>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn subject(letter: &Letter, document: &Document, now: Timestamp) -> Subject {
    let state = match (letter.issued, letter.expires) {
        (_, Some(expires)) if expires <= now => CredentialState::Expired,
        (Some(issued), _) if now < issued => CredentialState::NotYetValid,
        _ => CredentialState::Anchored,
    };
    Subject {
        achievement: document.subject.achievement.name.clone(),
        issuer: document.issuer.name.clone(),
        language: letter.language.tag(),
        chain: letter.chain.chain_id(),
        state,
        accent_color: letter.accent_color.clone(),
        logo_hash: letter.logo.as_ref().map(Logo::hash),
    }
}
