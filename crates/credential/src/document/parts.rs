//! A redacted document in two parts: what many credentials share, and what is one credential's own.
//!
//! The credentials of a batch, and mostly those of many batches of a tenant, name the same issuer, dates and achievement. What
//! differs is drawn for each credential or given with its recipient, and is short.

use super::{Achievement, Document, DocumentError, Subject};
use crate::json::{self, JsonError};

/// The bytes of a nonce, and of a UUID.
const DRAWN_BYTES: usize = 16;

/// The part of a redacted document that credentials share. It holds no personal data, and no pseudonym.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedPart {
    /// The document with empty texts for the nonce and the recipient's pseudonym. Its `id` is the start of the credentials' ids,
    /// `https://HOST/c/`, and its achievement has an `id` if that is not drawn for each credential.
    blank: Document,
}

/// The part of a redacted document that was drawn for one credential alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnPart {
    /// The nonce.
    pub nonce: [u8; DRAWN_BYTES],
    /// The UUID of the achievement, if its id was drawn for this credential.
    pub achievement: Option<[u8; DRAWN_BYTES]>,
}

/// The error of a text that is not a shared part, or not the shared part of this own one.
#[derive(Debug, thiserror::Error)]
pub enum SharedPartError {
    /// It is not JSON.
    #[error("the shared part is not JSON")]
    Json(#[from] JsonError),
    /// It is not a document of the credential format.
    #[error("the shared part is not of the credential format: {0}")]
    Document(#[from] DocumentError),
    /// It holds a value that is a credential's own.
    #[error("the shared part holds what is a credential's own")]
    NotBlank,
    /// The achievement has an id in both parts, or in neither.
    #[error("the achievement's id is not in exactly one of the parts")]
    AchievementId,
}

impl SharedPart {
    /// Returns the shared part of a redacted document, of which the other part is `own`.
    pub fn of(redacted: &Document, own: &OwnPart) -> Self {
        let mut blank = redacted.redacted();
        blank.id.truncate(start_of_id(redacted).len());
        blank.nonce.clear();
        blank.subject.id.clear();
        if own.achievement.is_some() {
            blank.subject.achievement.id = None;
        }
        Self { blank }
    }

    /// Returns whether it is the shared part of a redacted document, of which the other part is `own`.
    pub fn is_of(&self, redacted: &Document, own: &OwnPart) -> bool {
        let Document {
            contexts,
            id: _,
            issuer,
            issuance_date,
            expiration_date,
            nonce: _,
            subject,
            evidence: _,
        } = redacted;
        let Subject { id: _, name: _, achievement } = subject;
        let Achievement { id, name, description, criteria, alignment } = achievement;
        let (blank, blank_achievement) = (&self.blank, &self.blank.subject.achievement);
        let shared_id = id.as_ref().filter(|_| own.achievement.is_none());
        blank.id == start_of_id(redacted)
            && blank.issuance_date == *issuance_date
            && blank.expiration_date == *expiration_date
            && blank_achievement.id.as_ref() == shared_id
            && blank_achievement.name == *name
            && blank_achievement.description == *description
            && blank_achievement.criteria == *criteria
            && blank_achievement.alignment == *alignment
            && blank.issuer == *issuer
            && blank.contexts == *contexts
    }

    /// Returns the name of the achievement.
    pub fn achievement_name(&self) -> &str {
        &self.blank.subject.achievement.name
    }

    /// Returns its text, which [`SharedPart::read`] parses.
    pub fn to_text(&self) -> String {
        self.blank.to_json().to_string()
    }

    /// Parses the text of a shared part.
    ///
    /// # Errors
    /// See [`SharedPartError`].
    pub fn read(text: &str) -> Result<Self, SharedPartError> {
        let blank = Document::from_json(&json::parse(text.as_bytes())?)?;
        let own = [&blank.nonce, &blank.subject.id];
        let is_blank = own.iter().all(|text| text.is_empty()) && blank.id.ends_with("/c/");
        match is_blank && blank.is_redacted() && blank.evidence.is_empty() {
            true => Ok(Self { blank }),
            false => Err(SharedPartError::NotBlank),
        }
    }

    /// Returns the redacted document of the credential with this id, such as `crd_01KPX4MQ00XZ22KESRT8JTNY8E`.
    ///
    /// # Errors
    /// [`SharedPartError::AchievementId`]
    pub fn document(
        self,
        credential_id: &str,
        recipient_id: &str,
        own: &OwnPart,
    ) -> Result<Document, SharedPartError> {
        let mut document = self.blank;
        document.id.push_str(credential_id);
        document.nonce = hex::encode(own.nonce);
        recipient_id.clone_into(&mut document.subject.id);
        let achievement = &mut document.subject.achievement;
        match (&achievement.id, own.achievement) {
            (Some(_), None) => {}
            (None, Some(uuid)) => achievement.id = Some(uuid_urn(&uuid)),
            (Some(_), Some(_)) | (None, None) => return Err(SharedPartError::AchievementId),
        }
        Ok(document)
    }
}

impl OwnPart {
    /// Returns its bytes: the nonce, and the achievement's UUID if that was drawn.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.nonce.to_vec();
        bytes.extend(self.achievement.iter().flatten());
        bytes
    }

    /// Parses the bytes that [`OwnPart::to_bytes`] returns. Returns `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (nonce, rest) = bytes.split_first_chunk()?;
        let achievement = match rest {
            [] => None,
            uuid => Some(uuid.try_into().ok()?),
        };
        Some(Self { nonce: *nonce, achievement })
    }
}

