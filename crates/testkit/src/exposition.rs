//! A page of metrics in Prometheus' text format, read strictly: what a scraper might forgive is an error here.

use std::collections::{BTreeMap, BTreeSet};

/// The type of a family of series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Counts of what is not greater than each bound.
    Histogram,
}

impl Kind {
    /// Returns the word that the page uses for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        }
    }

    fn read(word: &str) -> Result<Self, String> {
        [Kind::Counter, Kind::Gauge, Kind::Histogram]
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or(format!("{word:?} is no type"))
    }
}

/// The labels of a series.
pub type Labels = BTreeMap<String, String>;

/// All series of one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// Its type.
    pub kind: Kind,
    /// Its help text.
    pub help: String,
    /// Name, labels and value of each sample. A histogram has them under three names.
    pub samples: Vec<(String, Labels, f64)>,
}

impl Family {
    /// Returns the names of the labels by which its series differ.
    pub fn label_names(&self) -> BTreeSet<&str> {
        let names = self.samples.iter().flat_map(|(_, labels, _)| labels.keys());
        names.map(String::as_str).filter(|name| *name != "le").collect()
    }
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exposition(pub BTreeMap<String, Family>);

impl Exposition {
    /// Reads a page.
    ///
    /// # Errors
    /// Reports what is wrong with it, and on which line.
    pub fn read(page: &str) -> Result<Self, String> {
        let mut families = BTreeMap::new();
        let mut series = BTreeSet::new();
        let mut help: Option<(String, String)> = None;
        let mut current: Option<String> = None;
        for line in page.lines().filter(|line| !line.is_empty()) {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, words) = rest.split_once(' ').ok_or(format!("a help without words: {line}"))?;
                if words.trim().is_empty() || help.is_some() {
                    return Err(format!("a help without words, or without a type: {line}"));
                }
                help = Some((is_name(name)?.to_owned(), words.to_owned()));
                current = None;
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').ok_or(format!("no type: {line}"))?;
                let words = match help.take() {
                    Some((of, words)) if of == name => words,
                    _ => return Err(format!("a type without a help: {line}")),
                };
                let family = Family { kind: Kind::read(kind)?, help: words, samples: Vec::new() };
                if families.insert(name.to_owned(), family).is_some() {
                    return Err(format!("a family occurs twice: {line}"));
                }
                current = Some(name.to_owned());
            } else {
                let sample = sample(line)?;
                let name = current.as_ref().ok_or(format!("a sample of no family: {line}"))?;
                let family: &mut Family = families.get_mut(name).ok_or("no family")?;
                if !belongs(&sample.0, name, family.kind) {
                    return Err(format!("a sample of another family: {line}"));
                }
                if !series.insert((sample.0.clone(), sample.1.clone())) {
                    return Err(format!("a series occurs twice: {line}"));
                }
                family.samples.push(sample);
            }
        }
        if !page.ends_with('\n') || help.is_some() {
            return Err("the page ends early".to_owned());
        }
        for (name, family) in &families {
            judge(name, family).map_err(|wrong| format!("{name}: {wrong}"))?;
        }
        Ok(Self(families))
    }

    /// Returns the value of the one sample with this name and exactly these labels; `None` if there is none.
    pub fn get(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: Labels =
            labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut samples = self.0.values().flat_map(|family| &family.samples);
        samples.find(|sample| sample.0 == name && sample.1 == labels).map(|sample| sample.2)
    }

    /// Returns every series that is on the page, as its name and labels.
    pub fn series(&self) -> BTreeSet<(String, Labels)> {
        let samples = self.0.values().flat_map(|family| &family.samples);
        samples.map(|(name, labels, _)| (name.clone(), labels.clone())).collect()
    }

    /// Returns the series of a family that are not zero, each written as `label=value,… value`.
    ///
    /// # Panics
    /// If there is no such family.
    pub fn moved(&self, name: &str) -> BTreeSet<String> {
        let family = self.0.get(name).unwrap_or_else(|| panic!("no {name}"));
        let samples = family.samples.iter().filter(|(_, _, value)| *value != 0.0);
        let series = samples.map(|(_, labels, value)| {
            let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{} {value}", labels.join(","))
        });
        series.collect()
    }
}

