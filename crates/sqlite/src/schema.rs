//! The tables as diesel sees them; what they promise stands in the migrations.

diesel::table! {
    users (id) {
        id -> BigInt,
        nickname -> Text,
        nickname_folded -> Text,
        first_name -> Nullable<Text>,
        last_name -> Nullable<Text>,
        followers_count -> BigInt,
        following_count -> BigInt,
        created_at -> BigInt,
        login -> Nullable<Text>,
        login_folded -> Nullable<Text>,
        email -> Nullable<Text>,
        external_id -> Nullable<Text>,
        title -> Nullable<Text>,
        department -> Nullable<Text>,
        managed_by -> Nullable<Text>,
        deactivated_at -> Nullable<BigInt>,
        role -> Text,
        avatar -> Nullable<Text>,
        owner_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        hash -> Binary,
        user_id -> BigInt,
        created_at -> BigInt,
        ends_at -> Nullable<BigInt>,
        label -> Nullable<Text>,
        last_used_on -> Nullable<BigInt>,
    }
}

diesel::table! {
    tweets (id) {
        id -> BigInt,
        author_id -> BigInt,
        content -> Text,
        like_count -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    follows (follower_id, followee_id) {
        follower_id -> BigInt,
        followee_id -> BigInt,
    }
}

diesel::table! {
    images (id) {
        id -> BigInt,
        owner_id -> BigInt,
        name -> Text,
        variants -> Nullable<Text>,
        tweet_id -> Nullable<BigInt>,
        position -> Nullable<BigInt>,
    }
}

diesel::table! {
    idempotency_keys (user_id, key) {
        user_id -> BigInt,
        key -> Text,
        fingerprint -> Binary,
        outcome_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::joinable!(api_keys -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(users, api_keys);
