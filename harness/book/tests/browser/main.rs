//! This repository's book in a real browser: Debian's Chromium, headless, driven over the DevTools protocol. The book is built by the real
//! mdbook with this crate's program in it, and served on loopback.
//!
//! Needs what `scripts/test` finds: `chromium` (or DOGFOOD_TEST_CHROMIUM), `mdbook` (or DOGFOOD_TEST_MDBOOK) and axe-core, which
//! `scripts/tools` fetches (or DOGFOOD_TEST_AXE). Without one of them the tests fail and say what installs it.

// All of this is test code: the lints about `unwrap` and `panic` know it by this word alone.
#[cfg(test)]
mod devtools;
#[cfg(test)]
mod page;
#[cfg(test)]
mod site;

#[cfg(test)]
mod access;
#[cfg(test)]
mod copy;
#[cfg(test)]
mod loading;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod search;
#[cfg(test)]
mod tabs;
