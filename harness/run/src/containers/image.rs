//! Images: there already, built from their folder, or pulled. Talks to the engine, writes locks below the cache.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bollard::query_parameters::{CreateImageOptionsBuilder, ListImagesOptionsBuilder, RemoveImageOptions};
use dogfood_core::infra::image::Image;
use dogfood_core::name::Id;
use dogfood_core::redact::{Redacted, Redactor};
use futures_util::StreamExt;
use rustix::fs::FlockOperation;

use super::build::build;
use super::engine::{Engine, EngineError, told};
use super::host::BuildHost;
use super::labels::{CHECKOUT, Labels, checkout};
use super::sweep::remove_unfinished;
use crate::sys;

/// How long the engine may take to answer about an image that it has.
const LOOK: Duration = Duration::from_secs(20);
/// How long a pull may take.
const PULL: Duration = Duration::from_secs(20 * 60);
/// So often an image is built, where something takes its layers away: a build is a download of a kind, and those are tried again.
const BUILDS: usize = 3;
/// How often is looked whether another process has done with building.
const TURN: Duration = Duration::from_millis(100);

/// Where an image comes from.
#[derive(Clone, Copy, Debug)]
pub enum Supply<'a> {
    /// Its folder.
    Folder(&'a Image),
    /// A registry.
    Registry(&'a str),
}

/// An image that the engine has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFacts {
    /// What containers call it by.
    pub reference: String,
    /// Its id.
    pub id: String,
    /// The digest that its registry knows it by; none for one that was built here.
    pub digest: Option<String>,
}

/// Why there is no image. Messages say what, why and what mends it; what a build said in them is redacted.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ImageError {
    /// Its folder makes no build.
    #[error("the image {image} cannot be built: {why}; mend infra/images/{image}/Dockerfile")]
    Unfit {
        /// The image.
        image: Id,
        /// Why not.
        why: String,
    },
    /// A step of its build failed.
    #[error("the image {image} cannot be built: {step}: {why}{}", last(.output))]
    Failed {
        /// The image.
        image: Id,
        /// The step at which it failed, for people.
        step: String,
        /// What the engine says.
        why: Redacted,
        /// The last lines of what the build said.
        output: Redacted,
    },
    /// The engine lost a layer of its build.
    #[error(
        "the image {image} cannot be built: the Docker engine lost a layer of it in the middle of the build, {BUILDS} times: {why}; does something remove images there (`docker image prune`)?"
    )]
    Disturbed {
        /// The image.
        image: Id,
        /// What the engine says.
        why: Redacted,
    },
    /// Its registry does not hand it out.
    #[error(
        "the image {reference} cannot be pulled: {why}; no registry is reached from here, or it holds no such image"
    )]
    NotPulled {
        /// The image.
        reference: String,
        /// What the engine says.
        why: String,
    },
    /// The lock under which it is built cannot be had.
    #[error("the lock {path} cannot be taken: {why}")]
    NoLock {
        /// The lock.
        path: String,
        /// What the system said.
        why: String,
    },
    /// The engine failed.
    #[error(transparent)]
    Engine(EngineError),
    /// The run is to end.
    #[error("stopped")]
    Stopped,
}

/// Words of ours around a name of the book's.
fn in_words(words: &str) -> Redacted {
    Redactor::new(&[]).told(words.as_bytes())
}

fn last(output: &Redacted) -> String {
    if output.as_str().is_empty() { String::new() } else { format!("; its last lines:\n{output}") }
}

/// What a build takes from the run that asks for it.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// Whose the build is.
    pub labels: &'a Labels,
    /// What it is told of this machine.
    pub host: &'a dyn Fn() -> BuildHost,
    /// Where locks are.
    pub cache: &'a Path,
    /// The builds of the run that failed.
    pub failures: &'a Failures,
}

/// Sees to it that the engine has the image. One image is built once at a time on this machine, whoever asks.
///
/// # Errors
/// See [`ImageError`]. A build that failed leaves nothing, and is not tried again until [`Failures::forget`].
pub fn ensure(
    engine: &Engine,
    supply: Supply<'_>,
    site: &Site<'_>,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Redacted),
) -> Result<ImageFacts, ImageError> {
    let reference = match supply {
        Supply::Folder(image) => image.tag(),
        Supply::Registry(reference) => reference.to_owned(),
    };
    if let Some(facts) = look(engine, &reference)? {
        return Ok(facts);
    }
    match supply {
        Supply::Registry(reference) => pull(engine, reference, stop, progress)?,
        Supply::Folder(image) => {
            let _lock = lock(site.cache, image, stop, progress)?;
            // Whoever held the lock may have built it.
            if let Some(facts) = look(engine, &reference)? {
                return Ok(facts);
            }
            // What went wrong once in a run goes wrong for every recipe and target that wants the image.
            site.failures.of(&reference).map_or(Ok(()), Err)?;
            progress(in_words(&format!("building the image {}", image.name)));
            build_again(engine, image, site, stop, progress)
                .inspect_err(|error| site.failures.note(&reference, error))?;
        }
    }
    look(engine, &reference)?.ok_or_else(|| {
        ImageError::Engine(EngineError::Gone(format!("it has no image {reference} after building or pulling it")))
    })
}

