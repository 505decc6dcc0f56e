//! Links in names and titles. Mail programs turn what looks like an address into a link, so a text of a tenant that holds one
//! would lead a mail's readers wherever the tenant likes.
//!
//! The rule, after the text is folded ([`fold`]). A text holds a link if in it is
//! - `://`, or `hxxp`, `mailto:` or `tel:` before anything;
//! - a host: labels with dots between them, of which one behind the first is a top-level domain of the root zone, any begins
//!   with `xn--`, or the first is `www`;
//! - an IPv4 address of four decimal numbers, or an IPv6 address of at least three colons;
//! - an e-mail address: an `@` with a host, or any labels with a dot, behind it.
//!
//! No host is what people write in names and titles: an abbreviation or initials (`B.Sc`, `J.Law`), whose labels before the
//! last have one character, without a path or a port; and [`NAMES`]. What a program would not take for a host is none, such as
//! `Node.js`, `Web3.0` or `St.Gallen`. A top-level domain that is younger than the list is not known.

mod fold;

use std::collections::HashSet;
use std::net::Ipv6Addr;
use std::sync::LazyLock;

use self::fold::{fold, in_latin, is_of_host};

/// The names of products, titles and companies that end like a host. Each is exempt as a whole only.
const NAMES: [&str; 13] = [
    "asp.net",
    "ado.net",
    "vb.net",
    "ml.net",
    "socket.io",
    "dr.med",
    "dr.ing",
    "dipl.ing",
    "univ.prof",
    "co.ltd",
    "pte.ltd",
    "pty.ltd",
    "pvt.ltd",
];

static TOP_LEVEL_DOMAINS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let list = include_str!("../../data/top-level-domains.txt");
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
});

/// Returns whether a text holds what mail programs or people take for a link or an address.
pub fn has_link(text: &str) -> bool {
    let text = fold(text);
    text.contains("://") || has_scheme(&text) || has_ipv6(&text) || hosts(&text).any(|host| host.is_link())
}

fn has_scheme(text: &str) -> bool {
    let begins = |word: &str, scheme: &str| {
        word.strip_prefix(scheme)
            .is_some_and(|rest| rest.starts_with(|next: char| next.is_alphanumeric() || next == '+'))
    };
    text.split(|character: char| !character.is_alphanumeric() && !":+".contains(character))
        .any(|word| word.starts_with("hxxp") || begins(word, "mailto:") || begins(word, "tel:"))
}

fn has_ipv6(text: &str) -> bool {
    text.split(|character: char| !character.is_ascii_hexdigit() && character != ':')
        .any(|word| word.matches(':').count() >= 3 && word.parse::<Ipv6Addr>().is_ok())
}

/// A run of labels with dots between them.
struct Host<'t> {
    labels: Vec<&'t str>,
    before: &'t str,
    after: &'t str,
}

/// Returns every run of labels, a single one included.
fn hosts(text: &str) -> impl Iterator<Item = Host<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at.checked_add(rest.find(is_of_host)?)?;
        let run = text.get(start..)?;
        let end = start.checked_add(run.find(|next| !is_of_host(next)).unwrap_or(run.len()))?;
        at = end;
        Some((start, end))
    })
    .flat_map(move |(start, end)| {
        let (run, before) = (text.get(start..end).unwrap_or_default(), text.get(..start).unwrap_or_default());
        let after = text.get(end..).unwrap_or_default();
        // Two dots in a row are no part of a host.
        let labels: Vec<&str> = run.split('.').collect();
        let parts: Vec<Vec<&str>> = labels.split(|label| label.is_empty()).map(<[&str]>::to_vec).collect();
        let count = parts.len();
        parts.into_iter().enumerate().filter(|(_, labels)| !labels.is_empty()).map(move |(index, labels)| {
            Host {
                labels,
                before: if index == 0 { before } else { "" },
                after: if index.saturating_add(1) == count { after } else { "" },
            }
        })
    })
}

