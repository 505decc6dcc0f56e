//! The fate of a COMMIT, which a test may choose: outcomes that are rare, or need a connection that breaks.
//!
//! Compiled out unless the feature `kill-points` is on, as kill points are: then every COMMIT passes.

#[cfg(feature = "kill-points")]
pub use meddled::{CommitFate, Commits};
#[cfg(not(feature = "kill-points"))]
pub(crate) use plain::Commits;

#[cfg(not(feature = "kill-points"))]
mod plain {
    use crate::error::Result;
    use crate::events::event_type::EventType;
    use crate::scope::Environment;

    /// Every COMMIT passes.
    #[derive(Clone, Default)]
    pub(crate) struct Commits(());

    /// It passes.
    pub(crate) struct Passes;

    impl Commits {
        #[inline(always)]
        pub(crate) fn fate(&self, _happened: &[(EventType, Environment)]) -> Passes {
            Passes
        }
    }

    impl Passes {
        #[inline(always)]
        pub(crate) fn before(&self) -> Result<()> {
            Ok(())
        }

        #[inline(always)]
        pub(crate) async fn after(self) -> Result<()> {
            Ok(())
        }
    }
}

#[cfg(feature = "kill-points")]
mod meddled {
    use std::io::ErrorKind;
    use std::pin::Pin;
    use std::sync::{Arc, Mutex, PoisonError};

    use crate::error::{Error, Result};
    use crate::events::event_type::EventType;
    use crate::scope::Environment;

    type Rule = dyn Fn(&[EventType]) -> CommitFate + Send + Sync;
    type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

    /// The fate of a COMMIT.
    pub enum CommitFate {
        /// It is done, and success is reported.
        Passes,
        /// It is not done, and failure is reported.
        Refused,
        /// It is not done, and nothing is reported: the connection is gone.
        Lost,
        /// It is done, and nothing is reported: the connection is gone.
        Unanswered,
        /// It is done, and success is reported once this future has completed.
        Held(Wait),
    }

    impl CommitFate {
        pub(crate) fn before(&self) -> Result<()> {
            match self {
                CommitFate::Passes | CommitFate::Unanswered | CommitFate::Held(_) => Ok(()),
                CommitFate::Refused => Err(sqlx::Error::Protocol("COMMIT was refused".to_owned()).into()),
                CommitFate::Lost => Err(gone()),
            }
        }

        pub(crate) async fn after(self) -> Result<()> {
            match self {
                CommitFate::Unanswered => Err(gone()),
                CommitFate::Held(wait) => {
                    wait.await;
                    Ok(())
                }
                CommitFate::Passes | CommitFate::Refused | CommitFate::Lost => Ok(()),
            }
        }
    }

    fn gone() -> Error {
        sqlx::Error::Io(ErrorKind::ConnectionReset.into()).into()
    }

    /// The rule of the moment, if there is one. Cheap to clone; all clones have the same rule.
    #[derive(Clone, Default)]
    pub struct Commits(Arc<Mutex<Option<Arc<Rule>>>>);

    impl Commits {
        /// Sets the rule that decides on the fate of each COMMIT by the events that the transaction wrote.
        pub fn set(&self, rule: impl Fn(&[EventType]) -> CommitFate + Send + Sync + 'static) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(rule));
        }

        /// Removes the rule, so that each COMMIT passes.
        pub fn stop(&self) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }

        pub(crate) fn fate(&self, happened: &[(EventType, Environment)]) -> CommitFate {
            let rule = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let events: Vec<EventType> = happened.iter().map(|(event, _)| *event).collect();
            rule.map_or(CommitFate::Passes, |rule| rule(&events))
        }
    }
}
