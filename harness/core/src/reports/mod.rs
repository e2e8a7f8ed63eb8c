//! Findings as text for people and machines. Strings out; writing them is the caller's. Pure.
