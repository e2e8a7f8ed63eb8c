//! `dogfood doctor`: what this machine has of what the book needs, and the line that installs what is missing. Looks along PATH, asks
//! programs for their versions and the Docker engine what it has; changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use dogfood_core::book::config::COMMAND;
use dogfood_core::checkout::Inputs;
use dogfood_core::infra::image::{DOCKERFILE, Image};
use dogfood_core::infra::target::{NONE, Target, TargetKind};
use dogfood_run::containers::{self, Engine};
use dogfood_run::sys;
use dogfood_run::toolboxes::{self, HostEnv};
use mdbook_dogfood::terminal::Shown;
use serde::Serialize;

use super::Context;
use crate::cli::{DoctorArgs, Format, Today};
use crate::exit::{Exit, Trouble, sentence};
use crate::output::count;

/// Packages of Debian that programs come from, where their names differ.
const PACKAGES: [(&str, &str); 7] = [
    ("ssh-keyscan", "openssh-client"),
    ("ssh-keygen", "openssh-client"),
    ("sftp", "openssh-client"),
    ("ssh", "openssh-client"),
    ("docker", "docker.io"),
    ("psql", "postgresql-client"),
    ("nc", "netcat-openbsd"),
];

/// What gets an engine, in a checkout that has it.
const ENGINE_SCRIPT: &str = "scripts/engine";

/// The mdBook whose protocol `mdbook-dogfood` speaks.
const MDBOOK: &str = "0.5";

/// One thing that was looked for.
#[derive(Debug, Serialize)]
struct Item {
    /// What.
    name: String,
    state: State,
    /// What was found, or why it does not do.
    says: String,
    /// Who asks for it; nobody, if it would only be nice to have.
    needed_by: Vec<String>,
    /// The line that installs it.
    mend: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It is there.
    There,
    /// The first run that needs it makes it.
    MadeWhenNeeded,
    /// It is not there, and only a person can change that.
    Missing,
}

impl Item {
    fn is_asked_for(&self) -> bool {
        !self.needed_by.is_empty()
    }
}

/// Looks, and tells.
pub(crate) fn run(context: &mut Context, args: &DoctorArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    let inputs = context.load(&root, context.today(&Today::default())?)?;
    let items = examine(context, &inputs)?;
    let missing = items.iter().filter(|item| item.state == State::Missing && item.is_asked_for()).count();
    match args.format {
        Format::Json => context.output.json(&serde_json::json!({ "items": items, "missing": missing }))?,
        Format::Human => people(context, &items, missing),
    }
    Ok(if missing == 0 { Exit::Clean } else { Exit::NotAvailable })
}

fn people(context: &mut Context, items: &[Item], missing: usize) {
    for item in items {
        let word = match item.state {
            State::There => "there",
            State::MadeWhenNeeded => "made when needed",
            State::Missing if item.is_asked_for() => "missing",
            State::Missing => "not there, not needed",
        };
        let needed = if item.is_asked_for() && item.state != State::There {
            format!(" (for {})", item.needed_by.join(", "))
        } else {
            String::new()
        };
        context.output.say(Shown(&format!("{word}: {}: {}{needed}", item.name, item.says)));
        if let Some(mend) = item.mend.as_ref().filter(|_| item.state == State::Missing && item.is_asked_for()) {
            context.output.say(Shown(&format!("  install it with: {mend}")));
        }
    }
    context.output.say(match missing {
        0 => "everything that the book asks for is there".to_owned(),
        _ => format!("{} missing", count(missing, "thing")),
    });
}

fn examine(context: &Context, inputs: &Inputs) -> Result<Vec<Item>, Trouble> {
    let host = HostEnv::new(context.environment.all.iter().cloned(), Arc::default());
    let mut items = programs(inputs, &host);
    items.extend(book_programs(&host, context, inputs)?);
    items.extend(boxes(inputs, &context.environment.cache()?, &host));
    let contained = contained(inputs);
    let (engine, item) = engine(context.root()?.as_path(), &contained);
    items.push(item);
    items.extend(images(engine.as_ref(), &contained));
    Ok(items)
}

/// The programs that every run needs, and those that the guides name.
fn programs(inputs: &Inputs, host: &HostEnv) -> Vec<Item> {
    let mut needs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (chapter, guide) in inputs.guides() {
        for (need, _) in &guide.front.needs {
            needs.entry(need.clone()).or_default().push(chapter.path.to_string());
        }
    }
    let some = |asked: bool, by: &str| if asked { vec![by.to_owned()] } else { Vec::new() };
    needs.entry("bash".to_owned()).or_default().extend(some(true, "every recipe"));
    needs.entry("python3".to_owned()).or_default().extend(some(!inputs.toolboxes.is_empty(), "the toolboxes"));
    // uv makes toolboxes faster than pip; git is there for `--base` alone.
    for nice in ["uv", "git"] {
        needs.entry(nice.to_owned()).or_default();
    }
    let item = |(name, needed_by): (String, Vec<String>)| match sys::find_program(&name, host.path()) {
        Some(program) => {
            let says = ["bash", "git", "python3", "uv"].contains(&name.as_str()).then(|| version(&program)).flatten();
            let says = says.unwrap_or_else(|| program.display().to_string());
            Item { name, state: State::There, says, needed_by, mend: None }
        }
        None => {
            let mend = Some(install_line(&name));
            Item { name, state: State::Missing, says: "not on the search path".to_owned(), needed_by, mend }
        }
    };
    needs.into_iter().map(item).collect()
}

