//! The texts of a mail, as plain text and as HTML.

use askama::Template;
use learncoin_language::fill;

use super::Sender;
use super::letter::{Issuer, Letter, Mark};
use super::paint::Paint;

/// The longest name in a subject or a sender's name, in characters. The body contains all of it.
const HEADER_NAME_CHARS: usize = 120;
/// The longest name there that the operator has not confirmed: what follows it must be seen.
const UNCONFIRMED_NAME_CHARS: usize = 60;
/// The word between a sender's name that the operator has not confirmed, and the deployment's.
const VIA: &str = "via";

/// The contents of a mail.
pub(super) struct Content {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Text<'a> {
    notice: Option<String>,
    greeting: String,
    congratulation: &'a str,
    lead: String,
    achievement: String,
    issued: Option<String>,
    expires: Option<String>,
    see: &'a str,
    link: &'a str,
    linkedin: &'a str,
    linkedin_link: &'a str,
    pdf: &'a str,
    pdf_link: &'a str,
    wallet: &'a str,
    wallet_link: &'a str,
    about: &'a str,
    questions: String,
    unconfirmed: Option<String>,
    why: String,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    language: &'static str,
    direction: &'static str,
    subject: &'a str,
    mark: Option<&'static str>,
    notice: &'a str,
    has_logo: bool,
    has_badge: bool,
    badge_name: String,
    issuer: &'a str,
    paint: Paint,
    congratulation: &'a str,
    // These are HTML already: our words escaped, and names between <bdi> and </bdi>.
    greeting: String,
    lead: String,
    questions: String,
    unconfirmed: Option<String>,
    why: String,
    achievement: &'a str,
    issued: Option<String>,
    expires: Option<String>,
    button: &'a str,
    link: &'a str,
    linkedin: &'a str,
    linkedin_link: &'a str,
    pdf: &'a str,
    pdf_link: &'a str,
    wallet: &'a str,
    wallet_link: &'a str,
    about: &'a str,
}

/// Returns the contents of the letter. `has_badge` is whether the mail contains the badge.
pub(super) fn content(letter: &Letter, has_badge: bool, sender: &Sender) -> Result<Content, askama::Error> {
    let words = &letter.language.words().mail;
    let issued = letter.issued.map(|time| fill(&words.issued, &[("date", &letter.language.day(time))]));
    let expires =
        letter.expires.map(|time| fill(&words.expires, &[("date", &letter.language.last_day(time))]));
    // The page leads on to LinkedIn, with what holds of the credential at that moment.
    let linkedin_link = format!("{}/linkedin", letter.link);
    let pdf_link = format!("{}/certificate.pdf?lang={}", letter.link, letter.language.tag());
    let wallet_link = format!("{}/wallet?lang={}", letter.link, letter.language.tag());
    let notice = letter.mark.map(|mark| match mark {
        Mark::Test => words.test.as_str(),
        Mark::Development => words.development.as_str(),
    });
    let questions = match letter.reply_to {
        Some(_) => &words.questions_by_reply,
        None => &words.questions,
    };
    let name = letter.recipient_name.as_deref().map(one_line);
    let greeting = if name.is_some() { &words.greeting } else { &words.greeting_without_name };
    let achievement =
        letter.achievement_name.as_deref().map_or_else(|| words.title_on_page.clone(), one_line);
    let issuer = one_line(&letter.issuer.name);
    let values =
        [("name", name.as_deref().unwrap_or_default()), ("issuer", &*issuer), ("host", &*sender.host)];
    let unconfirmed = Some(&words.unconfirmed).filter(|_| !letter.issuer.is_confirmed);
    let subject = subject(letter, sender.brand.name());
    let text = Text {
        notice: letter.mark.zip(notice).map(|(mark, notice)| format!("{}: {notice}", mark.word())),
        greeting: fill(greeting, &values),
        congratulation: &words.congratulation,
        lead: fill(&words.lead, &values),
        achievement: achievement.clone(),
        issued: issued.clone(),
        expires: expires.clone(),
        see: &words.see,
        link: &letter.link,
        linkedin: &words.linkedin,
        linkedin_link: &linkedin_link,
        pdf: &words.pdf,
        pdf_link: &pdf_link,
        wallet: &words.wallet,
        wallet_link: &wallet_link,
        about: &words.about,
        questions: fill(questions, &values),
        unconfirmed: unconfirmed.map(|words| fill(words, &values)),
        why: fill(&words.why, &values),
    };
    let html = Html {
        language: letter.language.tag(),
        direction: letter.language.direction(),
        subject: &subject,
        mark: letter.mark.map(Mark::word),
        notice: notice.unwrap_or_default(),
        has_logo: letter.logo.is_some(),
        has_badge,
        badge_name: fill(
            &letter.language.words().files.badge_of,
            &[("achievement", &achievement), ("issuer", &issuer)],
        ),
        issuer: &issuer,
        paint: Paint::of(letter.accent_color.as_deref()),
        congratulation: &words.congratulation,
        greeting: fill_html(greeting, &values),
        lead: fill_html(&words.lead, &values),
        questions: fill_html(questions, &values),
        unconfirmed: unconfirmed.map(|words| fill_html(words, &values)),
        why: fill_html(&words.why, &values),
        achievement: &achievement,
        issued,
        expires,
        button: &words.button,
        link: &letter.link,
        linkedin: &words.linkedin,
        linkedin_link: &linkedin_link,
        pdf: &words.pdf,
        pdf_link: &pdf_link,
        wallet: &words.wallet,
        wallet_link: &wallet_link,
        about: &words.about,
    };
    Ok(Content { text: text.render()?, html: html.render()?, subject })
}

