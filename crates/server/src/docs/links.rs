//! The links in the files, and where they lead on the site.
//!
//! A link in a file names another file of the repository, from the top (`/docs/api/errors.md#rate_limited`) or from the
//! file itself (`../deploy/nginx.conf`), so that it works on a code host. On the site it leads to the page or its Markdown
//! if the site serves the file, and to the code host otherwise.

use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::book::{self, PageSource};

/// The address of the files that the site does not serve.
const REPOSITORY: &str = "https://github.com/learncoin/learncoin/blob/main/";

/// Returns the address on the site of a link in this file: `/docs/api/errors.md#rate_limited` is
/// `/docs/api/errors#rate_limited`.
pub(super) fn to_page(file: &str, link: &str) -> String {
    resolve(file, link, |page| page.path)
}

/// Returns the address on the site of a link in this file, for a reader of Markdown: that of the other page's Markdown.
fn to_markdown(file: &str, link: &str) -> String {
    resolve(file, link, |page| page.markdown_path)
}

/// Returns a file's text with links that work where its Markdown is served.
pub(super) fn with_links_to_markdown(file: &str, markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut copied = 0;
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        let Event::Start(Tag::Link { dest_url, .. }) = event else { continue };
        let Some(target) = destination(markdown, range, &dest_url) else { continue };
        text.push_str(markdown.get(copied..target.start).unwrap_or_default());
        text.push_str(&to_markdown(file, &dest_url));
        copied = target.end;
    }
    text.push_str(markdown.get(copied..).unwrap_or_default());
    text
}

/// Returns the place of an inline link's destination in the text.
fn destination(markdown: &str, link: Range<usize>, target: &str) -> Option<Range<usize>> {
    let written = markdown.get(link.clone())?;
    let at = written.rfind(&format!("]({target}"))?;
    let start = link.start.checked_add(at)?.checked_add("](".len())?;
    Some(start..start.checked_add(target.len())?)
}

fn resolve(file: &str, link: &str, address: fn(&PageSource) -> &'static str) -> String {
    if link.starts_with('#') || link.contains(':') {
        return link.to_owned();
    }
    let (target, anchor) =
        link.split_once('#').map_or((link, None), |(target, anchor)| (target, Some(anchor)));
    let target = in_repository(file, target);
    let mut resolved = match book::pages().find(|page| page.file == target) {
        Some(page) => address(page).to_owned(),
        None => format!("{REPOSITORY}{target}"),
    };
    if let Some(anchor) = anchor {
        // Writing to a string can't fail.
        let _ = write!(resolved, "#{anchor}");
    }
    resolved
}

/// Returns the path from the top of the repository of what a link in a file names.
pub(super) fn in_repository(file: &str, link: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    if link.starts_with('/') {
        parts.clear();
    }
    for part in link.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_file_leads_to_its_page_or_to_the_repository() {
        for (file, link, page) in [
            ("docs/x.md", "/docs/api/errors.md#rate_limited", "/docs/api/errors#rate_limited"),
            ("docs/x.md", "/docs/README.md", "/docs"),
            ("docs/x.md", "/docs/pricing.md", "/pricing"),
            ("docs/x.md", "#here", "#here"),
            ("docs/x.md", "https://www.w3.org/x.md", "https://www.w3.org/x.md"),
            ("docs/going-live.md", "keys.md#funds", "/docs/keys#funds"),
            ("docs/going-live.md", "guides/mail.md", "/docs/guides/mail"),
            ("docs/guides/mail.md", "../keys.md", "/docs/keys"),
            (
                "docs/going-live.md",
                "../deploy/nginx.conf",
                "https://github.com/learncoin/learncoin/blob/main/deploy/nginx.conf",
            ),
        ] {
            assert_eq!(to_page(file, link), page);
        }
    }

    #[test]
    fn the_markdown_leads_from_markdown_to_markdown() {
        let file = "# T\n\nSee [`errors`](/docs/api/errors.md#x), [here](#t), [plans](../pricing.md) and `[no](/docs/link.md)`.\n\n```text\n[no](/docs/README.md)\n```\n";
        let served = "# T\n\nSee [`errors`](/docs/api/errors.md#x), [here](#t), [plans](/pricing.md) and `[no](/docs/link.md)`.\n\n```text\n[no](/docs/README.md)\n```\n";
        assert_eq!(with_links_to_markdown("docs/guides/x.md", file), served);
        assert_eq!(with_links_to_markdown("docs/x.md", "[a](/docs/README.md)"), "[a](/docs.md)");
    }
}