impl Host<'_> {
    fn is_link(&self) -> bool {
        let [first, .., _] = self.labels.as_slice() else { return false };
        *first == "www"
            || self.labels.iter().any(|label| label.starts_with("xn--"))
            || self.is_ipv4()
            || self.is_of_mail()
            || self.has_top_level_domain()
    }

    fn is_ipv4(&self) -> bool {
        self.labels.len() == 4
            && self
                .labels
                .iter()
                .all(|label| label.bytes().all(|byte| byte.is_ascii_digit()) && label.parse::<u8>().is_ok())
    }

    fn is_of_mail(&self) -> bool {
        self.before.strip_suffix('@').is_some_and(|user| user.ends_with(|last: char| !last.is_whitespace()))
    }

    /// Returns whether the labels up to some label are a host. What follows that label is no matter: a reader takes
    /// `example.com.Course` for what it is.
    fn has_top_level_domain(&self) -> bool {
        (1..self.labels.len()).any(|last| {
            let labels = self.labels.get(..=last).unwrap_or_default();
            let is_whole = last.saturating_add(1) == self.labels.len();
            is_top_level_domain(labels.last().copied().unwrap_or_default())
                && !NAMES.contains(&labels.join(".").as_str())
                && !(is_abbreviation(labels) && !(is_whole && self.has_path_or_port()))
        })
    }

    fn has_path_or_port(&self) -> bool {
        let Some(next) = self.after.chars().next() else { return false };
        let rest = self.after.get(next.len_utf8()..).unwrap_or_default();
        match next {
            // Two degrees: `B.Sc/M.Sc`.
            '/' => hosts(rest)
                .next()
                .is_none_or(|other| !is_abbreviation(&other.labels) || !rest.starts_with(is_of_host)),
            ':' => rest.starts_with(|digit: char| digit.is_ascii_digit()),
            '?' | '#' => rest.starts_with(is_of_host),
            _ => false,
        }
    }
}

/// Returns whether these are initials, or a degree: at least two labels, and those before the last have one character.
fn is_abbreviation(labels: &[&str]) -> bool {
    let Some((_, before)) = labels.split_last().filter(|(_, before)| !before.is_empty()) else {
        return false;
    };
    before.iter().all(|label| label.chars().count() == 1)
}

