//! `tweetty media variants`

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Error, ImageName};

use crate::config::{DatabaseSettings, LimitSettings, MediaSettings};
use crate::output::{Answer, Output, complain};
use crate::progress;
use crate::wiring::{self, Place};

/// Works beside a running server. What is made is recorded image by image: what is broken off is begun again where it
/// was. An image that can't be read is named and stays without copies; exit status 1 where there is one.
#[derive(Debug, Args)]
pub(super) struct MakeVariants {
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    media: MediaSettings,
    #[command(flatten)]
    limits: LimitSettings,
}

#[derive(Debug, Serialize)]
struct Made {
    images: u64,
    failures: Vec<Failure>,
}

#[derive(Debug, Serialize)]
struct Failure {
    image: String,
    reason: String,
}

impl Answer for Made {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        match (self.images, self.failures.len()) {
            (0, 0) => writeln!(to, "no image is without its smaller copies"),
            (images, 0) => writeln!(to, "made the smaller copies of {images} images"),
            (images, failed) => {
                writeln!(
                    to,
                    "made the smaller copies of {images} images; {failed} can't be read and stay without"
                )
            }
        }
    }
}

impl MakeVariants {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let limits = self.limits.limits()?;
        let wired = wiring::open(&self.database, Some(&self.media), limits, Place::Existing).await?;
        wired.verify_schema().await?;
        let operations = &wired.operations;
        let bar = progress::Counted::new("images", operations.count_without_variants().await?);
        let mut failures = Vec::new();
        let seen = |image: ImageName, made: Result<(), &Error>| {
            if let Err(error) = made {
                let failure = Failure { image: image.to_string(), reason: error.to_string() };
                bar.suspend(|| complain(&format!("{}: {}", failure.image, failure.reason)));
                failures.push(failure);
            }
            bar.advance();
        };
        let made = operations.make_variants(seen).await?;
        drop(bar);
        let status = if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        output.show(&Made { images: made.images, failures })?;
        Ok(status)
    }
}
