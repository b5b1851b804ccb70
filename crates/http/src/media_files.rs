//! Serving images. No key is needed, for the name can't be guessed, unless they are for users alone.

use actix_web::body::{BoxBody, SizedStream};
use actix_web::http::header::{self, EntityTag};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, Responder};
use futures_util::stream::{Stream, unfold};
use paperclip::actix::{OperationModifier, api_v2_operation, web};
use paperclip::v2::models::DefaultOperationRaw;
use paperclip::v2::schema::Apiv2Schema;
use serde_json::{Map, json};
use tweetty_domain::{Error, Excerpt, ImageFormat, ImageName, ImageReader, Subject};

use crate::blog::Blog;
use crate::caller;
use crate::error::ApiError;
use crate::ranges;
use crate::reply::Reply;
use crate::schema;
use crate::tags::is_known;

/// An image never changes under its name.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Where users alone may see it, no cache that others share keeps it.
const FOREVER_BUT_PRIVATE: &str = "private, max-age=31536000, immutable";
/// Opened as a page, an image runs nothing.
const SANDBOX: &str = "default-src 'none'; sandbox";

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource(caller::IMAGES).route(web::get().to(image)));
}

/// An image
///
/// The name stands in the `attachments` of a tweet, that of a smaller copy in `variants`. The image may be kept
/// forever: it never changes. Where `media_sign_in` of `GET /api/limits` is true, a key is needed as for the API. A `Range` of bytes is answered by that part of it (206), several ranges, or what is no
/// range of bytes, by the whole.
#[api_v2_operation(tags("medias"), operation_id = "image")]
async fn image(blog: Data<Blog>, request: HttpRequest) -> Reply<Image> {
    let name = ImageName::parse(request.match_info().query("name"));
    let name = name.ok_or(Error::NotFound(Subject::Image))?;
    let tag = EntityTag::new_strong(name.to_string());
    let is_known = is_known(&request, &tag);
    let is_private = blog.limits().media_sign_in;
    let excerpt = if is_known { Excerpt::Whole } else { ranges::wanted(&request, &tag) };
    let image = blog.read(async move |blog| blog.image(name, excerpt).await).await?;
    let range = image.range;
    let mut response = match excerpt {
        _ if is_known => HttpResponse::NotModified(),
        Excerpt::Whole => HttpResponse::Ok(),
        Excerpt::Between { .. } | Excerpt::Last(_) => HttpResponse::PartialContent(),
    };
    if excerpt != Excerpt::Whole {
        let answered = Some((range.start, range.end.saturating_sub(1)));
        response.insert_header(ranges::answered(answered, image.bytes));
    }
    response
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::ETAG, tag.to_string()))
        .insert_header((header::CACHE_CONTROL, if is_private { FOREVER_BUT_PRIVATE } else { FOREVER }))
        .insert_header((header::CONTENT_SECURITY_POLICY, SANDBOX))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .insert_header((header::CONTENT_TYPE, name.format().media_type()));
    if is_private {
        // What a browser keeps of one user's is not shown to the next one.
        response.append_header((header::VARY, caller::HEADER));
    }
    if is_known {
        return Ok(Image(response.finish()));
    }
    Ok(Image(response.body(SizedStream::new(range.end - range.start, pieces(image.content)))))
}

/// The bytes of an image, or that the client has them.
struct Image(HttpResponse);

impl Responder for Image {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.0
    }
}

impl Apiv2Schema for Image {}

impl OperationModifier for Image {
    fn update_response(operation: &mut DefaultOperationRaw) {
        let name = json!({
            "name": "name", "in": "path", "required": true, "description": "The image's name",
            "schema": {"type": "string", "pattern": r"^[0-9a-f]{32}(-[1-9][0-9]{0,4})?\.(jpg|png|gif|webp)$"},
            "example": "0123456789abcdef0123456789abcdef.jpg",
        });
        let range = json!({
            "name": "Range", "in": "header", "schema": {"type": "string"}, "example": "bytes=0-1023",
            "description": "The bytes that are wanted: `bytes=FIRST-LAST`, both counted from 0 and included, \
                            `bytes=FIRST-` or `bytes=-COUNT` for the last ones",
        });
        let if_range = json!({
            "name": "If-Range", "in": "header", "schema": {"type": "string"},
            "description": "The `ETag` of the image of which the client has the rest: the range counts only for that one",
        });
        let bytes = json!({"schema": {"type": "string", "format": "binary"}});
        let content = ImageFormat::ALL.map(|format| (format.media_type().to_owned(), bytes.clone()));
        let content = Map::from_iter(content);
        let header = |name: &str| json!({"$ref": format!("#/components/headers/{name}")});
        let image = json!({
            "description": "The image",
            "headers": {"ETag": header("ETag"), "Accept-Ranges": header("Accept-Ranges")},
            "content": content,
        });
        let mut part = image.clone();
        part["description"] = json!("The part of the image that `Content-Range` names");
        part["headers"]["Content-Range"] = header("Content-Range");
        let known = json!({"description": "The client has the image already"});
        let more = json!({
            "parameters": [name, range, if_range],
            "responses": {"200": image, "206": part, "304": known},
        });
        schema::add(&mut operation.description, &more);
        schema::fails(operation, &[401, 404, 416, 429, 503]);
    }
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
