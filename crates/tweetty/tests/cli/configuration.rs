//! Settings: a flag wins over the environment, that over its fallbacks, those over the default.

use crate::client::get;
use crate::support::{Data, Service, Store};

fn database_of(data: &Data, arguments: &[&str]) -> String {
    let migrated = data.cli(&[&["migrate", "--json"], arguments].concat()).json();
    let database = migrated["database"].as_str().unwrap();
    database.strip_prefix("sqlite://").unwrap().to_owned()
}

#[test]
fn the_database_is_taken_from_flag_environment_fallback_and_default_in_this_order() {
    let mut data = Data::fresh(Store::Sqlite);
    data.set("TWEETTY_DATABASE_URL", "sqlite://own.db");
    data.set("DATABASE_URL", "sqlite://fallback.db");
    assert_eq!(database_of(&data, &["--database-url", "sqlite://flag.db"]), "flag.db");
    assert_eq!(database_of(&data, &[]), "own.db");
    data.set("TWEETTY_DATABASE_URL", "");
    assert_eq!(database_of(&data, &[]), "fallback.db", "an empty variable counts as absent");
    data.set("DATABASE_URL", "");
    assert_eq!(database_of(&data, &[]), "data/tweetty.db");
    data.unset("DATABASE_URL");
    assert_eq!(database_of(&data, &[]), "data/tweetty.db");
    for made in ["flag.db", "own.db", "fallback.db", "data/tweetty.db"] {
        assert!(data.file(made).exists(), "{made}");
    }
}

#[test]
fn a_setting_of_the_environment_holds_unless_a_flag_says_otherwise() {
    let mut data = Data::fresh(Store::Sqlite);
    data.set("TWEETTY_TWEET_LENGTH", "100");
    data.set("TWEETTY_PAGE_SIZE", "7");
    data.set("TWEETTY_UPLOAD_SIZE", "");
    let service = Service::on(data, &["--tweet-length", "50"]);
    let limits = get(&service, "/api/limits", "").to_string();
    for expected in ["50", "7", "10485760"] {
        assert!(limits.contains(&format!(":{expected}")), "{expected} in {limits}");
    }
    assert!(!limits.contains(":100,") || !limits.contains("tweet_length\":100"), "{limits}");
}

#[test]
fn a_port_of_the_environment_is_served_on_every_address() {
    let mut data = Data::fresh(Store::Sqlite);
    data.unset("TWEETTY_BIND");
    data.set("PORT", "0");
    let service = Service::on(data, &[]);
    assert!(service.address().starts_with("0.0.0.0:"), "{}", service.address());
    assert!(service.url().starts_with("http://127.0.0.1:"), "{}", service.url());
    drop(service);
    let mut data = Data::fresh(Store::Sqlite);
    data.set("PORT", "no port");
    let service = Service::on(data, &[]);
    assert!(service.address().starts_with("127.0.0.1:"), "a bind address wins over PORT");
}

#[test]
fn a_value_that_can_not_be_read_is_refused_in_one_line_that_names_setting_and_cure() {
    for (name, value, words) in [
        ("TWEETTY_DATABASE_URL", "mysql://ann:hunter2@db/x", &["\"mysql\"", "sqlite://PATH"][..]),
        ("TWEETTY_DATABASE_URL", "hunter2", &["sqlite://PATH"]),
        ("DATABASE_URL", "mongodb://x", &["\"mongodb\""]),
        ("TWEETTY_BIND", "everywhere", &["--bind", "\"everywhere\"", "127.0.0.1:8080"]),
        ("TWEETTY_PUBLIC_URL", "tweetty.example.com", &["--public-url", "https://"]),
        ("TWEETTY_CORS_ORIGINS", "https://a.example,*", &["--cors-origin", "\"*\"", "one by one"]),
        ("TWEETTY_UPLOAD_SIZE", "much", &["--upload-size", "10MiB"]),
        ("TWEETTY_UPLOAD_SIZE", "200MiB", &["TWEETTY_IMAGE_MEMORY", "256MiB", "raise the other"]),
        ("TWEETTY_PAGE_SIZE", "1001", &["--page-size", "from 1 to 1000"]),
        ("TWEETTY_DATABASE_WAIT", "2", &["--database-wait", "2s"]),
        ("TWEETTY_LOG_FORMAT", "xml", &["--log-format", "text", "json"]),
        ("TWEETTY_LOG_LEVEL", "tweetty=loud", &["loud"]),
        ("TWEETTY_LOG_LEVEL", "nonsense", &["\"nonsense\" is no level", "info,tweetty_http=debug"]),
        ("RUST_LOG", "tweetty=loud", &["loud"]),
        ("RUST_LOG", "info,nonsense", &["\"nonsense\" is no level"]),
        ("TWEETTY_MEDIA", "s3://key:hunter2@bucket", &["--media", "\"s3://…\"", "a path of this machine"]),
        ("TWEETTY_PUBLIC_URL", "https://ann:hunter2@host", &["--public-url", "neither user nor password"]),
        ("TWEETTY_RATE_LIMIT_LOOPBACK", "perhaps", &["--rate-limit-loopback"]),
    ] {
        let mut data = Data::fresh(Store::Sqlite);
        if name == "DATABASE_URL" {
            data.unset("TWEETTY_DATABASE_URL");
        }
        data.set(name, value);
        let ran = data.cli(&["serve"]);
        ran.refused(2, &[&[name], words].concat());
        assert!(!ran.err.contains("hunter2"), "{ran:?}");
        assert!(std::fs::read_dir(data.file("")).unwrap().count() == 0, "{name}: something was made");
    }
    let mut data = Data::fresh(Store::Sqlite);
    data.unset("TWEETTY_BIND");
    data.set("PORT", "http");
    data.cli(&["serve"]).refused(2, &["PORT", "\"http\""]);
}

