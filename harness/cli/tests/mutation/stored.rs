//! Changes of what the guides stand on: traces, target files, toolboxes and their locks.

use std::collections::BTreeSet;

use dogfood_core::digest::Digest;
use dogfood_core::place::RelPath;

use crate::{Files, Mutation};

pub(crate) fn mutations(files: &Files) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    for (file, text) in files {
        match file.as_str() {
            path if path.starts_with("traces/criterion/") => record(files, file, text, &mut mutations),
            path if path.starts_with("harness/") => bench(files, file, text, &mut mutations),
            path if path.starts_with("traces/") => traces(files, file, text, &mut mutations),
            path if path.starts_with("infra/targets/") => target(files, file, text, &mut mutations),
            path if path.starts_with("infra/images/") => image(files, file, text, &mut mutations),
            path if path.ends_with("/requirements.lock") => lock(files, file, text, &mut mutations),
            _ => {}
        }
    }
    mutations
}

/// Lines of `text` with their offsets.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = offset;
        offset += line.len();
        (at, line.trim_end_matches('\n'))
    })
}

fn traces(files: &Files, file: &RelPath, text: &str, mutations: &mut Vec<Mutation>) {
    mutations.push(Mutation {
        file: file.clone(),
        text: None,
        sort: "trace deleted",
        what: file.to_string(),
        matters: true,
    });
    let mut quoted = 0;
    for (at, line) in lines(text).filter(|(_, line)| !line.trim().is_empty()) {
        let end = at + line.len();
        let depth = line.len() - line.trim_start().len();
        // Every field, and the first line of every recorded text: the seal covers the others in the same way.
        quoted = if depth >= 4 && !line.contains(": ") { quoted + 1 } else { 0 };
        if quoted < 2 {
            mutations.push(Mutation::splice(files, file, end..end, "0", "trace field", true));
        }
    }
    // The seal finds accidents. A pin that was changed and sealed anew must still be found, by comparing it with what it pins.
    // (The id of an image is a fact beside them, and another one on every machine.)
    let is_pin =
        |line: &str| line.starts_with("  ") && line.contains(": sha256:") && !line.trim_start().starts_with("image-");
    for (at, line) in lines(text).filter(|(_, line)| is_pin(line)) {
        let digit = at + line.len() - 1;
        let other = if line.ends_with('0') { "1" } else { "0" };
        let mut mutation = Mutation::splice(files, file, digit..digit + 1, other, "pin changed and sealed anew", true);
        mutation.text = mutation.text.map(|text| reseal(&text));
        mutations.push(mutation);
    }
}

/// What criterion measured: every line is sealed, and the digest of the bench is held against the bench.
fn record(files: &Files, file: &RelPath, text: &str, mutations: &mut Vec<Mutation>) {
    let deleted = Mutation {
        file: file.clone(),
        text: None,
        sort: "record of criterion deleted",
        what: file.to_string(),
        matters: true,
    };
    mutations.push(deleted);
    for (at, line) in lines(text) {
        let end = at + line.len();
        mutations.push(Mutation::splice(files, file, end..end, "0", "record of criterion", true));
        if line.starts_with("digest: ") {
            let other = if line.ends_with('0') { "1" } else { "0" };
            let sort = "digest of a bench changed and sealed anew";
            let mut mutation = Mutation::splice(files, file, end - 1..end, other, sort, true);
            mutation.text = mutation.text.map(|text| reseal(&text));
            mutations.push(mutation);
        }
    }
}

/// The source of a bench, which its records are pinned to.
fn bench(files: &Files, file: &RelPath, text: &str, mutations: &mut Vec<Mutation>) {
    for (at, line) in lines(text) {
        let end = at + line.len();
        mutations.push(Mutation::splice(files, file, end..end, " ", "bench that a record is of", true));
    }
}

/// `text` with the seal that belongs to it.
fn reseal(text: &str) -> String {
    let at = text.rfind("\nsealed:").expect("a trace is sealed") + 1;
    format!("{}sealed: {}\n", &text[..at], Digest::of_bytes(&text.as_bytes()[..at]))
}

