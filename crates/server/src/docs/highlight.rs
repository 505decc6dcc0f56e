//! The colors of code: a small tokenizer for the languages of the documentation.
//!
//! In: code and the name of its language. Out: HTML in which comments, strings, numbers, keywords and names are in spans. It
//! knows tokens, not grammar: what it takes for something else is colored wrong, and never changed.

use std::fmt::Write as _;

use super::words::is_word;

/// The kind of a token, which has a color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Comment,
    Keyword,
    /// The name of a member, a setting or a section.
    Name,
    Number,
    /// A variable or an option of a shell.
    Variable,
    String,
}

impl Kind {
    /// Returns the class of its span.
    const fn class(self) -> &'static str {
        match self {
            Self::Comment => "tok-comment",
            Self::Keyword => "tok-keyword",
            Self::Name => "tok-name",
            Self::Number => "tok-number",
            Self::Variable => "tok-variable",
            Self::String => "tok-string",
        }
    }
}

/// The tokens of a language.
struct Syntax {
    /// The beginning of a comment that ends with the line.
    comment: &'static str,
    quotes: &'static [char],
    keywords: &'static [&'static str],
    /// Whether a word or a string before `:` is a name.
    names_end_with_colon: bool,
    is_shell: bool,
    is_toml: bool,
}

const PLAIN: Syntax = Syntax {
    comment: "#",
    quotes: &['"', '\''],
    keywords: &[],
    names_end_with_colon: false,
    is_shell: false,
    is_toml: false,
};

const JSON: Syntax =
    Syntax { comment: "//", keywords: &["false", "null", "true"], names_end_with_colon: true, ..PLAIN };

const TOML: Syntax = Syntax { keywords: &["false", "true"], is_toml: true, ..PLAIN };

const SHELL: Syntax = Syntax {
    keywords: &[
        "case", "do", "done", "elif", "else", "esac", "export", "fi", "for", "if", "in", "then", "until",
        "while",
    ],
    is_shell: true,
    ..PLAIN
};

const PYTHON: Syntax = Syntax {
    keywords: &[
        "False", "None", "True", "and", "as", "class", "def", "elif", "else", "except", "for", "from", "if",
        "import", "in", "is", "not", "or", "raise", "return", "try", "while", "with", "yield",
    ],
    names_end_with_colon: true,
    ..PLAIN
};

const TYPESCRIPT: Syntax = Syntax {
    comment: "//",
    quotes: &['"', '\'', '`'],
    keywords: &[
        "async",
        "await",
        "break",
        "const",
        "else",
        "export",
        "extends",
        "false",
        "for",
        "from",
        "function",
        "if",
        "import",
        "interface",
        "let",
        "new",
        "null",
        "of",
        "return",
        "throw",
        "true",
        "try",
        "type",
        "undefined",
        "while",
    ],
    names_end_with_colon: true,
    ..PLAIN
};

const RUST: Syntax = Syntax {
    comment: "//",
    quotes: &['"'],
    keywords: &[
        "as", "async", "await", "const", "else", "enum", "false", "fn", "for", "if", "impl", "let", "match",
        "mod", "mut", "pub", "return", "self", "struct", "true", "use", "while",
    ],
    ..PLAIN
};

/// Returns code as HTML, with colors if the language is one of ours.
pub(super) fn highlighted(language: &str, code: &str) -> String {
    let syntax = match language {
        "json" => JSON,
        "toml" => TOML,
        "bash" => SHELL,
        "python" => PYTHON,
        "ts" => TYPESCRIPT,
        "rust" => RUST,
        _ => return escaped(code),
    };
    let mut html = String::with_capacity(code.len().saturating_mul(2));
    let (mut rest, mut before) = (code, '\n');
    while let Some(first) = rest.chars().next() {
        let (length, kind) = syntax.token(before, first, rest);
        let (token, remaining) = rest.split_at_checked(length).unwrap_or((rest, ""));
        match kind {
            // Writing to a string can't fail.
            Some(kind) => {
                let _ = write!(html, "<span class=\"{}\">{}</span>", kind.class(), escaped(token));
            }
            None => html.push_str(&escaped(token)),
        }
        before = token.chars().next_back().unwrap_or(first);
        rest = remaining;
    }
    html
}

