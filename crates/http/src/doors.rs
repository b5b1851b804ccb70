//! How much of what is being answered is one client's. A place is held until the answer is out, so that what a client does
//! not read, in our memory and in the kernel's, is bounded by its share, whatever it asks for.

use std::time::Duration;

use tweetty_adapter::Sharing;

use crate::error::ApiError;
use crate::places::{Place, Places};

/// Requests of one user that are being answered, each with a connection of its own.
const OF_A_USER: usize = 256;
/// Requests of all who have no key: for the page, images and the documentation.
const UNKNOWN: usize = 2_048;
/// Those of them from one address, behind which there may be a whole company.
const OF_AN_ADDRESS: usize = 512;
/// How long they wait for their turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// The way in, for those with a key and those without.
pub(crate) struct Doors {
    known: Places,
    unknown: Places,
}

impl Doors {
    pub(crate) fn new() -> Self {
        // Their number is that of the connections, of which the listener lets no more in.
        let known = Sharing { places: usize::MAX, share: OF_A_USER, room: 0, patient: 0 };
        let unknown =
            Sharing { places: UNKNOWN, share: OF_AN_ADDRESS, room: UNKNOWN, patient: OF_AN_ADDRESS };
        Self {
            known: Places::new("requests of users", known, Duration::ZERO),
            unknown: Places::new("requests without a key", unknown, PATIENCE),
        }
    }

    /// Lets the user in on whose behalf this runs.
    pub(crate) fn user(&self) -> Result<Place, ApiError> {
        self.known.take()
    }

    /// Lets the address in on whose behalf this runs, in turn.
    pub(crate) async fn address(&self) -> Result<Place, ApiError> {
        self.unknown.wait().await
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use tweetty_adapter::Party;

    use super::*;

    #[actix_web::test]
    async fn a_user_and_an_address_have_shares_that_others_do_not_feel() {
        let doors = Doors::new();
        let user = |id| Party::User(id).on_behalf(async { doors.user() });
        let mut held = vec![];
        for _ in 0..OF_A_USER {
            held.push(user(1).await.unwrap());
        }
        assert_eq!(user(1).await.err().unwrap().respond(None).status(), 429);
        assert!(user(2).await.is_ok());
        let address = |last| Party::Address(IpAddr::from([192, 0, 2, last]));
        for number in 0..UNKNOWN {
            let last = u8::try_from(number / OF_AN_ADDRESS).unwrap();
            held.push(address(last).on_behalf(doors.address()).await.unwrap());
        }
        assert!(user(2).await.is_ok(), "those without a key take nothing from those with one");
    }
}
