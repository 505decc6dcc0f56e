//! The tenant's part of the audit log, newest first, and as a file.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, StreamExt as _};
use learncoin_issuance::time::iso8601;
use learncoin_server::pages::When;
use learncoin_spreadsheet::result_file::push_cell;
use learncoin_store::id::RequestId;
use learncoin_store::requests::{AuditFilter, AuditRow, COMMAND};
use url::form_urlencoded;

use crate::access::{Auditor, AuthorizedMember};
use crate::frame::{Failure, Frame, Place, respond};
use crate::lists::{PAGE, cut_to_page, day, place};
use crate::state::ConsoleState;

/// The number of rows of a file that are read at once.
const EXPORTED_AT_ONCE: u32 = 1_000;

const CSV_HEAD: &str =
    "at,request_id,member_id,key_id,operator,method,endpoint,status,subjects,calls,address\r\n";

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    who: String,
    from: String,
    to: String,
    fault: Option<&'static str>,
    rows: Vec<Row>,
    older: Option<String>,
    export: String,
    is_first: bool,
}

/// A row of the log.
struct Row {
    when: When,
    who: String,
    what: String,
    status: u16,
    is_refused: bool,
    subjects: Vec<String>,
    calls: u64,
    id: RequestId,
}

/// Returns what is looked for; `None` if a day is none.
fn wanted(member: &AuthorizedMember<Auditor>) -> Option<AuditFilter> {
    let query = &member.visit.query;
    let from = day(query.text("from").unwrap_or_default(), false).ok()?;
    let to = day(query.text("to").unwrap_or_default(), true).ok()?;
    let actor = query.text("who").map(str::to_owned);
    Some(AuditFilter { from_ms: from.unwrap_or(i64::MIN), to_ms: to.unwrap_or(i64::MAX), actor })
}

/// Serves `GET …/audit`.
pub(crate) async fn audit(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(&state, &member, Place::Audit);
    let query = &member.visit.query;
    let text = |name| query.text(name).unwrap_or_default().to_owned();
    let (who, from, to) = (text("who"), text("from"), text("to"));
    let before = query.text("after").and_then(place);
    let is_first = before.is_none();
    let (mut listed, fault) = match wanted(&member) {
        Some(filter) => {
            let before = before.as_ref().map(|(at, id)| (*at, id));
            let store = &state.issuance.store;
            let listed = store.page_audit_rows(&member.tenant.id, &filter, before, PAGE + 1).await;
            (listed.map_err(Failure::store(language))?, None)
        }
        None => (Vec::new(), Some(frame.words.credentials.bad_date.as_str())),
    };
    let is_more = cut_to_page(&mut listed);
    let last = listed.last().filter(|_| is_more);
    let mut search = form_urlencoded::Serializer::new(String::new());
    let search = search.append_pair("who", &who).append_pair("from", &from).append_pair("to", &to).finish();
    let older = last.map(|last| format!("?{search}&after={}.{}", last.at, last.request_id));
    let export = format!("{}/audit.csv?{search}", frame.base());
    let rows = listed.iter().map(|one| row(&frame, one)).collect();
    Ok(respond(language, &AuditPage { frame, who, from, to, fault, rows, older, export, is_first }))
}

fn row(frame: &Frame, row: &AuditRow) -> Row {
    let words = &frame.words.audit;
    let member = row.member_id.as_ref().map(ToString::to_string);
    let key = row.key_id.as_ref().map(ToString::to_string);
    let operator = row.operator.as_ref().map(|name| format!("{} {name}", words.operator));
    let what = match row.method.as_str() {
        COMMAND => format!("learncoin {}", row.endpoint),
        method => format!("{method} {}", row.endpoint),
    };
    Row {
        when: frame.when(row.at),
        who: member.or(key).or(operator).unwrap_or_else(|| words.unknown.clone()),
        what,
        status: row.status,
        is_refused: row.status >= 400,
        subjects: row.subjects.clone(),
        calls: row.calls,
        id: row.request_id.clone(),
    }
}

/// Serves `GET …/audit.csv`: the rows that the page's filter finds, the newest first.
pub(crate) async fn export(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let Some(filter) = wanted(&member) else { return Err(Failure::Missing(language)) };
    let (store, tenant_id) = (state.issuance.store.clone(), member.tenant.id.clone());
    // A file of a year needs little memory: it is read and sent piece by piece. A failure breaks it off, which no program takes for its end.
    let rest = stream::try_unfold(Some(None::<AuditRow>), move |last| {
        let (store, tenant_id, filter) = (store.clone(), tenant_id.clone(), filter.clone());
        async move {
            let Some(last) = last else { return Ok(None) };
            let before = last.as_ref().map(|row| (row.at, &row.request_id));
            let rows = store.page_audit_rows(&tenant_id, &filter, before, EXPORTED_AT_ONCE).await;
            let rows = rows.map_err(std::io::Error::other)?;
            let text: String = rows.iter().map(csv).collect();
            let next = rows.into_iter().next_back().map(Some);
            Ok::<_, std::io::Error>(next.map(|next| (text, Some(next))))
        }
    });
    let body = stream::iter([Ok(CSV_HEAD.to_owned())]).chain(rest);
    let mut response = Body::from_stream(body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(
        CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"learncoin-audit.csv\""),
    );
    Ok(response)
}

fn csv(row: &AuditRow) -> String {
    let optional = |text: Option<String>| text.unwrap_or_default();
    let cells = [
        iso8601(row.at),
        row.request_id.to_string(),
        optional(row.member_id.as_ref().map(ToString::to_string)),
        optional(row.key_id.as_ref().map(ToString::to_string)),
        optional(row.operator.clone()),
        row.method.clone(),
        row.endpoint.clone(),
        row.status.to_string(),
        row.subjects.join(" "),
        row.calls.to_string(),
        optional(row.address_mac.clone()),
    ];
    let mut line = String::new();
    for (column, text) in cells.iter().enumerate() {
        if column > 0 {
            line.push(',');
        }
        push_cell(&mut line, text);
    }
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let row = AuditRow {
            operator: Some(" =HYPERLINK(\"https://evil.example\")".into()),
            endpoint: "\u{feff}@SUM(A1)".into(),
            request_id: "req_01JD2Y0000000000000000000A".parse().unwrap(),
            tenant_id: None,
            key_id: None,
            member_id: None,
            address_mac: None,
            method: COMMAND.into(),
            status: 0,
            subjects: vec!["a".into(), "b".into()],
            at: 0,
            calls: 1,
            place: None,
        };
        let line = csv(&row);
        assert!(line.contains(",\"' =HYPERLINK(\"\"https://evil.example\"\")\","), "{line}");
        assert!(line.contains(",'\u{feff}@SUM(A1),"), "{line}");
    }
}
