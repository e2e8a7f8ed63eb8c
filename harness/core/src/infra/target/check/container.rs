//! What must hold in the part of a target file that describes a container. Pure; touches nothing.

use super::Checker;
use crate::infra::image::{DOCKERFILE, FOLDER, Images};
use crate::infra::source::nearest;
use crate::infra::target::model::{ContainerSpec, ImageSource, TargetKind};
use crate::infra::template::Slot;
use crate::name::Id;

/// The memory that a container may have, in MiB: the engine refuses less, and no emulator needs more.
const MEMORY: std::ops::RangeInclusive<u32> = 6..=65_536;
/// The processors that a container may have.
const CPUS: std::ops::RangeInclusive<u32> = 1..=64;

impl Checker<'_> {
    pub(super) fn container(&mut self, images: &Images) {
        let spec = self.spec;
        match (spec.kind, &spec.container) {
            (TargetKind::Container, Some(container)) => {
                self.image(&container.image, images);
                self.limits(container);
                self.told(container);
                self.programs(container);
            }
            (TargetKind::Container, None) => {
                self.report_key(
                    "kind",
                    "a target of kind container does not say which container",
                    "add `container:` with `image`, `port` and `memory`",
                );
            }
            (kind, Some(_)) => {
                self.report_key(
                    "container",
                    format!("a target of kind {kind} starts no container"),
                    "remove `container:`, or write `kind: container`",
                );
            }
            (_, None) => {}
        }
    }

    fn image(&mut self, image: &ImageSource, images: &Images) {
        match (&image.build, &image.pull) {
            (Some(name), None) => self.folder(name, images),
            (None, Some(reference)) => self.reference(reference),
            (both, _) => {
                let title = if both.is_some() {
                    "the image is both built and pulled"
                } else {
                    "the image is neither built nor pulled"
                };
                self.report("image:", title, "write `{build: NAME}` for infra/images/NAME, or `{pull: NAME:TAG}`");
            }
        }
    }

    fn folder(&mut self, name: &Id, images: &Images) {
        let (title, help) = match images.get(name) {
            Some(Ok(image)) if image.files.iter().any(|file| file.path == DOCKERFILE) => return,
            Some(Ok(_)) => (format!("{FOLDER}/{name} holds no {DOCKERFILE}"), "add one".to_owned()),
            Some(Err(problem)) => (
                format!("the image {name} cannot be built: {problem}"),
                "an image's folder holds plain files, a few MiB of them: the image is pinned by every byte".to_owned(),
            ),
            None => {
                let help = nearest(name.as_str(), images.keys().map(Id::as_str)).map_or_else(
                    || format!("add {FOLDER}/{name}/{DOCKERFILE}, or name an image that is there"),
                    |near| format!("did you mean `{near}`?"),
                );
                (format!("there is no image `{name}` in {FOLDER}"), help)
            }
        };
        self.report_value("build:", name.as_str(), title, help);
    }

    /// A public image is named by what does not move by itself.
    fn reference(&mut self, reference: &str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let tag = name.split_once('@').or_else(|| name.split_once(':')).map(|(_, tag)| tag).unwrap_or_default();
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte);
        let starts = reference.starts_with(|c: char| c.is_ascii_alphanumeric());
        let title = match tag {
            _ if !starts || !reference.bytes().all(letters) => "is no name of an image",
            "" => "does not say which version of the image",
            "latest" => "is another image tomorrow",
            _ => return,
        };
        let title = format!("`{}` {title}", reference.escape_debug());
        self.report_value(
            "pull:",
            reference,
            title,
            "write it with a tag or a digest, for example `minio/minio:RELEASE.2025-04-22T22-12-26Z`",
        );
    }

    fn limits(&mut self, container: &ContainerSpec) {
        if container.port == 0 {
            self.report("port:", "0 is no port", "write the port inside the container that clients talk to");
        }
        if !MEMORY.contains(&container.memory) {
            let title = format!("{} MiB is no memory for a container", container.memory);
            self.report("memory:", title, format!("write {} to {}", MEMORY.start(), MEMORY.end()));
        }
        if container.cpus.is_some_and(|cpus| !CPUS.contains(&cpus)) {
            let title = format!("{} is no number of processors", container.cpus.unwrap_or_default());
            self.report("cpus:", title, format!("write {} to {}, or leave it out", CPUS.start(), CPUS.end()));
        }
    }

    /// What the container is told when it starts, before anybody knows its address.
    fn told(&mut self, container: &ContainerSpec) {
        fn made(slot: &Slot) -> bool {
            matches!(slot, Slot::Secret(_) | Slot::Random(_))
        }
        for word in &container.command {
            self.template(word, "`command`", made);
        }
        for (name, value) in &container.environment {
            self.is_name(name);
            self.template(value, "`container.environment`", made);
        }
    }

    /// The programs that run inside it.
    fn programs(&mut self, container: &ContainerSpec) {
        if let Some(words) = &container.ready {
            self.program("ready", words, |_| false);
        }
        if let Some(words) = &container.fresh {
            let named = self.program("fresh", words, |slot| *slot == Slot::Fresh);
            if named && !words.iter().any(|word| word.contains("{fresh}")) {
                self.report(
                    "fresh:",
                    "the program that makes a recipe's own place is not told which",
                    "give it `{fresh}` among its arguments",
                );
            }
        }
    }

    /// Whether `words`, under `key`, name a program; a finding says it otherwise.
    fn program(&mut self, key: &str, words: &[String], allowed: fn(&Slot) -> bool) -> bool {
        let named = words.first().is_some_and(|program| !program.is_empty() && !program.starts_with('-'));
        if !named {
            let help = "write the program and its arguments as a list; no shell reads it";
            self.report(&format!("{key}:"), format!("`{key}` names no program"), help);
        }
        for word in words {
            self.template(word, &format!("`{key}`"), allowed);
        }
        named
    }

    /// The version said by a program inside a container.
    pub(super) fn version_by_program(&mut self, words: &[String]) {
        if self.spec.kind == TargetKind::Container {
            self.program("exec", words, |_| false);
        } else {
            let title = format!("a target of kind {} holds no program that could say the version", self.spec.kind);
            self.report("exec:", title, "read it with `ssh-banner`, `http-header` or `http-body`");
        }
    }
}
