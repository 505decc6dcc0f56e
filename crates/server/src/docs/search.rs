//! The search in the documentation: an index from words to sections, made once.
//!
//! In: what a visitor typed, of which at most [`MAX_QUERY_CHARS`] characters and [`MAX_WORDS`] words count. Out: the sections
//! that contain the words, or words that begin with them, the best first. A look-up reads the entries of those words and
//! no text but that of the results.

mod snippet;

use std::collections::{BTreeMap, HashMap};

pub(super) use self::snippet::SnippetPart;
use super::shell::Article;
use super::words::is_word;

/// The number of characters of a query that count.
pub(super) const MAX_QUERY_CHARS: usize = 100;
/// The number of words of a query that count.
const MAX_WORDS: usize = 8;
/// The number of results.
const MAX_RESULTS: usize = 20;
/// The number of results on one page.
const MAX_RESULTS_OF_A_PAGE: usize = 4;
/// A word that begins with fewer characters of the query is not found by them.
const MIN_PREFIX_CHARS: usize = 2;

/// The weight of a word, by its place.
const TITLE: u32 = 24;
const HEADING: u32 = 16;
const TEXT: u32 = 2;
/// The number of times that a word in a text counts.
const MAX_TIMES: u32 = 4;
/// The factor for the word itself, against one that begins with it.
const EXACT: u32 = 3;
/// The endings with which a word counts as itself.
const PLURALS: [&str; 3] = ["", "s", "es"];

/// The words that are in every text.
const STOP_WORDS: [&str; 22] = [
    "a", "an", "and", "are", "at", "be", "can", "do", "does", "for", "how", "i", "in", "is", "it", "my",
    "of", "on", "the", "to", "what", "with",
];

/// The index.
pub(super) struct SearchIndex {
    sections: Vec<IndexedSection>,
    /// The sections of each word, with how much it counts there.
    words: BTreeMap<String, Vec<(usize, u32)>>,
}

struct IndexedSection {
    /// The address of its page.
    path: &'static str,
    address: String,
    title: String,
    heading: String,
    text: String,
}

/// A section that was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SearchResult<'a> {
    /// Its address.
    pub(super) address: &'a str,
    /// The title of its page.
    pub(super) title: &'a str,
    /// Its heading; empty for a page's beginning.
    pub(super) heading: &'a str,
    /// A piece of its text, with the words that were found marked.
    pub(super) snippet: Vec<SnippetPart<'a>>,
}

impl SearchIndex {
    /// Creates the index of these pages.
    pub(super) fn new<'a>(articles: impl Iterator<Item = &'a Article>) -> Self {
        let mut index = Self { sections: Vec::new(), words: BTreeMap::new() };
        for article in articles {
            for section in &article.sections {
                let is_beginning = section.slug.is_empty();
                let anchor = if is_beginning { String::new() } else { format!("#{}", section.slug) };
                let text = section.text.split_whitespace().collect::<Vec<_>>().join(" ");
                let mut counts = HashMap::new();
                count(&article.title, if is_beginning { TITLE } else { TEXT }, &mut counts);
                count(&section.heading, HEADING, &mut counts);
                count(&text, TEXT, &mut counts);
                for (word, count) in counts {
                    index.words.entry(word).or_default().push((index.sections.len(), count));
                }
                index.sections.push(IndexedSection {
                    path: article.source.path,
                    address: format!("{}{anchor}", article.source.path),
                    title: article.title.clone(),
                    heading: section.heading.clone(),
                    text,
                });
            }
        }
        index
    }

    /// Finds the sections with all words of the query, or with most of them if none has all.
    pub(super) fn search(&self, query: &str) -> Vec<SearchResult<'_>> {
        let words = query_words(query);
        let mut found: HashMap<usize, (usize, u32)> = HashMap::new();
        for word in &words {
            for (section, score) in self.sections_with(word) {
                let (matched, total) = found.entry(section).or_default();
                *matched = matched.saturating_add(1);
                *total = total.saturating_add(score);
            }
        }
        let most = found.values().map(|(matched, _)| *matched).max().unwrap_or_default();
        let mut best: Vec<(u32, usize)> = found
            .into_iter()
            .filter(|(_, (matched, _))| *matched == most)
            .map(|(section, (_, score))| (score, section))
            .collect();
        best.sort_unstable_by_key(|(score, section)| (std::cmp::Reverse(*score), *section));
        let mut of_page: HashMap<&str, usize> = HashMap::new();
        let sections = best.into_iter().filter_map(|(_, section)| self.sections.get(section));
        sections
            .filter(|section| {
                let count = of_page.entry(section.path).or_default();
                *count = count.saturating_add(1);
                *count <= MAX_RESULTS_OF_A_PAGE
            })
            .take(MAX_RESULTS)
            .map(|section| SearchResult {
                address: &section.address,
                title: &section.title,
                heading: &section.heading,
                snippet: snippet::around(&section.text, &words),
            })
            .collect()
    }

    /// Returns the sections with a word or with one that begins with it, each with the most that one of them counts there.
    fn sections_with(&self, word: &str) -> HashMap<usize, u32> {
        let mut found: HashMap<usize, u32> = HashMap::new();
        let has_prefixes = word.chars().count() >= MIN_PREFIX_CHARS;
        let words = self.words.range(word.to_owned()..).take_while(|(other, _)| other.starts_with(word));
        for (other, sections) in words.filter(|(other, _)| has_prefixes || *other == word) {
            let ending = other.strip_prefix(word).unwrap_or_default();
            let factor = if PLURALS.contains(&ending) { EXACT } else { 1 };
            for (section, count) in sections {
                let best = found.entry(*section).or_default();
                *best = (*best).max(count.saturating_mul(factor));
            }
        }
        found
    }
}

