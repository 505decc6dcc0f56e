//! The mails to recipients as their readers show them, and the mailbox of development.

use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_testkit::{Caller, TestApp};
use serde_json::json;

use super::texts::TITLES;
use super::{Registrar, Shown, ada};

/// Returns mails: of a tenant without a face of its own, of a branded one, with a long title, and in Arabic; then the pages around them.
/// Confirms the face of the branded tenant, since mails show no other.
pub(super) async fn mails(app: &TestApp, plain: &Registrar, branded: &Registrar) -> Vec<Shown> {
    let arabic = Registrar::new(app.tenant("جامعة المثال").await);
    update(branded, TenantUpdate { confirm_face: true, ..TenantUpdate::default() }).await;
    update(&arabic, TenantUpdate { language: Some("ar".to_owned()), ..TenantUpdate::default() }).await;

    let (_, longest) = TITLES[2];
    let mut pages = vec![
        mail(plain, "mail", ("Ada Lovelace", "Introduction to Machine Learning")).await,
        mail(branded, "mail-branded", ("Ada Lovelace", "Introduction to Machine Learning")).await,
        mail(branded, "mail-long-title", ("Ada Byron King-Noel, Countess of Lovelace", longest)).await,
        Shown {
            language: "ar", ..mail(&arabic, "mail-arabic", ("آدا لوفلايس", "مقدمة في تعلّم الآلة")).await
        },
    ];
    let around = pages[1].url.trim_end_matches("/html").to_owned();
    let list = format!("{}/dev/mail", app.public_url());
    pages.push(Shown::page("mailbox", list, "Mailbox", "The newest stand first."));
    pages.push(Shown::page("mailbox-mail", around, "Mail", "Auto-Submitted"));
    pages
}

async fn update(tenant: &Registrar, update: TenantUpdate) {
    let Caller { app, tenant_id, .. } = &tenant.caller;
    app.issuance().tenants.update_tenant(tenant_id, update).await.expect("the tenant is updated");
}

/// Issues a credential of this title to this person, and returns the mail about it.
async fn mail(tenant: &Registrar, name: &str, (person, title): (&str, &str)) -> Shown {
    let app = &tenant.caller.app;
    let mut request = ada();
    request["recipient"]["name"] = json!(person);
    request["recipient"]["email"] = json!("recipient@example.edu");
    request["achievement"]["name"] = json!(title);
    let id = tenant.issue(request).await;
    app.send_mails_until_idle().await;
    let token = app.mail(&id).await.expect("it has a mail").token;
    let url = format!("{}/dev/mail/{token}/html", app.public_url());
    Shown { texts: vec![person.to_owned(), title.to_owned()], ..Shown::page(name, url, "", "") }
}
