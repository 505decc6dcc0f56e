//! The worker that issues confirmed uploads, batch by batch, watches their batches, and mails their members at the end.
//!
//! Several nodes may work on the same upload: a part gets its batch in the transaction that accepts the batch, so the second one is
//! refused.

use std::future::Future;
use std::sync::Arc;

use learncoin_delivery::mail::member_mail::{MemberMail, MemberMailer};
use learncoin_issuance::Issuance;
use learncoin_issuance::keyed_write::Actor;
use learncoin_language::{Language, fill};
use learncoin_server::error::{ApiError, ErrorCode};
use learncoin_server::operations::{BatchDesk, BatchOrder, IssueError};
use learncoin_spreadsheet::batches;
use learncoin_store::Error as StoreError;
use learncoin_store::members::Role;
use learncoin_store::uploads::{FilePart, Upload, UploadBatch, UploadPartKey, UploadProblem, UploadStatus};
use learncoin_worker_loop::{Progress, Steps, run_until};

use super::contents::{Decisions, UploadContents, read_off_thread};
use super::stored_file::StoredFile;
use crate::state::ConsoleState;

/// The most uploads that a step looks at.
const AT_ONCE: u32 = 100;
/// For how long a mail is tried after an upload's end, in milliseconds: a day.
const NOTIFY_MS: i64 = 24 * 60 * 60 * 1000;
/// The pause after a mail that could not be sent, in milliseconds: a minute.
const NOTIFY_PAUSE_MS: i64 = 60 * 1000;

/// Issues uploads.
pub struct UploadWorker {
    state: ConsoleState,
    mailer: Option<MemberMailer>,
    /// Before when no mail is tried again.
    next_mail_at: i64,
}

/// The reason why an upload did not go on now.
enum Pause {
    /// A person has to do something first.
    Stop(UploadProblem),
    /// It is tried again.
    Fault(String),
}

impl From<StoreError> for Pause {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<ApiError> for Pause {
    fn from(error: ApiError) -> Self {
        match error.code {
            ErrorCode::MonthlyQuotaExceeded => Self::Stop(UploadProblem::Quota),
            ErrorCode::SigningKeyUnavailable | ErrorCode::AnchoringChainUnavailable => {
                Self::Stop(UploadProblem::CannotSign)
            }
            code if code.status().is_server_error() => Self::Fault(error.message),
            _ => Self::Stop(UploadProblem::Refused),
        }
    }
}

impl Steps for UploadWorker {
    async fn next_step(&mut self) -> Progress {
        match self.step().await {
            Ok(true) => Progress::Worked,
            Ok(false) => Progress::Idle { next_due_ms: None },
            Err(error) => {
                tracing::error!(%error, "the uploads could not be worked on; that is tried again");
                Progress::Idle { next_due_ms: None }
            }
        }
    }

    async fn woken(&mut self) {
        self.state.wake_uploads.notified().await;
    }
}

impl UploadWorker {
    /// Creates the worker of a console. Without a mailer no mails report the end of an upload.
    pub fn new(state: &ConsoleState, mailer: Option<MemberMailer>) -> Self {
        Self { state: state.clone(), mailer, next_mail_at: i64::MIN }
    }

    /// Works until `shutdown` completes.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        let clock = Arc::clone(&self.state.issuance.clock);
        run_until(shutdown, || clock.now_ms(), &mut self).await;
    }

    /// Works until nothing is left to do for now.
    pub async fn run_until_idle(&mut self) {
        while self.next_step().await == Progress::Worked {}
    }

    /// Works on every upload that is due. Returns whether anything moved.
    async fn step(&mut self) -> Result<bool, StoreError> {
        let store = &self.state.issuance.store;
        let mut has_moved = false;
        let mut last = None;
        loop {
            let listed = store.list_uploads_at_work(last.as_ref(), AT_ONCE).await?;
            let Some(end) = listed.last() else { break };
            last = Some(end.id.clone());
            for upload in listed {
                has_moved |= match upload.status {
                    UploadStatus::Issuing => self.go_on(&upload).await?,
                    _ => self.end_if_settled(&upload).await?,
                };
            }
        }
        Ok(self.notify().await? || has_moved)
    }