/// Builds `image`, once more where something took its layers away meanwhile.
fn build_again(
    engine: &Engine,
    image: &Image,
    site: &Site<'_>,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Redacted),
) -> Result<(), ImageError> {
    let (host, mut tries) = ((site.host)(), 0);
    loop {
        tries += 1;
        let id = sys::random_hex(6).map_err(|error| {
            ImageError::Engine(EngineError::Gone(format!("no random numbers for a build: {error}")))
        })?;
        let built = build(engine, image, (site.labels, &id), &host, stop, progress);
        // Stages that no image stands on, or what is there of a build that failed.
        remove_unfinished(engine, &id);
        match built {
            Err(ImageError::Disturbed { .. }) if tries < BUILDS => {
                let why = format!("the Docker engine lost a layer of the image {}; building it again", image.name);
                progress(in_words(&why));
            }
            ended => return ended,
        }
    }
}

/// The builds of one run that failed: the same folder would fail again.
#[derive(Debug, Default)]
pub struct Failures(Mutex<BTreeMap<String, ImageError>>);

impl Failures {
    fn of(&self, reference: &str) -> Option<ImageError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(reference).cloned()
    }

    fn note(&self, reference: &str, error: &ImageError) {
        if matches!(error, ImageError::Unfit { .. } | ImageError::Failed { .. }) {
            let mut failed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            failed.insert(reference.to_owned(), error.clone());
        }
    }

    /// Forgets them all: the next who asks tries again.
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Whether the engine has the image `reference`.
///
/// # Errors
/// If the engine fails.
pub fn is_there(engine: &Engine, reference: &str) -> Result<bool, EngineError> {
    match engine.call(LOOK, None, engine.docker.inspect_image(reference)) {
        Ok(_) => Ok(true),
        Err(error) if error.is_missing() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes what the checkout at `root` built of `image`'s folder when other files were in it. A build that a container uses stays, and so does
/// what another checkout built: its files may be just those. Returns how many went.
///
/// # Errors
/// If the engine fails.
pub fn remove_older(engine: &Engine, image: &Image, root: &Path) -> Result<usize, EngineError> {
    let (current, name) = (image.tag(), format!("dogfood/{}", image.name));
    let ours = format!("{CHECKOUT}={}", checkout(root));
    let filter: HashMap<&str, Vec<&str>> =
        HashMap::from([("label", vec![ours.as_str()]), ("reference", vec![name.as_str()])]);
    let options = ListImagesOptionsBuilder::new().filters(&filter).build();
    let found = engine.call(LOOK, None, engine.docker.list_images(Some(options)))?;
    let mut removed = 0;
    for tag in found.into_iter().flat_map(|image| image.repo_tags).filter(|tag| *tag != current) {
        match engine.call(LOOK, None, engine.docker.remove_image(&tag, None::<RemoveImageOptions>, None)) {
            Ok(_) => removed += 1,
            // Somebody else was faster, or a container uses it.
            Err(EngineError::Refused { status: 404 | 409, .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(removed)
}

fn look(engine: &Engine, reference: &str) -> Result<Option<ImageFacts>, ImageError> {
    match engine.call(LOOK, None, engine.docker.inspect_image(reference)) {
        Ok(found) => Ok(Some(ImageFacts {
            reference: reference.to_owned(),
            id: found.id.unwrap_or_default(),
            digest: found.repo_digests.unwrap_or_default().into_iter().next(),
        })),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(ImageError::Engine(error)),
    }
}

fn pull(
    engine: &Engine,
    reference: &str,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Redacted),
) -> Result<(), ImageError> {
    progress(in_words(&format!("pulling the image {reference}")));
    let options = CreateImageOptionsBuilder::new().from_image(reference).build();
    let pulled = engine.wait(PULL, Some(stop), async {
        let mut stream = engine.docker.create_image(Some(options), None, None);
        while let Some(said) = stream.next().await {
            let said = said.map_err(|error| told(&error))?;
            if let Some(message) = said.error_detail.and_then(|detail| detail.message) {
                return Err(EngineError::Refused { status: 500, message });
            }
        }
        Ok(())
    });
    match pulled {
        Ok(()) => Ok(()),
        Err(EngineError::Stopped) => Err(ImageError::Stopped),
        Err(EngineError::Refused { message, .. }) => {
            Err(ImageError::NotPulled { reference: reference.to_owned(), why: message })
        }
        Err(error) => Err(ImageError::Engine(error)),
    }
}

/// The lock under which `image` is built; the system lets go of it with this process, however that ends.
fn lock(
    cache: &Path,
    image: &Image,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Redacted),
) -> Result<File, ImageError> {
    let folder = cache.join("images");
    let path = folder.join(format!("{}.lock", image.name));
    let failed =
        |error: std::io::Error| ImageError::NoLock { path: path.display().to_string(), why: error.to_string() };
    fs::create_dir_all(&folder).map_err(failed)?;
    let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
    let mut told = false;
    loop {
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => {}
            Err(error) => return Err(failed(error.into())),
        }
        if stop.load(Ordering::Relaxed) {
            return Err(ImageError::Stopped);
        }
        if !std::mem::replace(&mut told, true) {
            progress(in_words(&format!("another run is building the image {}", image.name)));
        }
        std::thread::sleep(TURN);
    }
}
