//! What must hold in a target file beyond its shape; of a container, in [`container`]. Pure; touches nothing.

mod container;

use std::collections::{BTreeMap, BTreeSet};

use super::model::{HandedOver, ProcessSpec, TargetKind, TargetSpec, VersionSource};
use crate::fault::FaultKind;
use crate::finding::Finding;
use crate::infra::image::Images;
use crate::infra::source::{Source, nearest};
use crate::infra::template::{self, Slot, Template};
use crate::infra::toolbox::{Toolbox, normalised};
use crate::name::Id;

/// The shortest text that may be a secret: redaction replaces a secret wherever it stands, and a shorter one stands everywhere.
const SHORTEST_SECRET: usize = 8;

/// Variables that the harness sets itself, or that change how a shell or a loader starts.
const RESERVED: [&str; 16] = [
    "PATH",
    "HOME",
    "PWD",
    "WORK",
    "TOOLBOX",
    "LANG",
    "LC_ALL",
    "TZ",
    "COLUMNS",
    "TMPDIR",
    "SHELL",
    "BASH_ENV",
    "ENV",
    "IFS",
    "PYTHONSTARTUP",
    "PYTHONPATH",
];

/// Everything that is wrong with `spec`.
pub(super) fn check(
    source: &Source<'_>,
    spec: &TargetSpec,
    toolboxes: &BTreeMap<Id, Toolbox>,
    images: &Images,
) -> Vec<Finding> {
    let mut checker = Checker { source, spec, findings: Vec::new() };
    checker.kind(toolboxes);
    checker.container(images);
    checker.version();
    checker.environment();
    checker.rest();
    checker.findings
}

struct Checker<'a> {
    source: &'a Source<'a>,
    spec: &'a TargetSpec,
    findings: Vec<Finding>,
}

