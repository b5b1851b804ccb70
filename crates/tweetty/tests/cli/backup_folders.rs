//! Where a backup is made: a folder of its own, whatever lies around it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::backups::script;
use crate::support::{Data, Store};

on_both_stores!(a_backup_touches_nothing_that_somebody_put_where_it_is_made);

fn a_backup_touches_nothing_that_somebody_put_where_it_is_made(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    for name in ["backup.partial", "elsewhere"] {
        fs::create_dir(data.file(name)).unwrap();
        fs::write(data.file(name).join("theirs"), "theirs").unwrap();
    }
    std::os::unix::fs::symlink(data.file("elsewhere"), data.file("second.partial")).unwrap();
    for name in ["backup", "second"] {
        data.cli(&["backup", "--to", name]).quietly();
        assert_eq!(fs::metadata(data.file(name)).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(data.file(name).join("backup.json").exists());
    }
    for name in ["backup.partial", "elsewhere"] {
        let left = fs::read_dir(data.file(name)).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(left.collect::<Vec<_>>(), ["theirs"], "{name}");
    }
    // A place that is a link to nowhere is somebody's, too.
    std::os::unix::fs::symlink(data.file("nowhere"), data.file("third")).unwrap();
    assert_eq!(data.cli(&["backup", "--to", "third"]).status, 1);
    let names =
        fs::read_dir(data.file("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left = names.filter(|name| name.starts_with('.') || name == "nowhere").collect::<Vec<_>>();
    assert!(left.is_empty(), "nothing stays of a backup that was refused: {left:?}");
}

#[test]
fn the_script_removes_what_its_broken_off_backups_left_and_nothing_else() {
    let data = Data::made(Store::Sqlite);
    data.add_user("ann");
    let folder = data.file("backups");
    let [left, fresh, other] =
        [".20261120T031500Z.Ab3dEf.partial", ".20261121T031500Z.Ab3dEf.partial", ".notes.partial"];
    for name in [left, fresh, other] {
        fs::create_dir_all(folder.join(name)).unwrap();
        fs::write(folder.join(name).join("database.sqlite"), "half").unwrap();
    }
    let old = std::time::UNIX_EPOCH;
    for name in [left, other] {
        fs::File::open(folder.join(name)).unwrap().set_modified(old).unwrap();
    }
    let mut backup = script(&data, "backup");
    let ended = backup.env("TWEETTY_BACKUPS", &folder).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(!folder.join(left).exists());
    assert!(folder.join(fresh).exists() && folder.join(other).exists());
}
