//! Making the variants of images that are kept already.

use tweetty_domain::{Excerpt, ImageName, Invalid, Result, Variants};

use crate::copies;
use crate::images::KeptImages;
use crate::incoming::{GROWTH, decoding};
use crate::outline::Outline;
use crate::recode::{self, Allowance};

impl KeptImages {
    /// Makes the variants of a kept image anew, however long other work keeps it waiting.
    pub(crate) async fn make_variants_of(&self, image: ImageName) -> Result<Option<Variants>> {
        let Some(bytes) = self.whole(image).await? else { return Ok(None) };
        let decoder = self.budget.decoder().await?;
        let bounds = self.bounds;
        let reading = move || Outline::read(&bytes, &bounds).map(|outline| (bytes, outline));
        let (bytes, outline) = decoding(reading).await?;
        let memory = self.budget.memory(outline.memory).await?;
        let making = move || {
            let allowance = Allowance::begin(bounds.processor_time, None);
            let copies = recode::copies(&bytes, &outline, &allowance, bytes.len() as u64);
            // Codecs make various things of an allowance that is used up.
            let copies = copies.map_err(|error| allowance.exceeded().unwrap_or(error))?;
            Ok((copies, (decoder, memory)))
        };
        let (copies, _shares) = decoding(making).await?;
        let (variants, files) = copies::files(copies, image, &*self.storage, &self.turns).await?;
        if !files.is_empty() {
            self.storage.place(files).await?;
        }
        Ok(Some(variants))
    }

    /// The bytes of a kept image, which are not many more than those of an upload.
    async fn whole(&self, image: ImageName) -> Result<Option<Vec<u8>>> {
        let Some(mut opened) = self.storage.open(image, Excerpt::Whole).await? else { return Ok(None) };
        if opened.bytes > self.bounds.bytes.saturating_mul(GROWTH) {
            return Err(Invalid::TooCostlyImage.into());
        }
        let mut bytes = Vec::new();
        while let Some(piece) = opened.content.next().await? {
            bytes.extend(piece);
        }
        Ok(Some(bytes))
    }
}