fn is_top_level_domain(label: &str) -> bool {
    TOP_LEVEL_DOMAINS.contains(label) || TOP_LEVEL_DOMAINS.contains(in_latin(label).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Honest names and titles.
    const HONEST: [&str; 66] = [
        "Ada Lovelace",
        "Introduction to Node.js",
        "Node.js/Express",
        "ASP.NET",
        "ASP.NET Core: The Basics",
        "Learn .NET",
        "VB.NET and ADO.NET",
        "Socket.IO",
        "Web3.0",
        "Industry 4.0",
        "Python 3.12",
        "v1.2.3",
        "B.Sc. Informatics",
        "B.Sc/M.Sc",
        "B.Com (Hons.)",
        "B.Tech.",
        "Ph.D.",
        "LL.M. Eur.",
        "Prof. Dr. A.Müller",
        "Univ.Prof. Dr.med. J.Law",
        "Dipl.-Ing. (FH)",
        "Dipl.Ing.",
        "J.R.R. Tolkien",
        "J.R.R.Tolkien",
        "R.Fox",
        "St.Gallen",
        "U.S.A.",
        "e.V.",
        "Example Co., Ltd.",
        "Example Co.Ltd",
        "HTTP: The Definitive Guide",
        "HTTPS/TLS",
        "WWW. A History",
        "JavaScript:The Good Parts",
        "std::net",
        "Dead::Beef",
        "10:30:45",
        "Teaching @ Scale",
        "Kids@Home",
        "Look (at) me",
        "The Dot Com Bubble",
        "C++ / C#",
        "AC/DC",
        "1.2.3.4.5",
        "ISO/IEC 27001:2022",
        "wait..what",
        "Wait… what?",
        "100.000",
        "Hotel: Service",
        "Mailto",
        "Основы Node.js",
        "Курс.Введение",
        "А.С.Пушкин",
        "عائشة بنت محمد",
        "مقدمة في البرمجة.",
        "機械学習入門。上級編",
        "机器学习。基础",
        "基礎・応用",
        "한국어 입문",
        "हिन्दी परिचय। भाग",
        "Μαθήματα.Εισαγωγή",
        "Col·laboració",
        "🎓 Diploma",
        "",
        ".",
        "...",
    ];

    /// Texts that lead away.
    const LINKS: [&str; 66] = [
        "https://example.com",
        "Verify at https://x",
        "hxxp://example",
        "hxxps[:]//paypal-verify",
        "ＨＴＴＰＳ：／／ｅｘａｍｐｌｅ．ｃｏｍ",
        "ftp://1",
        "mailto:a",
        "tel:+15551234",
        "www.paypal-verify",
        "paypal.com",
        "PAYPAL.COM",
        "PayPal.Com now",
        "(paypal.com)",
        "“paypal.com”",
        "«paypal.com»",
        "paypal.com.",
        "paypal.com/login",
        "paypal.com:8080",
        "go to paypal.com, then",
        "paypal.com.Security",
        "secure.paypal.com.evil.example.org",
        "example[.]com",
        "example(.)com",
        "example [.] com",
        "example{dot}com",
        "example (dot) com",
        "example[DOT]com",
        "paypal\u{3002}com",
        "paypal\u{ff0e}com",
        "paypal\u{ff61}com",
        "paypal\u{2024}com",
        "paypal\u{fe52}com",
        "paypal\u{b7}com",
        "paypal\u{2219}com",
        "paypal\u{200b}.\u{200b}com",
        "pay\u{ad}pal.com",
        "paypal.c\u{2060}om",
        "paypal.со\u{43c}",
        "paypal.соm",
        "p\u{430}ypal.com",
        "bücher.de",
        "xn--bcher-kva.example",
        "xn--80ak6aa92e.xn--p1ai",
        "пример.рф",
        "пример.москва",
        "例子.中国",
        "例え.テスト.みんな",
        "예시.한국",
        "مثال.السعودية",
        "उदाहरण.भारत",
        "δοκιμή.ελ",
        "i❤.ws",
        "data.ai",
        "README.md",
        "t.me/paypal",
        "t.co/B",
        "x.com:80",
        "x.com?y",
        "192.0.2.1",
        "http at 10.0.0.1/login",
        "[2001:db8::1]",
        "2001:db8:0:0:0:0:0:1",
        "ada@example.com",
        "a@b.c",
        "ada (at) example.com",
        "ada＠example．edu",
    ];

    #[test]
    fn names_and_titles_of_people_hold_no_link() {
        let refused: Vec<_> = HONEST.into_iter().filter(|text| has_link(text)).collect();
        assert!(refused.is_empty(), "{refused:?}");
    }

    #[test]
    fn what_leads_away_is_a_link_however_it_is_written() {
        let passed: Vec<_> = LINKS.into_iter().filter(|text| !has_link(text)).collect();
        assert!(passed.is_empty(), "{passed:?}");
        let inside: Vec<String> = LINKS.iter().map(|link| format!("Course of {link} 2026")).collect();
        let passed: Vec<_> = inside.iter().filter(|text| !has_link(text)).collect();
        assert!(passed.is_empty(), "{passed:?}");
    }

    #[test]
    fn every_top_level_domain_makes_a_host() {
        assert!(TOP_LEVEL_DOMAINS.len() > 1_500);
        let passed: Vec<_> =
            TOP_LEVEL_DOMAINS.iter().filter(|domain| !has_link(&format!("learn-more.{domain}"))).collect();
        assert!(passed.is_empty(), "{passed:?}");
    }
}
