//! Blocks of code as HTML: each with its caption, and the samples of one operation as tabs that need no script.

use std::fmt::Write as _;

use super::highlight::{escaped, highlighted};

/// The caption of a response.
const RESPONSE: &str = "Response";
/// The number of lines of a response that is shown whole.
const LONGEST_WHOLE_RESPONSE: usize = 20;

/// A fenced block.
#[derive(Debug)]
pub(super) struct CodeBlock {
    /// The word behind the fence.
    language: String,
    /// The file that the block is meant for (`file=NAME` or `run=NAME` behind the language).
    file: Option<String>,
    /// Whether it is one of the samples of an operation, each a program by itself (`run=NAME`).
    is_sample: bool,
    /// The code.
    pub(super) text: String,
}

impl CodeBlock {
    /// Creates a block without its text from what is behind its fence.
    pub(super) fn open(info: &str) -> Self {
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or_default().to_owned();
        let (mut file, mut is_sample) = (None, false);
        for word in words {
            if let Some(name) = word.strip_prefix("run=") {
                (file, is_sample) = (Some(name.to_owned()), true);
            } else if let Some(name) = word.strip_prefix("file=") {
                file = Some(name.to_owned());
            }
        }
        Self { language, file, is_sample, text: String::new() }
    }

    /// Returns the name of the language, for people.
    fn language_name(&self) -> &str {
        match self.language.as_str() {
            "bash" => "Shell",
            "json" => "JSON",
            "python" => "Python",
            "rust" => "Rust",
            "toml" => "TOML",
            "ts" => "TypeScript",
            _ => "Text",
        }
    }

    /// Writes the block under a caption. Writing to a string can't fail, so the results of `write!` are let go.
    fn write(&self, caption: &str, html: &mut String) {
        // A long response scrolls by itself, and what scrolls must be reachable by the keyboard.
        let is_long = caption == RESPONSE && self.text.lines().count() > LONGEST_WHOLE_RESPONSE;
        let reachable = if is_long {
            " class=\"long\" tabindex=\"0\" role=\"group\" aria-label=\"Response\""
        } else {
            ""
        };
        let _ = writeln!(
            html,
            "<figure class=\"code\"><figcaption>{}</figcaption><pre{reachable}><code class=\"language-{}\">{}</code></pre></figure>",
            escaped(caption),
            escaped(&self.language),
            highlighted(&self.language, &self.text)
        );
    }
}

/// Returns blocks that follow one another as HTML. A `bash` block with samples behind it is a group of tabs, and the JSON
/// behind a group its response. `groups` counts the groups of a page.
pub(super) fn html(blocks: &[CodeBlock], groups: &mut usize) -> String {
    let mut html = String::new();
    let mut rest = blocks;
    while let Some((block, behind)) = rest.split_first() {
        let samples = behind.iter().take_while(|block| block.is_sample).count();
        if block.language != "bash" || samples == 0 {
            block.write(block.file.as_deref().unwrap_or_else(|| block.language_name()), &mut html);
            rest = behind;
            continue;
        }
        *groups = groups.saturating_add(1);
        let (group, behind) = rest.split_at_checked(samples.saturating_add(1)).unwrap_or((rest, &[]));
        write_tabs(group, *groups, &mut html);
        rest = behind;
        if let Some((response, behind)) = rest.split_first().filter(|(block, _)| block.language == "json") {
            response.write(RESPONSE, &mut html);
            rest = behind;
        }
    }
    html
}

/// Writes samples as tabs: radio buttons, of which the one that is chosen shows its sample.
fn write_tabs(samples: &[CodeBlock], group: usize, html: &mut String) {
    html.push_str("<fieldset class=\"samples\"><legend>Language</legend>");
    for (index, sample) in samples.iter().enumerate() {
        let checked = if index == 0 { " checked" } else { "" };
        let language = escaped(&sample.language);
        let _ = write!(
            html,
            "<input type=\"radio\" name=\"samples-{group}\" id=\"samples-{group}-{language}\" value=\"{language}\"{checked}><label for=\"samples-{group}-{language}\">{}</label>",
            sample_name(sample)
        );
    }
    html.push('\n');
    for sample in samples {
        sample.write(sample_name(sample), html);
    }
    html.push_str("</fieldset>\n");
}

/// Returns the name of a sample's tab.
fn sample_name(sample: &CodeBlock) -> &str {
    if sample.language == "bash" { "curl" } else { sample.language_name() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(info: &str, text: &str) -> CodeBlock {
        CodeBlock { text: text.to_owned(), ..CodeBlock::open(info) }
    }

    #[test]
    fn code_is_escaped_and_names_its_file() {
        assert_eq!(
            html(&[block("ts file=a.mts", "a < b && c\n")], &mut 0),
            "<figure class=\"code\"><figcaption>a.mts</figcaption><pre><code class=\"language-ts\">a &lt; b &amp;&amp; c\n</code></pre></figure>\n"
        );
        assert!(html(&[block("bash", "ls")], &mut 0).contains("<figcaption>Shell</figcaption>"));
    }

    #[test]
    fn samples_are_tabs_with_one_response() {
        let blocks = [
            block("bash", "curl x"),
            block("ts run=a.mts", "x"),
            block("python run=a.py", "x"),
            block("json", "{}"),
            block("json", "[]"),
        ];
        let html = html(&blocks, &mut 4);
        assert_eq!(html.matches("<input type=\"radio\" name=\"samples-5\"").count(), 3);
        assert_eq!(html.matches(" checked>").count(), 1);
        assert_eq!(html.matches("<figure").count(), 5);
        assert_eq!(html.matches("<figcaption>Response<").count(), 1);
        assert_eq!(html.matches("<figcaption>JSON<").count(), 1);
        for name in ["curl", "TypeScript", "Python"] {
            assert!(html.contains(&format!(">{name}</label>")), "{html}");
        }
        assert!(html.split("</fieldset>").nth(1).unwrap().contains("Response"));
    }

    #[test]
    fn a_long_response_can_be_scrolled_by_the_keyboard() {
        let response = |lines: usize| {
            let blocks =
                [block("bash", "x"), block("ts run=a.mts", "x"), block("json", &"1\n".repeat(lines))];
            html(&blocks, &mut 0)
        };
        assert!(response(LONGEST_WHOLE_RESPONSE + 1).contains("<pre class=\"long\" tabindex=\"0\""));
        assert!(!response(LONGEST_WHOLE_RESPONSE).contains("tabindex"));
    }
}
