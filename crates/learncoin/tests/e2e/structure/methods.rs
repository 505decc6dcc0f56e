//! The calls of methods between the files of a crate. Two files that hold blocks of one type call each other without an import, so
//! circles of calls are looked for in imports and calls together.

use std::collections::{BTreeMap, BTreeSet};

use crate::structure::files::{Module, circles, imports, modules};
use crate::support::process::repository;

/// The crates whose files may not call each other in a circle.
const CRATES: [&str; 4] = ["issuance", "server", "store", "delivery"];

/// Circles that stay, with the reason. At most three.
const CIRCLES: [(&str, &[&str], &str); 1] = [(
    "store",
    &["events::event", "webhooks::deliveries", "webhooks::endpoints"],
    "an event is written with its deliveries, which are read with their event and endpoint and fail with their endpoint",
)];

#[test]
fn no_calls_within_a_crate_lead_in_a_circle() {
    let (mut found, mut seen) = (Vec::new(), 0);
    for name in CRATES {
        let modules = modules(&repository().join("crates").join(name).join("src"));
        let calls = Calls::read(&modules).between_files();
        seen += calls.values().map(BTreeSet::len).sum::<usize>();
        for circle in circles(&joined(imports(&modules), &calls)) {
            if !CIRCLES.iter().any(|(of, files, _)| *of == name && circle == *files) {
                found.push(format!("{name}: {}", circle.join(" → ")));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(seen > 50, "only {seen} calls between files were read");
}

#[test]
fn a_circle_of_calls_is_found() {
    let block = |of: &str, method: &str, code: &str| {
        format!(
            "impl {of} {{\n    pub async fn {method}(&self, other: &Other) {{\n        {code};\n    }}\n}}\n"
        )
    };
    let found = |files: &[(&str, String)]| {
        let modules = files.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect();
        circles(&Calls::read(&modules).between_files())
    };
    let root = ("context", "pub struct Context {\n    other: Arc<Other>,\n}\npub struct Other;\n".to_owned());
    let there = block("Context", "one", "self.two(other)\n            .await");
    let back = there.clone() + &block("Context", "three", "()");
    for call in ["self.three()", "Self::three(self)", "self\n            .three::<u8>(1)"] {
        let round = [root.clone(), ("a", back.clone()), ("b", block("Context", "two", call))];
        assert_eq!(found(&round), [["a", "b"]], "{call}");
    }
    let one_way = [root.clone(), ("a", there.clone()), ("b", block("Context", "two", "self.four()"))];
    assert_eq!(found(&one_way), [[""; 0]; 0]);
    for call in ["self.other.back()", "other.back()"] {
        let to = block("Context", "three", call) + &block("Context", "one", "self.two()");
        let from = block("Context", "two", "()") + &block("Other", "back", "()");
        assert_eq!(found(&[root.clone(), ("a", to), ("b", from)]), [[""; 0]; 0], "{call} goes one way");
        let to = block("Context", "three", call) + &block("Context", "four", "()");
        let from = block("Other", "back", "()") + &block("Context", "two", "self.four()");
        assert_eq!(found(&[root.clone(), ("a", to), ("b", from)]), [["a", "b"]], "{call}");
    }
    let named_alike = [
        (
            "a",
            "struct Worker;\n".to_owned()
                + &block("Worker", "one", "self.two()")
                + &block("Worker", "two", "()"),
        ),
        (
            "b",
            "struct Worker;\n".to_owned()
                + &block("Worker", "two", "self.one()")
                + &block("Worker", "one", "()"),
        ),
    ];
    assert_eq!(found(&named_alike), [[""; 0]; 0], "two types of one name are two types");
}

/// A type of the crate: the module that defines it, and its name.
type Type = (Module, String);

/// A method, in a block of its type.
struct Method<'a> {
    module: &'a Module,
    of: Type,
    name: String,
    /// From its name on, without white space before dots.
    code: String,
}

/// The methods of a crate, and what is known of its types.
struct Calls<'a> {
    methods: Vec<Method<'a>>,
    types: Types,
}

impl<'a> Calls<'a> {
    fn read(modules: &'a BTreeMap<Module, String>) -> Self {
        let types = Types::read(modules);
        let mut methods = Vec::new();
        for (module, text) in modules {
            for (name, lines) in blocks(text) {
                if let Some(of) = types.resolve(module, name) {
                    methods.extend(functions(&lines).map(|(name, code)| {
                        let of = of.clone();
                        Method { module, of, name, code }
                    }));
                }
            }
        }
        Self { methods, types }
    }

    /// Returns the files whose methods each file's methods call.
    fn between_files(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let mut homes: BTreeMap<(&Type, &str), BTreeSet<&Module>> = BTreeMap::new();
        for method in &self.methods {
            homes.entry((&method.of, &method.name)).or_default().insert(method.module);
        }
        let mut calls: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
        for method in &self.methods {
            for (of, name) in self.called_by(method) {
                for home in
                    homes.get(&(&of, name)).into_iter().flatten().filter(|home| **home != method.module)
                {
                    calls.entry(method.module.clone()).or_default().insert((*home).clone());
                }
            }
        }
        calls
    }

    /// Returns the methods that a method calls on its own type, on its fields, and on its arguments.
    fn called_by<'m>(&self, method: &'m Method<'_>) -> Vec<(Type, &'m str)> {
        let mut called = Vec::new();
        for (before, rest) in occurrences(&method.code, "self.") {
            let (first, rest) = word(rest);
            if before {
                continue;
            }
            if is_call(rest) {
                called.push((method.of.clone(), first));
            } else if let Some(rest) = rest.strip_prefix('.')
                && let (second, rest) = word(rest)
                && is_call(rest)
            {
                let types = self.types.fields.get(&(method.of.clone(), first.to_owned()));
                called.extend(types.into_iter().flatten().map(|of| (of.clone(), second)));
            }
        }
        for (before, rest) in occurrences(&method.code, "Self::") {
            if !before {
                called.push((method.of.clone(), word(rest).0));
            }
        }
        let signature = method.code.split('{').next().unwrap();
        for (argument, of) in arguments(signature) {
            let Some(of) = self.types.resolve(method.module, of) else { continue };
            for (before, rest) in occurrences(&method.code, &format!("{argument}.")) {
                let (name, rest) = word(rest);
                if !before && is_call(rest) {
                    called.push((of.clone(), name));
                }
            }
        }
        called
    }
}

