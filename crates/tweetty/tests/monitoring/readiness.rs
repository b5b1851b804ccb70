//! Readiness says in time what can't work: images on a disk that is full or read-only, a database that is read-only.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::exchange::{call, get, send_picture};
use crate::support::{Data, Service, Store};

#[test]
fn a_folder_that_is_gone_is_told_at_once_and_so_is_its_return() {
    let service = Service::start(Store::Sqlite);
    let (media, away) = (service.file("media"), service.file("away"));
    for _ in 0..3 {
        assert_eq!(get(&service, "/health/ready", "").status, 200);
        std::fs::rename(&media, &away).unwrap();
        let unready = get(&service, "/health/ready", "");
        assert_eq!(unready.status, 503);
        assert!(unready.text().contains("\"not_ready\":[\"media\"]"), "{}", unready.text());
        std::fs::rename(&away, &media).unwrap();
    }
    let changed = media.join("incoming").metadata().unwrap().modified().unwrap();
    for _ in 0..20 {
        assert_eq!(get(&service, "/health/ready", "").status, 200);
    }
    assert_eq!(
        media.join("incoming").metadata().unwrap().modified().unwrap(),
        changed,
        "no file for each question"
    );
}

/// The service runs where it has a file system of its own for the images; this test acts there through its process.
#[test]
fn a_disk_that_is_full_or_read_only_is_told() {
    let mut data = Data::fresh(Store::Sqlite);
    let media = data.file("media");
    std::fs::create_dir(&media).unwrap();
    data.set("TWEETTY_DRAIN_DELAY", "0s");
    let mount = format!("mount -t tmpfs -o size=8m tmpfs {} && exec \"$@\"", media.display());
    let service =
        Service::within(data, &["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", &mount, "sh"]);
    let inside = |command: &str| {
        let process = service.process().to_string();
        let enter = [
            "--user",
            "--mount",
            "--preserve-credentials",
            "--target",
            process.as_str(),
            "sh",
            "-c",
            command,
        ];
        let ran = Command::new("nsenter").args(enter).output().unwrap();
        assert!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
    };
    let ready = || get(&service, "/health/ready", "");
    let key = service.add_user("ann");
    assert_eq!(send_picture(&service, &key).status, 201);
    assert_eq!(ready().status, 200);
    let filler = media.join("filler");
    inside(&format!("head -c 7500000 /dev/zero > {}", filler.display()));
    let unready = ready();
    assert_eq!(unready.status, 503, "full");
    assert!(unready.text().contains("\"media\""), "{}", unready.text());
    inside(&format!("rm {}", filler.display()));
    assert_eq!(ready().status, 200, "there is room again");
    inside(&format!("mount -o remount,ro {}", media.display()));
    assert_eq!(ready().status, 503, "read-only");
    inside(&format!("mount -o remount,rw {}", media.display()));
    assert_eq!(ready().status, 200);
    assert_eq!(send_picture(&service, &key).status, 201);
}

/// The primary that is reached is a standby from now on, or is one no more.
fn becomes_read_only(service: &Service, read_only: bool) {
    let database = service.data.database().unwrap();
    let (cluster, name) = (database.cluster(), database.name());
    let setting = format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = {read_only}");
    cluster.execute("postgres", &setting);
    let sessions = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname =";
    cluster.execute("postgres", &format!("{sessions} '{name}'"));
}

#[test]
fn a_database_that_is_read_only_is_not_ready_until_writes_work_again() {
    let service = Service::start(Store::Postgres);
    let key = service.add_user("ann");
    let post = || call(&service, "POST", "/api/tweets", &key, "{\"tweet_data\": \"hi\"}").status;
    assert_eq!(post(), 201);
    for _ in 0..2 {
        becomes_read_only(&service, true);
        for _ in 0..5 {
            let unready = get(&service, "/health/ready", "");
            assert_eq!(unready.status, 503);
            assert!(unready.text().contains("\"not_ready\":[\"database\"]"), "{}", unready.text());
            assert_eq!(post(), 503);
            assert_eq!(get(&service, "/api/tweets", &key).status, 200, "what can be read is read");
        }
        let cause = "the database is read-only, as a standby is";
        assert!(service.logged().contains(cause), "{}", service.logged());
        becomes_read_only(&service, false);
        let begun = Instant::now();
        while post() != 201 || get(&service, "/health/ready", "").status != 200 {
            assert!(begun.elapsed() < Duration::from_secs(10), "it does not come back");
        }
    }
}
