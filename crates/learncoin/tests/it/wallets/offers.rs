//! Offers: a code is redeemed once, within its time, with its number; and what is kept of it.

use learncoin_testkit::Holder;
use serde_json::json;
use tokio::task::JoinSet;

use super::wallet::{CODE_MS, GRANT, Scene, expect_refusal, offer_path, post, request, send, text};

#[tokio::test]
async fn a_code_is_redeemed_once_within_its_time_at_its_tenant() {
    let scene = Scene::new().await;
    let other = scene.app.tenant("Other University").await;
    let offer = scene.offer("format=ldp_vc").await;
    let code = offer.code();
    let form = format!("grant_type={GRANT}&pre-authorized_code={code}");
    let elsewhere = format!("/t/{}/wallet/token", other.tenant_id.ulid());
    expect_refusal(&post(&scene.app, &elsewhere, &form).await, 400, "invalid_grant");
    // Unknown members and those of drafts are passed over.
    let path = format!("{}/wallet/token", scene.tenant());
    let form = format!("{form}&resource={}&user_pin=1&client_id=x&tx_code=", scene.issuer());
    let answer = post(&scene.app, &path, &form).await.expect(200);
    assert_ne!(text(&answer["access_token"]), code);
    expect_refusal(&scene.redeem(&code, None).await, 400, "invalid_grant");
    assert_eq!(scene.app.get(&offer.path).await.status, 404, "a redeemed offer is over");
    for guessed in ["", "x", &"ab".repeat(32), &code.to_uppercase(), &format!("{code}0")] {
        expect_refusal(&scene.redeem(guessed, None).await, 400, "invalid_grant");
    }
    // Neither does the reference that the page shows redeem anything.
    let offer = scene.offer("format=ldp_vc").await;
    let reference = offer.path.rsplit_once('/').unwrap().1;
    expect_refusal(&scene.redeem(reference, None).await, 400, "invalid_grant");
    scene.app.clock().advance_ms(CODE_MS - 1);
    let late = scene.offer("format=ldp_vc").await;
    scene.redeem(&offer.code(), None).await.expect(200);
    scene.app.clock().advance_ms(CODE_MS);
    assert_eq!(scene.app.get(&late.path).await.status, 404);
    expect_refusal(&scene.redeem(&late.code(), None).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_request_for_a_token_names_its_fault() {
    let scene = Scene::new().await;
    let code = scene.code("format=ldp_vc").await;
    let path = format!("{}/wallet/token", scene.tenant());
    for (form, status, error) in [
        (String::new(), 400, "invalid_request"),
        (format!("grant_type={GRANT}"), 400, "invalid_request"),
        (format!("pre-authorized_code={code}"), 400, "invalid_request"),
        (format!("grant_type=authorization_code&pre-authorized_code={code}"), 400, "unsupported_grant_type"),
        (
            format!("grant_type={GRANT}&pre-authorized_code={code}&pre-authorized_code={code}"),
            400,
            "invalid_request",
        ),
        (format!("grant_type={GRANT}&pre-authorized_code={code}&tx_code=123456"), 400, "invalid_request"),
        (format!("grant_type={GRANT}&pre-authorized_code={}", "x".repeat(9_000)), 413, "invalid_request"),
    ] {
        expect_refusal(&post(&scene.app, &path, &form).await, status, error);
    }
    scene.redeem(&code, None).await.expect(200);
}

#[tokio::test]
async fn a_number_is_guessed_five_times_at_most() {
    let scene = Scene::new().await;
    let offer = scene.offer("format=ldp_vc&tx_code=on").await;
    let asked = &offer.json["grants"][GRANT]["tx_code"];
    assert_eq!((&asked["input_mode"], &asked["length"]), (&json!("numeric"), &json!(6)));
    let right = offer.tx_code.clone().unwrap();
    assert!(right.len() == 6 && right.bytes().all(|byte| byte.is_ascii_digit()), "{right}");
    let wrong = |number: usize| {
        if right == format!("{number:06}") { "000099".into() } else { format!("{number:06}") }
    };
    for _ in 0..9 {
        // None is no guess.
        expect_refusal(&scene.redeem(&offer.code(), None).await, 400, "invalid_request");
    }
    for number in 0..4 {
        expect_refusal(&scene.redeem(&offer.code(), Some(&wrong(number))).await, 400, "invalid_grant");
    }
    scene.redeem(&offer.code(), Some(&right)).await.expect(200);

    let offer = scene.offer("format=ldp_vc&tx_code=on").await;
    let right = offer.tx_code.clone().unwrap();
    let mut guesses = JoinSet::new();
    for number in 0..40 {
        let form = format!("grant_type={GRANT}&pre-authorized_code={}&tx_code=x{number}", offer.code());
        let (app, path) = (scene.app.clone(), format!("{}/wallet/token", scene.tenant()));
        guesses.spawn(async move { post(&app, &path, &form).await });
    }
    for guess in guesses.join_all().await {
        expect_refusal(&guess, 400, "invalid_grant");
    }
    expect_refusal(&scene.redeem(&offer.code(), Some(&right)).await, 400, "invalid_grant");
    let row = &scene.app.issuance().store.rows("wallet_offers").await.unwrap();
    let attempts = format!("{row:?}").matches("\"attempts\", Integer(5)").count();
    assert_eq!(attempts, 2, "both offers had five attempts, and none of 40 at once was a sixth");
}

#[tokio::test]
async fn of_64_redemptions_at_once_one_gets_a_token_and_of_64_requests_one_the_credential() {
    let scene = Scene::new().await;
    let code = scene.code("format=ldp_vc").await;
    let form = format!("grant_type={GRANT}&pre-authorized_code={code}");
    let mut redemptions = JoinSet::new();
    for _ in 0..64 {
        let (app, path, form) = (scene.app.clone(), format!("{}/wallet/token", scene.tenant()), form.clone());
        redemptions.spawn(async move { post(&app, &path, &form).await });
    }
    let mut tokens = Vec::new();
    for answer in redemptions.join_all().await {
        match answer.status {
            200 => tokens.push(text(&answer.json()["access_token"])),
            _ => expect_refusal(&answer, 400, "invalid_grant"),
        }
    }
    let [token] = tokens.try_into().unwrap();
    let mut requests = JoinSet::new();
    for seed in 0..64 {
        let holder = Holder::ed25519(seed + 1);
        let body = request("ldp_vc", &scene.proof(&holder).await).to_string();
        let (app, path) = (scene.app.clone(), format!("{}/wallet/credential", scene.tenant()));
        let bearer = format!("Bearer {token}");
        requests.spawn(async move {
            let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
            send(&app, "POST", &path, &headers, body).await
        });
    }
    let mut given = 0;
    for answer in requests.join_all().await {
        match answer.status {
            200 => given += 1,
            _ => expect_refusal(&answer, 401, "invalid_token"),
        }
    }
    assert_eq!(given, 1);
}

#[tokio::test]
async fn of_a_credential_five_codes_wait_and_older_ones_give_way() {
    let scene = Scene::new().await;
    let mut codes = Vec::new();
    for _ in 0..7 {
        codes.push(scene.code("format=jwt_vc_json").await);
        scene.app.clock().advance_ms(1);
    }
    for code in &codes[..2] {
        expect_refusal(&scene.redeem(code, None).await, 400, "invalid_grant");
    }
    for code in &codes[2..] {
        scene.redeem(code, None).await.expect(200);
    }
}

#[tokio::test]
async fn nothing_is_made_by_reading_and_what_is_kept_names_nobody_and_opens_nothing() {
    let scene = Scene::new().await;
    let store = &scene.app.issuance().store;
    let offer_rows = async || store.rows("wallet_offers").await.unwrap().len();
    for accept in ["text/html", "application/json"] {
        send(&scene.app, "GET", &scene.page(), &[("accept", accept)], "").await;
    }
    assert_eq!(offer_rows().await, 0);
    let offer = scene.offer("format=ldp_vc&tx_code=on").await;
    for _ in 0..3 {
        assert_eq!(scene.app.get(&offer.path).await.expect(200), offer.json);
    }
    let tx_code = offer.tx_code.clone().unwrap();
    let token = text(&scene.redeem(&offer.code(), Some(&tx_code)).await.expect(200)["access_token"]);
    let holder = Holder::ed25519(1);
    let claims = scene.claims().await;
    let proof = holder.sign(&holder.header(), &claims);
    scene.ask(&token, &request("ldp_vc", &proof)).await.expect(200);
    let kept = format!(
        "{:?}{:?}",
        store.rows("wallet_offers").await.unwrap(),
        store.rows("used_wallet_nonces").await.unwrap()
    );
    let reference = offer.path.rsplit_once('/').unwrap().1.to_owned();
    let nonce = text(&claims["nonce"]);
    for secret in [&offer.code(), &reference, &token, &nonce, &holder.did(), &format!("\"{tx_code}\"")] {
        assert!(!kept.contains(secret.as_str()), "{secret} is in {kept}");
    }
    assert!(!kept.contains("Lovelace"));
    // When it is over it goes.
    scene.app.issuance().retention.purge().await.unwrap();
    assert_eq!((offer_rows().await, store.rows("used_wallet_nonces").await.unwrap().len()), (1, 1));
    scene.app.clock().advance_ms(4 * CODE_MS + 1);
    scene.app.issuance().retention.purge().await.unwrap();
    assert_eq!((offer_rows().await, store.rows("used_wallet_nonces").await.unwrap().len()), (0, 0));
}

#[tokio::test]
async fn a_client_makes_so_many_offers_and_no_more_for_a_while() {
    let scene = Scene::new().await;
    let page = scene.page();
    for _ in 0..300 {
        assert_eq!(post(&scene.app, &page, "format=ldp_vc").await.status, 200);
    }
    let refused = post(&scene.app, &page, "format=ldp_vc").await;
    assert_eq!(refused.status, 429);
    assert!(refused.text().contains("Too many codes were made from your network"));
    assert!(!refused.text().contains("openid-credential-offer:"));
    scene.app.clock().advance_ms(CODE_MS);
    let made = post(&scene.app, &page, "format=ldp_vc").await;
    scene.app.get(&offer_path(&scene.app, &made)).await.expect(200);
}
