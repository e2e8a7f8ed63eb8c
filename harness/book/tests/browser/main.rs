//! This repository's book in a real browser: Debian's Chromium, headless, driven over the DevTools protocol. The book is built by the real
//! mdbook with this crate's program in it, and served on loopback.
//!
//! Needs what `scripts/test` finds: `chromium` (or DOGFOOD_TEST_CHROMIUM), `mdbook` (or DOGFOOD_TEST_MDBOOK) and axe-core, which
//! `scripts/tools` fetches (or DOGFOOD_TEST_AXE). Without one of them the tests fail and say what installs it.

mod devtools;
mod site;
mod page;

mod access;
mod copy;
mod loading;
mod pictures;
mod search;
mod tabs;