    /// Issues what is left of an upload. Returns whether its status changed.
    async fn go_on(&self, upload: &Upload) -> Result<bool, StoreError> {
        let issued = self.issue(upload).await;
        let mut tx = self.state.issuance.store.begin().await?;
        match issued {
            Ok(()) => tx.mark_upload_issued(&upload.id).await?,
            Err(Pause::Stop(problem)) => {
                tracing::info!(upload.id = %upload.id, problem = problem.as_str(), "an upload stopped");
                tx.stop_upload(&upload.id, problem).await?;
            }
            Err(Pause::Fault(error)) => {
                tracing::warn!(upload.id = %upload.id, error, "an upload waits; it is tried again");
                return Ok(false);
            }
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn issue(&self, upload: &Upload) -> Result<(), Pause> {
        let issuance = &self.state.issuance;
        let parts = issuance.store.list_upload_parts(&upload.id).await?;
        let left: Vec<UploadBatch> = parts.into_iter().filter(|part| part.batch.is_none()).collect();
        if left.is_empty() {
            return Ok(());
        }
        let contents = self.contents(upload).await?;
        let tenant = issuance.store.find_tenant(&upload.scope.tenant_id).await?;
        let tenant = tenant.ok_or(Pause::Stop(UploadProblem::CannotSign))?;
        let desk = BatchDesk {
            issuance: Arc::clone(issuance),
            egress: self.state.egress.clone(),
            tenant,
            scope: upload.scope.clone(),
        };
        let rows_of = batches::split(upload.id.as_str(), contents.rows.len());
        for part in left {
            let number = usize::try_from(part.number).unwrap_or(usize::MAX);
            let rows = rows_of.get(number).and_then(|part| contents.rows.get(part.rows.clone()));
            let rows = rows.ok_or(Pause::Stop(UploadProblem::Refused))?;
            let key = UploadPartKey { upload_id: upload.id.clone(), number: part.number };
            let order = BatchOrder {
                actor: Actor::Member(&upload.member_id, Role::Issuer),
                body: batches::body(rows).into_bytes(),
                idempotency_key: None,
                upload_part: Some(&key),
            };
            match desk.issue(order).await {
                Ok(_) | Err(IssueError::PartIssued) => {}
                Err(IssueError::RightLost) => return Err(Pause::Stop(UploadProblem::RightLost)),
                Err(IssueError::Refused(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn contents(&self, upload: &Upload) -> Result<UploadContents, Pause> {
        let store = &self.state.issuance.store;
        let kept = store.read_upload_file(&upload.scope.tenant_id, &upload.id, FilePart::File).await?;
        let file = kept.and_then(|kept| StoredFile::parse(&kept));
        let file = Arc::new(file.ok_or(Pause::Stop(UploadProblem::FileDeleted))?);
        let decisions = Decisions::of(upload).map_err(|_| Pause::Stop(UploadProblem::Refused))?;
        let _permit = self.state.files.acquire().await;
        let read = read_off_thread(&file, String::new(), decisions).await;
        let contents = read.map_err(|error| Pause::Fault(error.to_string()))?;
        // What could be read when it was confirmed can't be read by this release.
        let contents = contents.map_err(|_| Pause::Stop(UploadProblem::Refused))?;
        let is_whole =
            contents.file_faults.is_empty() && contents.rows.iter().all(|row| row.faults.is_empty());
        if is_whole { Ok(contents) } else { Err(Pause::Stop(UploadProblem::Refused)) }
    }

    /// Ends an upload whose batches are anchored or have failed. Returns whether it did.
    async fn end_if_settled(&self, upload: &Upload) -> Result<bool, StoreError> {
        let Issuance { store, clock, .. } = &*self.state.issuance;
        if !store.is_upload_settled(&upload.id).await? {
            return Ok(false);
        }
        let mut tx = store.begin().await?;
        tx.end_upload(&upload.id, clock.now_ms()).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Mails the members whose uploads have stopped or ended. Returns whether a mail was settled.
    async fn notify(&mut self) -> Result<bool, StoreError> {
        let issuance = Arc::clone(&self.state.issuance);
        let now = issuance.clock.now_ms();
        if now < self.next_mail_at && self.next_mail_at.saturating_sub(now) <= NOTIFY_PAUSE_MS {
            return Ok(false);
        }
        let mut is_settled = false;
        for upload in issuance.store.list_uploads_to_notify(AT_ONCE).await? {
            let since = upload.ended_at.or(upload.confirmed_at).unwrap_or(upload.created_at);
            let is_late = now.saturating_sub(since) > NOTIFY_MS;
            if let Some(mailer) = &self.mailer
                && !is_late
                && let Err(error) = mail(&issuance, mailer, &upload, now).await
            {
                tracing::warn!(upload.id = %upload.id, error, "the mail about an upload was not sent; it is tried again");
                self.next_mail_at = now.saturating_add(NOTIFY_PAUSE_MS);
                return Ok(is_settled);
            }
            let mut tx = issuance.store.begin().await?;
            is_settled |= tx.mark_upload_notified(&upload.id, now).await?;
            tx.commit().await?;
        }
        Ok(is_settled)
    }
}

/// Mails a member about the end of an upload, or why it stopped. It names no recipient.
async fn mail(issuance: &Issuance, mailer: &MemberMailer, upload: &Upload, now: i64) -> Result<(), String> {
    let text = |error: StoreError| error.to_string();
    let Some(member) = issuance.store.find_member(&upload.member_id).await.map_err(text)? else {
        return Ok(());
    };
    let progress = issuance.store.upload_progress(&upload.id).await.map_err(text)?;
    let language = Language::from_tag(&upload.language).unwrap_or(Language::English);
    let words = &language.console().uploads;
    let (origin, scope) = (issuance.host.origin(), &upload.scope);
    let link = format!("{origin}/console/t/{}/{}/uploads/{}", scope.tenant_id, scope.environment, upload.id);
    let numbers = [upload.row_count, progress.anchored, progress.failed].map(|number| number.to_string());
    let [rows, anchored, failed] = &numbers;
    let numbers = [("rows", &**rows), ("anchored", anchored), ("failed", failed)];
    let (subject, lead) = match upload.status {
        UploadStatus::Ended => (&words.mail_ended, &words.mail_ended_text),
        _ => (&words.mail_stopped, &words.mail_stopped_text),
    };
    let mail = MemberMail {
        to: member.email.as_str(),
        subject,
        text: format!("{}\n\n{link}\n", fill(lead, &numbers)),
    };
    mailer.send(mail, &*issuance.entropy, now).await.map_err(|error| error.to_string())
}