#[test]
fn a_url_is_never_taken_for_a_path() {
    let data = Data::made(Store::Sqlite);
    let before = std::fs::read_dir(data.file("")).unwrap().count();
    for command in [
        &["backup", "--to", "s3://key:hunter2@bucket"][..],
        &["backup", "--to", "backup", "--since", "s3://key:hunter2@bucket"],
        &["restore", "--from", "https://ann:hunter2@host/backup"],
        &["users", "export", "ann", "--to", "ftp://ann:hunter2@host/ann.zip"],
        &["users", "import", "https://ann:hunter2@host/people.csv"],
        &["check", "--media", "s3://key:hunter2@bucket"],
    ] {
        let ran = data.cli(command);
        ran.refused(2, &["://…", "write a path of this machine"]);
        assert!(!ran.err.contains("hunter2"), "{ran:?}");
    }
    assert_eq!(std::fs::read_dir(data.file("")).unwrap().count(), before);
}

#[test]
fn a_misspelt_setting_earns_a_warning_that_names_the_right_one() {
    let mut data = Data::fresh(Store::Sqlite);
    data.set("TWEETTY_DATABSE_URL", "sqlite://hunter2.db");
    data.set("TWEETTY_COFFEE", "black");
    data.set("TWEETTY_BACKUPS", "/backups");
    data.set("TWEETTY_LOG_FORMAT", "json");
    let ran = data.cli(&["migrate"]);
    assert_eq!((ran.status, ran.err.lines().count()), (0, 2), "{ran:?}");
    for words in [
        "the variable TWEETTY_COFFEE is no setting and is ignored; `tweetty serve --help` lists all settings",
        "the variable TWEETTY_DATABSE_URL is no setting and is ignored; do you mean TWEETTY_DATABASE_URL?",
    ] {
        assert!(ran.err.contains(words) && !ran.err.contains("hunter2"), "{ran:?}");
    }
}

#[test]
fn help_lists_every_setting_with_variable_and_default_and_shows_no_values() {
    let mut data = Data::fresh(Store::Sqlite);
    data.set("TWEETTY_DATABASE_URL", "postgres://ann:hunter2@db/x");
    data.set("TWEETTY_PUBLIC_URL", "");
    let help = data.cli(&["serve", "--help"]).quietly();
    for (flag, variable, default) in [
        ("--database-url", "TWEETTY_DATABASE_URL", "sqlite://data/tweetty.db"),
        ("--media", "TWEETTY_MEDIA", "data/media"),
        ("--bind", "TWEETTY_BIND", "127.0.0.1:8080"),
        ("--public-url", "TWEETTY_PUBLIC_URL", "none"),
        ("--cors-origin", "TWEETTY_CORS_ORIGINS", "none"),
        ("--log-format", "TWEETTY_LOG_FORMAT", "text on a terminal"),
        ("--log-level", "TWEETTY_LOG_LEVEL", "info"),
        ("--tweet-length", "TWEETTY_TWEET_LENGTH", "280"),
        ("--attachments", "TWEETTY_ATTACHMENTS", "10"),
        ("--description-length", "TWEETTY_DESCRIPTION_LENGTH", "1500"),
        ("--upload-size", "TWEETTY_UPLOAD_SIZE", "10MiB"),
        ("--image-pixels", "TWEETTY_IMAGE_PIXELS", "40000000"),
        ("--image-frames", "TWEETTY_IMAGE_FRAMES", "500"),
        ("--image-memory", "TWEETTY_IMAGE_MEMORY", "256MiB"),
        ("--page-size", "TWEETTY_PAGE_SIZE", "1000"),
        ("--deepest-page", "TWEETTY_DEEPEST_PAGE", "1000"),
        ("--embedded-likers", "TWEETTY_EMBEDDED_LIKERS", "100"),
        ("--embedded-people", "TWEETTY_EMBEDDED_PEOPLE", "1000"),
        ("--tweets-per-day", "TWEETTY_TWEETS_PER_DAY", "1000"),
        ("--uploads-per-day", "TWEETTY_UPLOADS_PER_DAY", "1000"),
        ("--upload-bytes-per-day", "TWEETTY_UPLOAD_BYTES_PER_DAY", "1GiB"),
        ("--uploads-unattached", "TWEETTY_UPLOADS_UNATTACHED", "200"),
        ("--disk-reserve", "TWEETTY_DISK_RESERVE", "a twentieth"),
        ("--database-connections", "TWEETTY_DATABASE_CONNECTIONS", "16"),
        ("--database-wait", "TWEETTY_DATABASE_WAIT", "2s"),
        ("--statement-timeout", "TWEETTY_STATEMENT_TIMEOUT", "5s"),
        ("--request-timeout", "TWEETTY_REQUEST_TIMEOUT", "10s"),
        ("--body-timeout", "TWEETTY_BODY_TIMEOUT", "15s"),
        ("--requests-per-minute", "TWEETTY_REQUESTS_PER_MINUTE", "600"),
        ("--failed-keys-per-minute", "TWEETTY_FAILED_KEYS_PER_MINUTE", "30"),
        ("--trusted-hops", "TWEETTY_TRUSTED_HOPS", "else 0"),
        ("--shutdown-timeout", "TWEETTY_SHUTDOWN_TIMEOUT", "30s"),
    ] {
        let (_, behind) = help.split_once(flag).unwrap_or_else(|| panic!("{flag} is missing in {help}"));
        let entry = behind.split("\n  ").take(8).collect::<Vec<_>>().join(" ");
        assert!(entry.contains(variable) && entry.contains(default), "{flag}: {entry}");
    }
    assert!(!help.contains("hunter2"));
}
