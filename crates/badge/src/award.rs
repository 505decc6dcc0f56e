//! The input of every drawing: a credential's document with its present state.

use jiff::Timestamp;
use learncoin_credential::document::Document;
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::text::parse_timestamp;
use learncoin_language::words::FileWords;
use learncoin_language::{Language, fill};

use crate::brand::Brand;
use crate::color::{Color, INVALID, MUTED, PENDING, TEST_NETWORK};
use crate::course::Course;
use crate::picture::Picture;
use crate::signature_line::SignatureLine;
use crate::text::{FontStyle, Han, TextBlock, TextBox, lacks_letters, lay_out, lay_out_lines};

/// A credential to be drawn.
#[derive(Debug, Clone)]
pub struct Award<'a> {
    /// The document, full or redacted.
    pub document: &'a Document,
    /// The language of the labels and notes.
    pub language: Language,
    /// The chain of the anchor.
    pub chain: AnchorChain,
    /// The credential's state.
    pub state: CredentialState,
    /// The tenant's color, if it may be shown.
    pub accent: Option<Color>,
    /// The tenant's logo, if it may be shown.
    pub logo: Option<Picture>,
    /// A picture of the achievement, if its issuer named one.
    pub image: Option<Picture>,
    /// Whether the operator has confirmed the issuer's signed name.
    pub is_issuer_confirmed: bool,
    /// The persons who sign the tenant's certificates, two at most.
    pub signatures: Vec<SignatureLine>,
    /// Whether certificates show their number.
    pub shows_number: bool,
    /// The deployment's name and mark.
    pub brand: Brand,
}

/// The state of a credential. None of these means valid: a file outlives its state, so it only links to the page that
/// shows validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialState {
    /// Anchored and not revoked.
    Anchored,
    /// Without a proof yet.
    Pending,
    /// Never issued.
    Failed,
    /// Revoked by the issuer.
    Revoked,
    /// Past its expiration date.
    Expired,
    /// Before its issuance date.
    NotYetValid,
}

impl CredentialState {
    /// Returns the state of an anchored credential by its dates, of which those that can't be parsed are `None`.
    pub fn by_dates(issued: Option<Timestamp>, expires: Option<Timestamp>, now: Timestamp) -> Self {
        match (issued, expires) {
            (_, Some(expires)) if expires <= now => Self::Expired,
            (Some(issued), _) if now < issued => Self::NotYetValid,
            _ => Self::Anchored,
        }
    }
}

/// A word on a colored band.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Banner {
    pub(crate) word: &'static str,
    pub(crate) color: Color,
}

