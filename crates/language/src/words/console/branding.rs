//! The texts of the console: the branding.

use crate::words::texts::texts;

texts! {
    /// The branding of a tenant.
    BrandingWords {
        /// The title.
        title,
        /// The explanation under the title.
        lead,
        /// The number of pages that a change is seen on. Placeholders: `{live}`, `{test}`.
        effect,
        /// The effect of a new name.
        names,
        /// The state: nothing waits to be confirmed.
        confirmed,
        /// The state: a change waits to be confirmed, before the time of the change. Placeholder: `{name}`.
        waits,
        /// The text in the test environment of a tenant with a live key.
        live_only,
        /// The link to the live environment.
        to_live,
        /// The label of the display name.
        name,
        /// The hint at it.
        name_hint,
        /// The legend of the awarding body.
        body,
        /// The hint at it.
        body_hint,
        /// The label of its name.
        body_name,
        /// The label of its site.
        body_url,
        /// The label of the address of its logo.
        body_logo,
        /// The legend of logo and color.
        pages,
        /// The label of the color.
        color,
        /// The hint at it.
        color_hint,
        /// The label of the address of the logo.
        logo,
        /// The hint at it.
        logo_hint,
        /// The legend of the certificate, and the label of its preview.
        certificate,
        /// The label of a person who signs. Placeholder: `{number}`.
        signer,
        /// The label of the person's office. Placeholder: `{number}`.
        signer_title,
        /// The label of the address of the signature's picture. Placeholder: `{number}`.
        signer_image,
        /// The label of the certificate's number.
        number,
        /// The label of the own DID.
        did,
        /// The hint at it.
        did_hint,
        /// The button that shows a preview.
        preview_button,
        /// The button that saves.
        save,
        /// The heading of the preview.
        preview,
        /// The explanation of the preview.
        preview_text,
        /// The heading of the preview of the page.
        preview_page,
        /// The heading of the preview of the badge.
        preview_badge,
        /// The person of the preview.
        person,
        /// The achievement of the preview.
        achievement,
        /// Its description.
        description,
        /// The fault if too many pictures are being drawn.
        busy,
        /// The text in place of a value that was not set.
        unset,
        /// The value of a number that is shown.
        yes,
        /// The value of a number that is not shown.
        no,
        /// The heading of the setting of wallet forms.
        wallet,
        /// The explanation: the effect of the recipient's hashed address in wallet forms.
        wallet_text,
        /// The state: they carry it.
        wallet_on,
        /// The state: they do not.
        wallet_off,
        /// The button that adds it.
        wallet_turn_on,
        /// The button that leaves it out.
        wallet_turn_off,
    }
}
