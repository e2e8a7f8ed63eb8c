//! The book as git has it at another commit, for `--base` and `--policy-from`. Starts git's plumbing, which reads objects and nothing else: no
//! hook, no filter, no pager, no network.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use dogfood_core::checkout::{Files, names_in};
use dogfood_core::infra::image::{ImageFile, ImageProblem, MAX_BYTES, MAX_FILE, MAX_FILES};
use dogfood_core::markup::IncludeProblem;
use dogfood_core::place::RelPath;

use crate::exit::Trouble;

/// How many links may lead to one file.
const MOST_LINKS: usize = 8;

/// The files of one commit below the book's folder.
pub(crate) struct Commit {
    files: BTreeMap<RelPath, Blob>,
    objects: Mutex<Objects>,
}

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Blob {
    kind: BlobKind,
    object: String,
    size: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BlobKind {
    File,
    Executable,
    Link,
}

impl Commit {
    /// Opens the commit that `reference` names, in the repository that holds `root`.
    pub(crate) fn open(root: &Path, reference: &str) -> Result<Self, Trouble> {
        let named = format!("{reference}^{{commit}}");
        let id = said(git(root).args(["rev-parse", "--verify", "--quiet", "--end-of-options", &named]))?;
        let Some(id) = id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()) else {
            return Err(Trouble::usage(
                format!("git knows no commit `{reference}` here"),
                "fetch it first: `git fetch origin BRANCH`, then name `origin/BRANCH`; in a workflow, check out with `fetch-depth: 0`",
            ));
        };
        let listed = said(git(root).args(["ls-tree", "-r", "-l", "-z", &id]))
            .ok()
            .flatten()
            .ok_or_else(|| not_fetched(reference, "its folders"))?;
        let files = listed.split('\0').filter_map(entry).map(|(path, blob)| match blob {
            Some(blob) => Ok((path, blob)),
            None => Err(not_fetched(reference, &format!("`{path}`"))),
        });
        Ok(Self { files: files.collect::<Result<_, _>>()?, objects: Mutex::new(Objects::start(root, &id)?) })
    }

    /// The file that `path` stands for once links are followed.
    fn resolve(&self, path: &RelPath) -> Result<&Blob, IncludeProblem> {
        let mut path = path.clone();
        for _ in 0..MOST_LINKS {
            let blob = self.files.get(&path).ok_or(IncludeProblem::Missing)?;
            if blob.kind != BlobKind::Link {
                return Ok(blob);
            }
            let aim = String::from_utf8(self.bytes(blob)?).map_err(|_| IncludeProblem::Symlink)?;
            path = path.sibling(&aim).map_err(|_| IncludeProblem::Symlink)?;
        }
        Err(IncludeProblem::Symlink)
    }

    fn bytes(&self, blob: &Blob) -> Result<Vec<u8>, IncludeProblem> {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects.read(blob).map_err(|error| IncludeProblem::Unreadable(format!("git: {error}")))
    }
}

impl Files for Commit {
    fn read(&self, path: &RelPath, limit: usize) -> Result<String, IncludeProblem> {
        let blob = self.resolve(path)?;
        if blob.size > limit {
            return Err(IncludeProblem::TooLarge);
        }
        String::from_utf8(self.bytes(blob)?).map_err(|_| IncludeProblem::NotUtf8)
    }

    fn is_link(&self, path: &RelPath) -> bool {
        self.files.get(path).is_some_and(|blob| blob.kind == BlobKind::Link)
    }

    fn list(&self, folder: &str) -> Vec<RelPath> {
        let below = |path: &&RelPath| {
            let rest = if folder.is_empty() { Some(path.as_str()) } else { path.as_str().strip_prefix(folder) };
            path.is_under(folder) && rest.is_some_and(|rest| rest.split('/').all(|part| !part.starts_with('.')))
        };
        self.files.keys().filter(below).cloned().collect()
    }

    fn beside(&self, folder: &str) -> Vec<String> {
        names_in(folder, self.files.keys())
    }

    fn image(&self, folder: &RelPath) -> Result<Vec<ImageFile>, ImageProblem> {
        let (mut files, mut bytes) = (Vec::new(), 0);
        for (path, blob) in self.files.iter().filter(|(path, _)| path.is_under(folder.as_str())) {
            let refused = |why: IncludeProblem| ImageProblem::File { path: path.to_string(), why: why.to_string() };
            if blob.kind == BlobKind::Link {
                return Err(refused(IncludeProblem::Symlink));
            }
            bytes += blob.size;
            if blob.size > MAX_FILE || bytes > MAX_BYTES || files.len() == MAX_FILES {
                return Err(ImageProblem::TooMuch { path: folder.to_string() });
            }
            let name = path.as_str()[folder.as_str().len()..].trim_start_matches('/').to_owned();
            let executable = blob.kind == BlobKind::Executable;
            files.push(ImageFile { path: name, executable, bytes: self.bytes(blob).map_err(refused)? });
        }
        Ok(files)
    }
}