/// The programs of plain `mdbook build`. `dogfood build` needs neither; who has mdBook needs ours beside it, and both of one protocol.
fn book_programs(host: &HostEnv, context: &Context, inputs: &Inputs) -> Result<[Item; 2], Trouble> {
    let mdbook = sys::find_program("mdbook", host.path());
    let said = mdbook.as_deref().map(|program| version(program).unwrap_or_else(|| program.display().to_string()));
    let speaks = said.as_ref().is_none_or(|said| said.trim_start_matches("mdbook v").starts_with(MDBOOK));
    let needed_by = if speaks { Vec::new() } else { vec!["`mdbook build`".to_owned()] };
    let first = Item {
        name: "mdbook".to_owned(),
        state: if mdbook.is_some() && speaks { State::There } else { State::Missing },
        says: match &said {
            Some(said) if !speaks => format!("{said}, and this dogfood is built for {MDBOOK}"),
            Some(said) => said.clone(),
            None => "not on the search path; `dogfood build` does without".to_owned(),
        },
        needed_by,
        mend: Some(format!("cargo install mdbook --version '^{MDBOOK}' --locked")),
    };
    let command = inputs.book.wiring.as_ref().and_then(|wiring| wiring.command.as_ref());
    let command = command.and_then(|(command, _)| command.split_whitespace().next()).unwrap_or(COMMAND);
    let (ours, looked) = if command.contains('/') {
        let program = context.root()?.join(command);
        (program.is_file().then_some(program), format!("book.toml names {command}, and that is not there"))
    } else {
        (sys::find_program(COMMAND, host.path()), "not on the search path".to_owned())
    };
    // A path in book.toml may lead to a program of the checkout: that is looked for and not started.
    let asked = ours.as_deref().filter(|_| !command.contains('/'));
    let said = asked.map(|program| version(program).unwrap_or_else(|| program.display().to_string()));
    let same = said.as_ref().is_none_or(|said| *said == format!("mdbook-dogfood {}", env!("CARGO_PKG_VERSION")));
    let said =
        said.or_else(|| ours.as_ref().map(|_| format!("{command}, as book.toml names it; not asked for its version")));
    let needed_by = if mdbook.is_some() { vec!["`mdbook build`".to_owned()] } else { Vec::new() };
    let second = Item {
        name: COMMAND.to_owned(),
        state: if ours.is_some() && same { State::There } else { State::Missing },
        says: match said {
            Some(said) if !same => format!("{said}, beside dogfood {}", env!("CARGO_PKG_VERSION")),
            Some(said) => said,
            None => looked,
        },
        needed_by,
        mend: Some(
            "put it beside dogfood: both come in one archive; from a checkout `cargo install --path harness/book`"
                .to_owned(),
        ),
    };
    Ok([first, second])
}

fn install_line(program: &str) -> String {
    match program {
        "uv" => "pip install uv".to_owned(),
        "python3" => "apt-get install python3 python3-venv".to_owned(),
        _ => {
            let package = PACKAGES.iter().find(|(name, _)| *name == program).map_or(program, |(_, package)| package);
            format!("apt-get install {package}")
        }
    }
}

/// The first line of what a program says of its version.
fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).lines().next()?.trim().to_owned();
    (!said.is_empty()).then_some(said)
}

fn boxes(inputs: &Inputs, cache: &Path, host: &HostEnv) -> Vec<Item> {
    let item = |(id, toolbox)| {
        let (state, says, mend) = match toolboxes::state(toolbox, cache, host) {
            Ok(toolboxes::State { python, made: true }) => (State::There, format!("made, with Python {python}"), None),
            Ok(toolboxes::State { python, .. }) => {
                (State::MadeWhenNeeded, format!("not made yet; it will be with Python {python}"), None)
            }
            Err(error) => (State::Missing, error.to_string(), Some(install_line("python3"))),
        };
        let needed_by = vec![format!("infra/toolboxes/{id}")];
        Item { name: format!("toolbox {id}"), state, says, needed_by, mend }
    };
    inputs.toolboxes.iter().map(item).collect()
}