/// Returns the start of a document's id, up to the id of the credential in it.
fn start_of_id(document: &Document) -> &str {
    let end = document.id.rfind('/').map_or(0, |slash| slash.saturating_add(1));
    document.id.get(..end).unwrap_or_default()
}

/// Returns the URN of a UUID (RFC 9562, section 4).
fn uuid_urn(uuid: &[u8; DRAWN_BYTES]) -> String {
    let digits = hex::encode(uuid);
    let mut urn = String::from("urn:uuid:");
    for (place, digit) in digits.chars().enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            urn.push('-');
        }
        urn.push(digit);
    }
    urn
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng as _, SeedableRng as _};

    use super::*;
    use crate::contexts::ContextSet;
    use crate::document::{Alignment, Image, Issuer};
    use crate::host::Host;

    /// A change of a document.
    type Change = fn(&mut Document);

    const CREDENTIAL_ID: &str = "crd_01KPX4MQ00XZ22KESRT8JTNY8E";

    fn text(random: &mut StdRng) -> String {
        const CHARACTERS: [char; 12] =
            ['a', 'Z', ' ', '"', '\\', '/', 'é', '\u{1F393}', '{', '}', '\n', '\u{202E}'];
        (0..random.random_range(1..20))
            .map(|_| CHARACTERS[random.random_range(0..CHARACTERS.len())])
            .collect()
    }

    fn maybe(random: &mut StdRng) -> Option<String> {
        random.random_bool(0.5).then(|| text(random))
    }

    /// Returns a redacted document with any texts, and what is its credential's own.
    fn generated(random: &mut StdRng, host: &Host) -> (Document, OwnPart) {
        let own =
            OwnPart { nonce: random.random(), achievement: random.random_bool(0.5).then(|| random.random()) };
        let given = text(random);
        let alignment = (0..random.random_range(0..3)).map(|_| Alignment {
            target_framework: text(random),
            target_code: text(random),
            target_name: text(random),
            target_url: text(random),
        });
        let alignment = alignment.collect();
        let document = Document {
            contexts: ContextSet::new(host),
            id: format!("{}/c/{CREDENTIAL_ID}", host.origin()),
            issuer: Issuer {
                id: text(random),
                name: text(random),
                url: maybe(random),
                image: maybe(random).map(|id| Image { id }),
            },
            issuance_date: text(random),
            expiration_date: maybe(random),
            nonce: hex::encode(own.nonce),
            subject: Subject {
                id: text(random),
                name: None,
                achievement: Achievement {
                    id: Some(own.achievement.map_or(given, |uuid| uuid_urn(&uuid))),
                    name: text(random),
                    description: text(random),
                    criteria: text(random),
                    alignment,
                },
            },
            evidence: Vec::new(),
        };
        (document, own)
    }

    #[test]
    fn a_document_put_together_from_its_parts_is_the_same_byte_for_byte() {
        let seed = std::env::var("LEARNCOIN_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or(20_261_130);
        println!("LEARNCOIN_SEED={seed}");
        let mut random = StdRng::seed_from_u64(seed);
        for host in ["https://learncoin.me", "http://localhost:8080"] {
            let host = Host::parse(host).unwrap();
            for _ in 0..2_000 {
                let (document, own) = generated(&mut random, &host);
                let stored = SharedPart::of(&document, &own).to_text();
                let [pseudonym, nonce] =
                    [&document.subject.id, &document.nonce].map(|text| serde_json::to_string(text).unwrap());
                assert!(
                    !stored.contains(&format!("\"id\":{pseudonym},\"type\":[\"AchievementSubject\"")),
                    "{stored}"
                );
                assert!(!stored.contains(&nonce), "{stored}");
                let own = OwnPart::from_bytes(&own.to_bytes()).unwrap();
                let read = SharedPart::read(&stored).unwrap();
                assert!(read.is_of(&document, &own));
                let joined = read.document(CREDENTIAL_ID, &document.subject.id, &own).unwrap();
                assert_eq!(joined, document);
                assert_eq!(joined.to_json().to_string(), document.to_json().to_string());
            }
        }
    }

    #[test]
    fn a_shared_part_is_of_documents_that_differ_in_what_is_drawn_alone() {
        let host = Host::parse("https://learncoin.me").unwrap();
        let (mut document, mut own) = generated(&mut StdRng::seed_from_u64(1), &host);
        own.achievement = None;
        document.subject.achievement.alignment = vec![Alignment {
            target_framework: "ESCO".into(),
            target_code: "S1.4.0".into(),
            target_name: "Machine learning".into(),
            target_url: "https://esco.example/1".into(),
        }];
        let part = SharedPart::of(&document, &own);
        assert!(part.is_of(&document, &own));
        let changes: [(bool, Change); 18] = [
            (true, |document| document.id = "https://learncoin.me/c/crd_other".into()),
            (true, |document| document.nonce = "other".into()),
            (true, |document| document.subject.id = "other".into()),
            (false, |document| document.id = "https://other.me/c/crd_01KPX4MQ00XZ22KESRT8JTNY8E".into()),
            (false, |document| {
                document.id = "https://learncoin.me/c/d/crd_01KPX4MQ00XZ22KESRT8JTNY8E".into()
            }),
            (false, |document| document.contexts.own = "other".into()),
            (false, |document| document.issuer.id = "other".into()),
            (false, |document| document.issuer.name = "other".into()),
            (false, |document| document.issuer.url = Some("other".into())),
            (false, |document| document.issuer.image = Some(Image { id: "other".into() })),
            (false, |document| document.issuance_date = "other".into()),
            (false, |document| document.expiration_date = Some("other".into())),
            (false, |document| document.subject.achievement.id = Some("other".into())),
            (false, |document| document.subject.achievement.name = "other".into()),
            (false, |document| document.subject.achievement.description = "other".into()),
            (false, |document| document.subject.achievement.criteria = "other".into()),
            (false, |document| document.subject.achievement.alignment.clear()),
            (false, |document| document.subject.achievement.alignment[0].target_url = "other".into()),
        ];
        for (is_shared, change) in changes {
            let mut changed = document.clone();
            change(&mut changed);
            assert_eq!(part.is_of(&changed, &own), is_shared, "{changed:?}");
            assert_eq!(SharedPart::of(&changed, &own) == part, is_shared, "{changed:?}");
        }
        let drawn = OwnPart { achievement: Some([1; 16]), ..own };
        let other = SharedPart::of(&document, &drawn);
        assert!(!part.is_of(&document, &drawn) && !other.is_of(&document, &own));
        document.subject.achievement.id = Some("other".into());
        assert!(other.is_of(&document, &drawn));
    }

    #[test]
    fn what_is_no_part_is_refused() {
        let host = Host::parse("https://learncoin.me").unwrap();
        let mut random = StdRng::seed_from_u64(2);
        let (mut document, _) = generated(&mut random, &host);
        document.subject.achievement.id = Some("urn:ab:c".into());
        let own = OwnPart { nonce: [1; 16], achievement: None };
        let part = SharedPart::of(&document, &own);
        assert!(matches!(SharedPart::read("{"), Err(SharedPartError::Json(_))));
        assert!(matches!(SharedPart::read("{}"), Err(SharedPartError::Document(_))));
        let blank = &part.blank;
        let with_name = Subject { name: Some("Ada".into()), ..blank.subject.clone() };
        for changed in [
            Document { id: document.id.clone(), ..blank.clone() },
            Document { nonce: document.nonce.clone(), ..blank.clone() },
            Document { subject: Subject { id: "urn:ab:c".into(), ..blank.subject.clone() }, ..blank.clone() },
            Document { subject: with_name, ..blank.clone() },
        ] {
            let read = SharedPart::read(&changed.to_json().to_string());
            assert!(matches!(read, Err(SharedPartError::NotBlank)), "{read:?}");
        }
        let twice = OwnPart { achievement: Some([2; 16]), ..own };
        let joined = part.clone().document(CREDENTIAL_ID, "urn:ab:c", &twice);
        assert!(matches!(joined, Err(SharedPartError::AchievementId)), "{joined:?}");
        let mut without = part;
        without.blank.subject.achievement.id = None;
        let joined = without.document(CREDENTIAL_ID, "urn:ab:c", &own);
        assert!(matches!(joined, Err(SharedPartError::AchievementId)), "{joined:?}");
        for length in (0..40).filter(|length| ![16, 32].contains(length)) {
            assert_eq!(OwnPart::from_bytes(&vec![7; length]), None, "{length}");
        }
    }
}
