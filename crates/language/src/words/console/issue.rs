//! The texts of the console: issuing by hand, and correcting.

use crate::words::texts::texts;

texts! {
    /// Issuing to one person.
    IssueWords {
        /// The title and heading, and its name in the navigation.
        title,
        /// The explanation.
        lead,
        /// The link for those who issue to many.
        many,
        /// The label of the template.
        template,
        /// The choice of no template.
        no_template,
        /// The button that fills in the template's texts.
        fill_in,
        /// The heading of the person's fields.
        person,
        /// The label of the person's name.
        name,
        /// The hint on it.
        name_hint,
        /// The label of the address.
        email,
        /// The hint on it.
        email_hint,
        /// The label of the recipient's id.
        recipient_id,
        /// The hint on it.
        recipient_id_hint,
        /// The heading of the dates.
        dates,
        /// The label of the day of issue.
        issued,
        /// The label of the last day.
        expires,
        /// The hint on it.
        expires_hint,
        /// The heading of the evidence.
        evidence,
        /// The label of its address.
        evidence_url,
        /// The label of its text.
        evidence_text,
        /// The button that leads to the preview.
        preview,
        /// The heading of the preview.
        preview_title,
        /// The explanation of the preview.
        preview_lead,
        /// The heading of the page's head.
        page,
        /// The heading of the certificate.
        certificate,
        /// The heading of everything else that is issued.
        rest,
        /// The text on a picture of the achievement, which is fetched later.
        image_later,
        /// The button that issues.
        issue,
        /// The button that leads back to the form.
        change,
        /// The fault if the month is used up.
        quota,
        /// The fault if the deployment can't issue now.
        unavailable,
        /// The fault if another credential was issued from the same form.
        sent_before,
        /// The fault if too much is drawn.
        busy,
    }
}

texts! {
    /// Correcting a credential.
    CorrectWords {
        /// The title and heading, and the heading on the credential's page.
        title,
        /// The explanation on the credential's page.
        text,
        /// The link on the credential's page.
        open,
        /// The explanation above the form.
        lead,
        /// The note on the recipient's id, which stays.
        same_person,
        /// The heading of the reason.
        why,
        /// The label of the reason.
        reason,
        /// The hint on it.
        reason_hint,
        /// The reason that the form begins with.
        reason_text,
        /// The fault of a reason.
        bad_reason,
        /// The button that issues the new one and revokes the old one.
        button,
        /// The explanation above the preview.
        preview_lead,
        /// The label of the one whose place it takes.
        replaces,
        /// The label of the one that takes its place.
        replaced_by,
        /// The fault if it can't be corrected.
        unchangeable,
    }
}