/// The targets of kind container, and the guides that name each.
fn contained(inputs: &Inputs) -> Vec<(&Target, Vec<String>)> {
    let targets = inputs.targets.values().filter(|target| target.spec.kind == TargetKind::Container);
    let guides = |target: &Target| {
        let names = |(chapter, guide): (_, &dogfood_core::markup::model::Guide)| {
            let chapter: &dogfood_core::markup::model::Chapter = chapter;
            let named = guide.front.targets.iter().any(|(id, _)| *id == target.id && id.as_str() != NONE);
            named.then(|| chapter.path.to_string())
        };
        inputs.guides().filter_map(names).collect::<Vec<_>>()
    };
    targets.map(|target| (target, guides(target))).collect()
}

fn engine(root: &Path, contained: &[(&Target, Vec<String>)]) -> (Option<Engine>, Item) {
    let asking: BTreeSet<&String> = contained.iter().flat_map(|(_, guides)| guides).collect();
    let needed_by: Vec<String> = asking.into_iter().cloned().collect();
    let name = "Docker engine".to_owned();
    match Engine::find() {
        Ok(engine) => {
            let facts = engine.facts();
            let storage = engine.storage_driver().unwrap_or_else(|error| format!("unknown ({error})"));
            let says =
                format!("version {}, API {}, at {}, storage driver {storage}", facts.version, facts.api, facts.place);
            (Some(engine), Item { name, state: State::There, says, needed_by, mend: None })
        }
        Err(error) => {
            let own = root.join(ENGINE_SCRIPT).is_file();
            let mend = Some(if own { ENGINE_SCRIPT.to_owned() } else { install_line("docker") });
            (None, Item { name, state: State::Missing, says: sentence(&error), needed_by, mend })
        }
    }
}

/// The images that are built, and the bases that those which are not need.
fn images(engine: Option<&Engine>, contained: &[(&Target, Vec<String>)]) -> Vec<Item> {
    let Some(engine) = engine else { return Vec::new() };
    let mut items = Vec::new();
    let mut bases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (target, guides) in contained {
        let name = format!("image of {}", target.id);
        let pulled = target.spec.container.as_ref().and_then(|container| container.image.pull.as_deref());
        let found = match (&target.image, pulled) {
            (Some(image), _) => containers::is_there(engine, &image.tag()),
            (None, Some(reference)) => containers::is_there(engine, reference),
            (None, None) => continue,
        };
        let (state, says) = match (found, &target.image, pulled) {
            (Err(error), _, _) => (State::Missing, error.to_string()),
            (Ok(true), Some(image), _) => (State::There, format!("built, {}", image.tag())),
            (Ok(true), None, reference) => (State::There, format!("pulled, {}", reference.unwrap_or_default())),
            (Ok(false), Some(image), _) => {
                bases_of(image).into_iter().for_each(|base| bases.entry(base).or_default().extend(guides.clone()));
                (State::MadeWhenNeeded, "not built yet".to_owned())
            }
            (Ok(false), None, reference) => {
                (State::MadeWhenNeeded, format!("not pulled yet, {}", reference.unwrap_or_default()))
            }
        };
        items.push(Item { name, state, says, needed_by: guides.clone(), mend: None });
    }
    for (base, needed_by) in bases {
        let there = containers::is_there(engine, &base).unwrap_or(false);
        let state = if there { State::There } else { State::MadeWhenNeeded };
        let says = if there { "there" } else { "not there: it is pulled when it is needed" }.to_owned();
        items.push(Item { name: format!("base image {base}"), state, says, needed_by, mend: None });
    }
    items
}

/// The images that a Dockerfile starts from, without its own stages.
fn bases_of(image: &Image) -> BTreeSet<String> {
    let file = image.files.iter().find(|file| file.path == DOCKERFILE);
    let text = file.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).unwrap_or_default();
    let (mut bases, mut stages) = (BTreeSet::new(), BTreeSet::from(["scratch".to_owned()]));
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().filter(|word| !word.starts_with("--")).collect();
        let ["FROM" | "from", base, rest @ ..] = &words[..] else { continue };
        if !stages.contains(*base) && !base.contains('$') {
            bases.insert((*base).to_owned());
        }
        if let [word, stage] = rest
            && word.eq_ignore_ascii_case("as")
        {
            stages.insert((*stage).to_owned());
        }
    }
    bases
}

#[cfg(test)]
mod tests {
    use dogfood_core::infra::image::ImageFile;
    use dogfood_core::name::Id;

    use super::*;

    #[test]
    fn bases_are_what_no_stage_made() {
        let text = "FROM debian:bookworm-slim AS build\nRUN x\nFROM scratch\nCOPY --from=build / /\nFROM build\nFROM --platform=linux/amd64 a:1\nFROM $V\n";
        let file = ImageFile { path: DOCKERFILE.to_owned(), executable: false, bytes: text.into() };
        let image = Image::new(Id::new("box").unwrap(), vec![file]);
        assert_eq!(bases_of(&image).into_iter().collect::<Vec<_>>(), ["a:1", "debian:bookworm-slim"]);
    }

    #[test]
    fn install_lines_name_packages() {
        assert_eq!(install_line("ssh-keyscan"), "apt-get install openssh-client");
        assert_eq!(install_line("sqlite3"), "apt-get install sqlite3");
    }
}