impl Checker<'_> {
    fn report(&mut self, needle: &str, title: impl Into<String>, help: impl Into<String>) {
        let finding = self.source.broken(self.source.find(needle), title, help);
        self.findings.push(finding);
    }

    /// A finding about the value `needle` of the key `key`.
    fn report_value(&mut self, key: &str, needle: &str, title: impl Into<String>, help: impl Into<String>) {
        let finding = self.source.broken(self.source.find_below(key, needle), title, help);
        self.findings.push(finding);
    }

    fn report_key(&mut self, key: &str, title: impl Into<String>, help: impl Into<String>) {
        let finding = self.source.broken(self.source.key(key), title, help);
        self.findings.push(finding);
    }

    /// Reads a template; `allowed` says which places it may have, `where_` where it stands.
    fn template(&mut self, text: &str, where_: &str, allowed: fn(&Slot) -> bool) -> Option<Template> {
        if text.contains('\0') {
            self.report(text, format!("a value in {where_} holds a NUL, which no program can be given"), "remove it");
            return None;
        }
        match Template::new(text) {
            Err(problem) => {
                self.report(text, format!("in {where_}: {problem}"), template::HELP);
                None
            }
            Ok(template) => {
                let stranger = template.slots().find(|slot| !allowed(slot)).map(Slot::to_string);
                if let Some(slot) = stranger {
                    self.report(&slot, format!("`{slot}` has no meaning in {where_}"), template::HELP);
                }
                Some(template)
            }
        }
    }

    fn kind(&mut self, toolboxes: &BTreeMap<Id, Toolbox>) {
        match (self.spec.kind, &self.spec.process) {
            (TargetKind::Process, Some(process)) => self.process(process, toolboxes),
            (TargetKind::Process, None) => {
                self.report_key(
                    "kind",
                    "a target of kind process does not say how its process starts",
                    "add `process:` with `toolbox`, `package`, `program` and `arguments`",
                );
            }
            (kind, Some(_)) => {
                self.report_key(
                    "process",
                    format!("a target of kind {kind} starts no process"),
                    "remove `process:`, or write `kind: process`",
                );
            }
            (_, None) => {}
        }
    }

    fn process(&mut self, process: &ProcessSpec, toolboxes: &BTreeMap<Id, Toolbox>) {
        match toolboxes.get(&process.toolbox) {
            None => {
                let help = nearest(process.toolbox.as_str(), toolboxes.keys().map(Id::as_str)).map_or_else(
                    || format!("add infra/toolboxes/{}/, or name one that is there", process.toolbox),
                    |near| format!("did you mean `{near}`?"),
                );
                self.report_value(
                    "toolbox:",
                    process.toolbox.as_str(),
                    format!("there is no toolbox `{}`", process.toolbox),
                    help,
                );
            }
            Some(toolbox) if toolbox.version(&normalised(&process.package)).is_none() => {
                let title = format!("`{}` is not in the lock of toolbox `{}`", process.package, process.toolbox);
                let known = nearest(&process.package, toolbox.lock.iter().map(|entry| entry.name.as_str()));
                let help = known.map_or_else(
                    || format!("add it to {} and lock again", toolbox.lock_path.as_str().replace(".lock", ".in")),
                    |near| format!("did you mean `{near}`?"),
                );
                self.report_value("package:", &process.package, title, help);
            }
            Some(_) => {}
        }
        let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
        if !process.program.bytes().all(bare) || !process.program.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            let title = format!("`{}` is not the bare name of a program", process.program.escape_debug());
            self.report_value(
                "program:",
                &process.program,
                title,
                "name a program of the toolbox's bin, without a path and without arguments",
            );
        }
        for argument in &process.arguments {
            self.template(argument, "`arguments`", for_a_process);
        }
        for (name, value) in &process.environment {
            self.name(name);
            self.template(value, "`process.environment`", for_a_process);
        }
        for socket in &process.sockets {
            self.template(socket, "`sockets`", |slot| matches!(slot, Slot::Port(_)));
            if !socket.starts_with("/tmp/") || socket.contains("/../") || socket.ends_with("/..") {
                self.report(
                    socket,
                    format!("`{}` is not a socket under /tmp", socket.escape_debug()),
                    "list only what the server itself makes there; its data folder is removed anyway",
                );
            }
        }
    }

    fn version(&mut self) {
        let version = &self.spec.version;
        match regex::Regex::new(&version.pattern) {
            Err(problem) => {
                let title =
                    format!("the version's pattern is no regular expression: {}", last_line(&problem.to_string()));
                self.report_value("pattern:", &version.pattern, title, "the dialect is that of Rust's regex crate");
            }
            Ok(pattern) if pattern.captures_len() < 2 => {
                self.report_value(
                    "pattern:",
                    &version.pattern,
                    "the version's pattern has no group, so it says no version",
                    "put the version's part in parentheses, for example `v(\\d+\\.\\d+)`",
                );
            }
            Ok(_) => {}
        }
        if version.expect.trim().is_empty() {
            self.report("expect:", "the expected version is empty", "write the version that the evidence stands for");
        }
        match &version.from {
            VersionSource::HttpBody(place) => {
                let loopback = place.starts_with("http://127.0.0.1:{port") && self.spec.container.is_none();
                if !place.starts_with('/') && !loopback {
                    self.report(
                        place,
                        "the version is read from loopback only",
                        "write a path such as `/status`, or `http://127.0.0.1:{port:NAME}/status`",
                    );
                }
                let place = place.clone();
                let allowed: fn(&Slot) -> bool =
                    if loopback { |slot| matches!(slot, Slot::Port(_)) } else { |_| false };
                self.template(&place, "`version.from`", allowed);
            }
            VersionSource::HttpHeader(name) => {
                if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                    self.report(
                        "http-header:",
                        format!("`{}` is no name of a header", name.escape_debug()),
                        "write for example `server`",
                    );
                }
            }
            VersionSource::SshBanner => {}
            VersionSource::Exec(program) => self.version_by_program(&program.clone()),
        }
    }

    fn environment(&mut self) {
        let mut names = BTreeSet::new();
        let mut templates = Vec::new();
        for variable in &self.spec.environment {
            self.name(&variable.name);
            if !names.insert(variable.name.as_str()) {
                self.report(&variable.name, format!("`{}` is handed out twice", variable.name), "keep one of the two");
            }
            if let Some(template) = self.template(&variable.value, "`environment`", handed_out) {
                self.variable(variable, &template);
                templates.push(template);
            }
        }
        let slots: BTreeSet<&Slot> = templates.iter().flat_map(Template::slots).collect();
        if !slots.contains(&Slot::Fresh) && self.spec.kind != TargetKind::Live {
            self.report_key(
                "environment",
                "no variable hands out `{fresh}`, so that recipes would share one bucket or folder",
                "add one whose value holds `{fresh}`",
            );
        }
        for name in self.spec.protocol.variables() {
            if !names.contains(name) && self.spec.kind != TargetKind::Live {
                let title =
                    format!("a target that speaks {} hands out `{name}`, and this one does not", self.spec.protocol);
                self.report_key(
                    "environment",
                    title,
                    "add it: recipes find every target of one protocol under the same names",
                );
            }
        }
        self.unknown_to_server(&slots);
    }

    /// A secret, a name or a port that is handed out while nothing tells the server about it is a slip.
    fn unknown_to_server(&mut self, slots: &BTreeSet<&Slot>) {
        let (words, environment, place) = match (&self.spec.process, &self.spec.container) {
            (Some(process), _) => {
                (&process.arguments, &process.environment, "process.arguments` or `process.environment")
            }
            (None, Some(container)) => {
                (&container.command, &container.environment, "container.command` or `container.environment")
            }
            (None, None) => return,
        };
        let told: BTreeSet<Slot> = words
            .iter()
            .chain(environment.values())
            .filter_map(|text| Template::new(text).ok())
            .flat_map(|template| template.slots().cloned().collect::<Vec<_>>())
            .collect();
        // A container has its port from its file, and nobody makes up an address.
        let known = |slot: &Slot| match slot {
            Slot::Fresh | Slot::Data | Slot::Host => true,
            Slot::Port(name) => name.is_none() && self.spec.container.is_some() || told.contains(slot),
            Slot::Secret(_) | Slot::Random(_) => told.contains(slot),
        };
        for slot in slots.iter().filter(|slot| !known(slot)) {
            let finding = self.source.broken(
                self.source.find_from(self.source.key("environment").start, &slot.to_string()),
                format!("`{slot}` is handed out, but nothing tells the server about it"),
                format!("use it in `{place}` too"),
            );
            self.findings.push(finding);
        }
    }

    fn variable(&mut self, variable: &HandedOver, template: &Template) {
        if variable.shown.trim().is_empty() || variable.shown.contains(['\n', '\0']) {
            self.report(
                &variable.name,
                format!("`{}` has nothing that a page can show for it", variable.name),
                "write `shown:` with one line, for example `change-me-please`",
            );
        }
        if variable.documented && self.spec.kind == TargetKind::Live {
            self.report(
                &variable.name,
                format!("`{}` of a live account is listed as documented", variable.name),
                "remove `documented`: whatever a live account hands out is secret",
            );
        }
        // The least that the places can become: a port has four digits, an address seven characters, the rest eight or more.
        let shortest = template.fill(|slot| match slot {
            Slot::Port(_) => "0".repeat(4),
            Slot::Host => "0.0.0.0".to_owned(),
            _ => "0".repeat(SHORTEST_SECRET),
        });
        if !variable.documented && shortest.chars().count() < SHORTEST_SECRET {
            let title = format!("`{}` is a secret of fewer than {SHORTEST_SECRET} characters", variable.name);
            self.report(
                &variable.value,
                title,
                "a value that a page may show is listed with `documented: true`; a secret is made with `{secret:NAME}`",
            );
        }
    }

    /// Whether `name` can be a variable's; a finding says it otherwise.
    fn is_name(&mut self, name: &str) -> bool {
        let letters = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let is_name = letters && !name.starts_with(|c: char| c.is_ascii_digit());
        if !is_name {
            self.report(
                name,
                format!("`{}` is no name of a variable", name.escape_debug()),
                "use letters, digits and `_`, and no digit in front",
            );
        }
        is_name
    }

    fn name(&mut self, name: &str) {
        let reserved = RESERVED.contains(&name) || name.starts_with("DOGFOOD") || name.starts_with("LD_");
        if self.is_name(name) && reserved {
            self.report(name, format!("`{name}` is set by dogfood itself"), "use another name");
        }
    }

    fn rest(&mut self) {
        if self.spec.start.trim().is_empty() {
            self.report_key(
                "start",
                "the start line is empty",
                "write the line that a reader types to start the server",
            );
        }
        if !(1..=600).contains(&self.spec.ready_within) {
            self.report_key(
                "ready-within",
                format!("{} seconds is no time to get ready in", self.spec.ready_within),
                "write 1 to 600",
            );
        }
        self.faults();
    }

    fn faults(&mut self) {
        for fault in &self.spec.faults {
            match FaultKind::of_word(fault) {
                None => {
                    let help = nearest(fault, FaultKind::words().into_iter()).map_or_else(
                        || format!("known are {}", FaultKind::words().join(", ")),
                        |near| format!("did you mean `{near}`?"),
                    );
                    self.report(fault, format!("`{}` is no fault", fault.escape_debug()), help);
                }
                Some(kind) if !kind.is_of_the_relay() && self.spec.kind != TargetKind::Container => {
                    let title =
                        format!("`{fault}` is done to a container, and a target of kind {} has none", self.spec.kind);
                    self.report(fault, title, "take it out");
                }
                Some(_) => {}
            }
        }
    }
}

fn for_a_process(slot: &Slot) -> bool {
    !matches!(slot, Slot::Fresh | Slot::Host)
}

fn handed_out(slot: &Slot) -> bool {
    *slot != Slot::Data
}

/// The sentence of a regex error: its last line, after a drawing of the pattern.
fn last_line(text: &str) -> &str {
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line)
}
