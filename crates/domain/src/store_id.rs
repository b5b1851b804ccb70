//! Which store something belongs to, so that a database and a folder of images that don't belong together are noticed
//! before anything is lost.

use std::fmt;

/// 128 random bits that a store gets when it is made and keeps for good; written as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StoreId(u128);

impl StoreId {
    /// A new id.
    ///
    /// # Errors
    /// Where the system has no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random)?;
        Ok(Self(u128::from_be_bytes(random)))
    }

    /// The id that is written so; there is exactly one way to write each.
    pub fn parse(text: &str) -> Option<Self> {
        let written_so =
            text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        u128::from_str_radix(text, 16).ok().filter(|_| written_so).map(Self)
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

/// What a look at a database finds before it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// No database, or one without tables.
    Nothing,
    /// A store of ours.
    Store {
        /// Its id; `None` in one from before there were ids.
        id: Option<StoreId>,
        /// Whether rows name images.
        has_images: bool,
    },
    /// Tables of another program.
    AnotherProgram,
}

impl Found {
    /// Whether images belong to it: those that carry that claim, and of which there are none where they are `empty`.
    ///
    /// # Errors
    /// [`Mismatch::Another`] and [`Mismatch::NoImages`].
    pub fn fits(self, claim: Option<Claim>, empty: bool) -> Result<(), Mismatch> {
        let Self::Store { id, has_images } = self else { return Ok(()) };
        if let (Some(Claim { store: images, .. }), Some(database)) = (claim, id)
            && images != database
        {
            return Err(Mismatch::Another { images, database });
        }
        let lost = claim.is_some_and(|claim| claim.images_lost);
        if empty && has_images && !lost { Err(Mismatch::NoImages) } else { Ok(()) }
    }
}

/// The mark that the images carry: the store they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The store.
    pub store: StoreId,
    /// An operator has confirmed that no image is left although rows name some.
    pub images_lost: bool,
}

/// Why a database and the images beside it don't belong together. Each text says what is wrong and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The images carry the id of another store.
    #[error(
        "the images belong to store {images}, the database is store {database}; name the folder and the database that belong together"
    )]
    Another {
        /// The store of the images.
        images: StoreId,
        /// The store of the rows.
        database: StoreId,
    },
    /// Images that carry no id, most of which no row knows.
    #[error(
        "the database knows only {known} of {files} images; name the folder and the database that belong together"
    )]
    Unknown {
        /// How many of the images that were looked at a row names.
        known: u64,
        /// How many were looked at.
        files: u64,
    },
    /// Rows name images, and there is none.
    #[error(
        "there are no images, but the database names some; name the right folder, mount it, or put the images back from a backup"
    )]
    NoImages,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written_and_nothing_else_is_an_id() {
        let id = StoreId::random().unwrap();
        assert_eq!(StoreId::parse(&id.to_string()), Some(id));
        assert_ne!(StoreId::random().unwrap(), id);
        for text in
            ["", "0123", &id.to_string().replace(|_: char| true, "F"), &format!("+{}", "0".repeat(31))]
        {
            assert_eq!(StoreId::parse(text), None, "{text}");
        }
    }
}