/// Returns a text that is safe in HTML and in a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Syntax {
    /// Returns the length in bytes of the token at the beginning of `rest`, at least that of `first`, and its kind.
    fn token(&self, before: char, first: char, rest: &str) -> (usize, Option<Kind>) {
        let starts_word = !is_word(before);
        if rest.starts_with(self.comment) && before.is_whitespace() {
            return (until(rest, |c| c == '\n'), Some(Kind::Comment));
        }
        if self.quotes.contains(&first) {
            let length = self.string(first, rest);
            let kind = if self.is_named(rest, length) { Kind::Name } else { Kind::String };
            return (length, Some(kind));
        }
        if self.is_toml && before == '\n' && (first == '[' || is_word(first)) {
            let end = if first == '[' { '\n' } else { ' ' };
            return (until(rest, |c| c == end || c == '='), Some(Kind::Name));
        }
        if self.is_shell
            && let Some(found) = shell_token(before, first, rest)
        {
            return found;
        }
        if first.is_ascii_digit() && starts_word {
            let length = until(rest, |c| !is_word(c) && c != '.');
            // A word such as `2xx` or a version is no number.
            let is_number = before.is_whitespace() || "([{,=-+".contains(before) || !self.is_shell;
            return (length, is_number.then_some(Kind::Number));
        }
        if is_word(first) && starts_word {
            let length = until(rest, |c| !is_word(c));
            let word = rest.get(..length).unwrap_or_default();
            let is_keyword =
                self.keywords.contains(&word) && (!self.is_shell || stands_alone(before, rest, length));
            let kind = if is_keyword {
                Some(Kind::Keyword)
            } else {
                self.is_named(rest, length).then_some(Kind::Name)
            };
            return (length, kind);
        }
        (first.len_utf8(), None)
    }

    /// Returns the length of the string that `rest` begins with. One that is not closed ends with its line, except where a
    /// string may have several.
    fn string(&self, quote: char, rest: &str) -> usize {
        let triple: String = [quote; 3].iter().collect();
        if rest.starts_with(&triple) {
            let inside = rest.get(triple.len()..).unwrap_or_default();
            let closed = inside.find(&triple).map(|at| at.saturating_add(triple.len().saturating_mul(2)));
            return closed.unwrap_or(rest.len());
        }
        let has_lines = self.is_shell || quote == '`';
        let has_escapes = !(self.is_shell && quote == '\'');
        let mut is_escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            if is_escaped {
                is_escaped = false;
            } else if c == quote {
                return at.saturating_add(c.len_utf8());
            } else if c == '\n' && !has_lines {
                return at;
            } else {
                is_escaped = has_escapes && c == '\\';
            }
        }
        rest.len()
    }

    /// Returns whether the token of this length is the name of what follows.
    fn is_named(&self, rest: &str, length: usize) -> bool {
        let behind = rest.get(length..).unwrap_or_default();
        self.names_end_with_colon && behind.starts_with(':') && !behind.starts_with("::")
    }
}

/// Returns the token of a shell that is a variable or an option.
fn shell_token(before: char, first: char, rest: &str) -> Option<(usize, Option<Kind>)> {
    let inside = rest.get(1..)?;
    let length = match (first, inside.chars().next()?) {
        ('$', '{') => until(rest, |c| c == '}').saturating_add(1),
        ('$', next) if is_word(next) => until(inside, |c| !is_word(c)).saturating_add(1),
        ('-', next) if before.is_whitespace() && (next == '-' || next.is_ascii_alphabetic()) => {
            until(rest, |c| !is_word(c) && c != '-')
        }
        _ => return None,
    };
    Some((length, Some(Kind::Variable)))
}

/// Returns whether a word of a shell is a word of its own: no part of a path or of a name with a hyphen.
fn stands_alone(before: char, rest: &str, length: usize) -> bool {
    let behind = rest.get(length..).and_then(|rest| rest.chars().next());
    (before.is_whitespace() || ";(|&".contains(before))
        && behind.is_none_or(|c| c.is_whitespace() || ";)".contains(c))
}

fn until(text: &str, ends: impl FnMut(char) -> bool) -> usize {
    text.find(ends).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the code of a highlighted text.
    fn code(html: &str) -> String {
        let mut text = String::new();
        for part in html.split('<') {
            text.push_str(
                part.split_once('>').filter(|_| part.starts_with(['s', '/'])).map_or(part, |(_, text)| text),
            );
        }
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }

    #[test]
    fn tokens_have_their_kinds() {
        for (language, code, kind, token) in [
            ("json", "{ \"a\": \"b\" }", Kind::Name, "&quot;a&quot;"),
            ("json", "{ \"a\": \"b\" }", Kind::String, "&quot;b&quot;"),
            ("json", "[1.5e3, null]", Kind::Number, "1.5e3"),
            ("json", "[1.5e3, null]", Kind::Keyword, "null"),
            ("bash", "curl -sS \"$URL\" # now", Kind::Variable, "-sS"),
            ("bash", "curl -sS \"$URL\" # now", Kind::Comment, "# now"),
            ("bash", "echo $A/b '\\'", Kind::Variable, "$A"),
            ("bash", "echo $A/b '\\'", Kind::String, "'\\'"),
            ("bash", "for f in a; do x; done", Kind::Keyword, "done"),
            ("ts", "const a = `x${1}\ny`; // b", Kind::String, "`x${1}\ny`"),
            ("ts", "const a = { b: 1 };", Kind::Name, "b"),
            ("ts", "const a = { b: 1 };", Kind::Keyword, "const"),
            (
                "python",
                "x = \"\"\"a\n\"b\"\"\"\"",
                Kind::String,
                "&quot;&quot;&quot;a\n&quot;b&quot;&quot;&quot;",
            ),
            ("python", "if x: return", Kind::Keyword, "return"),
            ("toml", "[mail]\nfrom = \"a\" # b", Kind::Name, "[mail]"),
            ("toml", "[mail]\nfrom = \"a\" # b", Kind::Name, "from"),
            ("rust", "fn f<'a>() {}", Kind::Keyword, "fn"),
        ] {
            let html = highlighted(language, code);
            let span = format!("<span class=\"{}\">{token}</span>", kind.class());
            assert!(html.contains(&span), "{span}\n{html}");
        }
        assert!(!highlighted("bash", "x done/in-do").contains("tok-keyword"));
        assert_eq!(highlighted("text", "if a < 1 & \"b\""), "if a &lt; 1 &amp; &quot;b&quot;");
    }

    #[test]
    fn no_code_is_changed_whatever_it_is() {
        let odd = [
            "\"", "'a\\", "${", "$", "-", "#", "`", "\"\"\"", "é\"ü'", "[", "a:", "1", "\\", "\n[\n", "$é",
            "-é",
        ];
        for language in ["json", "bash", "ts", "python", "toml", "rust", "text"] {
            for first in odd {
                for second in odd {
                    let written = format!("{first} {second}{first}\n{second}");
                    assert_eq!(code(&highlighted(language, &written)), written, "{language}");
                }
            }
        }
    }
}
