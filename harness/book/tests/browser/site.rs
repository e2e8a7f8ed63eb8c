//! The book under test: built once by the real mdbook, served on loopback by a few lines.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use dogfood_core::checkout::Inputs;
use dogfood_core::date::Date;

/// The built book.
pub(crate) struct Site {
    folder: PathBuf,
    port: u16,
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// The book as the gate reads it.
pub(crate) fn inputs() -> &'static Inputs {
    static INPUTS: OnceLock<Inputs> = OnceLock::new();
    INPUTS
        .get_or_init(|| mdbook_dogfood::preprocess::load(&root(), Date::from_unix(0)).expect("this repository's book"))
}

impl Site {
    /// This repository's book.
    pub(crate) fn shared() -> &'static Self {
        static SITE: OnceLock<Site> = OnceLock::new();
        SITE.get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book");
            build(&folder);
            let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port on loopback");
            let port = listener.local_addr().expect("an address").port();
            let served = folder.clone();
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    let served = served.clone();
                    std::thread::spawn(move || answer(stream, &served));
                }
            });
            Self { folder, port }
        })
    }

    /// Where the pages are.
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The address of a page, such as `errors.html`.
    pub(crate) fn url(&self, page: &str) -> String {
        format!("{}/{page}", self.origin())
    }

    /// Every page, by its path in the book.
    pub(crate) fn pages(&self) -> Vec<String> {
        let mut pages = Vec::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("the built book").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "html") {
                    let inside = path.strip_prefix(&self.folder).expect("it lies there");
                    pages.push(inside.to_str().expect("a plain name").to_owned());
                }
            }
        }
        pages.sort();
        pages
    }

    /// The guides: the page of each, and its id.
    pub(crate) fn guides(&self) -> Vec<(String, String)> {
        let guides = inputs().guides().filter(|(_, guide)| !guide.recipes.is_empty());
        guides
            .map(|(chapter, guide)| {
                let page = chapter.path.as_str().trim_start_matches("guides/").replace(".md", ".html");
                (page, guide.front.guide.to_string())
            })
            .collect()
    }
}

/// A file that `scripts/tools` puts into the cache, unless the variable names another.
pub(crate) fn tool(variable: &str, inside: &str) -> PathBuf {
    let named = std::env::var_os(variable).map(PathBuf::from);
    named.unwrap_or_else(|| {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
        cache.unwrap_or_default().join("dogfood/tools").join(inside)
    })
}

fn build(folder: &Path) {
    let mdbook = tool("DOGFOOD_TEST_MDBOOK", "bin/mdbook");
    let ours = Path::new(env!("CARGO_BIN_EXE_mdbook-dogfood")).parent().expect("a folder").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(ours).chain(std::env::split_paths(&path))).expect("a PATH");
    let _ = std::fs::remove_dir_all(folder);
    let done = Command::new(&mdbook).arg("build").arg("-d").arg(folder).current_dir(root()).env("PATH", path).output();
    let done = done.unwrap_or_else(|problem| panic!("{}: {problem}; scripts/tools builds it", mdbook.display()));
    assert!(done.status.success(), "mdbook build: {}", String::from_utf8_lossy(&done.stderr));
}

/// Answers one request and closes: 404 for what is not there, so that a page's broken link is a failed request.
fn answer(mut stream: TcpStream, folder: &Path) {
    let mut line = String::new();
    let mut reader = BufReader::new(&stream);
    if reader.read_line(&mut line).is_err() {
        return;
    }
    let mut header = String::new();
    while reader.read_line(&mut header).is_ok_and(|count| count > 2) {
        header.clear();
    }
    let target = line.split(' ').nth(1).unwrap_or("/").split(['?', '#']).next().unwrap_or("/").trim_start_matches('/');
    let inside = Path::new(target).components().all(|part| matches!(part, Component::Normal(_)));
    let path = folder.join(if target.is_empty() { "index.html" } else { target });
    let found = inside.then(|| std::fs::read(&path).ok()).flatten();
    // Browsers ask for it of their own accord on mdBook's frame of the contents, which names no picture.
    let found = found.or_else(|| (target == "favicon.ico").then(Vec::new));
    let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
    let kind = match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    let body = found.unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // The browser may have gone on to another page.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}
