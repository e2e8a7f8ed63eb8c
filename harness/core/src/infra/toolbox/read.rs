//! Reads a toolbox: `toolbox.yaml` and `requirements.lock` of one folder. Pure; touches nothing.

use super::lock;
use super::model::{Toolbox, ToolboxSpec};
use super::range::PythonRange;
use crate::finding::Finding;
use crate::infra::source::Source;
use crate::place::RelPath;
use crate::yaml::FileKind;

/// More findings than these say nothing new: the lock is no lock.
const MOST_FINDINGS: usize = 20;

/// Reads the toolbox whose `toolbox.yaml` at `path` is `text` and whose `requirements.lock` at `lock_path` is `lock_text`.
///
/// # Errors
///
/// Every fault of both files, as findings of `broken-infra`.
pub fn read(path: &RelPath, text: &str, lock_path: &RelPath, lock_text: &str) -> Result<Toolbox, Vec<Finding>> {
    let source = Source::new(path, text);
    let mut findings = Vec::new();
    let folder = path.as_str().rsplit('/').nth(1).unwrap_or_default();
    let id = source.id(folder, "toolbox's folder", &mut findings);
    let spec = source.yaml::<ToolboxSpec>(FileKind::Toolbox, &mut findings);
    if let Some(spec) = &spec {
        check(&source, spec, &mut findings);
    }
    let lock = read_lock(lock_path, lock_text, &mut findings);
    match (id, spec) {
        (Some(id), Some(spec)) if findings.is_empty() => Ok(Toolbox {
            id,
            path: path.clone(),
            spec,
            lock_path: lock_path.clone(),
            lock,
            lock_text: lock_text.to_owned(),
        }),
        _ => Err(findings),
    }
}

impl Toolbox {
    /// The interpreters that fit. Reading checked the text: one that does not parse admits none.
    pub fn range(&self) -> Option<PythonRange> {
        PythonRange::new(&self.spec.python).ok()
    }
}

fn check(source: &Source<'_>, spec: &ToolboxSpec, findings: &mut Vec<Finding>) {
    match PythonRange::new(&spec.python) {
        Err(problem) => {
            let span = source.find_below("python:", &spec.python);
            findings.push(source.broken(
                span,
                problem.to_string(),
                "write the interpreters that fit, for example `python: \">=3.11,<3.15\"`",
            ));
        }
        Ok(range) if range.minors().is_empty() => {
            let span = source.find_below("python:", &spec.python);
            findings.push(source.broken(
                span,
                "no version of Python 3 is in this range",
                "write a range that holds one, for example `>=3.11`",
            ));
        }
        Ok(_) => {}
    }
    if spec.install.trim().is_empty() {
        let help = "write the line that a reader types, for example `pip install remote-store==0.33.0`";
        findings.push(source.broken(source.find("install:"), "the install line is empty", help));
    }
}

fn read_lock(path: &RelPath, text: &str, findings: &mut Vec<Finding>) -> Vec<super::LockEntry> {
    let source = Source::new(path, text);
    if text.len() > lock::MAX_BYTES {
        let title = format!("the lock holds {} bytes; {} is the most that is read", text.len(), lock::MAX_BYTES);
        findings.push(source.broken(source.top(), title, "split the toolbox, or lock fewer packages"));
        return Vec::new();
    }
    let (entries, problems) = lock::parse(text);
    let rest = problems.len().saturating_sub(MOST_FINDINGS);
    for problem in problems.into_iter().take(MOST_FINDINGS) {
        findings.push(source.broken(source.line(problem.line), problem.title, problem.help));
    }
    if let Some(last) = findings.last_mut().filter(|_| rest > 0) {
        last.notes.push(format!("{rest} more lines of this lock are wrong"));
    }
    entries
}

#[cfg(test)]
pub(in crate::infra) mod tests;