/// Returns the subject line. The mark comes first, and is the same in every language.
fn subject(letter: &Letter, brand: &str) -> String {
    let words = &letter.language.words().mail;
    let issuer = sender_name(&letter.issuer, brand);
    let subject = match &letter.achievement_name {
        Some(name) => fill(&words.subject, &[("issuer", &issuer), ("achievement", &header_name(name))]),
        None => fill(&words.subject_without_title, &[("issuer", &issuer)]),
    };
    match letter.mark {
        Some(mark) => format!("{}: {subject}", mark.word()),
        None => subject,
    }
}

/// Returns the issuer's name for a header. One that the operator has not confirmed is followed by [`VIA`] and the deployment's name.
pub(super) fn sender_name(issuer: &Issuer, brand: &str) -> String {
    match issuer.is_confirmed {
        true => header_name(&issuer.name),
        false => format!("{} {VIA} {brand}", truncated(&issuer.name, UNCONFIRMED_NAME_CHARS))
            .trim_start()
            .to_owned(),
    }
}

/// Returns a name for a header: one line, truncated if it is too long to be read there.
pub(super) fn header_name(name: &str) -> String {
    truncated(name, HEADER_NAME_CHARS)
}

fn truncated(name: &str, chars: usize) -> String {
    let name = one_line(name);
    match name.char_indices().nth(chars) {
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or(&name).trim_end()),
        None => name,
    }
}

/// Returns a name on one line, without characters that move the cursor or reverse the line: a name can't add a header.
fn one_line(name: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    // Blanks that are none to Unicode: the fillers of Hangul, and Braille without a dot.
    let is_blank = |c: char| {
        c.is_whitespace() || matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
    };
    let spaced: String = name.chars().map(|c| if is_blank(c) { ' ' } else { c }).collect();
    let visible: String = spaced.chars().filter(|c| !is_hidden(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fills the placeholders of a text as HTML. Each value is placed between `<bdi>` and `</bdi>`.
fn fill_html(words: &str, values: &[(&str, &str)]) -> String {
    let values: Vec<(&str, String)> =
        values.iter().map(|(name, value)| (*name, format!("<bdi>{}</bdi>", escape(value)))).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fill(&escape(words), &values)
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_whatever_is_in_it() {
        assert_eq!(
            one_line("Ada\r\nBcc: eve@example.edu\u{202e}\u{0}  Lovelace "),
            "Ada Bcc: eve@example.edu Lovelace"
        );
        assert_eq!(header_name(&"é".repeat(300)), format!("{}…", "é".repeat(HEADER_NAME_CHARS)));
        assert_eq!(header_name("Ada"), "Ada");
    }

    #[test]
    fn a_name_that_is_not_confirmed_is_followed_by_who_sends_it_however_long_it_is() {
        let sender = |name: &str, is_confirmed| {
            sender_name(&Issuer { name: name.to_owned(), is_confirmed }, "LearnCoin")
        };
        assert_eq!(sender("Example University", true), "Example University");
        assert_eq!(sender("PayPal Security Team", false), "PayPal Security Team via LearnCoin");
        assert_eq!(sender("", false), "via LearnCoin");
        for blank in ["\u{3164}", "\u{2800}", "\u{a0}", "\u{115f}"] {
            let padded = format!("PayPal{}.", blank.repeat(200));
            assert_eq!(sender(&padded, false), "PayPal . via LearnCoin");
        }
        let long = sender(&"P".repeat(256), false);
        assert_eq!(long, format!("{}… via LearnCoin", "P".repeat(UNCONFIRMED_NAME_CHARS)));
    }

    #[test]
    fn what_is_filled_into_html_is_escaped_and_set_apart() {
        let filled = fill_html("{name} & {issuer}", &[("name", "<b>{issuer}</b>"), ("issuer", "'\"")]);
        assert_eq!(filled, "<bdi>&lt;b&gt;{issuer}&lt;/b&gt;</bdi> &amp; <bdi>&#39;&quot;</bdi>");
    }
}
