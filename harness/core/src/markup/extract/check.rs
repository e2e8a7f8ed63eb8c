//! What can only be seen once a guide is read: recipes against each other, against the front matter, against their own steps. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Finding;
use crate::name::Id;
use crate::place::Span;

use super::super::attribute::{Attributes, UNCLASSIFIED, UNKNOWN};
use super::super::model::{FrontMatter, GuideKind, Session, Step, Stream};
use super::super::spelling;
use super::draft::Assembly;
use super::expect::UNUSED;

/// Checks everything that needs the whole guide.
pub(super) fn recipes(assembly: &mut Assembly<'_>) {
    toolboxes(assembly);
    around(assembly);
    for at in 0..assembly.drafts.len() {
        coverage(assembly, at);
        bench(assembly, at);
        secrets(assembly, at);
    }
    neighbours(assembly);
    benchmarks(assembly);
    bases(assembly);
    if let Some(front) = assembly.front.filter(|front| front.kind != GuideKind::Reference)
        && assembly.drafts.is_empty()
    {
        let title = "the guide holds no recipe";
        let help = "Give a fence `recipe=ID`, or say `kind: reference` in the front matter if nothing here can run.";
        assembly.findings.push(Finding::error("empty-guide", front.guide_span.clone(), title, help));
    }
}

fn opener(assembly: &Assembly<'_>, fence: usize) -> Span {
    assembly.expanded.span(assembly.blocks[fence].opener.clone())
}

/// Python comes out of a toolbox: the host's interpreter, with whatever it has installed, proves nothing.
fn toolboxes(assembly: &mut Assembly<'_>) {
    let Some(front) = assembly.front.filter(|front| front.toolbox.is_none()) else {
        return;
    };
    let first_python =
        |steps: &[Step]| steps.iter().find(|step| step.session == Session::Python).map(|step| step.fence);
    let without = assembly.drafts.iter().filter(|draft| draft.recipe.toolboxes.is_empty());
    let mut fences: Vec<usize> = without.clone().filter_map(|draft| first_python(&draft.recipe.steps)).collect();
    if without.count() > 0 || assembly.drafts.is_empty() {
        let shared = assembly.setup.iter().chain(&assembly.teardown).map(|(step, _)| step);
        fences.extend(shared.filter(|step| step.session == Session::Python).map(|step| step.fence).take(1));
    }
    for fence in fences {
        let title = "Python runs out of a toolbox, and neither the front matter nor the recipe names one";
        let help = "Add `toolbox: NAME` to the front matter, or `toolbox=NAME` to the first step of the recipe.";
        let finding = Finding::error(UNCLASSIFIED, opener(assembly, fence), title, help);
        let finding = finding.related(front.guide_span.clone(), "the guide names no toolbox");
        assembly.findings.push(finding);
    }
}

/// `target=` on set-up and teardown must name a target that some recipe runs on.
fn around(assembly: &mut Assembly<'_>) {
    let mut targets: BTreeSet<Id> = assembly.front.map(FrontMatter::default_targets).into_iter().flatten().collect();
    targets.extend(assembly.drafts.iter().flat_map(|draft| draft.recipe.targets.clone()));
    let targets: Vec<Id> = targets.into_iter().collect();
    let parts = [std::mem::take(&mut assembly.setup), std::mem::take(&mut assembly.teardown)];
    for (_, words) in parts.iter().flatten() {
        assembly.narrow(words, &targets, "the guide");
    }
    let [setup, teardown] = parts;
    assembly.setup = setup;
    assembly.teardown = teardown;
}

