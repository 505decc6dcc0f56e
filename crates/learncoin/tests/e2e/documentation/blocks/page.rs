//! A Markdown file of the documentation, as its reader would follow it: its blocks of code, in order.

/// A file of the documentation.
#[derive(Clone)]
pub(crate) struct Page {
    /// Its path in the repository.
    pub(crate) path: String,
    /// Its blocks.
    pub(crate) blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Clone)]
pub(crate) struct Block {
    /// The line of its fence, from 1.
    pub(crate) line: usize,
    /// The word behind the fence.
    pub(crate) language: String,
    /// The rest of that line.
    attributes: String,
    /// The block's content.
    pub(crate) text: String,
}

impl Page {
    /// Reads a file.
    pub(crate) fn read(path: &str, markdown: &str) -> Self {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for (index, line) in markdown.lines().enumerate() {
            match (&mut open, line.strip_prefix("```")) {
                (None, Some(info)) => {
                    let (language, attributes) = info.split_once(' ').unwrap_or((info, ""));
                    open = Some(Block {
                        line: index + 1,
                        language: language.to_owned(),
                        attributes: attributes.to_owned(),
                        text: String::new(),
                    });
                }
                (Some(_), Some("")) => blocks.extend(open.take()),
                (Some(block), _) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{path}: a block is not closed");
        Self { path: path.to_owned(), blocks }
    }

    /// Returns the place of a block, for people.
    pub(crate) fn place(&self, block: &Block) -> String {
        format!("{}:{}", self.path, block.line)
    }

    /// Returns the same page, with each of these texts exchanged for another, in the blocks of one language if it is given.
    pub(crate) fn with(&self, language: Option<&str>, stand_ins: &[(&str, String)]) -> Self {
        let mut page = self.clone();
        for block in &mut page.blocks {
            if language.is_none_or(|language| block.language == language) {
                for (text, stand_in) in stand_ins {
                    block.text = block.text.replace(text, stand_in);
                }
            }
        }
        page
    }

    /// Returns whether the page has samples, each a program by itself.
    pub(crate) fn has_samples(&self) -> bool {
        self.blocks.iter().any(|block| matches!(block.role(), Ok(Role::Sample(_))))
    }
}

/// The use that is made of a block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Role<'a> {
    /// It is run.
    Run,
    /// It is saved under this name; blocks of one name are the parts of one file.
    File(&'a str),
    /// It is saved under this name and run, as one of the samples of an operation.
    Sample(&'a str),
    /// It shows what the commands before it print; behind samples, what each of them prints.
    Shown,
    /// It shows an event or an error, which another test holds against what the program writes, or a file in Rust, which
    /// another test compiles and runs.
    ShownElsewhere,
    /// It can't be run, for this reason.
    NotRun(&'a str),
    /// It is no code.
    Prose,
}

impl Block {
    /// Returns the use that is to be made of it.
    pub(crate) fn role(&self) -> Result<Role<'_>, String> {
        let name = |attribute| {
            let name: Option<&str> = self.attributes.strip_prefix(attribute);
            name.filter(|name| !name.is_empty() && !name.contains(' '))
        };
        let (file, sample) = (name("file="), name("run="));
        if let (Some(name), "ts") = (file.or(sample), self.language.as_str())
            && !name.ends_with(".mts")
        {
            return Err(format!(
                "{name} is no module for a reader who runs it as it is: it needs the ending .mts"
            ));
        }
        let reason = self.attributes.strip_prefix("no-run reason=\"").and_then(|rest| rest.strip_suffix('"'));
        match (self.language.as_str(), self.attributes.as_str(), file, reason) {
            ("bash", "", ..) => Ok(Role::Run),
            ("bash", _, None, Some(reason)) if reason.len() >= 20 => Ok(Role::NotRun(reason)),
            ("ts" | "python" | "json" | "toml", _, Some(file), None) => Ok(Role::File(file)),
            ("ts" | "python", ..) if sample.is_some() => Ok(Role::Sample(sample.unwrap_or_default())),
            ("json", "", ..) => Ok(Role::Shown),
            ("json", "event" | "error", ..) => Ok(Role::ShownElsewhere),
            ("rust", _, Some(_), None) => Ok(Role::ShownElsewhere),
            ("text", "", ..) => Ok(Role::Prose),
            (language, attributes, ..) => Err(format!("nothing checks a block of `{language} {attributes}`")),
        }
    }
}
