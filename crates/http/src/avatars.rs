//! How the caller wants to be recognised.

use actix_web::web::Data;
use paperclip::actix::{Apiv2Schema, CreatedJson, api_v2_operation, web};
use serde::Serialize;
use tweetty_domain::Microblog;

use crate::Options;
use crate::blog::Blog;
use crate::caller::Caller;
use crate::form::Form;
use crate::measures;
use crate::medias::Turns;
use crate::reply::{Created, Done, Reply};
use crate::shown::{Address, True};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/api/users/me/avatar").route(web::post().to(set)).route(web::delete().to(remove)),
    );
}

/// Gives the caller an avatar
///
/// The square in the middle of the image, of 96 and of 256 pixels; of an animation the first picture. The same images are
/// accepted as of a tweet. The one before is gone; each has other addresses.
///
/// ```json
/// {
///   "result": true,
///   "avatar": "/media/0123456789abcdef0123456789abcdef-96.jpg",
///   "avatar_large": "/media/0123456789abcdef0123456789abcdef.jpg"
/// }
/// ```
#[api_v2_operation(tags("users"), operation_id = "setAvatar")]
async fn set(
    blog: Data<Blog>,
    options: Data<Options>,
    turns: Data<Turns>,
    Caller(me): Caller,
    form: Form,
) -> Reply<Created<AvatarSet>> {
    let measured = measures::Upload::begin();
    let receiving = async {
        let turn = turns.wait().await?;
        let upload = form.receive(&blog).await?;
        let work = async move |blog: Microblog| {
            // A client that is gone leaves its picture to be decoded all the same.
            let _turn = turn;
            blog.set_avatar(me, upload).await
        };
        blog.write(work).await
    };
    let avatar = receiving.await;
    measured.end(&avatar);
    let avatar = avatar?;
    Ok(CreatedJson(AvatarSet {
        result: True(true),
        avatar: Address(options.media_url(avatar.small())),
        avatar_large: Address(options.media_url(avatar.large())),
    }))
}

/// Takes the caller's avatar away
///
/// 200 also where there was none.
#[api_v2_operation(tags("users"), operation_id = "removeAvatar")]
async fn remove(blog: Data<Blog>, Caller(me): Caller) -> Reply<Done> {
    blog.write(async move |blog| blog.remove_avatar(me).await).await?;
    Ok(Done)
}

/// Where the avatar is.
#[derive(Serialize, Apiv2Schema)]
struct AvatarSet {
    /// Always true.
    result: True,
    /// The avatar of 96 pixels.
    avatar: Address,
    /// The same of 256 pixels.
    avatar_large: Address,
}
