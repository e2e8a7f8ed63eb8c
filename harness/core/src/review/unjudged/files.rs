//! Files that neither state of the book has read: images, the theme, everything outside of the book, workflows among it. Pure.

use super::{Found, Look, States};

/// The kind.
pub(super) struct OtherFiles;

impl Look for OtherFiles {
    fn name(&self) -> &'static str {
        "other files"
    }

    fn look(&self, states: &States<'_>, found: &mut Found) {
        for file in states.others {
            found.outside(file, "no rule reads this file, and it is different in git".to_owned());
        }
    }
}
