//! The pages that add a credential to a wallet.

use super::{ENGLISH, Shown, named};

/// Returns the pages that add some of the credentials to a wallet.
pub(super) fn wallets(pages: &[Shown]) -> Vec<Shown> {
    let wallet = |name: &str, (language, heading): (&'static str, &str), text: &str| {
        let page = named(pages, name);
        let (achievement, _) = page.title.split_once(" · ").unwrap();
        Shown {
            name: format!("{name}-wallet-in-{language}"),
            url: format!("{}/wallet", page.url),
            asked_language: language,
            language,
            title: format!("{heading} · {achievement}"),
            badge: None,
            texts: vec![text.to_owned()],
            downloadable: false,
            thorough: name == "valid",
            ..page
        }
    };
    let english = (ENGLISH, "Add to a wallet");
    vec![
        wallet("valid", english, "Make a code"),
        wallet("valid", ("ar", "إضافة إلى محفظة"), "إنشاء رمز"),
        wallet("long-texts", ("de", "Zu einer Wallet hinzufügen"), "Code erstellen"),
        wallet("erased", english, "The recipient’s name was erased."),
        wallet("revoked", english, "This credential was revoked"),
        wallet("pending", english, "not anchored yet"),
        // The codes that were just made: a link with its number, and one without.
        Shown {
            name: "valid-wallet-made".to_owned(),
            sends: Some(&["tx_code"]),
            ..wallet("valid", english, "Your wallet asks for this number:")
        },
        Shown {
            name: "long-texts-wallet-made-in-de".to_owned(),
            sends: Some(&[]),
            ..wallet("long-texts", ("de", "Zu einer Wallet hinzufügen"), "Ihr Code ist bereit")
        },
    ]
}
