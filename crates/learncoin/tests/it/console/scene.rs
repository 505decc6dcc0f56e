//! A tenant whose issuer works with forms: what a page's form holds is what is sent.

use learncoin_store::members::{Member, Role};
use learncoin_store::requests::AuditRow;
use learncoin_store::scope::TenantScope;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Caller, TestApp};

use super::browser::{Browser, member};

/// A tenant with an issuer.
pub(crate) struct IssuingScene {
    pub(crate) app: TestApp,
    pub(crate) uni: Caller,
    pub(crate) issuer: Member,
    pub(crate) base: String,
}

impl IssuingScene {
    pub(crate) async fn new() -> Self {
        let app = TestApp::builder().private_targets().start().await;
        let uni = app.tenant_on(Plan::Institution, "Example University").await;
        let issuer = member(&app, "issuer@example.edu", &uni.tenant_id, Role::Issuer).await;
        let base = format!("/console/t/{}/test", uni.tenant_id);
        Self { app, uni, issuer, base }
    }

    /// Opens a browser in which the issuer is signed in.
    pub(crate) async fn browser(&self) -> Browser<'_> {
        Browser::signed_in(&self.app, &self.issuer).await
    }

    /// Returns the rows of members in the order in which they were written: the clock does not move.
    pub(crate) async fn rows(&self) -> Vec<AuditRow> {
        let store = self.app.issuance().store.clone();
        let all = store.list_audit_rows(Some(&self.uni.tenant_id), i64::MIN, i64::MAX, None, 1_000).await;
        let mut rows: Vec<AuditRow> =
            all.unwrap().into_iter().filter(|row| row.member_id.is_some()).collect();
        rows.sort_by_key(|row| row.place.as_ref().map(|place| place.sequence));
        rows
    }

    /// Asserts that the newest action is the issuer's, and has this row.
    pub(crate) async fn assert_row(&self, endpoint: &str, status: u16, subjects: &[&str]) {
        let row = self.rows().await.pop().unwrap();
        assert_eq!(row.member_id.as_ref(), Some(&self.issuer.id));
        assert!(row.endpoint.ends_with(endpoint), "{}", row.endpoint);
        assert_eq!(
            (row.status, row.subjects.iter().map(String::as_str).collect()),
            (status, subjects.to_vec())
        );
    }

    /// Returns how many credentials of the month are used.
    pub(crate) async fn used(&self) -> u64 {
        let store = self.app.issuance().store.clone();
        let scope = TenantScope { tenant_id: self.uni.tenant_id.clone(), environment: self.uni.environment };
        store.usage_in_month(&scope, "2026-11").await.unwrap()
    }
}

/// The fields of a form, in the order of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageForm(pub(crate) Vec<(String, String)>);

impl PageForm {
    /// Reads the fields of the form on a page that is sent to this path.
    pub(crate) fn of(page: &str, action: &str) -> Self {
        let (_, form) = page
            .split_once(&format!("<form action=\"{action}\""))
            .unwrap_or_else(|| panic!("the page has no form for {action}"));
        let form = form.split("</form>").next().unwrap();
        let mut fields = Vec::new();
        let mut rest = form;
        while let Some(at) = rest.find('<') {
            rest = &rest[at + 1..];
            let tag = rest.split('>').next().unwrap();
            let inside = &rest[tag.len() + 1..];
            let Some(name) = attribute(tag, "name") else { continue };
            let value = if tag.starts_with("textarea") {
                inside.split("</textarea>").next().unwrap().trim_start_matches('\n').to_owned()
            } else if tag.starts_with("select") {
                let options = inside.split("</select>").next().unwrap();
                let selected = options.split("<option").find(|option| option.contains(" selected"));
                selected.and_then(|option| attribute(option, "value")).unwrap_or_default()
            } else if tag.starts_with("input") {
                attribute(tag, "value").unwrap_or_default()
            } else {
                continue;
            };
            if name != "csrf" {
                fields.push((name, unescaped(&value)));
            }
        }
        Self(fields)
    }

    /// Returns the text of the first field with this name.
    pub(crate) fn get(&self, name: &str) -> &str {
        &self.0.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name}: {self:?}")).1
    }

    /// Writes into the first field with this name.
    pub(crate) fn with(mut self, name: &str, text: &str) -> Self {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, value)) => text.clone_into(value),
            None => self.0.push((name.to_owned(), text.to_owned())),
        }
        self
    }

    /// Returns the fields as a browser sends them.
    pub(crate) fn fields(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next().unwrap().to_owned())
}

fn unescaped(text: &str) -> String {
    [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}
