//! The labels that every container, network, volume and image under construction carries: whose it is. Pure; touches nothing.

use std::collections::HashMap;
use std::path::Path;

use dogfood_core::digest::Digest;

use crate::owner::Owner;

/// The label that holds the run's id; an object without it is not ours.
pub(super) const RUN: &str = "dev.dogfood.run";
const PID: &str = "dev.dogfood.pid";
const STARTED: &str = "dev.dogfood.started";
const BOOT: &str = "dev.dogfood.boot";
const NAMESPACE: &str = "dev.dogfood.namespace";
/// The label that says from which checkout an image was built.
pub(super) const CHECKOUT: &str = "dev.dogfood.checkout";
/// The label that every layer of one build carries, and no layer of another.
pub(super) const BUILD: &str = "dev.dogfood.build";

/// Whose an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// The run's id.
    pub run: String,
    /// The process that runs it.
    pub owner: Owner,
    /// The checkout that it runs for: see [`checkout`].
    pub checkout: String,
}

/// What a checkout is called in labels: where it lies tells apart two that name their images alike, and is nobody else's business.
pub(crate) fn checkout(root: &Path) -> String {
    let place = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    Digest::of_bytes(place.as_os_str().as_encoded_bytes()).to_string()
}

impl Labels {
    /// As the engine takes them.
    pub(super) fn pairs(&self) -> [(&'static str, String); 6] {
        [
            (RUN, self.run.clone()),
            (PID, self.owner.pid.to_string()),
            (STARTED, self.owner.started.to_string()),
            (BOOT, self.owner.boot.clone()),
            (NAMESPACE, self.owner.namespace.clone()),
            (CHECKOUT, self.checkout.clone()),
        ]
    }

    pub(super) fn map(&self) -> HashMap<String, String> {
        self.pairs().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Whose an object with these labels is. One whose owner cannot be told is nobody's: only its run is known.
    pub(super) fn read(labels: &HashMap<String, String>) -> Option<(String, Option<Owner>)> {
        let of = |name: &str| labels.get(name).cloned();
        let run = of(RUN)?;
        let owner = || {
            Some(Owner {
                pid: of(PID)?.parse().ok()?,
                started: of(STARTED)?.parse().ok()?,
                boot: of(BOOT)?,
                namespace: of(NAMESPACE)?,
            })
        };
        Some((run, owner()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkout_has_one_name_however_it_is_reached() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(one.path(), two.path().join("link")).unwrap();
        assert_eq!(checkout(one.path()), checkout(&two.path().join("link")));
        assert_ne!(checkout(one.path()), checkout(two.path()));
        assert!(!checkout(one.path()).contains('/'));
    }

    #[test]
    fn labels_are_read_back_and_half_of_them_name_no_owner() {
        let labels = Labels { run: "0123456789ab".to_owned(), owner: Owner::this().unwrap(), checkout: "c".to_owned() };
        let mut map = labels.map();
        assert_eq!(Labels::read(&map), Some((labels.run.clone(), Some(labels.owner.clone()))));
        map.insert(PID.to_owned(), "x".to_owned());
        assert_eq!(Labels::read(&map), Some((labels.run, None)));
        map.remove(RUN);
        assert_eq!(Labels::read(&map), None);
    }
}
