//! Imports go one way: the top-level modules of every crate form no cycle, and the crates use each other as ARCHITECTURE.md says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::{root, sources};

type Graph = BTreeMap<String, BTreeSet<String>>;

/// Which top-level modules of the crate in `harness/NAME` use which others, tests left out.
fn graph(name: &str) -> Graph {
    let prefix = format!("harness/{name}/src/");
    let mut graph = Graph::new();
    for (path, text) in sources() {
        let Some(inside) = path.strip_prefix(&prefix) else { continue };
        if inside.split(['/', '.']).any(|part| part == "tests") {
            continue;
        }
        let module = inside.split(['/', '.']).next().expect("a path has a first part").to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        let text = text.find("\n#[cfg(test)]\n").map_or(text.as_str(), |at| &text[..at]);
        let edges = graph.entry(module.clone()).or_default();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for (at, _) in line.match_indices("crate::") {
                let used: String = line[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if !used.is_empty() && used != module && used.chars().next().is_some_and(char::is_lowercase) {
                    edges.insert(used);
                }
            }
        }
    }
    graph
}

/// A cycle, as the modules on it.
fn cycle(graph: &Graph) -> Option<Vec<String>> {
    fn visit(at: &str, graph: &Graph, path: &mut Vec<String>, done: &mut BTreeSet<String>) -> Option<Vec<String>> {
        if let Some(start) = path.iter().position(|seen| seen == at) {
            return Some(path[start..].to_vec());
        }
        if done.contains(at) {
            return None;
        }
        path.push(at.to_owned());
        for next in graph.get(at).into_iter().flatten() {
            if let Some(found) = visit(next, graph, path, done) {
                return Some(found);
            }
        }
        path.pop();
        done.insert(at.to_owned());
        None
    }
    let mut done = BTreeSet::new();
    graph.keys().find_map(|start| visit(start, graph, &mut Vec::new(), &mut done))
}

#[test]
fn no_crate_has_a_cycle_of_modules() {
    for name in ["core", "store", "run", "book", "cli"] {
        let graph = graph(name);
        assert!(!graph.is_empty(), "no modules found in {name}");
        assert_eq!(cycle(&graph), None, "the modules of harness/{name} use each other in a circle: {graph:#?}");
    }
}

#[test]
fn the_cycle_finder_finds_cycles() {
    let edge = |from: &str, to: &[&str]| (from.to_owned(), to.iter().map(|to| (*to).to_owned()).collect());
    let round: Graph = [edge("a", &["b"]), edge("b", &["c", "d"]), edge("c", &["a"]), edge("d", &[])].into();
    assert_eq!(cycle(&round), Some(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
    let line: Graph = [edge("a", &["b", "c"]), edge("b", &["c"]), edge("c", &[])].into();
    assert_eq!(cycle(&line), None);
}

#[test]
fn crates_use_each_other_only_downwards() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("core", &[] as &[&str]),
        ("store", &["dogfood-core"]),
        ("run", &["dogfood-core"]),
        ("book", &["dogfood-core", "dogfood-store"]),
        ("cli", &["dogfood-core", "dogfood-run", "dogfood-store", "mdbook-dogfood"]),
    ]);
    for (name, allowed) in allowed {
        let manifest = fs::read_to_string(root().join(format!("harness/{name}/Cargo.toml"))).expect("a manifest");
        let table =
            manifest.split("[dependencies]").nth(1).expect("dependencies").split("\n[").next().expect("a table");
        let used: Vec<&str> = table
            .lines()
            .filter_map(|line| line.split(['.', ' ', '=']).next())
            .filter(|used| used.starts_with("dogfood") || used.starts_with("mdbook-dogfood"))
            .collect();
        assert_eq!(used, allowed, "harness/{name}");
    }
}
