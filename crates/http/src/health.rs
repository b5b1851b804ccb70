//! Whether the process lives, and whether it can serve.

use actix_web::web::Data;
use paperclip::actix::{api_v2_operation, web};

use crate::blog::Blog;
use crate::drain::Drain;
use crate::error::ApiError;
use crate::part::Part;
use crate::readiness::Readiness;
use crate::reply::{Done, Reply};
use crate::schema::Fails;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/health/live").route(web::get().to(live)))
        .service(web::resource("/health/ready").route(web::get().to(ready)));
}

/// Whether the process answers
#[api_v2_operation(tags("service"), operation_id = "live")]
async fn live() -> Reply<Done> {
    Ok(Done)
}

/// Whether requests can be served
///
/// 503 names in `not_ready` what can't work now: `database`, `media`; `stopping` where the server is about to stop.
#[api_v2_operation(tags("service"), operation_id = "ready")]
async fn ready(
    blog: Data<Blog>,
    drain: Data<Drain>,
    readiness: Data<Readiness>,
    _: Fails<503>,
) -> Reply<Done> {
    if drain.has_begun() {
        return Err(ApiError::not_ready(vec![Part::Stopping], "the server is about to stop"));
    }
    let unready = readiness.unready(&blog).await;
    if unready.is_empty() {
        return Ok(Done);
    }
    let causes = unready.iter().map(|(part, error)| format!("{}: {error}", part.name())).collect::<Vec<_>>();
    Err(ApiError::not_ready(unready.into_iter().map(|(part, _)| part).collect(), causes.join("; ")))
}
