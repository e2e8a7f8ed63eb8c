//! A checkout on disk. Nothing outside it is read: symbolic links are resolved first, and those that leave it are refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::iter;
use std::num::NonZero;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use dogfood_core::blame::Blame;
use dogfood_core::checkout::{self, Astray, Files, Inputs, Output, Renderer};
use dogfood_core::date::Date;
use dogfood_core::infra::image::{ImageFile, ImageProblem, MAX_BYTES, MAX_FILE, MAX_FILES};
use dogfood_core::markup::IncludeProblem;
use dogfood_core::place::RelPath;

use crate::ground;

pub use dogfood_core::checkout::LoadError;

/// How many traces a thread takes at once.
const AT_ONCE: usize = 8;

/// Reads the checkout at `root` into the gate's inputs. `today` is UTC.
///
/// # Errors
/// If there is no book, or its book.toml cannot be used. Every other fault is a finding among the inputs.
pub fn load(root: &Path, today: Date) -> Result<Inputs, LoadError> {
    let disk = Disk::open(root).map_err(|error| {
        let why = format!("`{}`: {error}", root.display());
        if Blame::of(&error, Blame::Book) == Blame::Machine {
            LoadError::Machine(why)
        } else {
            LoadError::Unreadable(why)
        }
    })?;
    let paths = checkout::trace_paths(&disk);
    let within = checkout::within_budget(&disk, &paths);
    let (paths, surplus) = paths.split_at(within);
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(8);
    let next = AtomicUsize::new(0);
    // Every thread takes the next few traces as long as there are any, so that all end at about the same time.
    let read_traces = || {
        let starts = iter::from_fn(|| Some(next.fetch_add(AT_ONCE, Ordering::Relaxed)));
        let taken = starts.map_while(|start| paths.get(start..)).take_while(|paths| !paths.is_empty());
        let taken = taken.flat_map(|paths| &paths[..paths.len().min(AT_ONCE)]);
        taken.map(|path| checkout::load_trace(&disk, path.clone())).collect::<Vec<_>>()
    };
    let inputs = thread::scope(|scope| {
        // Fewer readers read the same, if more are not to be had.
        let reader = || thread::Builder::new().spawn_scoped(scope, read_traces).ok();
        let readers: Vec<_> = (1..threads).map_while(|_| reader()).collect();
        let inputs = checkout::load_book(&disk, today);
        let mut traces = read_traces();
        traces.extend(readers.into_iter().flat_map(|reader| reader.join().expect("reading a trace does not panic")));
        traces.extend(surplus.iter().cloned().map(checkout::unread_trace));
        inputs.map(|inputs| Inputs { traces: traces.into_iter().collect(), ..inputs })
    });
    // What could not be read for want of something is not missing from the book.
    disk.refused.get().map_or(inputs, |why| Err(LoadError::Machine(why.clone())))
}

/// The files under one folder of the disk.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    /// Where each folder is once links are resolved: a thousand traces stand in a few folders, and following links is a call to the system
    /// per part of a path.
    folders: Mutex<BTreeMap<String, Result<PathBuf, IncludeProblem>>>,
    /// The first error that is this machine's, and not a file's: too many open files, a disk that fails.
    refused: OnceLock<String>,
}

impl Disk {
    /// Opens the checkout at `root`.
    ///
    /// # Errors
    /// If there is no such folder.
    pub fn open(root: &Path) -> io::Result<Self> {
        Ok(Self { root: root.canonicalize()?, folders: Mutex::default(), refused: OnceLock::new() })
    }

    /// The file or folder that `path` stands for once links are resolved, if it stays inside, and what it is.
    fn resolve(&self, path: &RelPath) -> Result<(PathBuf, Metadata), IncludeProblem> {
        let place = self.folder(path.parent())?.join(path.file_name());
        let data = fs::symlink_metadata(&place).map_err(|error| self.problem(&place, &error))?;
        if !data.is_symlink() {
            return Ok((place, data));
        }
        let place = self.followed(&place)?;
        let data = fs::metadata(&place).map_err(|error| self.problem(&place, &error))?;
        Ok((place, data))
    }

    /// [`Self::resolve`] for a folder, `""` for the checkout's root; each is looked up once, through the one that holds it.
    fn folder(&self, folder: &str) -> Result<PathBuf, IncludeProblem> {
        if folder.is_empty() {
            return Ok(self.root.clone());
        }
        let known = || self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(folder) {
            return known.clone();
        }
        let path = RelPath::new(folder).map_err(|_| IncludeProblem::Missing)?;
        let resolved = self.resolve(&path).map(|(resolved, _)| resolved);
        known().insert(folder.to_owned(), resolved.clone());
        resolved
    }

