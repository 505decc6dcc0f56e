//! The list of the pages: their addresses, their files and their groups, in reading order.

/// The placeholder of the deployment's public URL in the files.
pub(super) const ORIGIN: &str = "https://learncoin.example";
/// The placeholder of the deployment's DID.
pub(super) const DID: &str = "did:web:learncoin.example";
/// The placeholder of the table of the plans.
pub(super) const PLANS: &str = "<!-- the plans of this deployment -->";
/// The placeholder of the list of the operations.
pub(super) const OPERATIONS: &str = "<!-- the operations of this deployment -->";
/// The placeholder of the reference of the events.
pub(super) const EVENTS: &str = "<!-- the events of this deployment -->";
/// The placeholder of the TypeScript types.
pub(super) const CODE: &str = "<!-- the types of this deployment -->";

/// One page.
pub(super) struct PageSource {
    /// The path at which it is served.
    pub(super) path: &'static str,
    /// The path of its Markdown counterpart.
    pub(super) markdown_path: &'static str,
    /// Its file in the repository.
    pub(super) file: &'static str,
    /// Its title in lists.
    pub(super) title: &'static str,
    /// Its Markdown.
    pub(super) text: &'static str,
}

/// A group of pages.
pub(super) struct Group {
    /// The name.
    pub(super) name: &'static str,
    /// Its pages.
    pub(super) pages: &'static [PageSource],
}

macro_rules! group {
    ($name:literal: $($path:literal = $file:literal, $title:literal;)*) => {
        Group {
            name: $name,
            pages: &[$(PageSource {
                path: $path,
                markdown_path: concat!($path, ".md"),
                file: $file,
                title: $title,
                text: include_str!(concat!("../../../../", $file)),
            }),*],
        }
    };
}

/// Every page, by group.
pub(super) static GROUPS: [Group; 6] = [
    group! { "Start":
        "/docs" = "docs/README.md", "Documentation";
        "/docs/quickstart" = "docs/quickstart.md", "Quickstart";
        "/docs/guides/first-credential" = "docs/guides/first-credential.md", "Issuing your first credential";
        "/pricing" = "docs/pricing.md", "Pricing";
    },
    group! { "Guides":
        "/docs/guides/webhooks" = "docs/guides/webhooks.md", "Webhooks";
        "/docs/guides/mail" = "docs/guides/mail.md", "Mail to recipients";
        "/docs/guides/wallet" = "docs/guides/wallet.md", "Add to a wallet";
        "/docs/guides/gdpr-erasure" = "docs/guides/gdpr-erasure.md", "GDPR erasure";
    },
    group! { "Console":
        "/docs/console/registrars" = "docs/console/registrars.md", "The console for registrars";
        "/docs/console/operators" = "docs/console/operators.md", "The console for operators";
    },
    group! { "API reference":
        "/docs/api/endpoints" = "docs/api/endpoints.md", "Endpoints";
        "/docs/api/authentication" = "docs/api/authentication.md", "Authentication";
        "/docs/api/batches" = "docs/api/batches.md", "Batches";
        "/docs/api/credentials" = "docs/api/credentials.md", "Credentials";
        "/docs/api/tenants" = "docs/api/tenants.md", "Tenants";
        "/docs/api/webhooks" = "docs/api/webhooks.md", "Webhook endpoints";
        "/docs/api/events" = "docs/api/events.md", "Events";
        "/docs/api/errors" = "docs/api/errors.md", "Errors";
        "/docs/api/types" = "docs/api/types.md", "TypeScript types";
    },
    group! { "Concepts":
        "/docs/concepts/credentials" = "docs/concepts/credentials.md", "The signed document";
        "/docs/concepts/verification" = "docs/concepts/verification.md", "Verification";
        "/docs/conformance" = "docs/conformance.md", "Conformance";
        "/docs/glossary" = "docs/glossary.md", "Glossary";
    },
    group! { "Operators":
        "/docs/going-live" = "docs/going-live.md", "Going live";
        "/docs/operations" = "docs/operations.md", "Operations";
        "/docs/keys" = "docs/keys.md", "Keys";
        "/docs/certification" = "docs/certification.md", "Open Badges certification";
        "/docs/performance" = "docs/performance.md", "Performance";
        "/docs/promises" = "docs/promises.md", "Promises";
    },
];

/// Lists every page, in reading order.
pub(super) fn pages() -> impl Iterator<Item = &'static PageSource> {
    GROUPS.iter().flat_map(|group| group.pages)
}
