//! TLS as strict as the URL asks, against a server with a certificate for `localhost` by an authority of its own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "where an arrangement fails, the test has to fail"
)]

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tweetty_cluster::Cluster;
use tweetty_domain::{Error, Upkeep as _};
use tweetty_postgres::{Options, Store};

/// An authority, and a certificate by it for `localhost`.
fn certificates(folder: &Path) {
    let script = "
        set -e
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Authority' -keyout ca.key -out ca.pem
        openssl req -newkey rsa:2048 -nodes -subj '/CN=localhost' -keyout server.key -out server.csr
        printf 'subjectAltName=DNS:localhost' > names
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Somebody else' -keyout other.key -out other.pem";
    let made = Command::new("sh").args(["-c", script]).current_dir(folder).output();
    let made = made.expect("openssl can be run; install it: apt-get install -y openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// A server on a port of loopback, with TLS where it has certificates.
fn server(certificates: Option<&Path>) -> (Cluster, u16) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut settings = vec![("listen_addresses", "127.0.0.1".to_owned()), ("port", port.to_string())];
    if let Some(folder) = certificates {
        settings.push(("ssl", "on".to_owned()));
        settings.push(("ssl_cert_file", folder.join("server.pem").display().to_string()));
        settings.push(("ssl_key_file", folder.join("server.key").display().to_string()));
    }
    let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    (Cluster::with(&tweetty_cluster::Options { settings, ..Default::default() }), port)
}

async fn connect(host: &str, port: u16, query: &str) -> Result<Store, Error> {
    let url = format!("postgres://postgres@{host}:{port}/postgres?{query}");
    let store = Store::connect(&url, &Options::default()).await?;
    // It is the whole way that works: there are no tables yet.
    assert!(matches!(store.is_empty().await, Err(Error::Internal(_))));
    Ok(store)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mode_verifies_what_it_says() {
    let folder = tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir().unwrap();
    certificates(folder.path());
    tweetty_cluster::give_to_server(&folder.path().join("server.key"));
    let (_cluster, port) = server(Some(folder.path()));
    let ours = format!("sslrootcert={}", folder.path().join("ca.pem").display());
    let others = format!("sslrootcert={}", folder.path().join("other.pem").display());
    let cases = [
        ("localhost", "sslmode=disable".to_owned(), true),
        ("localhost", "sslmode=prefer".to_owned(), true),
        ("localhost", "sslmode=require".to_owned(), true),
        ("localhost", format!("sslmode=require&{others}"), false),
        ("localhost", format!("sslmode=verify-ca&{ours}"), true),
        ("127.0.0.1", format!("sslmode=verify-ca&{ours}"), true),
        ("localhost", format!("sslmode=verify-ca&{others}"), false),
        ("localhost", format!("sslmode=verify-full&{ours}"), true),
        ("127.0.0.1", format!("sslmode=verify-full&{ours}"), false),
        ("localhost", format!("sslmode=verify-full&{others}"), false),
        // The system's authorities don't know ours.
        ("localhost", "sslmode=verify-full".to_owned(), false),
    ];
    for (host, query, accepted) in cases {
        let connected = connect(host, port, &query).await;
        assert_eq!(connected.is_ok(), accepted, "{host} {query}: {:?}", connected.err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_refused_where_tls_is_a_must() {
    let (_cluster, port) = server(None);
    assert!(connect("localhost", port, "sslmode=prefer").await.is_ok());
    for mode in ["require", "verify-ca", "verify-full"] {
        let refused = connect("localhost", port, &format!("sslmode={mode}")).await;
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{mode}");
    }
}
