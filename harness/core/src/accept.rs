//! Accepting recorded output: edits of a guide that change only the expected lines that no longer match. Pure.
