//! Paths as people write them, where no shell has read them before: in options, variables and the configuration.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use directories::BaseDirs;

/// The path of a file: `~/` is the home folder, and a relative path counts from `folder`.
pub fn located(name: &OsStr, folder: &Path) -> Result<PathBuf, String> {
    let home = BaseDirs::new();
    located_at(name, folder, home.as_ref().map(BaseDirs::home_dir))
        .ok_or_else(|| "it begins with ~/, and there is no home directory".to_owned())
}

fn located_at(name: &OsStr, folder: &Path, home: Option<&Path>) -> Option<PathBuf> {
    match Path::new(name).strip_prefix("~") {
        Ok(below) => home.map(|home| home.join(below)),
        Err(_) => Some(folder.join(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_to_a_folder_or_to_the_home() {
        for (name, path) in [("a/b", "/etc/x/a/b"), ("/a", "/a"), ("~/a", "/home/me/a"), ("~a", "/etc/x/~a")] {
            let located = located_at(name.as_ref(), Path::new("/etc/x"), Some(Path::new("/home/me")));
            assert_eq!(located.as_deref(), Some(Path::new(path)), "{name}");
        }
        assert_eq!(located_at("~/a".as_ref(), Path::new("/etc/x"), None), None);
    }
}
