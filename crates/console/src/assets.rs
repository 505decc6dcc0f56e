//! The console's style sheet, which follows that of the public pages, and its script.

use axum::http::HeaderMap;
use axum::response::Response;
use learncoin_server::pages::revalidated;

const STYLE: &str = concat!(
    include_str!("../templates/console.css"),
    "\n",
    include_str!("../templates/console-forms.css"),
    "\n",
    include_str!("../templates/console-tables.css"),
    "\n",
    include_str!("../templates/console-print.css"),
);

const SCRIPT: &str = include_str!("../web/local-times.js");

/// Serves `GET /console/assets/console.css`.
pub(crate) async fn style(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/css; charset=utf-8", STYLE.to_owned())
}

/// Serves `GET /console/assets/local-times.js`.
pub(crate) async fn script(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/javascript; charset=utf-8", SCRIPT.to_owned())
}
