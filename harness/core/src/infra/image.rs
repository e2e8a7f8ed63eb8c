//! Images: the folders `infra/images/NAME` that containers are built from. What such a folder holds, byte by byte, is part of a target's
//! pin, and it is all that a build is given. Pure; touches nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::digest::Digest;
use crate::name::Id;

/// Where the folders are.
pub const FOLDER: &str = "infra/images";
/// The file without which a folder makes no image.
pub const DOCKERFILE: &str = "Dockerfile";
/// The largest file of such a folder, in bytes.
pub const MAX_FILE: usize = 1 << 20;
/// All its files together, in bytes.
pub const MAX_BYTES: usize = 8 << 20;
/// The most files in it.
pub const MAX_FILES: usize = 500;

/// The images of a book, and why some cannot be built.
pub type Images = BTreeMap<Id, Result<Image, ImageProblem>>;

/// What an image is built from. Clones share the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The folder's name.
    pub name: Id,
    /// Its files, by path.
    pub files: Arc<[ImageFile]>,
    /// The digest of paths, execute bits and bytes.
    pub digest: Digest,
}

/// One file of an image's folder.
#[derive(Clone, PartialEq, Eq)]
pub struct ImageFile {
    /// Its path below the folder.
    pub path: String,
    /// Whether its owner may execute it.
    pub executable: bool,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Why a folder makes no image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageProblem {
    /// A file, or the folder itself, cannot be had.
    #[error("`{path}`: {why}")]
    File {
        /// Its path in the checkout.
        path: String,
        /// Why not.
        why: String,
    },
    /// There is too much of it.
    #[error("`{path}` holds more than {MAX_FILES} files or {} MiB", MAX_BYTES >> 20)]
    TooMuch {
        /// The folder.
        path: String,
    },
}

impl Image {
    /// The image `name` of `files`, in whatever order they come.
    pub fn new(name: Id, mut files: Vec<ImageFile>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let entry = |file: &ImageFile| {
            let value = serde_json::json!({ "executable": file.executable, "bytes": Digest::of_bytes(&file.bytes) });
            (file.path.clone(), value)
        };
        let digest = Digest::of_json(&files.iter().map(entry).collect());
        Self { name, files: files.into(), digest }
    }

    /// How the engine knows the image: a name that means these very files.
    pub fn tag(&self) -> String {
        format!("dogfood/{}:{}", self.name, self.digest.short())
    }
}

/// Without the bytes, which may be many.
impl std::fmt::Debug for ImageFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mode = if self.executable { "x" } else { "-" };
        write!(f, "{} {mode} {} bytes", self.path, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(files: &[(&str, bool, &str)]) -> Image {
        let file = |(path, executable, text): &(&str, bool, &str)| ImageFile {
            path: (*path).to_owned(),
            executable: *executable,
            bytes: text.as_bytes().to_vec(),
        };
        Image::new(Id::new("openssh").unwrap(), files.iter().map(file).collect())
    }

    #[test]
    fn the_digest_moves_with_every_path_bit_and_byte_and_not_with_the_order() {
        let base = image(&[("Dockerfile", false, "FROM a"), ("run", true, "x")]);
        assert_eq!(image(&[("run", true, "x"), ("Dockerfile", false, "FROM a")]), base);
        assert_eq!(base.tag(), format!("dogfood/openssh:{}", base.digest.short()));
        for other in [
            image(&[("Dockerfile", false, "FROM b"), ("run", true, "x")]),
            image(&[("Dockerfile", false, "FROM a"), ("run", false, "x")]),
            image(&[("Dockerfile", false, "FROM a"), ("ruN", true, "x")]),
            image(&[("Dockerfile", false, "FROM a")]),
            image(&[("Dockerfile", false, "FROM a"), ("run", true, "x"), ("more", false, "")]),
            image(&[("Dockerfile", false, "FROM arun"), ("x", true, "")]),
        ] {
            assert_ne!(other.digest, base.digest, "{other:?}");
        }
    }
}
