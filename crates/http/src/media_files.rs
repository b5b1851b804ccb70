//! Serving images. No key is needed: the name can't be guessed.

use actix_web::body::{BoxBody, SizedStream};
use actix_web::http::header::{self, EntityTag};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, Responder};
use futures_util::stream::{Stream, unfold};
use paperclip::actix::{OperationModifier, api_v2_operation, web};
use paperclip::v2::models::DefaultOperationRaw;
use paperclip::v2::schema::Apiv2Schema;
use serde_json::{Map, json};
use tweetty_domain::{Error, ImageFormat, ImageName, ImageReader, Subject};

use crate::blog::Blog;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::schema;
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
async fn image(blog: Data<Blog>, request: HttpRequest) -> Reply<Image> {
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
        return Ok(Image(response.finish()));
    }
    Ok(Image(response.body(SizedStream::new(image.bytes, pieces(image.content)))))
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
            "schema": {"type": "string", "pattern": r"^[0-9a-f]{32}\.(jpg|png|gif|webp)$"},
            "example": "0123456789abcdef0123456789abcdef.jpg",
        });
        let bytes = json!({"schema": {"type": "string", "format": "binary"}});
        let content = ImageFormat::ALL.map(|format| (format.media_type().to_owned(), bytes.clone()));
        let image = json!({
            "description": "The image",
            "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
            "content": Map::from_iter(content),
        });
        let known = json!({"description": "The client has the image already"});
        let more = json!({"parameters": [name], "responses": {"200": image, "304": known}});
        schema::add(&mut operation.description, &more);
        schema::fails(operation, &[404, 503]);
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
