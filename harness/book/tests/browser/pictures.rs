//! Pictures of pages at three widths and in two themes, for people to look at: they lie in `target/screenshots`. What a machine can see of
//! them is tested: that no page is wider than its window.

use std::path::Path;

use crate::page::Page;

/// A page, what of it the picture shows, and how the file is called.
const SCENES: &[(&str, &str, &str)] = &[
    ("backends/sftp-reliability.html", "#prerequisites", "services"),
    ("backends/sftp-reliability.html", "[data-dogfood-recipe=read-stall]", "evidence"),
    ("local-dev-emulators.html", ".dogfood-tabs", "tabs"),
    ("local-dev-emulators.html", ".dogfood-divergence", "divergence"),
    ("quickstart-without-docker.html", "main", "quickstart"),
    ("manual/evidence.html", ".dogfood-matrix", "matrix"),
    ("errors.html", "main", "errors"),
];

#[test]
fn pages_fit_their_windows_and_have_their_pictures_taken() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let tab = Page::at("index.html");
    for theme in ["light", "navy"] {
        tab.ask(&format!("localStorage.setItem('mdbook-theme', '{theme}')"));
        for (page, place, name) in SCENES {
            for width in [1280, 800, 390] {
                tab.resize(width, 900);
                tab.go(page);
                tab.ask("document.querySelectorAll('.dogfood-evidence details').forEach((fold, at) => { fold.open = at % 2 === 1; })");
                let over = tab.ask("document.documentElement.scrollWidth - document.documentElement.clientWidth");
                assert_eq!(over, 0, "{page} at {width}");
                let top = format!(
                    "Math.max(0, document.querySelector('{place}').getBoundingClientRect().top + scrollY - 500)"
                );
                let top = tab.ask(&top).as_f64().expect("a number");
                tab.picture(
                    &target.join("screenshots").join(format!("{name}-{width}-{theme}.png")),
                    (width, top, 1100.0),
                );
            }
        }
    }
}
