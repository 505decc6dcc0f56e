//! Markdown to HTML.

use std::collections::HashSet;
use std::mem;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::book::PageSource;
use super::code::{self, CodeBlock};
use super::highlight::escaped;
use super::links;
use super::pictures;
use super::shell::{Article, Section};

/// Makes a page of a file: its first heading is the title, its first paragraph the description.
pub(super) fn article(source: &'static PageSource, markdown: &str) -> Article {
    let mut page = Page { file: source.file, ..Page::default() };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS) {
        page.take(event);
    }
    page.close_code();
    page.close_section();
    let mut body = String::new();
    html::push_html(&mut body, page.events.into_iter());
    Article {
        source,
        title: page.title,
        description: page.description,
        sections: page.sections,
        body: with_table_heads(&body),
    }
}

/// Marks the heads of tables, which are those of columns, and the tables of a reference: name, type, notes. On a phone each of
/// their rows is a paragraph.
fn with_table_heads(body: &str) -> String {
    const TABLE: &str = "<div class=\"table\"";
    let mut tables = body.split(TABLE);
    let mut html = tables.next().unwrap_or_default().to_owned();
    for table in tables {
        let head = table.split("</thead>").next().unwrap_or_default();
        html.push_str(if head.ends_with("<th>Type</th><th>Notes</th></tr>") {
            "<div class=\"table members\""
        } else {
            TABLE
        });
        html.push_str(table);
    }
    // A head without a word is the head of nothing.
    html.replace("<th></th>", "<td></td>").replace("<th>", "<th scope=\"col\">")
}

/// The part of a page that has been read so far.
#[derive(Default)]
struct Page<'a> {
    file: &'static str,
    title: String,
    description: String,
    sections: Vec<Section>,
    events: Vec<Event<'a>>,
    slugs: HashSet<String>,
    /// The text of the heading or the first paragraph that is being read.
    text: String,
    /// The contents of a heading, until its text, and so its anchor, is known.
    heading: Vec<Event<'a>>,
    in_heading: bool,
    /// The section that is being read, with its text.
    section: Section,
    /// The blocks of code that follow one another directly.
    code: Vec<CodeBlock>,
    in_code: bool,
    /// The address of the picture that is being read, as the file has it, and its words.
    picture: Option<(CowStr<'a>, String)>,
    /// The number of groups of samples so far.
    groups: usize,
}

