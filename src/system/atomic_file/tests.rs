use super::*;

fn write(path: &Path, replace: bool) -> io::Result<()> {
    let mut file = AtomicFile::create(path, if replace { Existing::Replace } else { Existing::Keep })?;
    file.write_all(b"new")?;
    file.commit()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_file_is_untouched_until_it_is_whole_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.csv");
    fs::write(&path, "old").expect("a file");
    let mut file = AtomicFile::create(&path, Existing::Replace).expect("a file");
    file.write_all(b"half").and_then(|()| file.flush()).expect("a write");
    assert_eq!(fs::read_to_string(&path).expect("a file"), "old");
    drop(file);
    assert_eq!((fs::read_to_string(&path).expect("a file").as_str(), names(folder.path()).len()), ("old", 1));
    write(&path, true).expect("a whole file");
    assert_eq!((fs::read_to_string(&path).expect("a file").as_str(), names(folder.path()).len()), ("new", 1));
}

#[test]
fn a_file_that_exists_is_replaced_only_if_it_may_be_even_one_that_came_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.csv");
    let file = AtomicFile::create(&path, Existing::Keep).expect("a file");
    fs::write(&path, "old").expect("a file");
    assert_eq!(file.commit().expect_err("it exists").kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(write(&path, false).expect_err("it exists").kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read_to_string(&path).expect("a file"), "old");
}

#[test]
fn what_a_killed_process_left_is_removed_and_what_is_being_written_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    for name in [".carrierx-gone.part", ".carrierx-notes.txt", "carrierx-own.part"] {
        fs::write(path(name), "").expect("a file");
    }
    let other = AtomicFile::create(&path("other.csv"), Existing::Keep).expect("a file");
    write(&path("out.csv"), false).expect("a whole file");
    other.commit().expect("a whole file");
    let mut names = names(folder.path());
    names.sort();
    assert_eq!(names, [".carrierx-notes.txt", "carrierx-own.part", "other.csv", "out.csv"]);
}

#[test]
fn a_file_is_known_however_it_is_spelled() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, other) = (folder.path().join("a.csv"), folder.path().join("./b.csv"));
    for there in [false, true] {
        if there {
            fs::write(&path, "").expect("a file");
        }
        let identity = Identity::of(&path);
        assert!(identity.is_some() && identity == Identity::of(&folder.path().join("./a.csv")), "{there}");
        assert_ne!(identity, Identity::of(&other), "{there}");
    }
}

#[test]
fn a_folder_is_not_written_to() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(write(folder.path(), true).is_err());
    assert!(write(&folder.path().join("none/out.csv"), true).is_err());
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_replaced_file_keeps_its_mode() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("a mode");
        write(&path, true).expect("a file");
        assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_link_is_followed_and_stays_a_link_even_if_it_leads_to_nothing_yet() {
        let folder = tempfile::tempdir().expect("a folder");
        let (link, target) = (folder.path().join("link.csv"), folder.path().join("target.csv"));
        symlink("target.csv", &link).expect("a link");
        write(&link, false).expect("a file");
        assert_eq!(fs::read_to_string(&target).expect("a file"), "new");
        assert_eq!(write(&link, false).expect_err("it exists").kind(), io::ErrorKind::AlreadyExists);
        write(&link, true).expect("a file");
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    }

    #[test]
    fn a_device_is_never_replaced() {
        let refused = write(Path::new("/dev/null"), true).expect_err("a device");
        assert_eq!(refused.to_string(), "it is not a regular file; use one");
        assert!(!fs::metadata("/dev/null").expect("a device").is_file());
    }

    #[test]
    fn what_replaces_a_file_is_private_until_the_mode_comes_with_the_commit() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.csv");
        let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o7777;
        for before in [None, Some(0o644), Some(0o600), Some(0o4755), Some(0o2640), Some(0o400)] {
            if let Some(before) = before {
                fs::set_permissions(&path, fs::Permissions::from_mode(before)).expect("a mode");
            }
            let mut file = AtomicFile::create(&path, Existing::Replace).expect("a file");
            file.write_all(b"new").and_then(|()| file.flush()).expect("a write");
            // The umask of the tests is not known.
            let plain = File::create(folder.path().join("plain")).and_then(|file| file.metadata());
            let new = plain.expect("a file").permissions().mode() & 0o777;
            let private = before.map_or(new, |_| 0o600);
            assert_eq!(mode(file.temporary.get_ref().path()), private, "{before:?}");
            file.commit().expect("a whole file");
            assert_eq!(mode(&path), before.unwrap_or(new) & 0o777, "{before:?}");
        }
    }

    #[test]
    fn a_file_that_is_replaced_privately_is_its_owners_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        for existing in [false, true] {
            if existing {
                fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).expect("a mode");
            }
            let file = AtomicFile::create(&path, Existing::ReplacePrivately).expect("a file");
            file.commit().expect("a whole file");
            assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
        }
    }
}
