//! The service where it has next to nothing: another root folder, in which there is no shell and only its data can be
//! written, and the account `nobody`.
//!
//! Root has the account itself. Another user who runs this is `nobody` in a user namespace of their own, without rights there.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const NOBODY: u32 = 65_534;

/// What the program needs to be started, by its path.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let output = Command::new("ldd").arg(program).output().unwrap();
    let libraries = String::from_utf8(output.stdout).unwrap();
    libraries.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from).collect()
}

fn copy_into(root: &Path, file: &Path) {
    let place = root.join(file.strip_prefix("/").unwrap());
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::copy(file, place).unwrap();
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let inner =
        |path: PathBuf| if path.is_dir() && !path.is_symlink() { files_below(&path) } else { vec![path] };
    let mut files = entries.flat_map(inner).collect::<Vec<_>>();
    files.sort();
    files
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A program by its own path: what it starts has no PATH at all.
fn program(name: &str) -> Command {
    let mut paths =
        ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(|folder| Path::new(folder).join(name)).into_iter();
    Command::new(paths.find(|path| path.exists()).unwrap_or_else(|| panic!("{name} is not installed")))
}

/// A folder in which nobody but root can write; in the end its owner can again, who removes it.
struct Unwritable<'a>(&'a Path);

impl<'a> Unwritable<'a> {
    fn make(folder: &'a Path) -> Self {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
        Self(folder)
    }
}

impl Drop for Unwritable<'_> {
    fn drop(&mut self) {
        fs::set_permissions(self.0, fs::Permissions::from_mode(0o755)).ok();
    }
}

fn confined(root: &Path, arguments: &[&str]) -> Command {
    let mut command = if is_root() {
        let mut chroot = program("chroot");
        chroot.arg(format!("--userspec={NOBODY}:{NOBODY}")).arg(root);
        chroot
    } else {
        let mut unshare = program("unshare");
        unshare.args([format!("--map-user={NOBODY}"), format!("--map-group={NOBODY}")]);
        unshare.arg("--root").arg(root);
        unshare
    };
    command.arg("/tweetty").args(arguments);
    command.env_clear().env("TWEETTY_DATABASE_URL", "sqlite:///data/tweetty.db");
    command.env("TWEETTY_MEDIA", "/data/media").env("TWEETTY_BIND", "127.0.0.1:0").stdin(Stdio::null());
    command
}

#[test]
fn nobody_serves_in_a_folder_without_a_shell_where_only_the_data_can_be_written() {
    let place = tempfile::tempdir().unwrap();
    let (root, program) = (place.path(), Path::new(env!("CARGO_BIN_EXE_tweetty")));
    fs::copy(program, root.join("tweetty")).unwrap();
    for library in &libraries(program) {
        copy_into(root, library);
    }
    let data = root.join("data");
    fs::create_dir(&data).unwrap();
    if is_root() {
        chown(&data, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let before = files_below(root);
    let _unwritable = Unwritable::make(root);

    let migrated = confined(root, &["migrate"]).output().unwrap();
    assert!(
        migrated.status.success(),
        "without root this takes util-linux 2.36 and user namespaces (see sysctl user.max_user_namespaces, \
         kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns): {migrated:?}"
    );
    let added = confined(root, &["users", "add", "ann", "--json"]).output().unwrap();
    let key = serde_json::from_slice::<serde_json::Value>(&added.stdout).unwrap()["api_key"]
        .as_str()
        .unwrap()
        .to_owned();
    let said = data.join("said");
    let mut service = confined(root, &["serve", "--json"]);
    let mut service = service.stdout(fs::File::create(&said).unwrap()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    let address = loop {
        let text = fs::read_to_string(&said).unwrap();
        if let Some(line) = text.strip_suffix('\n') {
            let welcome = serde_json::from_str::<serde_json::Value>(line).unwrap();
            break welcome["address"].as_str().unwrap().to_owned();
        }
        assert!(
            service.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_mins(1),
            "it does not serve"
        );
        std::thread::sleep(Duration::from_millis(20));
    };
    let served = upload(&address, &key);
    let stopped = Command::new("kill").arg(service.id().to_string()).status().unwrap();
    assert!(stopped.success() && service.wait().unwrap().success());
    assert!(served.starts_with("HTTP/1.1 201"), "{served}");
    let mut after = files_below(root);
    assert!(after.iter().any(|file| file.starts_with(data.join("media")) && file.extension().is_some()));
    after.retain(|file| !file.starts_with(&data));
    assert_eq!(after, before, "nothing was written beside the data");
}

/// Uploads a picture, which needs a temporary file, a decoder and a row.
fn upload(address: &str, key: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut picture = std::io::Cursor::new(vec![]);
    image::DynamicImage::new_rgb8(8, 8).write_to(&mut picture, image::ImageFormat::Png).unwrap();
    let part = b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
    let form = [part.as_slice(), &picture.into_inner(), b"\r\n--b--\r\n"].concat();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let length = form.len();
    let head = format!(
        "POST /api/medias HTTP/1.1\r\nHost: x\r\nConnection: close\r\napi-key: {key}\r\nContent-Length: {length}\r\n"
    );
    stream
        .write_all(format!("{head}Content-Type: multipart/form-data; boundary=b\r\n\r\n").as_bytes())
        .unwrap();
    stream.write_all(&form).unwrap();
    let mut answer = vec![];
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