/// The types of a crate.
struct Types {
    /// The modules that define a type of a name.
    homes: BTreeMap<String, Vec<Module>>,
    /// The types of the crate that the type of a field names.
    fields: BTreeMap<(Type, String), Vec<Type>>,
}

impl Types {
    fn read(modules: &BTreeMap<Module, String>) -> Self {
        let mut types = Self { homes: BTreeMap::new(), fields: BTreeMap::new() };
        for (module, text) in modules {
            for name in text.lines().filter_map(defined) {
                types.homes.entry(name.to_owned()).or_default().push(module.clone());
            }
        }
        for (module, text) in modules {
            let mut current = None;
            for line in text.lines() {
                if let Some(name) = defined(line) {
                    current = Some(name);
                } else if line == "}" {
                    current = None;
                } else if let Some(name) = current
                    && let Some((field, of)) = line.trim().split_once(": ")
                {
                    let names = of.split(|one: char| !one.is_alphanumeric() && one != '_');
                    let found: Vec<Type> = names.filter_map(|name| types.resolve(module, name)).collect();
                    let field = field.rsplit(' ').next().unwrap().to_owned();
                    types.fields.insert(((module.clone(), name.to_owned()), field), found);
                }
            }
        }
        types
    }

    /// Returns the type that a name means in a module: its own, the only one of the crate, or that of the nearest module above.
    fn resolve(&self, module: &str, name: &str) -> Option<Type> {
        let homes = self.homes.get(name)?;
        let is_above = |home: &&Module| module == home.as_str() || module.starts_with(&format!("{home}::"));
        let home = match homes.as_slice() {
            [only] => only,
            _ => homes.iter().filter(is_above).max_by_key(|home| home.len())?,
        };
        Some((home.clone(), name.to_owned()))
    }
}