impl Award<'_> {
    pub(crate) fn words(&self) -> &'static FileWords {
        &self.language.words().files
    }

    /// Returns the banner of a state other than anchored.
    pub(crate) fn state_banner(&self) -> Option<Banner> {
        let words = self.words();
        let (word, color) = match self.state {
            CredentialState::Anchored => return None,
            CredentialState::Pending => (&words.pending, PENDING),
            CredentialState::Failed => (&words.failed, INVALID),
            CredentialState::Revoked => (&words.revoked, INVALID),
            CredentialState::Expired => (&words.expired, INVALID),
            CredentialState::NotYetValid => (&words.not_yet_valid, INVALID),
        };
        Some(Banner { word, color })
    }

    /// Returns the banner of a test network or development chain.
    pub(crate) fn chain_banner(&self) -> Option<Banner> {
        let words = self.words();
        let word = match self.chain {
            AnchorChain::BaseMainnet => return None,
            AnchorChain::BaseSepolia => &words.test,
            AnchorChain::Development => &words.development,
        };
        Some(Banner { word, color: TEST_NETWORK })
    }

    /// Returns the sentence that explains [`Self::chain_banner`].
    pub(crate) fn chain_notice(&self) -> Option<&'static str> {
        let words = self.words();
        match self.chain {
            AnchorChain::BaseMainnet => None,
            AnchorChain::BaseSepolia => Some(&words.test_notice),
            AnchorChain::Development => Some(&words.development_notice),
        }
    }

    /// Returns the accent color: the tenant's, or gray if the credential does not hold.
    pub(crate) fn accent(&self) -> Color {
        match self.state {
            CredentialState::Revoked | CredentialState::Expired | CredentialState::Failed => MUTED,
            CredentialState::Anchored | CredentialState::Pending | CredentialState::NotYetValid => {
                Color::accent(self.accent)
            }
        }
    }

    /// Returns the ornament of the course.
    pub(crate) fn course(&self) -> Course {
        let achievement = &self.document.subject.achievement;
        Course::new(achievement.id.as_deref(), &achievement.name, self.accent())
    }

    /// Returns the note on an issuer whose name is not confirmed.
    pub(crate) fn doubt(&self) -> Option<Banner> {
        let words = self.words();
        (!self.is_issuer_confirmed).then_some(Banner { word: &words.unconfirmed, color: PENDING })
    }

    /// Returns whether the language is written from right to left.
    pub(crate) fn is_rtl(&self) -> bool {
        self.language.direction() == "rtl"
    }

    pub(crate) fn achievement(&self) -> &str {
        &self.document.subject.achievement.name
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.document.issuer.name
    }

    /// Describes the badge in one sentence, without the recipient, for assistive technology.
    pub(crate) fn accessible_name(&self) -> String {
        let values = [("achievement", self.achievement()), ("issuer", self.issuer())];
        let mut accessible_name = fill(&self.words().badge_of, &values);
        for banner in [self.state_banner(), self.chain_banner(), self.doubt()].into_iter().flatten() {
            accessible_name.push_str(" · ");
            accessible_name.push_str(banner.word);
        }
        accessible_name
    }

    /// Returns the form of the ideographs in the credential's texts, if one of them shows it.
    fn han(&self) -> Option<Han> {
        // The letters before those of Korean show no form, and most texts have no others.
        let letters = self.texts().into_iter().flatten().flat_map(str::chars);
        Han::shown_by(&letters.filter(|letter| *letter >= '\u{1100}').collect::<String>())
    }

    /// Returns the texts of the issuer and the recipient's name.
    fn texts(&self) -> [Option<&str>; 4] {
        let subject = &self.document.subject;
        [
            Some(self.issuer()),
            Some(self.achievement()),
            Some(&subject.achievement.description),
            subject.name.as_deref(),
        ]
    }

    /// Returns the sentence about letters that are not drawn, if the credential has such letters. `shows_all` is whether the drawing has
    /// more than issuer and achievement: the other texts, and the names and offices of those who sign.
    pub(crate) fn note_on_letters(&self, shows_all: bool) -> Option<&'static str> {
        let [issuer, achievement, rest @ ..] = self.texts();
        let signatures = self.signatures.iter();
        let signers = signatures.flat_map(|signer| [Some(signer.name.as_str()), signer.title.as_deref()]);
        let others = rest.into_iter().chain(signers).filter(|_| shows_all);
        let mut shown = [issuer, achievement].into_iter().chain(others).flatten();
        let han = self.han();
        shown.any(|text| lacks_letters(text, han)).then_some(self.words().left_out.as_str())
    }

    /// Returns a date of the document in the award's language. A date that cannot be parsed is returned unchanged.
    pub(crate) fn day(&self, date: &str) -> String {
        parse_timestamp(date).map_or_else(|_| date.to_owned(), |time| self.language.day(time))
    }

    /// Returns the last day before a date of the document, which is an end. The last day of the year 9999, which is beyond the
    /// range of a timestamp, is returned as it is written.
    pub(crate) fn last_day(&self, date: &str) -> String {
        match parse_timestamp(date) {
            Ok(end) if end < Timestamp::MAX => self.language.last_day(end),
            _ => date.split('T').next().unwrap_or(date).to_owned(),
        }
    }

    /// Returns the certificate's number, if it shows one: the last ten characters of the credential's id, in two groups.
    pub(crate) fn certificate_number(&self) -> Option<String> {
        if !self.shows_number {
            return None;
        }
        let id = self.document.id.rsplit('/').next()?;
        let (rest, last) = id.split_at_checked(id.len().checked_sub(5)?)?;
        let (_, first) = rest.split_at_checked(rest.len().checked_sub(5)?)?;
        Some(format!("{first}-{last}"))
    }

    /// Returns the host of the credential's link.
    pub(crate) fn host(&self) -> &str {
        let link = &self.document.id;
        let rest = link.split_once("://").map_or(link.as_str(), |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest)
    }
}

/// A laid-out text of an issuer, or the note in its place.
pub(crate) struct IssuerText {
    /// The text or the note.
    pub(crate) block: TextBlock,
    /// Whether `block` is the issuer's text.
    pub(crate) is_original: bool,
}

/// Lays out a text of an issuer in one paragraph. If nothing of it can be drawn, a note refers to the credential's page instead.
pub(crate) fn lay_out_issuer_text(text: &str, text_box: &TextBox, award: &Award<'_>) -> IssuerText {
    or_note(lay_out(text, text_box, award.han()), text_box, award.words())
}

/// Lays out a text of an issuer with its line breaks, or a note as [`lay_out_issuer_text`] does.
pub(crate) fn lay_out_issuer_lines(text: &str, text_box: &TextBox, award: &Award<'_>) -> IssuerText {
    or_note(lay_out_lines(text, text_box, award.han()), text_box, award.words())
}

fn or_note(block: Option<TextBlock>, text_box: &TextBox, words: &FileWords) -> IssuerText {
    if let Some(block) = block {
        return IssuerText { block, is_original: true };
    }
    let size = (text_box.size * 0.5).max(text_box.smallest);
    let note =
        TextBox { style: FontStyle::Sans, size, smallest: text_box.smallest.min(size) * 0.7, ..*text_box };
    IssuerText { block: lay_out_own_text(&words.elsewhere, &note), is_original: false }
}

/// Lays out one of our own texts, which the shipped fonts can always draw, or the deployment's name. The block is empty if no font has
/// a letter of that.
pub(crate) fn lay_out_own_text(words: &str, text_box: &TextBox) -> TextBlock {
    lay_out(words, text_box, None).unwrap_or_default()
}

/// Creates the box of a label: one line, which shrinks to half its size rather than wraps.
pub(crate) fn label(style: FontStyle, size: f32, width: f32) -> TextBox {
    TextBox { style, size, smallest: size * 0.5, width, lines: 1, height: size * 1.5 }
}
