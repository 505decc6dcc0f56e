//! Markdown to HTML.

use std::collections::HashSet;
use std::mem;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::book;
use super::shell::{Article, Heading};

/// Makes a page of a file: its first heading is the title, its first paragraph the description.
pub(super) fn article(path: &'static str, markdown: &str) -> Article {
    let mut page = Page::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        page.take(event);
    }
    let mut body = String::new();
    html::push_html(&mut body, page.events.into_iter());
    Article {
        path,
        title: page.title,
        description: page.description,
        contents: page.contents,
        // Every head of a table that we write is that of a column.
        body: body.replace("<th>", "<th scope=\"col\">"),
    }
}

/// The part of a page that has been read so far.
#[derive(Default)]
struct Page<'a> {
    title: String,
    description: String,
    contents: Vec<Heading>,
    events: Vec<Event<'a>>,
    slugs: HashSet<String>,
    /// The text of the heading or the first paragraph that is being read.
    text: String,
    /// The contents of a heading, until its text, and so its anchor, is known.
    heading: Vec<Event<'a>>,
    in_heading: bool,
}

impl<'a> Page<'a> {
    fn take(&mut self, event: Event<'a>) {
        if let Event::Text(text) | Event::Code(text) = &event {
            self.text.push_str(text);
        } else if matches!(event, Event::SoftBreak) {
            self.text.push(' ');
        }
        match event {
            Event::Start(Tag::Heading { .. }) => {
                self.in_heading = true;
                self.text.clear();
            }
            Event::End(TagEnd::Heading(level)) => self.close_heading(level),
            event if self.in_heading => self.heading.push(event),
            Event::Start(Tag::Paragraph) => {
                self.text.clear();
                self.events.push(Event::Start(Tag::Paragraph));
            }
            Event::End(TagEnd::Paragraph) => {
                if self.description.is_empty() {
                    self.description = mem::take(&mut self.text);
                }
                self.events.push(Event::End(TagEnd::Paragraph));
            }
            Event::Start(Tag::CodeBlock(kind)) => self.raw(open_code(&kind)),
            Event::End(TagEnd::CodeBlock) => self.raw("</code></pre></figure>\n".to_owned()),
            // A table may be wider than a phone; what scrolls must be reachable by the keyboard.
            Event::Start(Tag::Table(columns)) => {
                self.raw(
                    "<div class=\"table\" role=\"group\" aria-label=\"Table\" tabindex=\"0\">".to_owned(),
                );
                self.events.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                self.events.push(Event::End(TagEnd::Table));
                self.raw("</div>\n".to_owned());
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = CowStr::from(book::address(&dest_url));
                self.events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            event => self.events.push(event),
        }
    }

    /// Writes a heading. The first one is the page's; every other one gets its anchor, and is a link to itself.
    fn close_heading(&mut self, level: HeadingLevel) {
        self.in_heading = false;
        let (text, inside) = (mem::take(&mut self.text), mem::take(&mut self.heading));
        if level == HeadingLevel::H1 {
            self.title = text;
            return;
        }
        let slug = self.slug(&text);
        self.raw(format!("<{level} id=\"{slug}\"><a href=\"#{slug}\">"));
        self.events.extend(inside);
        self.raw(format!("</a></{level}>\n"));
        if level == HeadingLevel::H2 {
            self.contents.push(Heading { slug, text });
        }
    }

    /// Returns the anchor of a heading, by the rule of code hosts: lower case, spaces to hyphens, no other punctuation.
    fn slug(&mut self, text: &str) -> String {
        let plain: String = text
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let mut slug = plain.clone();
        let mut again = 0_u32;
        while !self.slugs.insert(slug.clone()) {
            again = again.saturating_add(1);
            slug = format!("{plain}-{again}");
        }
        slug
    }

    fn raw(&mut self, html: String) {
        self.events.push(Event::InlineHtml(html.into()));
    }
}

/// Returns the beginning of a block of code, with the name of the file that it is meant for, if it has one (`file=NAME`
/// after the language).
fn open_code(kind: &CodeBlockKind<'_>) -> String {
    let info = match kind {
        CodeBlockKind::Fenced(info) => info.as_ref(),
        CodeBlockKind::Indented => "",
    };
    let language = info.split_whitespace().next().unwrap_or_default();
    let file = info.split_whitespace().find_map(|word| word.strip_prefix("file="));
    let caption = file.map(|file| format!("<figcaption>{}</figcaption>", escaped(file))).unwrap_or_default();
    format!("<figure class=\"code\">{caption}<pre><code class=\"language-{}\">", escaped(language))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_becomes_a_page() {
        let markdown = "# The *title*\n\nWhat it is\nabout, `shortly`.\n\n## One & two\n\n[there](/docs/api/errors.md#x)\n\n### `rate_limited`\n\n## One & two\n";
        let article = article("/docs/x", markdown);
        assert_eq!(article.title, "The title");
        assert_eq!(article.description, "What it is about, shortly.");
        let slugs: Vec<&str> = article.contents.iter().map(|heading| heading.slug.as_str()).collect();
        assert_eq!(slugs, ["one--two", "one--two-1"]);
        for part in [
            "<h2 id=\"one--two\"><a href=\"#one--two\">One &amp; two</a></h2>",
            "<h3 id=\"rate_limited\"><a href=\"#rate_limited\"><code>rate_limited</code></a></h3>",
            "<a href=\"/docs/api/errors#x\">there</a>",
        ] {
            assert!(article.body.contains(part), "{part}\n{}", article.body);
        }
        assert!(!article.body.contains("<h1"), "the shell has the title");
    }

    #[test]
    fn code_is_escaped_and_names_its_file() {
        let body = article("/docs/x", "```ts file=a.ts\nif (a < b && c) {}\n```\n").body;
        assert_eq!(
            body,
            "<figure class=\"code\"><figcaption>a.ts</figcaption><pre><code class=\"language-ts\">if (a &lt; b &amp;&amp; c) {}\n</code></pre></figure>\n"
        );
    }

    #[test]
    fn a_table_can_be_reached_and_its_columns_have_heads() {
        let body = article("/docs/x", "| a | b |\n|---|---|\n| 1 | 2 |\n").body;
        assert!(
            body.starts_with(
                "<div class=\"table\" role=\"group\" aria-label=\"Table\" tabindex=\"0\"><table>"
            ),
            "{body}"
        );
        assert_eq!(body.matches("<th scope=\"col\">").count(), 2);
        assert!(body.trim_end().ends_with("</table>\n</div>"), "{body}");
    }
}
