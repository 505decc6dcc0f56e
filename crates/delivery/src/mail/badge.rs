//! The badge in a mail: the picture that is also on the credential's page, small, and without the person.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use learncoin_badge::{Award, Brand, Color, CredentialState, DrawError, Picture, badge_thumbnail};
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
    is_issuer_confirmed: bool,
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
        brand: &Brand,
        now: Timestamp,
    ) -> Result<Option<Arc<[u8]>>, BadgeError> {
        let Some(document) = &letter.document else { return Ok(None) };
        let subject = subject(letter, document, now);
        if let Some(picture) = self.find(&subject) {
            return Ok(Some(picture));
        }
        let (language, chain, state) = (letter.language, letter.chain, subject.state);
        let accent = letter.accent_color.as_deref().and_then(Color::parse);
        let (document, logo, brand) = (document.clone(), letter.logo.clone(), brand.clone());
        let is_issuer_confirmed = letter.issuer.is_confirmed;
        let drawn = tokio::task::spawn_blocking(move || {
            let logo = logo.as_ref().and_then(|logo| Picture::decode(&logo.bytes));
            let document = &document;
            badge_thumbnail(&Award {
                document,
                language,
                chain,
                state,
                accent,
                logo,
                // No operator has confirmed it, and a mail is sent in the deployment's name.
                image: None,
                is_issuer_confirmed,
                signatures: Vec::new(),
                shows_number: false,
                brand,
            })
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
    Subject {
        achievement: document.subject.achievement.name.clone(),
        issuer: document.issuer.name.clone(),
        language: letter.language.tag(),
        chain: letter.chain.chain_id(),
        state: CredentialState::by_dates(letter.issued, letter.expires, now),
        accent_color: letter.accent_color.clone(),
        logo_hash: letter.logo.as_ref().map(Logo::hash),
        is_issuer_confirmed: letter.issuer.is_confirmed,
    }
}

#[cfg(test)]
mod tests {
    use learncoin_credential::Host;
    use learncoin_credential::contexts::ContextSet;
    use learncoin_credential::document::{Achievement, Issuer, Subject as Person};

    use super::*;
    use crate::mail::letter::testing;

    fn letter(achievement: Option<&str>) -> Letter {
        let host = Host::parse("https://learncoin.example").unwrap();
        let document = achievement.map(|name| Document {
            contexts: ContextSet::new(&host),
            id: host.credential_url("crd_01KPX4MQ00REJFE5FBD8QX9Y5A"),
            issuer: Issuer {
                id: host.tenant_did("01KPX4MQ005TCNKPH5QY15PQWV"),
                name: "Example University".into(),
                url: None,
                image: None,
            },
            issuance_date: "2026-04-23T12:00:00Z".into(),
            expiration_date: None,
            nonce: "c45ba76511437ecabd9d2cebcc3ce36e".into(),
            subject: Person {
                id: "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f".into(),
                name: None,
                achievement: Achievement {
                    id: None,
                    name: name.into(),
                    description: "Completed the course.".into(),
                    criteria: "Completed the course.".into(),
                    alignment: Vec::new(),
                },
            },
            evidence: Vec::new(),
        });
        Letter { document, ..testing::letter("Example University", achievement) }
    }

    #[tokio::test]
    async fn mails_that_show_the_same_badge_share_one_drawing() {
        let badges = Badges::default();
        let now = Timestamp::UNIX_EPOCH;
        let draw =
            async |title| badges.draw(&letter(Some(title)), &Brand::default(), now).await.unwrap().unwrap();
        let (first, again, other) =
            (draw("Statistics").await, draw("Statistics").await, draw("Algebra").await);
        assert!(first.starts_with(b"\x89PNG") && first.len() < 64 * 1024, "{}", first.len());
        assert!(Arc::ptr_eq(&first, &again) && first != other);
        let expired = Letter { expires: Some(now), ..letter(Some("Statistics")) };
        assert_ne!(
            badges.draw(&expired, &Brand::default(), now).await.unwrap().unwrap(),
            first,
            "its state is on it"
        );
    }

    #[tokio::test]
    async fn a_title_that_is_left_out_is_on_no_badge() {
        let drawn =
            Badges::default().draw(&letter(None), &Brand::default(), Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(drawn, None);
    }
}