fn belongs(sample: &str, family: &str, kind: Kind) -> bool {
    match kind {
        Kind::Counter | Kind::Gauge => sample == family,
        Kind::Histogram => {
            sample.strip_prefix(family).is_some_and(|suffix| ["_bucket", "_sum", "_count"].contains(&suffix))
        }
    }
}

fn is_name(text: &str) -> Result<&str, String> {
    let mut characters = text.chars();
    let begins = characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    match begins && characters.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        true => Ok(text),
        false => Err(format!("{text:?} is no name")),
    }
}

fn sample(line: &str) -> Result<(String, Labels, f64), String> {
    let wrong = |what: &str| format!("{what}: {line}");
    let (name, rest) = line.split_at(line.find(['{', ' ']).ok_or(wrong("no value"))?);
    let mut labels = Labels::new();
    let rest = match rest.strip_prefix('{') {
        None => rest,
        Some(mut rest) => loop {
            let (label, after) = rest.split_once("=\"").ok_or(wrong("no label"))?;
            let (value, after) = quoted(after).ok_or(wrong("a label without an end"))?;
            if value.is_empty() || labels.insert(is_name(label)?.to_owned(), value).is_some() {
                return Err(wrong("an empty label, or one that occurs twice"));
            }
            match after.strip_prefix(',') {
                Some(more) => rest = more,
                None => break after.strip_prefix('}').ok_or(wrong("labels without an end"))?,
            }
        },
    };
    let value = rest.strip_prefix(' ').ok_or(wrong("no value"))?;
    Ok((is_name(name)?.to_owned(), labels, number(value).ok_or(wrong("no number"))?))
}

/// Returns a label's value up to its closing quotation mark, and the rest behind the mark.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                escaped @ ('\\' | '"') => value.push(escaped),
                _ => return None,
            },
            _ => value.push(character),
        }
    }
    None
}

fn number(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "+Inf" => Some(f64::INFINITY),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => text.parse().ok(),
        _ => None,
    }
}

fn judge(name: &str, family: &Family) -> Result<(), String> {
    if family.samples.is_empty() {
        return Err("it has no series".to_owned());
    }
    let is_total = name.ends_with("_total");
    match family.kind {
        Kind::Counter if !is_total => Err("a counter's name ends with _total".to_owned()),
        Kind::Counter if family.samples.iter().any(|(_, _, value)| !value.is_finite() || *value < 0.0) => {
            Err("a counter is no count".to_owned())
        }
        Kind::Histogram if is_total => Err("a histogram is no total".to_owned()),
        Kind::Histogram => judge_histogram(name, family),
        Kind::Counter | Kind::Gauge => Ok(()),
    }
}

/// The samples of a histogram under one set of labels.
#[derive(Default)]
struct Distribution {
    /// Bound and count of each bucket, in the order of the page.
    buckets: Vec<(f64, f64)>,
    sum: Option<f64>,
    count: Option<f64>,
}