/// Returns the name of the type whose definition begins in a line at the margin.
fn defined(line: &str) -> Option<&str> {
    let line =
        line.strip_prefix("pub").map_or(line, |rest| rest.split_once(' ').map_or(rest, |(_, rest)| rest));
    let name = ["struct ", "enum "].iter().find_map(|kind| line.strip_prefix(kind))?;
    Some(word(name).0)
}

/// Returns the type and the lines of each `impl` block at the margin.
fn blocks(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(head) = line.strip_prefix("impl").filter(|head| head.starts_with([' ', '<'])) else {
            continue;
        };
        let head = head.split_once("> ").filter(|_| head.starts_with('<')).map_or(head, |(_, rest)| rest);
        let of = head.rsplit(" for ").next().unwrap().trim();
        let path = of.split(|one: char| !one.is_alphanumeric() && !matches!(one, '_' | ':')).next().unwrap();
        let name = path.rsplit("::").next().unwrap();
        blocks.push((name, lines.by_ref().take_while(|line| *line != "}").collect()));
    }
    blocks
}

/// Returns the name and the code of each function of a block, from its name to the next function.
fn functions(lines: &[&str]) -> impl Iterator<Item = (String, String)> {
    let mut functions: Vec<(String, String)> = Vec::new();
    for line in lines {
        let declared = line.strip_prefix("    ").filter(|rest| !rest.starts_with(' ')).and_then(|rest| {
            let (before, after) = rest.split_once("fn ")?;
            (before.is_empty() || before.ends_with(' ')).then_some(after)
        });
        if let Some(after) = declared {
            functions.push((word(after).0.to_owned(), after.to_owned()));
        } else if let Some((_, code)) = functions.last_mut() {
            let line = line.trim();
            if !line.starts_with('.') {
                code.push(' ');
            }
            code.push_str(line);
        }
    }
    functions.into_iter()
}

/// Returns each argument that is a reference to a type, with the type's name.
fn arguments(signature: &str) -> Vec<(&str, &str)> {
    let mut arguments = Vec::new();
    for (at, _) in signature.match_indices(": &") {
        let name = signature[..at].rsplit(|one: char| !one.is_alphanumeric() && one != '_').next().unwrap();
        let of = signature[at + ": &".len()..].trim_start_matches("mut ");
        arguments.push((name, word(of).0));
    }
    arguments
}

/// Returns what follows each occurrence of a text, and whether the occurrence is the end of a longer word.
fn occurrences<'a>(code: &'a str, text: &str) -> impl Iterator<Item = (bool, &'a str)> {
    code.match_indices(text).map(|(at, text)| {
        let before = code[..at].chars().next_back();
        (
            before.is_some_and(|last| last.is_alphanumeric() || matches!(last, '_' | '.')),
            &code[at + text.len()..],
        )
    })
}

/// Returns the word at the beginning, and the rest.
fn word(text: &str) -> (&str, &str) {
    let end = text.find(|one: char| !one.is_alphanumeric() && one != '_').unwrap_or(text.len());
    text.split_at(end)
}

/// Returns whether a name before this is called.
fn is_call(rest: &str) -> bool {
    rest.starts_with('(') || rest.starts_with("::<")
}

fn joined(
    mut one: BTreeMap<Module, BTreeSet<Module>>,
    other: &BTreeMap<Module, BTreeSet<Module>>,
) -> BTreeMap<Module, BTreeSet<Module>> {
    for (module, targets) in other {
        one.entry(module.clone()).or_default().extend(targets.iter().cloned());
    }
    one
}