fn target(files: &Files, file: &RelPath, text: &str, mutations: &mut Vec<Mutation>) {
    let mut in_description = false;
    let stands = has_evidence(files, file);
    for (at, line) in lines(text) {
        let content = line.trim();
        let top = !line.starts_with([' ', '-', '#']);
        if top {
            in_description = line.starts_with("description:");
        }
        let end = at + line.len();
        if content.is_empty() {
            continue;
        }
        if content.starts_with('#') {
            mutations.push(Mutation::splice(files, file, end..end, " and more", "comment in a target file", false));
        } else if in_description {
            // The line that opens a block holds no words of it.
            if !content.ends_with([':', '|', '>', '-']) {
                let close = end - usize::from(content.ends_with(['"', '\'']));
                mutations.push(Mutation::splice(files, file, close..close, " more", "description of a target", false));
            }
        } else if stands {
            mutations.push(Mutation::splice(files, file, end..end, "0", "target file", true));
        }
    }
    mutations.push(Mutation::splice(files, file, 0..0, "# a comment\n", "comment in a target file", false));
}

/// Every byte of an image's folder is part of the pin of the targets that are built from it.
fn image(files: &Files, file: &RelPath, text: &str, mutations: &mut Vec<Mutation>) {
    let name = file.as_str().split('/').nth(2).expect("a folder of infra/images");
    let built = format!("build: {name}}}");
    let matters = files
        .iter()
        .any(|(path, text)| path.is_under("infra/targets") && text.contains(&built) && has_evidence(files, path));
    let sort = if matters { "image that evidence stands on" } else { "image that no evidence stands on" };
    // One digest holds the file: of thousands of generated lines (a lock of npm), each tenth stands for its neighbours.
    let all: Vec<_> = lines(text).collect();
    for (at, line) in all.iter().step_by(if all.len() > 1000 { 10 } else { 1 }) {
        let end = at + line.len();
        mutations.push(Mutation::splice(files, file, end..end, " ", sort, matters));
    }
}

/// Whether anything was recorded on the target of this file: without that, no change of it is found.
fn has_evidence(files: &Files, target: &RelPath) -> bool {
    let name = target.file_name().trim_end_matches(".yaml");
    let ends = [format!("@{name}.yaml"), format!("@{name}+")];
    files.keys().any(|path| path.is_under("traces") && ends.iter().any(|end| path.as_str().contains(end)))
}

/// A changed entry matters exactly when some recipe imported the package, or when a target's program comes from it.
fn lock(files: &Files, file: &RelPath, text: &str, mutations: &mut Vec<Mutation>) {
    let used = used_packages(files, file);
    let mut package = String::new();
    let mut hashed = false;
    for (at, line) in lines(text) {
        if let Some((name, rest)) =
            line.split_once("==").filter(|_| line.starts_with(|c: char| c.is_ascii_alphanumeric()))
        {
            package = name.split('[').next().unwrap_or(name).to_owned();
            hashed = false;
            let version = rest.split([' ', ';', '\\']).next().unwrap_or(rest);
            let start = at + name.len() + 2;
            let matters = used.contains(&package);
            mutations.push(Mutation::splice(
                files,
                file,
                start..start + version.len(),
                "99.9",
                lock_sort(matters),
                matters,
            ));
        } else if let Some(found) = line.find("sha256:").filter(|_| line.trim_start().starts_with("--hash") && !hashed)
        {
            // One hash stands for the others of its entry: a lock has thousands, and they are read alike.
            hashed = true;
            let digit = at + found + 7;
            let other = if &text[digit..=digit] == "0" { "1" } else { "0" };
            let matters = used.contains(&package);
            mutations.push(Mutation::splice(files, file, digit..digit + 1, other, lock_sort(matters), matters));
        }
    }
}

fn lock_sort(matters: bool) -> &'static str {
    if matters { "lock entry that evidence stands on" } else { "lock entry that no evidence stands on" }
}

/// The packages of the lock's toolbox that the committed evidence names.
fn used_packages(files: &Files, lock: &RelPath) -> BTreeSet<String> {
    let toolbox = lock.parent().rsplit('/').next().expect("a folder");
    let mut used = BTreeSet::new();
    for (path, text) in files {
        if path.is_under("traces") && toolbox == "python" {
            let mut listed = false;
            for line in text.lines() {
                if line.starts_with("imported:") {
                    listed = true;
                } else if listed && line.trim_start().starts_with("- ") {
                    used.insert(line.trim_start()[2..].trim_matches(['"', '\'']).to_owned());
                } else {
                    listed = false;
                }
            }
        }
        if path.is_under("infra/targets") && text.contains(&format!("toolbox: {toolbox}")) {
            used.extend(text.lines().filter_map(|line| line.trim().strip_prefix("package: ")).map(str::to_owned));
        }
    }
    used
}
