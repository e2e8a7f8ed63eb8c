//! Reads a target file: its value, every fault of it, and its pin. Pure; touches nothing.

use std::collections::BTreeMap;

use super::check;
use super::model::{NONE, Target, TargetSpec};
use crate::digest::Digest;
use crate::finding::Finding;
use crate::infra::image::{Image, Images};
use crate::infra::source::Source;
use crate::infra::toolbox::{Toolbox, entries_digest};
use crate::name::Id;
use crate::place::RelPath;
use crate::yaml::FileKind;

/// Reads the target file `text` at `path`; `toolboxes` and `images` are the book's.
///
/// # Errors
///
/// Every fault of the file, as findings of `broken-infra`.
pub fn read(
    path: &RelPath,
    text: &str,
    toolboxes: &BTreeMap<Id, Toolbox>,
    images: &Images,
) -> Result<Target, Vec<Finding>> {
    let source = Source::new(path, text);
    let mut findings = Vec::new();
    let id = identity(&source, path, &mut findings);
    let spec = source.yaml::<TargetSpec>(FileKind::Target, &mut findings);
    if let Some(spec) = &spec {
        findings.extend(check::check(&source, spec, toolboxes, images));
    }
    match (id, spec) {
        (Some(id), Some(spec)) if findings.is_empty() => {
            let build = spec.container.as_ref().and_then(|container| container.image.build.as_ref());
            let image = build.and_then(|name| images.get(name)?.as_ref().ok()).cloned();
            let digest = digest(&spec, toolboxes, image.as_ref());
            Ok(Target { id, path: path.clone(), spec, digest, image })
        }
        _ => Err(findings),
    }
}

/// The file's name without `.yaml`, as an id.
fn identity(source: &Source<'_>, path: &RelPath, findings: &mut Vec<Finding>) -> Option<Id> {
    let name = path.file_name();
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name);
    if stem == NONE {
        let title = format!("`{NONE}` is the target that needs no service; no file may describe it");
        findings.push(source.broken(source.top(), title, "rename the file"));
    }
    source.id(stem, "file", findings)
}

/// The pin: what the file says without its description, and the locked files of the program's package and of what that pulls in, or
/// everything that the image is built from.
fn digest(spec: &TargetSpec, toolboxes: &BTreeMap<Id, Toolbox>, image: Option<&Image>) -> Digest {
    let mut value = serde_json::json!(spec);
    if let Some(fields) = value.as_object_mut() {
        fields.remove("description");
    }
    let process = spec.process.as_ref();
    let toolbox = process.and_then(|process| toolboxes.get(&process.toolbox));
    let packages = process.zip(toolbox).map(|(process, toolbox)| {
        let names = toolbox.closure(&process.package);
        entries_digest(toolbox.lock.iter().filter(|entry| names.contains(&entry.name)))
    });
    let mut pinned = serde_json::json!({ "file": value, "packages": packages });
    if let Some(image) = image {
        pinned["image"] = serde_json::json!(image.digest);
    }
    Digest::of_json(&pinned)
}

#[cfg(test)]
mod tests;
