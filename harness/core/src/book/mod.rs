//! The book around the guides: book.toml (policy, how the gate is wired) and SUMMARY.md. Pure.