/// Where an expectation is for some targets only, every other target has one of its own or there is a general one.
fn coverage(assembly: &mut Assembly<'_>, at: usize) {
    let recipe = &assembly.drafts[at].recipe;
    let mut found = Vec::new();
    for step in &recipe.steps {
        for stream in [Stream::Stdout, Stream::Stderr, Stream::Error] {
            let Some(first) = step.expectations.iter().find(|expectation| expectation.stream == stream) else {
                continue;
            };
            let runs = recipe.targets.iter().filter(|target| step.runs_on(target));
            let bare: Vec<&str> =
                runs.filter(|target| step.expectation(stream, target).is_none()).map(Id::as_str).collect();
            if !bare.is_empty() {
                let title = format!("nothing says what the step prints on {}", bare.join(", "));
                let help = format!("Add an expectation with `target={}`, or a general one.", bare.join("+"));
                let finding = Finding::error("unasserted-output", opener(assembly, first.fence), title, help)
                    .note("A step with an expectation for one target has one for each of its targets.")
                    .related(opener(assembly, step.fence), "the step")
                    .subject(&recipe.id);
                found.push(finding);
            }
        }
    }
    assembly.findings.extend(found);
}

/// `rounds` and `min-effect` stand on a group's first variant; a group has a variant.
fn bench(assembly: &mut Assembly<'_>, at: usize) {
    let draft = &assembly.drafts[at];
    let mut groups: BTreeSet<&Id> = BTreeSet::new();
    let mut found = Vec::new();
    let report = |words: &Attributes, name: &str, title: String, help: &str| {
        Finding::error(UNKNOWN, assembly.expanded.span(words.place(name)), title, help)
    };
    for words in &draft.words {
        let Some((group, Some(_))) = &words.bench else { continue };
        if groups.insert(group) {
            continue;
        }
        for name in ["rounds", "min-effect"].into_iter().filter(|name| words.has(name)) {
            let title = format!("`{name}` stands on the first variant of `{group}`, which is the base");
            found.push(report(words, name, title, "Move it there."));
        }
    }
    for words in &draft.words {
        if let Some((group, None)) = &words.bench
            && !groups.contains(group)
        {
            let title = format!("the group `{group}` has no variant to measure");
            found.push(report(words, "bench", title, "Give a step `bench=GROUP/VARIANT`."));
        }
    }
    assembly.findings.extend(found);
}

/// A group is measured in one go, step by step, in one recipe.
fn benchmarks(assembly: &mut Assembly<'_>) {
    let mut measured: Vec<(&Id, &Step, &Id)> = Vec::new();
    let mut found = Vec::new();
    let report = |words: &Attributes, name: &str, title: String, help: &str| {
        Finding::error(UNKNOWN, assembly.expanded.span(words.place(name)), title, help)
    };
    for draft in &assembly.drafts {
        let steps = || draft.words.iter().zip(&draft.recipe.steps);
        let group = |words: &Attributes| words.bench.as_ref().map(|(group, _)| group.clone());
        for (at, (words, step)) in steps().enumerate() {
            let Some((name, variant)) = &words.bench else { continue };
            if step.session == Session::Console {
                let title = "a `console` fence cannot be timed: its commands are compared one by one".to_owned();
                found.push(report(words, "bench", title, "Write the commands without prompts in a `sh` fence."));
            }
            if words.options.took.is_some() {
                let title = "`took` and `bench` do not go together: the step runs many times".to_owned();
                found.push(report(words, "took", title, "Take `took` out; `bench` keeps every time."));
            }
            let earlier: Vec<_> = steps().take(at).map(|(words, _)| group(words)).collect();
            let twin = steps().take(at).find(|(other, _)| variant.is_some() && other.bench == words.bench);
            if let Some((_, other)) = twin {
                let title = format!("`{name}` has two variants of this name");
                let finding = report(words, "bench", title, "Give each variant a name of its own.");
                found.push(finding.related(opener(assembly, other.fence), "the other one"));
            } else if let Some(first) = earlier.iter().position(|other| other.as_ref() == Some(name))
                && earlier[first..].iter().any(|other| other.as_ref() != Some(name))
            {
                let title = format!("another step stands between those of the group `{name}`, which runs in one go");
                found.push(report(words, "bench", title, "Move that step above the group or below it."));
            }
            match measured.iter().find(|(known, ..)| *known == name) {
                Some((_, step, recipe)) if **recipe != draft.recipe.id => {
                    let title = format!("the group `{name}` is one of the recipe `{recipe}` already");
                    let finding =
                        report(words, "bench", title, "Give this group another name: pages name groups by it.");
                    found.push(finding.related(opener(assembly, step.fence), "it starts here"));
                }
                Some(_) => {}
                None => measured.push((name, step, &draft.recipe.id)),
            }
        }
    }
    assembly.findings.extend(found);
}