fn judge_histogram(name: &str, family: &Family) -> Result<(), String> {
    let mut all: BTreeMap<Labels, Distribution> = BTreeMap::new();
    for (sample, labels, value) in &family.samples {
        let mut labels = labels.clone();
        let bound = labels.remove("le");
        let one = all.entry(labels).or_default();
        match (sample.strip_prefix(name), bound.as_deref().map(number)) {
            (Some("_bucket"), Some(Some(bound))) => one.buckets.push((bound, *value)),
            (Some("_sum"), None) => one.sum = Some(*value),
            (Some("_count"), None) => one.count = Some(*value),
            _ => return Err(format!("{sample} {bound:?}")),
        }
    }
    for (labels, one) in all {
        let grows = one.buckets.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1);
        let whole = one
            .buckets
            .last()
            .is_some_and(|(bound, count)| *bound == f64::INFINITY && Some(*count) == one.count);
        if !grows || !whole || !one.sum.is_some_and(f64::is_finite) {
            return Err(format!("a histogram that is none: {labels:?}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# HELP a_total Words.\n# TYPE a_total counter\na_total{x=\"1\",y=\"q\\\"\\n\"} 3\na_total 0\n\n\
        # HELP b Words.\n# TYPE b gauge\nb NaN\n\n\
        # HELP c Words.\n# TYPE c histogram\nc_bucket{le=\"0.5\"} 1\nc_bucket{le=\"+Inf\"} 2\nc_sum 7.5\nc_count 2\n";

    #[test]
    fn a_page_is_read() {
        let page = Exposition::read(PAGE).unwrap();
        assert_eq!(page.0.keys().collect::<Vec<_>>(), ["a_total", "b", "c"]);
        assert_eq!(page.get("a_total", &[("y", "q\"\n"), ("x", "1")]), Some(3.0));
        assert_eq!((page.get("a_total", &[]), page.get("a_total", &[("x", "1")])), (Some(0.0), None));
        assert!(page.get("b", &[]).unwrap().is_nan());
        assert_eq!(page.get("c_count", &[]), Some(2.0));
        assert_eq!(page.series().len(), 7);
        assert_eq!(page.0["a_total"].label_names(), BTreeSet::from(["x", "y"]));
        assert_eq!(page.0["c"].label_names(), BTreeSet::new());
        assert_eq!(page.moved("a_total"), BTreeSet::from(["x=1,y=q\"\n 3".to_owned()]));
    }

    #[test]
    fn a_page_that_is_wrong_is_refused() {
        for (right, wrong) in [
            ("# HELP a_total Words.\n", ""),
            ("# HELP a_total Words.\n", "# HELP a_total  \n"),
            ("# HELP a_total Words.\n", "# HELP z_total Words.\n"),
            ("# TYPE a_total counter\n", ""),
            ("# TYPE a_total counter\n", "# TYPE a_total summary\n"),
            ("a_total 0\n", "a_total 0\na_total 1\n"),
            ("a_total 0\n", "a_total -1\n"),
            ("a_total 0\n", "a_total NaN\n"),
            ("a_total 0\n", "a_total 0 \n"),
            ("a_total 0\n", "a_total\n"),
            ("a_total 0\n", "a_total{} 0\n"),
            ("a_total 0\n", "a_total{x=\"\"} 0\n"),
            ("a_total 0\n", "a_total{x=\"1\",x=\"2\"} 0\n"),
            ("a_total 0\n", "a_total{x=\"1} 0\n"),
            ("a_total 0\n", "a_total{0=\"1\"} 0\n"),
            ("a_total 0\n", "z 0\n"),
            ("a_total", "a"),
            ("# HELP b Words.\n# TYPE b gauge\n", "# HELP a_total Words.\n# TYPE a_total gauge\n"),
            ("b NaN\n", ""),
            ("b NaN\n", "b nan\n"),
            ("b NaN\n", "# a comment\n"),
            ("le=\"0.5\"} 1", "le=\"0.5\"} 3"),
            ("le=\"0.5\"", "le=\"+Inf\""),
            ("c_bucket{le=\"+Inf\"} 2\n", ""),
            ("c_sum 7.5\n", ""),
            ("c_count 2\n", "c_count 3\n"),
            ("c_count 2\n", "c_count 2"),
        ] {
            assert!(PAGE.contains(right), "{right:?}");
            let page = PAGE.replace(right, wrong);
            assert!(Exposition::read(&page).is_err(), "{page}");
        }
    }
}
