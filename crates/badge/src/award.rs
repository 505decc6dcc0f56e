//! What the files are drawn from: a credential's document, and where the credential stands at this moment.

use learncoin_credential::document::Document;
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::text::parse_timestamp;
use learncoin_language::words::FileWords;
use learncoin_language::{Language, fill};

use crate::color::{BAD, Color, SOFT, TRIAL, WAIT};
use crate::picture::Picture;
use crate::text::{Block, FontStyle, TextBox, set};

/// A credential to be drawn.
#[derive(Debug, Clone)]
pub struct Award<'a> {
    /// Its document, full or redacted.
    pub document: &'a Document,
    /// The language that the reader is accessible_name to in.
    pub language: Language,
    /// The chain that it is anchored on.
    pub chain: AnchorChain,
    /// Where it stands.
    pub state: CredentialState,
    /// The tenant's color, where it may be shown.
    pub accent: Option<Color>,
    /// The tenant's logo, where it may be shown.
    pub logo: Option<Picture>,
}

/// Where a credential stands. None of these says that it is valid: a file outlives every moment, so it says where that
/// can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialState {
    /// It is anchored, and nobody took it back.
    Anchored,
    /// It has no proof yet.
    Pending,
    /// It was never issued.
    Failed,
    /// The issuer revoked it.
    Revoked,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
}

/// A word that must be seen, on its color.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Banner {
    pub(crate) word: &'static str,
    pub(crate) color: Color,
}

impl Award<'_> {
    pub(crate) fn words(&self) -> &'static FileWords {
        &self.language.words().files
    }

    /// The word on a credential that is not, or no longer, what it says.
    pub(crate) fn state_banner(&self) -> Option<Banner> {
        let words = self.words();
        let (word, color) = match self.state {
            CredentialState::Anchored => return None,
            CredentialState::Pending => (&words.pending, WAIT),
            CredentialState::Failed => (&words.failed, BAD),
            CredentialState::Revoked => (&words.revoked, BAD),
            CredentialState::Expired => (&words.expired, BAD),
            CredentialState::NotYetValid => (&words.not_yet_valid, BAD),
        };
        Some(Banner { word, color })
    }

    /// The word on a credential of a chain that certifies nothing.
    pub(crate) fn chain_banner(&self) -> Option<Banner> {
        let words = self.words();
        let word = match self.chain {
            AnchorChain::BaseMainnet => return None,
            AnchorChain::BaseSepolia => &words.test,
            AnchorChain::Development => &words.development,
        };
        Some(Banner { word, color: TRIAL })
    }

    /// The sentence that explains that word.
    pub(crate) fn chain_notice(&self) -> Option<&'static str> {
        let words = self.words();
        match self.chain {
            AnchorChain::BaseMainnet => None,
            AnchorChain::BaseSepolia => Some(&words.test_notice),
            AnchorChain::Development => Some(&words.development_notice),
        }
    }

    /// The color of shapes: the tenant's, but none for a credential that does not hold.
    pub(crate) fn accent(&self) -> Color {
        match self.state {
            CredentialState::Revoked | CredentialState::Expired | CredentialState::Failed => SOFT,
            CredentialState::Anchored | CredentialState::Pending | CredentialState::NotYetValid => {
                Color::accent(self.accent)
            }
        }
    }

    /// Whether lines run from right to left.
    pub(crate) fn is_rtl(&self) -> bool {
        self.language.direction() == "rtl"
    }

    pub(crate) fn achievement(&self) -> &str {
        &self.document.subject.achievement.name
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.document.issuer.name
    }

    /// What a badge shows, in one sentence; the person is no part of it.
    pub(crate) fn accessible_name(&self) -> String {
        let values = [("achievement", self.achievement()), ("issuer", self.issuer())];
        let mut accessible_name = fill(&self.words().badge_of, &values);
        for banner in [self.state_banner(), self.chain_banner()].into_iter().flatten() {
            accessible_name.push_str(" · ");
            accessible_name.push_str(banner.word);
        }
        accessible_name
    }

    /// A date of the document in the reader's words. One that can't be read stands as it is.
    pub(crate) fn day(&self, date: &str) -> String {
        parse_timestamp(date).map_or_else(|_| date.to_owned(), |time| self.language.day(time))
    }

    /// The host that the credential's link leads to.
    pub(crate) fn host(&self) -> &str {
        let link = &self.document.id;
        let rest = link.split_once("://").map_or(link.as_str(), |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest)
    }
}

/// A text that somebody else wrote, as far as it can be drawn.
pub(crate) struct IssuerText {
    /// The text, or the note that stands for it.
    pub(crate) block: Block,
    /// Whether it is the text.
    pub(crate) is_own: bool,
}

/// Sets what an issuer wrote. A text in a script that no shipped font has is left out, and a note says where it stands.
pub(crate) fn set_issuer_text(text: &str, text_box: &TextBox, words: &FileWords) -> IssuerText {
    if let Some(block) = set(text, text_box) {
        return IssuerText { block, is_own: true };
    }
    let size = (text_box.size * 0.5).max(text_box.smallest);
    let note =
        TextBox { style: FontStyle::Sans, size, smallest: text_box.smallest.min(size) * 0.7, ..*text_box };
    IssuerText { block: set_our_text(&words.elsewhere, &note), is_own: false }
}

/// Sets words of ours, which the shipped fonts can always draw.
pub(crate) fn set_our_text(words: &str, text_box: &TextBox) -> Block {
    set(words, text_box).unwrap_or(Block { lines: Vec::new(), size: text_box.size })
}

/// The room of a label: one line that shrinks rather than wraps.
pub(crate) fn label(style: FontStyle, size: f32, width: f32) -> TextBox {
    TextBox { style, size, smallest: size * 0.5, width, lines: 1, height: size * 1.5 }
}
