//! `/c/{id}/wallet`: the page that adds a credential to a wallet.

use learncoin_language::Language;
use learncoin_testkit::{Answer, batch_of, credential, one};
use serde_json::json;

use super::wallet::{Scene, post};
use crate::public::credential_page::{get_as, issue, path_of, text, title};

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

fn expect_page(page: &Answer, status: u16) {
    assert_eq!(page.status, status, "{}", page.text());
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex, noarchive"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", POLICY),
        ("access-control-allow-origin", ""),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    assert!(!page.text().contains("<script") && !page.text().contains(" style=\""));
    assert!(!page.text().contains("Lovelace"), "the page has no name of a person");
}

#[tokio::test]
async fn it_leads_into_a_wallet_by_each_way_in_every_language() {
    let scene = Scene::new().await;
    let url = format!("{}{}", scene.app.public_url(), path_of(&scene.credential));
    for language in Language::ALL {
        let words = &language.words().page;
        let page =
            get_as(&scene.app, &format!("{}?lang={}", scene.page(), language.tag()), "text/html").await;
        expect_page(&page, 200);
        assert_eq!(title(&page), format!("{} · Introduction to Machine Learning", words.wallet.title));
        let shown = text(&page);
        for sentence in [
            &words.wallet.lead,
            &words.wallet.caution,
            &words.wallet.offer.what,
            &words.wallet.exchange.what,
            &words.wallet.plain.what,
        ] {
            assert!(shown.contains(sentence.as_str()), "{sentence}");
        }
        assert!(
            shown.contains(&format!("{url}/wallet?iuv=1")) && shown.contains(&format!("{url}?form=wallet"))
        );
        assert_eq!(page.text().matches("class=\"link-code\"").count(), 2);
        assert!(page.text().contains("href=\"dccrequest://request?request=%7B%22protocols%22"));
        assert!(!page.text().contains("openid-credential-offer:"), "nothing was made");
        // The credential's own page leads here.
        let own = format!("{}?lang={}", path_of(&scene.credential), language.tag());
        let own = get_as(&scene.app, &own, "text/html").await;
        let link = format!("href=\"{}?lang={}\">{}</a>", scene.page(), language.tag(), words.action.wallet);
        assert!(own.text().contains(&link));
    }
}

#[tokio::test]
async fn a_code_that_was_made_is_shown_once_with_its_end() {
    let scene = Scene::new().await;
    let page = post(&scene.app, &format!("{}?lang=de", scene.page()), "format=ldp_vc&tx_code=on").await;
    expect_page(&page, 200);
    let words = &Language::German.words().page.wallet.offer;
    assert!(text(&page).contains(&words.ready) && text(&page).contains(&words.number));
    assert!(page.text().contains("href=\"openid-credential-offer://?credential_offer_uri=http"));
    assert_eq!(page.text().matches("class=\"link-code\"").count(), 3);
    let again = get_as(&scene.app, &scene.page(), "text/html").await;
    assert!(!again.text().contains("openid-credential-offer:"));
    // A page with a secret is not compressed.
    let request = [("accept-encoding", "gzip"), ("content-type", super::wallet::FORM)];
    let page = super::wallet::send(&scene.app, "POST", &scene.page(), &request, "format=ldp_vc").await;
    assert_eq!(page.header("content-encoding"), "");
    for form in ["", "format=mdoc", "format=ldp_vc&format=ldp_vc", "tx_code=on"] {
        assert_eq!(post(&scene.app, &scene.page(), form).await.status, 400, "{form}");
    }
    let large = format!("format=ldp_vc&x={}", "x".repeat(64 * 1024));
    assert_eq!(post(&scene.app, &scene.page(), &large).await.status, 413);
}

#[tokio::test]
async fn it_says_plainly_what_becomes_of_a_credential_that_is_not_as_it_was() {
    let mut scene = Scene::new().await;
    let words = &Language::English.words().page.wallet;
    let mut short = credential("Ada Lovelace");
    short["expirationDate"] = json!("2026-04-24T12:00:00Z");
    let expired = issue(&scene.uni, batch_of(vec![short])).await;
    scene.app.clock().advance_ms(10 * 24 * 60 * 60 * 1000);
    let shown = text(&get_as(&scene.app, &format!("{}/wallet", path_of(&expired)), "text/html").await);
    assert!(shown.contains(&words.expired) && shown.contains(&words.offer.what));

    scene.change("erase").await;
    let page = get_as(&scene.app, &scene.page(), "text/html").await;
    expect_page(&page, 200);
    assert!(text(&page).contains(&words.erased) && text(&page).contains(&words.offer.what));

    scene.change("revoke").await;
    let refused = |page: Answer, status: u16, sentence: &'static str| {
        expect_page(&page, status);
        assert!(text(&page).contains(sentence), "{}", text(&page));
        assert!(!page.text().contains("<form") && !page.text().contains("link-code"));
    };
    refused(get_as(&scene.app, &scene.page(), "text/html").await, 200, &words.revoked);
    refused(post(&scene.app, &scene.page(), "format=ldp_vc").await, 409, &words.revoked);

    let batch = scene.uni.post_batch(one("Grace Hopper")).await;
    let batch = scene.uni.batch(batch["id"].as_str().unwrap()).await;
    scene.credential = batch["credentials"][0].clone();
    refused(get_as(&scene.app, &scene.page(), "text/html").await, 200, &words.waiting);
    refused(post(&scene.app, &scene.page(), "format=ldp_vc").await, 409, &words.waiting);
    assert!(scene.app.issuance().store.rows("wallet_offers").await.unwrap().is_empty());

    let unknown = "/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A/wallet";
    assert_eq!(get_as(&scene.app, unknown, "text/html").await.status, 404);
    assert_eq!(post(&scene.app, unknown, "format=ldp_vc").await.status, 404);
}
