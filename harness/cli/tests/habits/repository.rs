//! Habits of the repository: documents name files that exist, versions stand in one place, nothing of a machine gets in.

use std::fs;

use crate::{files, root};

#[test]
fn paths_named_in_the_documents_exist() {
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"));
        let mut checked = 0;
        let mut fence = None;
        let prose = text.lines().filter(|line| {
            let ticks = line.chars().take_while(|c| *c == '`').count();
            match fence {
                Some(opened) if ticks >= opened => fence = None,
                None if ticks >= 3 => fence = Some(ticks),
                open => return open.is_none(),
            }
            false
        });
        for quoted in prose.flat_map(|line| line.split('`').skip(1).step_by(2)) {
            let first = quoted.split('/').next().unwrap_or_default();
            let ours = ["harness", "guides", "traces", "infra", "scripts", ".ci", "fuzz"].contains(&first)
                && quoted.contains('/');
            if !ours || quoted.contains(['<', '*', ' ', '…', 'N']) {
                continue;
            }
            assert!(root().join(quoted).exists(), "{document} names `{quoted}`, which does not exist");
            checked += 1;
        }
        assert!(checked > 0 || document == "CONTRIBUTING.md", "{document} names no path at all");
    }
}

#[test]
fn the_introduction_leads_to_every_chapter() {
    let read = |name: &str| fs::read_to_string(root().join("guides").join(name)).expect("a page");
    let (summary, introduction) = (read("SUMMARY.md"), read("README.md"));
    let chapters = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let chapters: Vec<&str> = chapters.filter(|page| *page != "README.md").collect();
    assert!(chapters.len() > 10, "{chapters:?}");
    for page in chapters {
        assert!(introduction.contains(&format!("]({page})")), "guides/README.md does not lead to {page}");
    }
}

#[test]
fn versions_stand_in_the_workspace_manifest_alone() {
    for manifest in files("harness", &|path| path.file_name().is_some_and(|name| name == "Cargo.toml")) {
        let text = fs::read_to_string(&manifest).expect("a manifest");
        let mut in_dependencies = false;
        for line in text.lines() {
            if line.starts_with('[') {
                in_dependencies = line.contains("dependencies");
            } else if in_dependencies && !line.trim().is_empty() && !line.starts_with('#') {
                assert!(line.contains("workspace = true"), "{}: `{line}` states its own version", manifest.display());
            }
        }
    }
}

#[test]
fn every_rule_has_its_file_test_fixture_and_manual_section() {
    for rule in dogfood_core::rules::RULES {
        let name = rule.name();
        let file = name.replace('-', "_");
        for path in [
            format!("harness/core/src/rules/{file}.rs"),
            format!("harness/core/tests/rules/{file}.rs"),
            format!("harness/core/tests/fixtures/{name}"),
            format!("guides/manual/rules/{name}.md"),
        ] {
            assert!(root().join(&path).exists(), "rule {name} has no {path}");
        }
    }
}

#[test]
fn every_script_stops_at_its_first_failure() {
    for script in files("scripts", &|_| true).into_iter().chain(files(".ci", &|_| true)) {
        let text = fs::read_to_string(&script).expect("a script");
        let guarded = !text.starts_with("#!/usr/bin/env bash") || text.contains("set -euo pipefail");
        assert!(guarded, "{} lacks `set -euo pipefail`", script.display());
    }
}
