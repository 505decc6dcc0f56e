//! A hostile text in every place that shows a text from outside.

use super::Sample;

const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></head><script>",
    "</bdi></p></main>",
    "<!-- ",
    "]]>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt;&amp;&#x3c;",
    "javascript:alert(1)",
    "\u{feff}<svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
];

/// Puts a text into one place of a sample.
type Put = fn(&mut Sample, String);

/// Every place that shows a text from outside.
const PLACES: [(&str, Put); 16] = [
    ("issuer.name", |s, t| s.document.issuer.name = t),
    ("issuer.id", |s, t| s.document.issuer.id = t),
    ("issuer.url", |s, t| s.document.issuer.url = Some(t)),
    ("recipient", |s, t| s.document.subject.name = Some(t)),
    ("achievement.id", |s, t| s.document.subject.achievement.id = Some(t)),
    ("achievement.name", |s, t| s.document.subject.achievement.name = t),
    ("description", |s, t| s.document.subject.achievement.description = t),
    ("criteria", |s, t| s.document.subject.achievement.criteria = t),
    ("alignment.framework", |s, t| s.document.subject.achievement.alignment[0].target_framework = t),
    ("alignment.code", |s, t| s.document.subject.achievement.alignment[0].target_code = t),
    ("alignment.name", |s, t| s.document.subject.achievement.alignment[0].target_name = t),
    ("alignment.url", |s, t| s.document.subject.achievement.alignment[0].target_url = t),
    ("evidence.id", |s, t| s.document.evidence[0].id = Some(t)),
    ("evidence.narrative", |s, t| s.document.evidence[0].narrative = Some(t)),
    ("revocation.reason", |s, t| s.revocation.as_mut().unwrap().reason = Some(t)),
    ("check.reason", |s, t| s.report.as_mut().unwrap().checks[4].reason = Some(t)),
];

/// Counts the characters of a page that mean something to a browser's parser.
fn marks(html: &str) -> [usize; 3] {
    ['<', '>', '"'].map(|mark| html.matches(mark).count())
}

#[test]
fn a_hostile_text_stays_text_in_every_place() {
    for (place, put) in PLACES {
        let page = |text: &str| {
            let mut sample = Sample::new().revoked();
            put(&mut sample, text.to_owned());
            sample.html()
        };
        let harmless = marks(&page("harmless"));
        for payload in HOSTILE {
            let html = page(payload);
            assert_eq!(marks(&html), harmless, "{place}: {payload}");
            assert!(!html.contains("href=\"javascript:"), "{place}: {payload}");
            let escaped = payload.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
            let escaped = escaped.replace('"', "&#34;").replace('\'', "&#39;");
            // An address that is none is not shown at all.
            assert!(
                html.contains(&escaped) || place.ends_with(".url"),
                "{place}: {payload} reads differently"
            );
        }
    }
}

#[test]
fn an_address_from_outside_cannot_break_out_of_its_link() {
    let harmless = marks(&Sample::new().html());
    for url in ["https://a\"onclick=\"alert(1)", "https://a'><script>", "http://a/?b=1&c=<2>"] {
        for (place, put) in
            PLACES.iter().filter(|(place, _)| place.ends_with(".url") || place.ends_with(".id"))
        {
            let mut sample = Sample::new();
            put(&mut sample, url.to_owned());
            let [opened, closed, quotes] = marks(&sample.html());
            // Where there was no link before, there is one now: three attributes' quotes and two tags more.
            let more = usize::from(matches!(*place, "issuer.url")) * 2;
            assert!(opened <= harmless[0] + more && closed <= harmless[1] + more, "{place}: {url}");
            assert!(quotes <= harmless[2] + more * 2, "{place}: {url}");
        }
    }
}
