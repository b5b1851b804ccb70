//! The promises by subject. Each takes a fresh store; its name says what an adapter breaks when it fails.
//!
//! rustfmt does not look into macros: the promises keep the form that it would give them, by hand.

/// Makes each promise a public function, and the macro named first an entry of the suite for each of them.
macro_rules! promises {
    ($entries:ident of $subject:ident: $(async fn $promise:ident($store:ident: Store) $body:block)*) => {
        $(
            #[expect(missing_docs, reason = "its name is the promise")]
            pub async fn $promise($store: $crate::Store) $body
        )*

        #[doc(hidden)]
        #[macro_export]
        macro_rules! $entries {
            () => {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                    async fn $promise() {
                        let store = super::fresh_store().await;
                        $crate::verify(store, $crate::promises::$subject::$promise).await;
                    }
                )*
            };
        }
    };
}

/// Declares the subjects, and what puts all their entries into a suite.
macro_rules! subjects {
    ($($subject:ident by $entries:ident,)*) => {
        $(pub mod $subject;)*

        #[doc(hidden)]
        #[macro_export]
        macro_rules! every_subject {
            () => {
                $(
                    mod $subject {
                        $crate::$entries!();
                    }
                )*
            };
        }
    };
}

subjects! {
    users by users_entries,
    keys by keys_entries,
    search by search_entries,
    updates by updates_entries,
    particulars by particulars_entries,
    presence by presence_entries,
    bots by bots_entries,
    removal by removal_entries,
    follows by follows_entries,
    profiles by profiles_entries,
    tweets by tweets_entries,
    likes by likes_entries,
    moderation by moderation_entries,
    images by images_entries,
    avatars by avatars_entries,
    variants by variants_entries,
    idempotency by idempotency_entries,
    quotas by quotas_entries,
    feeds by feeds_entries,
    pages by pages_entries,
    periods by periods_entries,
    likers by likers_entries,
    announcements by announcements_entries,
    upkeep by upkeep_entries,
    bulk by bulk_entries,
    holdings by holdings_entries,
    audit by audit_entries,
    export by export_entries,
    concurrency by concurrency_entries,
    races by races_entries,
    model by model_entries,
}