    fn followed(&self, place: &Path) -> Result<PathBuf, IncludeProblem> {
        let resolved = place.canonicalize().map_err(|error| self.problem(place, &error))?;
        let below = resolved.strip_prefix(&self.root).map_err(|_| IncludeProblem::Symlink)?;
        // What lies there is settings and secrets: git's, an editor's, a login's.
        let hidden = below.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."));
        if hidden { Err(IncludeProblem::Symlink) } else { Ok(resolved) }
    }

    /// What is wrong with the file at `place`. An error of this machine is kept besides: see [`load`].
    fn problem(&self, place: &Path, error: &io::Error) -> IncludeProblem {
        if Blame::of(error, Blame::Book) == Blame::Machine {
            let _ = self.refused.set(format!("{}: {error}", place.display()));
        }
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => IncludeProblem::Missing,
            _ => IncludeProblem::Unreadable(error.to_string()),
        }
    }

    /// Lists the files below `folder`. A folder that links lead to more than once is entered once: a few links that lead back up would
    /// otherwise make more paths than anybody can walk.
    fn walk(&self, folder: &str, found: &mut Vec<RelPath>, entered: &mut BTreeSet<PathBuf>) {
        let resolved = match RelPath::new(folder) {
            Ok(path) => self.resolve(&path).ok().map(|(resolved, _)| resolved),
            Err(_) => Some(self.root.clone()),
        };
        let Some(resolved) = resolved.filter(|resolved| entered.insert(resolved.clone())) else { return };
        let entries = fs::read_dir(&resolved).map_err(|error| self.problem(&resolved, &error));
        let Ok(entries) = entries else { return };
        let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
        // A folder's own place comes before the links to it, whatever order the disk has.
        entries.sort_by_key(|entry| (entry.file_type().is_ok_and(|kind| kind.is_symlink()), entry.file_name()));
        for entry in entries {
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            let Ok(path) = RelPath::new(&path) else { continue };
            let is_folder = match entry.file_type() {
                Ok(kind) if !kind.is_symlink() => kind.is_dir(),
                // A link to nowhere is listed too, so that reading it says so.
                _ => fs::metadata(entry.path()).is_ok_and(|data| data.is_dir()),
            };
            if is_folder {
                self.walk(path.as_str(), found, entered);
            } else {
                found.push(path);
            }
        }
    }
}

impl Files for Disk {
    fn read(&self, path: &RelPath, limit: usize) -> Result<String, IncludeProblem> {
        let (resolved, data) = self.resolve(path)?;
        // Opening a pipe would wait for its writer.
        if !data.is_file() {
            return Err(IncludeProblem::Unreadable("it is no file".to_owned()));
        }
        let file = File::open(&resolved).map_err(|error| self.problem(&resolved, &error))?;
        let most = limit.saturating_add(1);
        // One byte more than the file has, so that it takes one call to read it and one to see its end.
        let mut bytes = Vec::with_capacity(usize::try_from(data.len()).map_or(most, |length| most.min(length + 1)));
        file.take(most as u64).read_to_end(&mut bytes).map_err(|error| self.problem(&resolved, &error))?;
        if bytes.len() > limit {
            return Err(IncludeProblem::TooLarge);
        }
        String::from_utf8(bytes).map_err(|_| IncludeProblem::NotUtf8)
    }

    fn size(&self, path: &RelPath) -> usize {
        self.resolve(path).map_or(0, |(_, data)| usize::try_from(data.len()).unwrap_or(usize::MAX))
    }

    fn is_link(&self, path: &RelPath) -> bool {
        self.resolve(path).is_ok_and(|(resolved, _)| resolved != self.root.join(path.as_str()))
    }

    fn list(&self, folder: &str) -> Vec<RelPath> {
        let mut found = Vec::new();
        self.walk(folder, &mut found, &mut BTreeSet::new());
        found.sort();
        found
    }

    fn beside(&self, folder: &str) -> Vec<String> {
        let entries = self.folder(folder).ok().and_then(|folder| fs::read_dir(folder).ok());
        let entries = entries.into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    fn below(&self) -> String {
        let below = self.root.strip_prefix(ground::top(&self.root)).ok().and_then(Path::to_str);
        below.unwrap_or_default().to_owned()
    }

    fn astray(&self, place: &str) -> Vec<(RelPath, Astray)> {
        ground::astray(&self.root, place)
    }

    fn output(&self, folder: &str, renderer: Renderer) -> Output {
        ground::output(&self.root, Path::new(folder), renderer)
    }

    fn image(&self, folder: &RelPath) -> Result<Vec<ImageFile>, ImageProblem> {
        let root = &self.root.join(folder.as_str());
        let mut folder = ImageFolder { disk: self, root, files: Vec::new(), bytes: 0 };
        folder.read("")?;
        Ok(folder.files)
    }
}

/// An image's folder while it is read.
struct ImageFolder<'a> {
    disk: &'a Disk,
    root: &'a Path,
    files: Vec<ImageFile>,
    bytes: usize,
}

