//! The console's style sheet, which follows that of the public pages.

use axum::http::HeaderMap;
use axum::response::Response;
use learncoin_server::pages::revalidated;

const STYLE: &str = concat!(
    include_str!("../templates/console.css"),
    "\n",
    include_str!("../templates/console-forms.css"),
    "\n",
    include_str!("../templates/console-tables.css"),
);

/// Serves `GET /console/assets/console.css`.
pub(crate) async fn style(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/css; charset=utf-8", STYLE.to_owned())
}
