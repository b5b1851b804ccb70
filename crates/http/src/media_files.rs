//! Serving images. No key is needed: the name can't be guessed.

use actix_web::body::SizedStream;
use actix_web::http::header::{self, EntityTag};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream::{Stream, unfold};
use paperclip::actix::{api_v2_operation, web};
use tweetty_domain::{Error, ImageName, ImageReader, Subject};

use crate::blog::Blog;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::tags::is_known;

/// An image never changes under its name.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Opened as a page, an image runs nothing.
const SANDBOX: &str = "default-src 'none'; sandbox";

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/media/{name}").route(web::get().to(image)));
}

/// An image
///
/// The name stands in the `attachments` of a tweet. The image may be kept forever: it never changes.
#[api_v2_operation(tags("medias"), operation_id = "image")]
async fn image(blog: Data<Blog>, request: HttpRequest) -> Reply<HttpResponse> {
    let name = ImageName::parse(request.match_info().query("name"));
    let name = name.ok_or(Error::NotFound(Subject::Image))?;
    let image = blog.read(async move |blog| blog.image(name).await).await?;
    let tag = EntityTag::new_strong(name.to_string());
    let mut response =
        if is_known(&request, &tag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, tag.to_string()))
        .insert_header((header::CACHE_CONTROL, FOREVER))
        .insert_header((header::CONTENT_SECURITY_POLICY, SANDBOX))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .insert_header((header::CONTENT_TYPE, name.format().media_type()));
    if is_known(&request, &tag) {
        return Ok(response.finish());
    }
    Ok(response.body(SizedStream::new(image.bytes, pieces(image.content))))
}

fn pieces(content: Box<dyn ImageReader>) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
    unfold(Some(content), |content| async {
        let mut content = content?;
        match content.next().await {
            Ok(Some(piece)) => Some((Ok(piece.into()), Some(content))),
            Ok(None) => None,
            Err(error) => Some((Err(ApiError::from(error).into()), None)),
        }
    })
}