impl ImageFolder<'_> {
    /// Reads what lies in the folder `below` the image's, `""` for that itself.
    fn read(&mut self, below: &str) -> Result<(), ImageProblem> {
        // Joining nothing would end in a `/`, which leads through a link.
        let place = if below.is_empty() { self.root.to_owned() } else { self.root.join(below) };
        let refused = |error: &io::Error| self.problem(below, &self.disk.problem(&place, error));
        let data = fs::symlink_metadata(&place).map_err(|error| refused(&error))?;
        if data.is_symlink() {
            return Err(self.problem(below, &IncludeProblem::Symlink));
        }
        if !data.is_dir() {
            return self.file(below, &place, &data);
        }
        let entries = fs::read_dir(&place).map_err(|error| refused(&error))?;
        let entries: Vec<_> = entries.collect::<Result<_, _>>().map_err(|error| refused(&error))?;
        for entry in entries {
            let name = entry.file_name();
            let path =
                name.to_str().map(|name| if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") });
            let path = path.filter(|path| RelPath::new(path).is_ok_and(|normal| normal.as_str() == path));
            let Some(path) = path else {
                let why = IncludeProblem::Unreadable("its name is none that a path here may hold".to_owned());
                return Err(self.problem(&name.to_string_lossy().escape_debug().to_string(), &why));
            };
            self.read(&path)?;
        }
        Ok(())
    }

    fn file(&mut self, path: &str, place: &Path, data: &fs::Metadata) -> Result<(), ImageProblem> {
        // Opening a pipe would wait for its writer.
        if !data.is_file() {
            return Err(self.problem(path, &IncludeProblem::Unreadable("it is no file".to_owned())));
        }
        let mut bytes = Vec::new();
        let most = u64::try_from(MAX_FILE).unwrap_or(u64::MAX).saturating_add(1);
        let read = File::open(place).and_then(|file| file.take(most).read_to_end(&mut bytes));
        read.map_err(|error| self.problem(path, &self.disk.problem(place, &error)))?;
        if bytes.len() > MAX_FILE {
            return Err(self.problem(path, &IncludeProblem::TooLarge));
        }
        self.bytes += bytes.len();
        // The owner's bit is the one that git keeps.
        let executable = data.permissions().mode() & 0o100 != 0;
        self.files.push(ImageFile { path: path.to_owned(), executable, bytes });
        if self.bytes > MAX_BYTES || self.files.len() > MAX_FILES {
            return Err(ImageProblem::TooMuch { path: self.shown("") });
        }
        Ok(())
    }

    /// The path of `below` for people: from the folder's own name on.
    fn shown(&self, below: &str) -> String {
        let name = self.root.file_name().unwrap_or_default().to_string_lossy();
        let path = format!("infra/images/{name}/{below}");
        path.trim_end_matches('/').to_owned()
    }

    fn problem(&self, below: &str, why: &IncludeProblem) -> ImageProblem {
        ImageProblem::File { path: self.shown(below), why: why.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn path(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    #[test]
    fn only_files_of_the_checkout_are_read() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.md"), "secret").unwrap();
        let inside = tempfile::tempdir().unwrap();
        let root = inside.path();
        fs::create_dir_all(root.join("a/.hidden")).unwrap();
        fs::write(root.join("a/x.md"), "text").unwrap();
        fs::write(root.join("a/.hidden/y.md"), "text").unwrap();
        fs::write(root.join("bad.md"), [0xff, 0xfe]).unwrap();
        symlink(outside.path().join("secret.md"), root.join("link.md")).unwrap();
        symlink(outside.path(), root.join("folder")).unwrap();
        symlink("a/x.md", root.join("inner.md")).unwrap();
        symlink("a/.hidden/y.md", root.join("hidden.md")).unwrap();
        symlink("a/.hidden", root.join("hidden")).unwrap();
        symlink("nowhere.md", root.join("broken.md")).unwrap();
        symlink("..", root.join("a/loop")).unwrap();
        let disk = Disk::open(root).unwrap();
        for (name, wanted) in [
            ("a/x.md", Ok("text".to_owned())),
            ("inner.md", Ok("text".to_owned())),
            ("link.md", Err(IncludeProblem::Symlink)),
            ("folder/secret.md", Err(IncludeProblem::Symlink)),
            ("hidden.md", Err(IncludeProblem::Symlink)),
            ("hidden/y.md", Err(IncludeProblem::Symlink)),
            ("broken.md", Err(IncludeProblem::Missing)),
            ("none.md", Err(IncludeProblem::Missing)),
            ("a/x.md/y", Err(IncludeProblem::Missing)),
            ("bad.md", Err(IncludeProblem::NotUtf8)),
            ("a", Err(IncludeProblem::Unreadable("it is no file".to_owned()))),
        ] {
            assert_eq!(disk.read(&path(name), 100), wanted, "{name}");
        }
        assert!(disk.is_link(&path("inner.md")) && !disk.is_link(&path("a/x.md")));
        assert_eq!(disk.read(&path("a/x.md"), 3), Err(IncludeProblem::TooLarge));
        let listed: Vec<String> =
            disk.list("").into_iter().map(|path| path.to_string()).filter(|path| !path.contains("loop")).collect();
        assert_eq!(listed, ["a/x.md", "bad.md", "broken.md", "hidden.md", "inner.md", "link.md"]);
        // Links that lead back up make more paths than there are files; each folder is entered once, under its own name.
        for name in ["a/back", "a/forth", "up"] {
            symlink(if name == "up" { "." } else { ".." }, root.join(name)).unwrap();
        }
        assert_eq!(disk.list("").len(), listed.len());
        assert_eq!(disk.list("folder"), []);
        assert_eq!(disk.list("none"), []);
    }

    #[test]
    fn a_pipe_does_not_block() {
        let inside = tempfile::tempdir().unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            inside.path().join("pipe.md"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        let disk = Disk::open(inside.path()).unwrap();
        assert!(matches!(disk.read(&path("pipe.md"), 10), Err(IncludeProblem::Unreadable(_))));
    }

    #[test]
    fn an_image_s_folder_is_read_whole_and_links_and_pipes_are_refused() {
        let inside = tempfile::tempdir().unwrap();
        let folder = inside.path().join("infra/images/box");
        fs::create_dir_all(folder.join("etc/deep")).unwrap();
        for (name, bytes) in [("Dockerfile", &b"FROM a"[..]), (".hidden", b""), ("etc/deep/x", &[0xff, 0, 1])] {
            fs::write(folder.join(name), bytes).unwrap();
        }
        fs::write(folder.join("run"), "#!/bin/sh").unwrap();
        fs::set_permissions(folder.join("run"), fs::Permissions::from_mode(0o744)).unwrap();
        let disk = Disk::open(inside.path()).unwrap();
        let read = || disk.image(&path("infra/images/box"));
        let mut found: Vec<(String, bool, usize)> =
            read().unwrap().into_iter().map(|file| (file.path, file.executable, file.bytes.len())).collect();
        found.sort();
        let expected = [(".hidden", false, 0), ("Dockerfile", false, 6), ("etc/deep/x", false, 3), ("run", true, 9)];
        assert_eq!(found, expected.map(|(path, executable, size)| (path.to_owned(), executable, size)));
        let refused = |place: &Path, why: &str| {
            assert_eq!(read().unwrap_err().to_string(), why);
            fs::remove_file(place).unwrap();
        };
        let link = folder.join("etc/link");
        for aim in ["/etc/passwd", "deep", "deep/x", "nowhere"] {
            symlink(aim, &link).unwrap();
            refused(&link, "`infra/images/box/etc/link`: it is reached through a symbolic link");
        }
        let pipe = folder.join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
        refused(&pipe, "`infra/images/box/pipe`: the file cannot be read: it is no file");
        let big = folder.join("big");
        fs::write(&big, vec![0; MAX_FILE + 1]).unwrap();
        refused(&big, "`infra/images/box/big`: the file is too large");
        let odd = folder.join("a\\b");
        fs::write(&odd, "").unwrap();
        refused(&odd, "`infra/images/box/a\\\\b`: the file cannot be read: its name is none that a path here may hold");
        for number in 0..=MAX_FILES {
            fs::write(folder.join(format!("etc/{number}")), "").unwrap();
        }
        assert_eq!(read().unwrap_err().to_string(), "`infra/images/box` holds more than 500 files or 8 MiB");
        fs::remove_dir_all(&folder).unwrap();
        symlink("/etc", &folder).unwrap();
        refused(&folder, "`infra/images/box`: it is reached through a symbolic link");
        assert_eq!(read().unwrap_err().to_string(), "`infra/images/box`: there is no such file");
    }

    #[test]
    fn no_book_is_an_error() {
        let today = "2026-11-20".parse().unwrap();
        let empty = tempfile::tempdir().unwrap();
        assert_eq!(load(empty.path(), today).unwrap_err(), LoadError::NoBook);
        assert!(matches!(load(&empty.path().join("none"), today), Err(LoadError::Unreadable(_))));
        fs::create_dir(empty.path().join("book.toml")).unwrap();
        assert!(matches!(load(empty.path(), today), Err(LoadError::Unreadable(_))));
    }
}