/// The book's folder below the repository's top, with a slash at its end or empty, and every file that differs between the commit that
/// `reference` names and the one that is checked out, from the repository's top.
pub(crate) fn changed_files(root: &Path, reference: &str) -> Result<(String, Vec<String>), Trouble> {
    let below = said(git(root).args(["rev-parse", "--show-prefix"]))?.unwrap_or_default();
    let (from, to) = (format!("{reference}^{{tree}}"), "HEAD^{tree}");
    let diff = ["diff-tree", "-r", "--no-renames", "--name-only", "-z", "--end-of-options", &from, to];
    let listed = said(git(root).args(diff)).ok().flatten().ok_or_else(|| not_fetched(reference, "its folders"))?;
    let files = listed.split_terminator('\0').map(str::to_owned).collect();
    Ok((below.trim_end_matches('\n').to_owned(), files))
}

/// A commit without some of its objects, as a partial clone has them: what is not there must not count as what the commit does not hold.
fn not_fetched(reference: &str, what: &str) -> Trouble {
    Trouble::not_available(
        format!("git has the commit `{reference}` without {what}: this is a partial clone, or a broken one"),
        "fetch what is left out: `git fetch --refetch --no-filter origin`; in a workflow, check out without `filter`",
    )
}

/// A line of `git ls-tree -r -l -z`: `MODE TYPE OBJECT SIZE<tab>PATH`. What is no file or link (a submodule) is left out; a file whose size
/// git cannot tell is not there, and comes without its blob.
fn entry(line: &str) -> Option<(RelPath, Option<Blob>)> {
    let (facts, path) = line.split_once('\t')?;
    let mut facts = facts.split_whitespace();
    let kind = match facts.next()? {
        "100644" | "100664" => BlobKind::File,
        "100755" => BlobKind::Executable,
        "120000" => BlobKind::Link,
        _ => return None,
    };
    let object = facts.nth(1)?.to_owned();
    let blob = facts.next()?.parse().ok().map(|size| Blob { kind, object, size });
    Some((RelPath::new(path).ok().filter(|normal| normal.as_str() == path)?, blob))
}

/// git, looking at the repository around `root`.
fn git(root: &Path) -> Command {
    let mut git = Command::new("git");
    // An object that a partial clone lacks would be fetched otherwise: a check opens no socket.
    git.env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0");
    // A hook of git's sets these; the repository is the one around the book all the same.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        git.env_remove(name);
    }
    // A checkout can hold a folder that looks like a bare repository, with a configuration that starts programs.
    git.args(["-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false"]);
    git.args(["--no-replace-objects", "--literal-pathspecs", "-C"]).arg(root);
    git
}

/// What git says on stdout, if it ends well. A git that does not start, or that finds no repository, says why.
fn said(git: &mut Command) -> Result<Option<String>, Trouble> {
    let output = git.stdin(Stdio::null()).output().map_err(|error| {
        Trouble::not_available(format!("git cannot be started: {error}"), "install it: `apt-get install git`")
    })?;
    if output.status.success() {
        return Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if words.is_empty() {
        return Ok(None);
    }
    Err(Trouble::usage(format!("git: {words}"), "name a commit of the repository that holds this book"))
}

/// `git cat-file --batch`: one process for all objects.
struct Objects {
    child: Child,
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    fn start(root: &Path, id: &str) -> Result<Self, Trouble> {
        let failed = |why: String| Trouble::not_available(format!("git cannot read the files of `{id}`: {why}"), "");
        let mut child = git(root)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let (asks, answers) = (child.stdin.take(), child.stdout.take());
        let answers = answers.ok_or_else(|| failed("it has no stdout".to_owned()))?;
        Ok(Self { child, asks, answers: BufReader::new(answers) })
    }

    fn read(&mut self, blob: &Blob) -> std::io::Result<Vec<u8>> {
        let asks = self.asks.as_mut().ok_or_else(|| std::io::Error::other("it has ended"))?;
        writeln!(asks, "{}", blob.object)?;
        asks.flush()?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        if head.trim_end() != format!("{} blob {}", blob.object, blob.size) {
            return Err(std::io::Error::other(format!("unexpected answer `{}`", head.trim_end())));
        }
        // The object, and the line break that ends the answer.
        let mut bytes = vec![0; blob.size + 1];
        self.answers.read_exact(&mut bytes)?;
        bytes.pop();
        Ok(bytes)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It ends with its stdin.
        self.asks = None;
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_links_are_listed_and_nothing_else() {
        let line = |mode: &str, path: &str| entry(&format!("{mode} blob 0123abcd      12\t{path}"));
        let (path, blob) = line("100755", "a b/c.sh").unwrap();
        let blob = blob.unwrap();
        assert_eq!((path.as_str(), blob.kind, blob.size), ("a b/c.sh", BlobKind::Executable, 12));
        assert_eq!(line("120000", "x").unwrap().1.unwrap().kind, BlobKind::Link);
        assert_eq!(entry("100644 blob 0123abcd     BAD\tx").unwrap().1, None);
        assert!(entry("160000 commit 0123abcd       -\tsub").is_none());
        for odd in ["../x", "/x", "a//b", ""] {
            assert!(line("100644", odd).is_none(), "{odd}");
        }
        assert!(entry("").is_none());
    }
}
