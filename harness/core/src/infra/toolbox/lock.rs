//! Reads a lock: the requirements format that pip and uv share, one pinned package with its hashes per entry. Pure; touches nothing.
//!
//! What a lock may say is less than what pip would take: no index, no address, no further file, nothing without a version and a hash.
//! So the lock alone decides what is installed, and no registry's host name enters the repository.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{LockEntry, Toolbox};

/// The largest lock that is read, in bytes; one with a hundred packages of a dozen wheels each takes a tenth of it.
pub(super) const MAX_BYTES: usize = 4 << 20;

/// One thing that is wrong in a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LockProblem {
    /// The line on which the entry starts, from 1.
    pub(super) line: usize,
    /// What is wrong.
    pub(super) title: String,
    /// What mends it.
    pub(super) help: &'static str,
}

const LOCK_AGAIN: &str = "make the lock again from requirements.in: `uv pip compile --universal --python-version 3.11 --generate-hashes --only-binary :all: --no-emit-index-url --no-header requirements.in -o requirements.lock`";

/// The entries of `text` in its order, and everything that is wrong with it.
pub(super) fn parse(text: &str) -> (Vec<LockEntry>, Vec<LockProblem>) {
    let mut entries: Vec<LockEntry> = Vec::new();
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for (line, logical) in logical_lines(text) {
        match entry(&logical) {
            Ok(entry) if seen.insert((entry.name.clone(), entry.marker.clone())) => entries.push(entry),
            Ok(entry) => problems.push(LockProblem {
                line,
                title: format!("`{}` stands in the lock a second time", entry.name),
                help: LOCK_AGAIN,
            }),
            Err((title, help)) => problems.push(LockProblem { line, title, help }),
        }
    }
    if entries.is_empty() && problems.is_empty() {
        problems.push(LockProblem { line: 1, title: "the lock holds no package".to_owned(), help: LOCK_AGAIN });
    }
    (entries, problems)
}

/// Normalises a package name (PEP 503): lower case, runs of `-`, `_` and `.` as one `-`.
pub fn normalised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        let separates = matches!(character, '-' | '_' | '.');
        if !separates {
            out.extend(character.to_lowercase());
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out
}

impl Toolbox {
    /// `package` and everything that it pulls in, normalised and sorted, as far as the resolver's `# via` comments tell.
    pub fn closure(&self, package: &str) -> Vec<String> {
        let pulls = pulls(&self.lock_text);
        let mut found = BTreeSet::new();
        let mut open = vec![normalised(package)];
        while let Some(name) = open.pop() {
            if found.insert(name.clone()) {
                open.extend(pulls.get(&name).into_iter().flatten().cloned());
            }
        }
        found.into_iter().collect()
    }
}

/// Package to the packages that stand in the lock because of it.
fn pulls(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut pulls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut package = String::new();
    let mut listing = false;
    for line in text.lines() {
        let Some(comment) = line.trim_start().strip_prefix('#') else {
            if !line.starts_with([' ', '\t']) {
                package = normalised(line.split("==").next().unwrap_or_default().split('[').next().unwrap_or_default());
            }
            listing = false;
            continue;
        };
        let comment = comment.trim();
        let reason = comment.strip_prefix("via").filter(|rest| rest.is_empty() || rest.starts_with(' '));
        let name = reason.map_or(comment, str::trim);
        listing |= reason.is_some();
        // `-r requirements.in` and `name (file)` are requests by a file, not by a package.
        if listing
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.[],".contains(&byte))
        {
            let by = normalised(name.split('[').next().unwrap_or_default());
            pulls.entry(by).or_default().push(package.clone());
        }
    }
    pulls
}

/// Lines with their continuations and without their comments, as pip joins them; each with the number of its first line.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (at, line) in text.lines().enumerate() {
        let comment = line.trim_start().starts_with('#');
        let (start, mut logical) = open.take().unwrap_or((at + 1, String::new()));
        match line.trim_end().strip_suffix('\\').filter(|_| !comment) {
            Some(continued) => {
                logical.push_str(continued);
                logical.push(' ');
                open = Some((start, logical));
            }
            None => {
                logical.push_str(line);
                lines.push((start, logical));
            }
        }
    }
    lines.extend(open);
    lines
        .into_iter()
        .map(|(start, line)| (start, uncommented(&line).trim().to_owned()))
        .filter(|(_, line)| !line.is_empty())
        .collect()
}

/// `line` up to a `#` that starts it or stands after a blank.
fn uncommented(line: &str) -> &str {
    let comment = line
        .char_indices()
        .find(|(at, character)| *character == '#' && line[..*at].chars().next_back().is_none_or(char::is_whitespace));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// One entry, or its fault with the help.
fn entry(line: &str) -> Result<LockEntry, (String, &'static str)> {
    if line.starts_with('-') {
        let option = shown(line.split_whitespace().next().unwrap_or_default());
        return Err((
            format!("`{option}` has no place in a lock"),
            "a lock holds packages only: remove the line; an index or a further file is set where the toolbox is installed",
        ));
    }
    let (requirement, options) =
        line.split_once(" --").map_or((line, ""), |(requirement, _)| (requirement, &line[requirement.len()..]));
    let (pin, marker) = requirement.split_once(';').unwrap_or((requirement, ""));
    let unpinned = || (format!("`{}` is not a package with its exact version", shown(pin.trim())), LOCK_AGAIN);
    let (name, version) = pin.split_once("==").ok_or_else(unpinned)?;
    let (name, extras) = name.split_once('[').map_or((name, "]"), |(name, extras)| (name, extras));
    let (name, version) = (name.trim(), version.trim());
    let letters = |text: &str, more: &[u8]| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
    };
    if !letters(name, b"-_.") || !extras.trim_end().ends_with(']') || !letters(version, b".+!-_") {
        return Err(unpinned());
    }
    let hashes = hashes(options)
        .map_err(|bad| (format!("`{bad}` is not a SHA-256 of a file of `{}`", shown(name)), LOCK_AGAIN))?;
    if hashes.is_empty() {
        return Err((format!("`{}` stands in the lock without a hash", shown(name)), LOCK_AGAIN));
    }
    let marker = marker.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(LockEntry { name: normalised(name), version: version.to_owned(), marker, hashes })
}

/// `sha256:…` of every `--hash`, sorted; or the first word that is none.
fn hashes(options: &str) -> Result<Vec<String>, String> {
    let mut hashes = BTreeSet::new();
    let mut words = options.split_whitespace();
    while let Some(word) = words.next() {
        let hash = match word.strip_prefix("--hash") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        let digits = hash.and_then(|hash| hash.strip_prefix("sha256:")).unwrap_or_default();
        let lower = digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if digits.len() != 64 || !lower {
            return Err(shown(hash.unwrap_or(word)));
        }
        hashes.insert(format!("sha256:{digits}"));
    }
    Ok(hashes.into_iter().collect())
}

/// The beginning of `text`, for a message.
fn shown(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests;
