//! The mistakes in the settings, all of them in one message: an operator mends them in one go.

use anyhow::{Result, bail};

/// Mistakes that were found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<String>);

impl Problems {
    /// Records a mistake. The text names the setting.
    pub(crate) fn add(&mut self, problem: impl Into<String>) {
        self.0.push(problem.into());
    }

    /// Records the error as a mistake, with its causes, if there is one.
    pub(crate) fn check<T>(&mut self, result: Result<T>) {
        if let Err(error) = result {
            self.add(format!("{error:#}"));
        }
    }

    /// Records a mistake if a condition does not hold.
    pub(crate) fn expect(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.add(problem());
        }
    }

    /// Ends the search.
    ///
    /// # Errors
    /// If anything was found.
    pub(crate) fn into_result(self) -> Result<()> {
        match self.0.as_slice() {
            [] => Ok(()),
            [one] => bail!("{one}"),
            several => bail!("{} settings are wrong:\n  {}", several.len(), several.join("\n  ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_are_one_error() {
        assert!(Problems::default().into_result().is_ok());
        let mut problems = Problems::default();
        problems.expect(true, || "never".into());
        problems.add("a: expected b");
        problems.check(Err::<(), _>(anyhow::anyhow!("inner").context("c")));
        let error = problems.into_result().unwrap_err();
        assert_eq!(error.to_string(), "2 settings are wrong:\n  a: expected b\n  c: inner");
    }
}