impl<'a> Page<'a> {
    fn take(&mut self, event: Event<'a>) {
        if let Some((_, words)) = &mut self.picture {
            match event {
                Event::Text(text) | Event::Code(text) => words.push_str(&text),
                Event::SoftBreak => words.push(' '),
                Event::End(TagEnd::Image) => self.close_picture(),
                _ => {}
            }
            return;
        }
        if let Event::Text(text) | Event::Code(text) = &event {
            self.text.push_str(text);
            self.section.text.push_str(text);
        } else if matches!(event, Event::SoftBreak) {
            self.text.push(' ');
            self.section.text.push(' ');
        }
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                self.code.push(CodeBlock::open(match &kind {
                    CodeBlockKind::Fenced(info) => info,
                    CodeBlockKind::Indented => "",
                }));
                self.in_code = true;
            }
            Event::End(TagEnd::CodeBlock) => {
                self.section.text.push(' ');
                self.in_code = false;
            }
            Event::Text(text) if self.in_code => {
                if let Some(block) = self.code.last_mut() {
                    block.text.push_str(&text);
                }
            }
            event => {
                self.close_code();
                self.take_text(event);
            }
        }
    }

    /// Takes what is not in a block of code.
    fn take_text(&mut self, event: Event<'a>) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                self.in_heading = true;
                self.text.clear();
                self.close_section();
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
                self.section.text.push(' ');
                self.events.push(Event::End(TagEnd::Paragraph));
            }
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
                let dest_url = CowStr::from(links::to_page(self.file, &dest_url));
                self.events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            Event::Start(Tag::Image { dest_url, .. }) => self.picture = Some((dest_url, String::new())),
            Event::TaskListMarker(_) => {
                self.raw("<span class=\"task\" aria-hidden=\"true\"></span>".to_owned())
            }
            event => {
                if matches!(event, Event::End(TagEnd::TableCell | TagEnd::Item)) {
                    self.section.text.push(' ');
                }
                self.events.push(event);
            }
        }
    }

    /// Writes a heading. The first one is the page's; every other one gets its anchor, and is a link to itself.
    fn close_heading(&mut self, level: HeadingLevel) {
        self.in_heading = false;
        let (text, inside) = (mem::take(&mut self.text), mem::take(&mut self.heading));
        self.section.text.clear();
        if level == HeadingLevel::H1 {
            self.title = text;
            return;
        }
        let slug = self.slug(&text);
        self.raw(format!("<{level} id=\"{slug}\"><a href=\"#{slug}\">"));
        self.events.extend(inside);
        self.raw(format!("</a></{level}>\n"));
        self.section =
            Section { slug, heading: text, is_part: level == HeadingLevel::H2, text: String::new() };
    }

    /// Keeps the section that ends here; the first one has no heading of its own.
    fn close_section(&mut self) {
        let section = mem::take(&mut self.section);
        if !section.slug.is_empty() || !section.text.trim().is_empty() {
            self.sections.push(section);
        }
    }

    /// Writes a picture. Its words are not the page's, so no search finds them. What is no picture of ours is its words alone; a test
    /// allows none.
    fn close_picture(&mut self) {
        let Some((address, words)) = self.picture.take() else { return };
        let picture = pictures::of_file(&links::in_repository(self.file, &address));
        self.raw(picture.map_or_else(|| escaped(&words), |picture| picture.html(&words)));
    }

    /// Writes the blocks of code that followed one another.
    fn close_code(&mut self) {
        if !self.code.is_empty() {
            let blocks = mem::take(&mut self.code);
            let html = code::html(&blocks, &mut self.groups);
            self.raw(html);
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

#[cfg(test)]
mod tests {
    use super::super::book;
    use super::*;

    fn page(markdown: &str) -> Article {
        article(book::pages().next().unwrap(), markdown)
    }

    #[test]
    fn a_file_becomes_a_page() {
        let markdown = "# The *title*\n\nWhat it is\nabout, `shortly`.\n\n## One & two\n\n[there](/docs/api/errors.md#x)\n\n### `rate_limited`\n\n## One & two\n";
        let article = page(markdown);
        assert_eq!(article.title, "The title");
        assert_eq!(article.description, "What it is about, shortly.");
        let slugs: Vec<&str> = article.contents().map(|section| section.slug.as_str()).collect();
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
    fn each_section_has_its_text() {
        let article = page(
            "# T\n\nAbout *it*.\n\n## A\n\n| b | c |\n|---|---|\n| d | `e` |\n\n- f\n- g\n\n```bash\nh\n```\n\n### I\n\nj\n",
        );
        let sections: Vec<(&str, &str)> =
            article.sections.iter().map(|section| (section.heading.as_str(), section.text.trim())).collect();
        assert_eq!(sections, [("", "About it."), ("A", "b c d e f g h"), ("I", "j")]);
    }

    #[test]
    fn a_picture_has_its_words_and_is_no_text_of_the_page() {
        let picture = &pictures::PICTURES[0];
        let article = page(&format!("# T\n\nA ![the `b`\nof \"c\"](..{}) d.\n", picture.path));
        assert_eq!(article.body.trim(), format!("<p>A {} d.</p>", picture.html("the b of \"c\"")));
        assert_eq!((&*article.description, article.sections[0].text.trim()), ("A  d.", "A  d."));
        let unknown = page("# T\n\n![a & b](pictures/unknown.webp)\n");
        assert_eq!(unknown.body.trim(), "<p>a &amp; b</p>");
    }

    #[test]
    fn a_table_can_be_reached_and_its_columns_have_heads() {
        let body = page("| a | b |\n|---|---|\n| 1 | 2 |\n").body;
        assert!(
            body.starts_with(
                "<div class=\"table\" role=\"group\" aria-label=\"Table\" tabindex=\"0\"><table>"
            ),
            "{body}"
        );
        assert_eq!(body.matches("<th scope=\"col\">").count(), 2);
        assert!(body.trim_end().ends_with("</table>\n</div>"), "{body}");
        let members =
            page("| a | Type | Notes |\n|---|---|---|\n| 1 | 2 | 3 |\n\n| a | b |\n|---|---|\n").body;
        assert!(members.starts_with("<div class=\"table members\" "), "{members}");
        assert_eq!(members.matches("members").count(), 1);
    }
}
