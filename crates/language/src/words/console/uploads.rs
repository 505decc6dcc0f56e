//! The texts of the console: spreadsheets of recipients.

use crate::words::texts::texts;

texts! {
    /// The list of uploads, one upload, and the mails about one.
    UploadsWords {
        /// The title and heading, and its name in the navigation.
        title,
        /// The purpose of the page.
        lead,
        /// The heading of the form.
        new,
        /// The label of the file.
        file,
        /// The hint below it.
        file_hint,
        /// The label of the template.
        template,
        /// The hint below it.
        template_hint,
        /// The choice of no template.
        no_template_chosen,
        /// The button that checks a file.
        check,
        /// The text before the link to the example.
        example_text,
        /// The link to the example.
        example,
        /// The text if there is no upload.
        empty,
        /// The title of one upload, and the column of its link.
        one,
        /// The label of the status.
        status,
        /// The label of the number of rows.
        rows,
        /// The label of the time of the upload.
        uploaded,
        /// The status before a decision.
        draft,
        /// The status while batches are accepted.
        issuing,
        /// The status of an upload that stopped.
        stopped,
        /// The status while batches are anchored.
        issued,
        /// The status at the end, and the label of its time.
        ended,
        /// The fault of a form without a file.
        no_file,
        /// The fault of a template that was deleted.
        no_template,
        /// The state of a draft in a sentence.
        draft_lead,
        /// The heading of what is wrong with the file as a whole.
        file_faults,
        /// The fault of an upload that was issued before; a link to that follows.
        issued_before,
        /// The fault of an upload with more rows than the month allows.
        over_quota,
        /// The label of how many may still be issued; a number follows.
        quota_left,
        /// The fault if nothing can be signed.
        cannot_sign,
        /// The heading of the rows with faults; their number follows.
        row_faults,
        /// The way to mend them.
        row_faults_text,
        /// The column of the row's number.
        row,
        /// The remark that only the first 100 rows are shown.
        more_rows,
        /// The heading of the warnings; their number follows.
        warnings,
        /// The remark that warnings keep nothing from being issued.
        warnings_text,
        /// The remark that only the first 100 warnings are shown.
        more_warnings,
        /// The heading of the preview.
        preview,
        /// The text below it.
        preview_text,
        /// The heading of the decision.
        confirm,
        /// The meaning of the decision.
        confirm_text,
        /// Its button; the number of rows follows.
        confirm_button,
        /// The heading of the form that takes the mended file.
        again,
        /// The text below it.
        again_text,
        /// The heading of the columns.
        columns,
        /// The text below it.
        columns_text,
        /// The label of a column.
        column,
        /// The label of a column's first value.
        sample,
        /// The label of a column's use.
        column_use,
        /// The choice of a column that is not decided.
        decide,
        /// The choice of a column that is passed over.
        skip,
        /// The button that saves the decisions.
        columns_button,
        /// The heading of the end of a draft, and its button.
        discard,
        /// The text below it.
        discard_text,
        /// The fault of a decision about another report than is shown.
        changed,
        /// The problem of a member who may not issue any more.
        right_lost,
        /// The problem of a file that was deleted.
        file_deleted,
        /// The problem of an upload that does not pass any more.
        refused,
        /// The text before the button of an upload that stopped.
        resume_text,
        /// The button that lets it go on.
        resume,
        /// The label of the number of accepted credentials.
        accepted,
        /// The label of the number of anchored credentials.
        anchored,
        /// The label of the number of failed credentials.
        failed,
        /// The remark that the page follows the progress.
        moving,
        /// The label of the time of the decision.
        confirmed,
        /// The heading of the result file.
        result,
        /// The text below it.
        result_text,
        /// The link to it.
        result_button,
        /// The text if there is none any more.
        no_result,
        /// The subject of the mail at the end.
        mail_ended,
        /// Its text, with `{rows}`, `{anchored}` and `{failed}`; a link follows.
        mail_ended_text,
        /// The subject of the mail about an upload that stopped.
        mail_stopped,
        /// Its text; a link follows.
        mail_stopped_text,
    }
}
