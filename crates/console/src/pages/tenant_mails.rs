//! The settings of a tenant's mails, as operators see and change them.

use learncoin_delivery::mail::address;
use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_language::Language;
use learncoin_language::words::ConsoleWords;
use learncoin_server::pages::When;
use learncoin_store::mails::MailSettings;
use learncoin_store::tenants::Tenant;

use crate::form::Form;
use crate::frame::Frame;

/// The settings, as the form shows them.
pub(crate) struct MailSettingsView {
    /// The languages: the tag, the name, and whether it is the one that is set.
    pub(crate) languages: Vec<(&'static str, &'static str, bool)>,
    /// The reply address, or nothing.
    pub(crate) reply_to: String,
    /// The operator's exception from the plan's number of mails of a day, or nothing.
    pub(crate) per_day: String,
    /// The plan's number.
    pub(crate) plan_per_day: u64,
    /// Whether mails about live credentials are sent.
    pub(crate) is_on: bool,
    /// Since when all of them are off.
    pub(crate) off_since: Option<When>,
}

impl MailSettingsView {
    /// Returns the settings of a tenant whose plan allows so many mails of a day.
    pub(crate) fn of(frame: &Frame, settings: MailSettings, tenant: &Tenant, plan_per_day: u64) -> Self {
        let chosen = settings.language.as_deref().and_then(Language::from_tag).unwrap_or_default();
        let language = |one: Language| (one.tag(), one.words().name.as_str(), one == chosen);
        let per_day = tenant.exceptions.mails_per_day.map(|number| number.to_string());
        Self {
            languages: Language::ALL.map(language).into(),
            reply_to: settings.reply_to.unwrap_or_default(),
            per_day: per_day.unwrap_or_default(),
            plan_per_day,
            is_on: settings.off_since.is_none() && settings.live_since.is_some(),
            off_since: settings.off_since.map(|at| frame.when(at)),
        }
    }
}

/// Reads the change that was sent: of the switch, or of the other settings.
///
/// # Errors
/// The fault of a field, in words.
pub(crate) fn read(form: &Form, words: &ConsoleWords) -> Result<TenantUpdate, String> {
    let none = TenantUpdate::default();
    match form.text("switch") {
        Some("on") => return Ok(TenantUpdate { mails: Some(true), ..none }),
        Some("off") => return Ok(TenantUpdate { mails: Some(false), ..none }),
        _ => {}
    }
    let reply_to = match form.text("reply_to") {
        Some(text) => Some(address(text).map_err(|_| words.mails.bad_reply_to.clone())?.to_string()),
        None => None,
    };
    let per_day = match form.text("per_day") {
        Some(text) => Some(text.parse::<u64>().map_err(|_| words.operators.bad_quota.clone())?),
        None => None,
    };
    let language = form.text("language").and_then(Language::from_tag);
    Ok(TenantUpdate {
        mail_reply_to: Some(reply_to),
        mails_per_day: Some(per_day),
        language: language.map(|language| language.tag().to_owned()),
        ..none
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_switch_and_the_settings_are_two_changes() {
        let words = Language::English.console();
        let on = read(&Form::of(b"switch=on&language=de"), words).unwrap();
        assert_eq!((on.mails, on.language, on.mail_reply_to), (Some(true), None, None));
        let set = read(&Form::of(b"language=de&reply_to=a%40example.edu&per_day=7"), words).unwrap();
        assert_eq!((set.mails, set.language.as_deref()), (None, Some("de")));
        assert_eq!(set.mail_reply_to, Some(Some("a@example.edu".to_owned())));
        assert_eq!(set.mails_per_day, Some(Some(7)));
        let cleared = read(&Form::of(b"language=xx"), words).unwrap();
        assert_eq!(
            (cleared.language, cleared.mail_reply_to, cleared.mails_per_day),
            (None, Some(None), Some(None))
        );
        for form in ["reply_to=registry", "per_day=many", "per_day=-1"] {
            assert!(read(&Form::of(form.as_bytes()), words).is_err(), "{form}");
        }
    }
}
