//! The files of a checkout, however they are kept.

use std::collections::{BTreeMap, BTreeSet};

use crate::infra::image::{ImageFile, ImageProblem};
use crate::markup::IncludeProblem;
use crate::place::RelPath;

use super::look::{Astray, Output, Renderer};

/// A look into a checkout. Implementations resolve symbolic links and refuse those that leave it.
pub trait Files {
    /// The text of the file at `path`, with a byte order mark if it has one; at most `limit` bytes.
    ///
    /// # Errors
    /// If there is no such file, or it cannot be had as text.
    fn read(&self, path: &RelPath, limit: usize) -> Result<String, IncludeProblem>;

    /// How many bytes the file at `path` holds; none if it cannot be had.
    fn size(&self, path: &RelPath) -> usize {
        self.read(path, usize::MAX).map_or(0, |text| text.len())
    }

    /// Whether `path` leads through a symbolic link. An include may not: a page should name the file that it shows.
    fn is_link(&self, _path: &RelPath) -> bool {
        false
    }

    /// Every file under the folder `folder`, at any depth, sorted; folders whose name starts with a dot are left out.
    fn list(&self, folder: &str) -> Vec<RelPath>;

    /// Every file of an image's folder, hidden ones too, with its execute bit and its bytes, within the limits of
    /// [`crate::infra::image`].
    ///
    /// # Errors
    /// If it is too much, or anything in it is no plain file: a link would let an image hold what its digest does not.
    fn image(&self, folder: &RelPath) -> Result<Vec<ImageFile>, ImageProblem>;

    /// The names of what lies right in the folder `folder`, `""` for the checkout's root: files and folders, hidden ones too.
    fn beside(&self, folder: &str) -> Vec<String>;

    /// Whether there is a file or folder at `path`.
    fn exists(&self, path: &RelPath) -> bool {
        self.beside(path.parent()).iter().any(|name| name == path.file_name())
    }

    /// The book's folder relative to the top of its repository, `""` if it is the top or in no repository.
    fn below(&self) -> String {
        String::new()
    }

    /// Every symbolic link at or below `place`, a file or a folder, that leads astray.
    fn astray(&self, _place: &str) -> Vec<(RelPath, Astray)> {
        Vec::new()
    }

    /// What is where an output of `renderer` goes: `folder` as book.toml has it, relative to the book's folder.
    fn output(&self, _folder: &str, _renderer: Renderer) -> Output {
        Output::Fit
    }
}

/// A checkout in memory.
impl Files for BTreeMap<RelPath, String> {
    fn read(&self, path: &RelPath, limit: usize) -> Result<String, IncludeProblem> {
        let text = self.get(path).ok_or(IncludeProblem::Missing)?;
        if text.len() > limit { Err(IncludeProblem::TooLarge) } else { Ok(text.clone()) }
    }

    fn list(&self, folder: &str) -> Vec<RelPath> {
        self.keys().filter(|path| path.is_under(folder)).cloned().collect()
    }

    fn beside(&self, folder: &str) -> Vec<String> {
        names_in(folder, self.keys())
    }

    fn image(&self, folder: &RelPath) -> Result<Vec<ImageFile>, ImageProblem> {
        let below = |path: &RelPath| Some(path.as_str().strip_prefix(folder.as_str())?.strip_prefix('/')?.to_owned());
        let file = |(path, text): (&RelPath, &String)| {
            Some(ImageFile { path: below(path)?, executable: false, bytes: text.as_bytes().to_vec() })
        };
        Ok(self.iter().filter_map(file).collect())
    }
}

/// The names right in `folder` of those `paths`, each once.
pub fn names_in<'a>(folder: &str, paths: impl Iterator<Item = &'a RelPath>) -> Vec<String> {
    let below =
        paths.filter(|path| path.is_under(folder)).map(|path| path.as_str()[folder.len()..].trim_start_matches('/'));
    let names: BTreeSet<&str> = below.filter_map(|path| path.split('/').next()).collect();
    names.into_iter().map(str::to_owned).collect()
}
