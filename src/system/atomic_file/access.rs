//! Who may read a file: taken from the one that is replaced, and given to the one that replaces it.
//!
//! The rule: owner, group, mode and access list stay as far as the system lets them, and nobody who could not read the
//! file before can read it afterwards. Set-user-ID, set-group-ID and sticky bits are not kept.

use std::fs::{File, Metadata};
use std::path::Path;

#[cfg(unix)]
pub use unix::Access;

/// Who may read a file; known to the system alone.
#[cfg(not(unix))]
pub struct Access;

#[cfg(not(unix))]
impl Access {
    pub fn of(_: &Path, _: &Metadata) -> Self {
        Self
    }

    pub fn of_new(_: &Metadata) -> Self {
        Self
    }

    pub fn give_to(self, _: &File, _private: bool) {}
}

#[cfg(unix)]
mod unix {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    use super::{File, Metadata, Path, acl};

    /// Who may read a file.
    pub struct Access {
        mode: u32,
        /// Of a file that is replaced: its owner, group and access list.
        before: Option<(u32, u32, Option<acl::List>)>,
    }

    impl Access {
        /// Who may read a file that is there.
        pub fn of(path: &Path, metadata: &Metadata) -> Self {
            let before = (metadata.uid(), metadata.gid(), acl::List::of(path));
            Self { mode: metadata.mode() & 0o777, before: Some(before) }
        }

        /// Who may read a file that was created just now.
        pub fn of_new(metadata: &Metadata) -> Self {
            Self { mode: metadata.mode() & 0o777, before: None }
        }

        /// Lets the same people read this file, which so far only its owner, this process, can read; if `private`,
        /// the owner alone. What the system refuses leaves fewer readers, never more, so it is no error.
        pub fn give_to(self, file: &File, private: bool) {
            let mut mode = self.mode;
            let mut is_complete = false;
            if let Some((owner, group, list)) = self.before {
                let keeps_group = keep_owner(file, owner, group);
                if !keeps_group {
                    mode = for_another_group(mode);
                }
                match list {
                    // It holds the mode, too.
                    Some(list) => {
                        is_complete = if keeps_group { list } else { list.for_another_group() }.give_to(file);
                        if !is_complete {
                            mode &= 0o700;
                        }
                    }
                    // The folder may have given it one.
                    None if acl::remove(file) => {}
                    None => mode &= 0o700,
                }
            }
            if private {
                mode &= 0o700;
            }
            if private || !is_complete {
                _ = file.set_permissions(Permissions::from_mode(mode));
            }
        }
    }

    /// Gives the file to this owner and group as far as that can be done, and returns whether the group is this one.
    fn keep_owner(file: &File, owner: u32, group: u32) -> bool {
        if fchown(file, Some(owner), Some(group)).is_ok() {
            return true;
        }
        fchown(file, None, Some(group)).is_ok()
    }

    /// The mode for a file whose group has changed: the members of either group, and all others, get what both the
    /// group and all others had.
    fn for_another_group(mode: u32) -> u32 {
        let both = mode >> 3 & mode & 0o7;
        mode & 0o700 | both << 3 | both
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn another_group_gets_no_more_than_everybody_had_and_nobody_more_than_the_group_had() {
            for (mode, changed) in [(0o640, 0o600), (0o644, 0o644), (0o604, 0o600), (0o664, 0o644), (0o600, 0o600)] {
                assert_eq!(for_another_group(mode), changed, "{mode:o}");
            }
        }
    }
}

/// Access lists, as Linux stores them.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod acl {
    use std::fs::File;
    use std::path::Path;

    use rustix::fs::{XattrFlags, fremovexattr, fsetxattr, getxattr};
    use rustix::io::Errno;

    const NAME: &str = "system.posix_acl_access";

    /// An attribute is never longer.
    const MAX_BYTES: usize = 64 * 1024;

    /// A version of four bytes comes before the entries.
    const VERSION: usize = 4;

    /// An entry is a tag and permissions of two bytes each, and an ID of four.
    const ENTRY: usize = 8;

    const GROUP_OF_THE_FILE: [u8; 2] = 0x04_u16.to_le_bytes();
    const EVERYBODY_ELSE: [u8; 2] = 0x20_u16.to_le_bytes();

    /// The access list of a file.
    pub struct List(Vec<u8>);

    impl List {
        /// The list of the file, if it has one.
        pub fn of(path: &Path) -> Option<Self> {
            let mut bytes = vec![0; MAX_BYTES];
            let length = getxattr(path, NAME, &mut bytes[..]).ok()?;
            bytes.truncate(length);
            Some(Self(bytes))
        }

        /// The list for a file whose group has changed, by the rule for its mode.
        pub fn for_another_group(mut self) -> Self {
            let permissions = |list: &[u8], tag| {
                let entries = list.get(VERSION..).unwrap_or_default().chunks_exact(ENTRY);
                entries.filter(|entry| entry[..2] == tag).map(|entry| entry[2]).next().unwrap_or(0)
            };
            let both = permissions(&self.0, GROUP_OF_THE_FILE) & permissions(&self.0, EVERYBODY_ELSE);
            for entry in self.0.get_mut(VERSION..).unwrap_or_default().chunks_exact_mut(ENTRY) {
                if [GROUP_OF_THE_FILE, EVERYBODY_ELSE].iter().any(|tag| entry[..2] == *tag) {
                    entry[2] = both;
                }
            }
            self
        }

        /// Gives the file this list, and returns whether it has it now.
        pub fn give_to(&self, file: &File) -> bool {
            fsetxattr(file, NAME, &self.0, XattrFlags::empty()).is_ok()
        }
    }

    /// Removes the file's list, and returns whether it has none now.
    pub fn remove(file: &File) -> bool {
        matches!(fremovexattr(file, NAME), Ok(()) | Err(Errno::NODATA | Errno::NOTSUP))
    }
}

/// Access lists of other systems are not known here; the mode is kept.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
mod acl {
    use std::fs::File;
    use std::path::Path;

    pub enum List {}

    impl List {
        pub fn of(_: &Path) -> Option<Self> {
            None
        }

        pub fn for_another_group(self) -> Self {
            self
        }

        pub fn give_to(&self, _: &File) -> bool {
            match *self {}
        }
    }

    pub fn remove(_: &File) -> bool {
        true
    }
}
