//! The texts of signing in, of the list of tenants, and of the member's own account.

use crate::words::texts::texts;

texts! {
    /// Signing in.
    SignInWords {
        /// The title and heading.
        title,
        /// The purpose of the page.
        lead,
        /// The label of the address.
        email,
        /// The hint below it.
        email_hint,
        /// The button that asks for a link.
        send,
        /// The heading once a link was asked for.
        sent,
        /// The next step, whether or not the address is a member's.
        sent_text,
        /// The reminder that the link works in this browser alone.
        sent_here,
        /// The link back to the form.
        again,
        /// The text on a deployment that sends no mails.
        no_mail,
        /// The heading of the page that a link leads to.
        link,
        /// The text of that page.
        link_text,
        /// Its button.
        enter,
        /// The heading if a link does not work.
        no_link,
        /// The advice then.
        no_link_advice,
        /// The fault if the address is none.
        no_address,
        /// The heading of the help.
        help,
        /// The help: who adds members, and the link that an operator can make.
        help_text,
        /// The button that leads to the identity provider, with `{name}`.
        provider,
        /// The word between that button and the form for a link.
        provider_or,
        /// The heading of the page that leads to the provider.
        provider_leading,
        /// The text of that page, with `{name}`.
        provider_leading_text,
        /// The link of that page.
        provider_continue,
        /// The heading if the provider signed no one in.
        provider_failed,
        /// The link back from there to the ways of signing in.
        provider_again,
        /// The advice if the provider can't be used, with `{name}`.
        provider_away,
        /// The advice if the provider sent an error, with `{name}`.
        provider_denied,
        /// The advice if what the provider sent can't be trusted, with `{name}`.
        provider_untrusted,
        /// The advice if the sign-in is over, or was begun elsewhere.
        provider_ended,
        /// The advice if the provider verified no address, with `{name}`.
        provider_unverified,
        /// The advice if the person is no member, with `{name}`.
        provider_no_member,
        /// The heading if no identity was linked.
        provider_not_linked,
        /// The link back to the account.
        provider_to_account,
        /// The advice if the identity belongs to another member, with `{name}`.
        provider_taken,
        /// The advice if the member has another identity there, with `{name}`.
        provider_other_linked,
    }
}

texts! {
    /// The mails to members: the one with a link, and the one that invites.
    MemberMailWords {
        /// The subject of the mail with a link, with `{host}`.
        subject,
        /// The text before the link, with `{host}`.
        before,
        /// The text after the link.
        after,
        /// The subject of an invitation, with `{host}`.
        invitation_subject,
        /// The text of an invitation, with `{organization}`, `{host}` and `{role}`.
        invitation,
        /// The text in place of the name of an organization that would lead readers away.
        invitation_unnamed,
        /// The text of an operator's invitation, with `{host}`.
        invitation_operator,
        /// The next step, before the address of the page that signs in.
        invitation_sign_in,
        /// The text for those who expect no invitation.
        invitation_after,
    }
}

texts! {
    /// The page that lists the member's tenants.
    HomeWords {
        /// The title and heading.
        title,
        /// The purpose of the list.
        lead,
        /// The advice if the list is empty.
        empty,
        /// The heading of the operators' pages.
        operator,
        /// The purpose of the operators' pages.
        operator_text,
    }
}

texts! {
    /// The member's own account.
    AccountWords {
        /// The title and heading.
        title,
        /// The label of the address.
        email,
        /// The label of the id.
        id,
        /// The note on the id: the audit log names it.
        id_note,
        /// The heading of the sessions.
        sessions,
        /// The explanation of sessions, and of their ends.
        sessions_text,
        /// The column of the browser.
        browser,
        /// The column of the time of signing in.
        since,
        /// The column of the last use.
        seen,
        /// The mark of the session in use.
        this,
        /// The button that ends a session.
        end,
        /// The text in place of a browser without a name.
        unknown_browser,
        /// The heading of the identity at the provider, with `{name}`.
        provider,
        /// The effect of linking one.
        link_text,
        /// The button that links one, with `{name}`.
        link,
        /// The advice if the session is too old for it.
        link_later,
        /// The label of the time of the link.
        linked,
        /// The button that removes the link.
        unlink,
    }
}