/// A ratio is one to the base: on every target of a variant, the base runs too.
fn bases(assembly: &mut Assembly<'_>) {
    let mut found = Vec::new();
    for draft in &assembly.drafts {
        let mut bases: BTreeMap<&Id, (&Id, &Step)> = BTreeMap::new();
        for (words, step) in draft.words.iter().zip(&draft.recipe.steps) {
            let Some((group, Some(variant))) = &words.bench else { continue };
            let (name, base) = *bases.entry(group).or_insert((variant, step));
            let targets = draft.recipe.targets.iter();
            let alone: Vec<&str> =
                targets.filter(|target| step.runs_on(target) && !base.runs_on(target)).map(Id::as_str).collect();
            if alone.is_empty() {
                continue;
            }
            let title = format!("`{group}/{variant}` runs on {}, and the base `{name}` does not", alone.join(", "));
            let help =
                "Let the first variant of a group run wherever another one does, or give this one a group of its own.";
            let span = assembly.expanded.span(words.place("bench"));
            let finding = Finding::error(UNKNOWN, span, title, help).related(opener(assembly, base.fence), "the base");
            found.push(finding.subject(&draft.recipe.id));
        }
    }
    assembly.findings.extend(found);
}

/// A capture that nothing binds would be redacted nowhere.
fn secrets(assembly: &mut Assembly<'_>, at: usize) {
    let draft = &assembly.drafts[at];
    let holds = |step: &Step, pattern: &str| {
        step.expectations.iter().any(|expectation| expectation.text.contains(pattern))
            || step.commands.iter().flat_map(|command| &command.expected).any(|(line, _)| line.contains(pattern))
    };
    let mut found = Vec::new();
    for words in &draft.words {
        for name in &words.options.secrets {
            let pattern = format!("[..{name}]");
            if !draft.recipe.steps.iter().any(|step| holds(step, &pattern)) {
                let title =
                    format!("no expected output of this recipe holds `{pattern}`, so the secret would be shown");
                let span = assembly.expanded.span(words.place("secret"));
                let help = format!("Write `{pattern}` in the expected output where the secret stands.");
                found.push(Finding::error(UNUSED, span, title, help).subject(&draft.recipe.id));
            }
        }
    }
    assembly.findings.extend(found);
}

/// A recipe of one step whose id is a slip of its neighbour's was meant to be one with it.
fn neighbours(assembly: &mut Assembly<'_>) {
    let mut found = Vec::new();
    for pair in assembly.drafts.windows(2) {
        let [one, two] = [&pair[0].recipe, &pair[1].recipe];
        let (odd, other) = match (one.steps.len(), two.steps.len()) {
            (_, 1) => (two, one),
            (1, _) => (one, two),
            _ => continue,
        };
        if !is_slip(odd.id.as_str(), other.id.as_str()) {
            continue;
        }
        let (Some(step), Some(beside)) = (odd.steps.first(), other.steps.first()) else { continue };
        let title = format!("the recipe `{}` has one step, and its neighbour is called `{}`", odd.id, other.id);
        let help =
            format!("Write `recipe={}` if they are one recipe; give it a plainly different id if not.", other.id);
        let finding = Finding::error("split-recipe", opener(assembly, step.fence), title, help)
            .related(opener(assembly, beside.fence), format!("`{}` starts here", other.id))
            .subject(&odd.id);
        found.push(finding);
    }
    assembly.findings.extend(found);
}

/// Whether one id is a slip of the other. Numbers tell recipes apart on purpose, and so do short words such as `cp` and `mv`.
fn is_slip(one: &str, two: &str) -> bool {
    let short = one.len().min(two.len()) < 3 || one.len().max(two.len()) < 4;
    let letters = |id: &str| id.replace(|c: char| c.is_ascii_digit(), "");
    !short && letters(one) != letters(two) && spelling::distance(one, two) == 1
}
