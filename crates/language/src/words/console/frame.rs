//! The texts around every page of the console.

use crate::words::texts::texts;

texts! {
    /// The texts around every page.
    FrameWords {
        /// The name of the console.
        console,
        /// The skip link for keyboard users.
        skip,
        /// The name of the navigation, for screen readers.
        pages,
        /// The name of the switch between test and live, for screen readers.
        environments,
        /// The test environment.
        test,
        /// The live environment.
        live,
        /// The notice on pages of the test environment.
        test_notice,
        /// The notice on a deployment with a development chain.
        development_notice,
        /// The button that ends the session.
        sign_out,
        /// The link to the member's own account.
        account,
        /// The link to the list of the member's tenants.
        tenants,
        /// The list of languages, for screen readers.
        languages,
        /// The text in place of a value that is absent.
        none,
        /// The link to the next page of a list.
        older,
        /// The link to the first page of a list.
        newest,
        /// The title of a page with faults in a form.
        mend,
        /// The word before what can't be undone.
        permanent,
    }
}

texts! {
    /// The names of the roles.
    RoleWords {
        /// An owner.
        owner,
        /// The rights of an owner.
        owner_may,
        /// An issuer.
        issuer,
        /// The rights of an issuer.
        issuer_may,
        /// An auditor.
        auditor,
        /// The rights of an auditor.
        auditor_may,
        /// An operator of the deployment.
        operator,
    }
}

texts! {
    /// The messages after something was done.
    DoneWords {
        /// A session was ended.
        session_ended,
        /// An identity at the provider was linked.
        identity_linked,
        /// An identity at the provider was removed.
        identity_removed,
        /// A credential was revoked.
        revoked,
        /// A person was erased.
        erased,
        /// A mail was queued.
        mailed,
        /// A key's networks were set.
        restricted,
        /// A key was revoked.
        key_revoked,
        /// Deliveries were queued again.
        replayed,
        /// An endpoint was turned on.
        activated,
        /// An endpoint was deleted.
        endpoint_deleted,
        /// A member was added. The deployment sends no mails.
        member_added,
        /// A member was added, and invited by mail.
        member_invited,
        /// A member was added, and the mail that invites them may not have been sent.
        member_uninvited,
        /// A role was changed.
        role_changed,
        /// A member was removed.
        member_removed,
        /// A template was saved.
        template_saved,
        /// A template was deleted.
        template_deleted,
        /// A credential was issued.
        issued,
        /// A credential was corrected.
        corrected,
        /// A tenant was created.
        tenant_created,
        /// A tenant was changed.
        tenant_changed,
        /// A draft of a spreadsheet was deleted.
        upload_discarded,
        /// The branding was changed.
        branding_saved,
        /// Whether wallet forms carry the hashed address was changed.
        wallet_saved,
    }
}

texts! {
    /// The pages of requests that are refused: a title and an advice each.
    RefusalWords {
        /// No one is signed in.
        signed_out,
        /// The advice then.
        signed_out_advice,
        /// An API key was presented.
        api_key,
        /// The advice then.
        api_key_advice,
        /// There is nothing here for this member.
        missing,
        /// The advice then.
        missing_advice,
        /// The member's role does not include it.
        role,
        /// The advice then.
        role_advice,
        /// The form is not one of this browser's pages.
        forged,
        /// The advice then.
        forged_advice,
        /// The form is too long.
        too_long,
        /// The advice then.
        too_long_advice,
        /// The form can't be read.
        malformed,
        /// The advice then.
        malformed_advice,
        /// Too much is being uploaded at the moment: the title.
        busy,
        /// The next step then.
        busy_advice,
    }
}
