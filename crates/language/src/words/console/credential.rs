//! The texts of the console: the page of one credential.

use crate::words::texts::texts;

texts! {
    /// The page of one credential.
    CredentialWords {
        /// The title.
        title,
        /// The label of the public page's address.
        page,
        /// The label of the recipient's id.
        recipient,
        /// The label of the address.
        email,
        /// The label of the batch.
        batch,
        /// The heading of what happened.
        history,
        /// It was accepted.
        accepted,
        /// It was signed.
        signed,
        /// It was anchored.
        anchored,
        /// It failed.
        failed,
        /// It was revoked.
        revoked,
        /// Its person was erased.
        erased,
        /// The mail was sent.
        mail_sent,
        /// The mail could not be sent.
        mail_failed,
        /// The mail came back.
        mail_bounced,
        /// The mail waits.
        mail_waits,
        /// The heading of sending the mail once more.
        resend,
        /// The effect.
        resend_text,
        /// Its button.
        resend_button,
        /// The fault if no mail can be sent.
        no_mail,
        /// The heading of revoking.
        revoke,
        /// The effect.
        revoke_text,
        /// The label of the reason.
        reason_code,
        /// The label of the words.
        reason,
        /// The hint that they are public.
        reason_hint,
        /// Its button.
        revoke_button,
        /// The fault if it is revoked already.
        already_revoked,
        /// The reason: a corrected one was issued.
        reissued,
        /// The reason: the issuer erred.
        issuer_error,
        /// The reason: the recipient asked for it.
        recipient_request,
        /// Another reason.
        other,
        /// The heading of erasing.
        erase,
        /// The effect.
        erase_text,
        /// The label of the requester.
        requester,
        /// The requester: the recipient.
        from_recipient,
        /// The label of the day on which the request was verified.
        verified_at,
        /// The label of the confirmation, before the text to type.
        confirmation,
        /// The hint what that text is.
        confirmation_hint,
        /// The fault if another text was typed.
        unconfirmed,
        /// Its button.
        erase_button,
        /// The fault if it is erased already.
        already_erased,
        /// The requester: a data protection officer.
        dpo,
        /// The requester: a supervisory authority.
        authority,
    }
}
