//! The list of the pages: their addresses, their files and their groups.

/// The placeholder of the deployment's public URL in the files.
pub(super) const ORIGIN: &str = "https://learncoin.example";
/// The placeholder of the deployment's DID.
pub(super) const DID: &str = "did:web:learncoin.example";
/// The placeholder of the table of the plans.
pub(super) const PLANS: &str = "<!-- the plans of this deployment -->";
/// The placeholder of the reference of the operations.
pub(super) const OPERATIONS: &str = "<!-- the operations of this deployment -->";
/// The placeholder of the TypeScript types.
pub(super) const CODE: &str = "<!-- the types of this deployment -->";

/// One page.
pub(super) struct PageSource {
    /// The path at which it is served.
    pub(super) path: &'static str,
    /// Its Markdown.
    pub(super) text: &'static str,
}

/// Every page.
pub(super) const PAGES: [PageSource; 16] = [
    PageSource { path: "/docs", text: include_str!("../../../../docs/README.md") },
    PageSource { path: "/docs/quickstart", text: include_str!("../../../../docs/quickstart.md") },
    PageSource {
        path: "/docs/guides/first-credential",
        text: include_str!("../../../../docs/guides/first-credential.md"),
    },
    PageSource { path: "/docs/guides/webhooks", text: include_str!("../../../../docs/guides/webhooks.md") },
    PageSource { path: "/docs/guides/mail", text: include_str!("../../../../docs/guides/mail.md") },
    PageSource {
        path: "/docs/guides/gdpr-erasure",
        text: include_str!("../../../../docs/guides/gdpr-erasure.md"),
    },
    PageSource {
        path: "/docs/console/registrars",
        text: include_str!("../../../../docs/console/registrars.md"),
    },
    PageSource {
        path: "/docs/console/operators",
        text: include_str!("../../../../docs/console/operators.md"),
    },
    PageSource {
        path: "/docs/api/authentication",
        text: include_str!("../../../../docs/api/authentication.md"),
    },
    PageSource { path: "/docs/api/endpoints", text: include_str!("../../../../docs/api/endpoints.md") },
    PageSource { path: "/docs/api/types", text: include_str!("../../../../docs/api/types.md") },
    PageSource { path: "/docs/api/errors", text: include_str!("../../../../docs/api/errors.md") },
    PageSource {
        path: "/docs/concepts/credentials",
        text: include_str!("../../../../docs/concepts/credentials.md"),
    },
    PageSource {
        path: "/docs/concepts/verification",
        text: include_str!("../../../../docs/concepts/verification.md"),
    },
    PageSource { path: "/docs/glossary", text: include_str!("../../../../docs/glossary.md") },
    PageSource { path: "/pricing", text: include_str!("../../../../docs/pricing.md") },
];

/// A group of the navigation.
pub(super) struct NavigationGroup {
    /// The name.
    pub(super) name: &'static str,
    /// Its pages: address and title.
    pub(super) pages: &'static [(&'static str, &'static str)],
}

/// The navigation, in reading order.
pub(super) const NAVIGATION: [NavigationGroup; 5] = [
    NavigationGroup {
        name: "Start",
        pages: &[
            ("/docs", "Documentation"),
            ("/docs/quickstart", "Quickstart"),
            ("/docs/guides/first-credential", "Issuing your first credential"),
            ("/pricing", "Pricing"),
        ],
    },
    NavigationGroup {
        name: "Guides",
        pages: &[
            ("/docs/guides/webhooks", "Webhooks"),
            ("/docs/guides/mail", "Mail to recipients"),
            ("/docs/guides/gdpr-erasure", "GDPR erasure"),
        ],
    },
    NavigationGroup {
        name: "Console",
        pages: &[
            ("/docs/console/registrars", "The console for registrars"),
            ("/docs/console/operators", "The console for operators"),
        ],
    },
    NavigationGroup {
        name: "API reference",
        pages: &[
            ("/docs/api/endpoints", "Endpoints"),
            ("/docs/api/authentication", "Authentication"),
            ("/docs/api/errors", "Errors"),
            ("/docs/api/types", "TypeScript types"),
        ],
    },
    NavigationGroup {
        name: "Concepts",
        pages: &[
            ("/docs/concepts/credentials", "Credentials"),
            ("/docs/concepts/verification", "Verification"),
            ("/docs/glossary", "Glossary"),
        ],
    },
];

/// Returns the address on the site of a link in a file: `/docs/api/errors.md#rate_limited` is `/docs/api/errors#rate_limited`.
pub(super) fn address(link: &str) -> String {
    let (file, anchor) = match link.split_once('#') {
        Some((file, anchor)) => (file, format!("#{anchor}")),
        None => (link, String::new()),
    };
    let page = match file {
        "/docs/README.md" => "/docs",
        "/docs/pricing.md" => "/pricing",
        _ if file.starts_with("/docs/") => file.strip_suffix(".md").unwrap_or(file),
        _ => file,
    };
    format!("{page}{anchor}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_file_leads_to_its_page() {
        for (link, page) in [
            ("/docs/api/errors.md#rate_limited", "/docs/api/errors#rate_limited"),
            ("/docs/README.md", "/docs"),
            ("/docs/pricing.md", "/pricing"),
            ("#here", "#here"),
            ("https://www.w3.org/x.md", "https://www.w3.org/x.md"),
        ] {
            assert_eq!(address(link), page);
        }
    }
}