/// Adds the words of a text to the counts of its section. Repetition counts up to a limit.
fn count(text: &str, weight: u32, counts: &mut HashMap<String, u32>) {
    let mut times: HashMap<String, u32> = HashMap::new();
    for word in words(text) {
        // A name such as `rate_limited` is found by its parts too.
        let parts = word.split('_').filter(|part| *part != word && !part.is_empty());
        for counted in parts.chain([word.as_str()]) {
            let number = times.entry(counted.to_owned()).or_default();
            *number = number.saturating_add(1);
        }
    }
    for (word, number) in times {
        let total = counts.entry(word).or_default();
        *total = total.saturating_add(weight.saturating_mul(number.min(MAX_TIMES)));
    }
}

/// Returns the words of a query that count. Stop words count if there are no others.
fn query_words(query: &str) -> Vec<String> {
    let typed: String = query.chars().take(MAX_QUERY_CHARS).collect();
    let mut all: Vec<String> = Vec::new();
    for word in words(&typed) {
        if all.len() < MAX_WORDS && !all.contains(&word) {
            all.push(word);
        }
    }
    let telling: Vec<String> =
        all.iter().filter(|word| !STOP_WORDS.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

/// Returns the words of a text, in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !is_word(c)).filter(|word| !word.trim_matches('_').is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::super::{book, render};
    use super::*;

    fn index() -> SearchIndex {
        let pages = [
            "# Errors\n\nEvery code.\n\n## `rate_limited`\n\nToo many requests in a minute.\n\n## `batch_not_found`\n\nNo batch.\n",
            "# Batches\n\nCredentials that are issued together.\n\n## Create a batch\n\nSend `POST /v1/batches`. A minute later it is anchored.\n",
            "# Keys\n\nKeys sign.\n",
        ];
        let articles: Vec<Article> =
            book::pages().zip(pages).map(|(source, text)| render::article(source, text)).collect();
        SearchIndex::new(articles.iter())
    }

    fn found(query: &str) -> Vec<String> {
        index().search(query).iter().map(|one| format!("{} {}", one.title, one.heading)).collect()
    }

    #[test]
    fn words_are_found_by_their_beginning_and_the_best_come_first() {
        assert_eq!(found("key"), ["Keys "]);
        assert_eq!(found("RATE_limited"), ["Errors rate_limited"]);
        assert_eq!(found("limited"), ["Errors rate_limited"]);
        assert_eq!(found("minute anchored"), ["Batches Create a batch"]);
        assert_eq!(found("batches").first().unwrap(), "Batches ");
        assert_eq!(found("batch").first().unwrap(), "Batches ");
        assert_eq!(found("how do I create a batch"), ["Batches Create a batch"]);
    }

    #[test]
    fn sections_with_most_of_the_words_are_found_if_none_has_all() {
        assert_eq!(found("minute xylophone requests"), ["Errors rate_limited"]);
    }

    #[test]
    fn what_finds_nothing_finds_nothing() {
        for query in ["", "  ", "_ _", "xylophone", "<script>alert(1)</script>", "\0", "'\"&"] {
            assert_eq!(found(query), Vec::<String>::new(), "{query}");
        }
    }

    #[test]
    fn long_queries_are_cut() {
        let words = query_words(&"abcdefg ".repeat(10_000));
        assert_eq!(words, ["abcdefg", "abcd"]);
        let many = (0..1_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(query_words(&many).len(), MAX_WORDS);
    }
}
