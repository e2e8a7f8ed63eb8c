//! Which recipes run where: the cells of a run, planned up front from guides, targets and toolboxes. Pure; touches nothing.

mod cells;
mod selection;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::event::CellId;
use crate::infra::target::{NONE, Target};
use crate::infra::toolbox::Toolbox;
use crate::markup::digest::Around;
pub use crate::markup::digest::RecipePins;
use crate::markup::model::{Guide, Recipe, RecipeFile, Step};
use crate::name::Id;
use crate::place::RelPath;

pub use cells::cell_ids;
pub use selection::{Selection, SelectionProblem};

/// Everything that a run does, in order: guides as in SUMMARY.md, recipes as in their guide, targets as the recipe names them.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The cells.
    pub cells: Vec<Cell>,
    /// Cells that a guide skips for now.
    pub skipped: Vec<Skipped>,
    /// Cells that cannot be planned, because a file that they name is not there; the gate has a finding for each.
    pub left_out: Vec<LeftOut>,
}

/// A cell that its guide skips for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name.
    pub id: CellId,
    /// The guide's file.
    pub guide: RelPath,
    /// Why.
    pub reason: String,
    /// The last day, if the guide says one.
    pub until: Option<String>,
}

/// A cell that cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub id: CellId,
    /// The guide's file.
    pub guide: RelPath,
    /// What is missing: a sentence fragment such as ``there is no target `x` ``.
    pub why: String,
}

/// One recipe on one target with one toolbox, with all that running it takes.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its name.
    pub id: CellId,
    /// The guide's file.
    pub guide: RelPath,
    /// The recipe. Steps for other targets are still in it: see [`Step::runs_on`].
    pub recipe: Arc<Recipe>,
    /// The guide's setup.
    pub setup: Arc<[Step]>,
    /// The guide's teardown.
    pub teardown: Arc<[Step]>,
    /// All files to write before the run: the guide's, then the recipe's own.
    pub files: Arc<[RecipeFile]>,
    /// The target's file; absent for `none`.
    pub target: Option<Arc<Target>>,
    /// The toolbox; absent for the host's shell alone.
    pub toolbox: Option<Arc<Toolbox>>,
    /// The toolbox whose programs the target's process comes from.
    pub target_toolbox: Option<Arc<Toolbox>>,
    /// Programs that the guide needs from outside the toolbox.
    pub needs: Vec<String>,
    /// What the cell's trace pins, except for the toolbox's pin, which depends on what the recipe imports.
    pub pins: RecipePins,
}

/// Plans every selected cell: guides in the order in which they come, recipes as in their guide, then targets, then toolboxes.
///
/// Whether the selection fits anything is [`Selection::check`]'s to say; a target or toolbox that has no file is left out here, for the gate
/// has a finding for it.
pub fn build(
    guides: &[(&RelPath, &Guide)],
    targets: &BTreeMap<Id, Target>,
    toolboxes: &BTreeMap<Id, Toolbox>,
    selection: &Selection,
) -> Plan {
    let planner = Planner {
        targets: targets.iter().map(|(id, target)| (id, Arc::new(target.clone()))).collect(),
        toolboxes: toolboxes.iter().map(|(id, toolbox)| (id, Arc::new(toolbox.clone()))).collect(),
    };
    let mut plan = Plan::default();
    for (path, guide) in guides {
        let shared = Shared::of(path, guide);
        for recipe in &guide.recipes {
            let mut of_cells: Option<OfCells> = None;
            for (id, toolbox) in cell_ids(guide, recipe).into_iter().filter(|(id, _)| selection.matches(path, id)) {
                if let Some((reason, until)) = &recipe.skip {
                    let (reason, until) = (reason.clone(), until.clone());
                    plan.skipped.push(Skipped { id, guide: (*path).clone(), reason, until });
                    continue;
                }
                // Once per recipe, not once per cell.
                let recipe = &*of_cells.get_or_insert_with(|| shared.of_cells(recipe));
                match planner.cell(&shared, recipe, id.clone(), toolbox.as_ref()) {
                    Ok(cell) => plan.cells.push(cell),
                    Err(why) => plan.left_out.push(LeftOut { id, guide: (*path).clone(), why }),
                }
            }
        }
    }
    plan
}

/// What all cells of a recipe share.
struct OfCells {
    recipe: Arc<Recipe>,
    files: Arc<[RecipeFile]>,
    pins: RecipePins,
}

/// What all cells of a guide share.
struct Shared<'a> {
    path: &'a RelPath,
    guide: &'a Guide,
    setup: Arc<[Step]>,
    teardown: Arc<[Step]>,
    files: Arc<[RecipeFile]>,
    needs: Vec<String>,
    around: Around,
}

impl<'a> Shared<'a> {
    fn of(path: &'a RelPath, guide: &'a Guide) -> Self {
        let needs = guide.front.needs.iter().map(|(need, _)| need.clone()).collect();
        let (setup, teardown) = (guide.setup.clone().into(), guide.teardown.clone().into());
        Self { path, guide, setup, teardown, files: guide.files.clone().into(), needs, around: Around::of(guide) }
    }

    fn of_cells(&self, recipe: &Recipe) -> OfCells {
        let files = match recipe.files.as_slice() {
            [] => Arc::clone(&self.files),
            own => self.files.iter().chain(own).cloned().collect(),
        };
        OfCells { recipe: Arc::new(recipe.clone()), files, pins: self.around.pins(self.guide, recipe) }
    }
}

struct Planner<'a> {
    targets: BTreeMap<&'a Id, Arc<Target>>,
    toolboxes: BTreeMap<&'a Id, Arc<Toolbox>>,
}

impl Plan {
    /// Has every benchmark run its warm-up and no round that counts: enough to see that its steps still do what they did. How long they take
    /// is compared with nothing but by `dogfood bench`. What cells pin stays as it is.
    ///
    /// Returns the cells that have rounds left out. What a step says, there or below, may depend on how often a benchmark ran: one of these
    /// that says something else has to run whole before that is called a difference.
    pub fn warm_up_only(&mut self) -> BTreeSet<CellId> {
        let mut shortened = BTreeSet::new();
        for cell in self.cells.iter_mut().filter(|cell| cell.measures()) {
            let steps = &mut Arc::make_mut(&mut cell.recipe).steps;
            let timed = steps.iter_mut().filter(|step| step.options.bench.is_some());
            timed.for_each(|step| step.options.rounds = Some(0));
            shortened.insert(cell.id.clone());
        }
        shortened
    }
}

impl Cell {
    /// Whether it times anything, and so wants the machine for itself: it has a benchmark with a round that counts.
    pub fn measures(&self) -> bool {
        // A step that says nothing has its base's rounds, or the usual ones: many, as far as is known here.
        self.recipe.steps.iter().any(|step| step.options.bench.is_some() && step.options.rounds != Some(0))
    }
}

impl Planner<'_> {
    fn cell(
        &self,
        shared: &Shared<'_>,
        OfCells { recipe, files, pins }: &OfCells,
        id: CellId,
        toolbox: Option<&Id>,
    ) -> Result<Cell, String> {
        let target = match id.target.as_str() {
            NONE => None,
            name => Some(self.targets.get(&id.target).cloned().ok_or_else(|| format!("there is no target `{name}`"))?),
        };
        let process = target.as_ref().and_then(|target| target.spec.process.as_ref());
        let target_toolbox = process.map(|process| self.toolbox(&process.toolbox)).transpose()?;
        let toolbox = toolbox.map(|name| self.toolbox(name)).transpose()?;
        let pins = RecipePins { target: target.as_ref().map(|target| target.digest), ..*pins };
        Ok(Cell {
            id,
            guide: shared.path.clone(),
            recipe: Arc::clone(recipe),
            setup: Arc::clone(&shared.setup),
            teardown: Arc::clone(&shared.teardown),
            files: Arc::clone(files),
            target,
            toolbox,
            target_toolbox,
            needs: shared.needs.clone(),
            pins,
        })
    }

    fn toolbox(&self, name: &Id) -> Result<Arc<Toolbox>, String> {
        self.toolboxes.get(name).cloned().ok_or_else(|| format!("there is no toolbox `{name}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::digest::Digest;
    use crate::infra::target::{ProcessSpec, Protocol, TargetKind, TargetSpec, VersionSource, VersionSpec};
    use crate::infra::toolbox::ToolboxSpec;
    use crate::markup::{ChapterKind, HideLines, extract};

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn guide(name: &str, front: &str, markdown: &str) -> (RelPath, Guide) {
        let path = RelPath::new(&format!("guides/{name}.md")).unwrap();
        let text = format!("---\nguide: {name}\nkind: guide\n{front}---\n{markdown}");
        let (chapter, findings) =
            extract(&path, &text, ChapterKind::Guide, &HideLines::default(), &BTreeMap::<RelPath, String>::new());
        assert!(findings.is_empty(), "{findings:?}");
        (path, chapter.guide.unwrap())
    }

    fn target(name: &str) -> Target {
        let process = ProcessSpec {
            toolbox: id("servers"),
            package: "x".into(),
            program: "x".into(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            sockets: Vec::new(),
        };
        Target {
            id: id(name),
            path: RelPath::new(&format!("infra/targets/{name}.yaml")).unwrap(),
            spec: TargetSpec {
                description: String::new(),
                protocol: Protocol::S3,
                kind: TargetKind::Process,
                process: Some(process),
                container: None,
                version: VersionSpec { expect: "1".into(), from: VersionSource::SshBanner, pattern: "(.*)".into() },
                environment: Vec::new(),
                start: String::new(),
                ready_within: 1,
                faults: Vec::new(),
            },
            digest: Digest::of_bytes(name.as_bytes()),
            image: None,
        }
    }

    fn toolbox(name: &str) -> Toolbox {
        let folder = RelPath::new(&format!("infra/toolboxes/{name}")).unwrap();
        Toolbox {
            id: id(name),
            path: folder.join("toolbox.yaml").unwrap(),
            spec: ToolboxSpec { description: String::new(), python: String::new(), install: String::new() },
            lock_path: folder.join("requirements.lock").unwrap(),
            lock: Vec::new(),
            lock_text: String::new(),
        }
    }

    /// Two guides: the first on two targets and in a toolbox of its own, the second on the host alone.
    fn book() -> Vec<(RelPath, Guide)> {
        let first = "```text file=all.txt\n1\n```\n```sh setup\ns\n```\n```sh recipe=upload\na\n```\n```text file=own.txt recipe=upload\n2\n```\n\
                     ```python recipe=matrix target=rclone toolbox=python+old\nb\n```\n```sh recipe=later skip=why until=2027-01-31\nc\n```\n\
                     ```sh recipe=nowhere target=minio\nd\n```\n```sh recipe=bare toolbox=new target=none\ne\n```\n";
        vec![
            guide("sftp", "targets: [seaweed, rclone]\ntoolbox: python\nneeds: [ssh]\n", first),
            guide("host", "", "```sh recipe=hello\na\n```\n"),
        ]
    }

    fn planned(selectors: &[&str]) -> Plan {
        let book = book();
        let guides: Vec<(&RelPath, &Guide)> = book.iter().map(|(path, guide)| (path, guide)).collect();
        let targets = ["seaweed", "rclone"].map(|name| (id(name), target(name))).into();
        let toolboxes = ["python", "old", "servers"].map(|name| (id(name), toolbox(name))).into();
        build(&guides, &targets, &toolboxes, &Selection::parse(selectors).unwrap())
    }

    fn ids(plan: &Plan) -> Vec<String> {
        plan.cells.iter().map(|cell| cell.id.to_string()).collect()
    }

    #[test]
    fn cells_stand_in_the_order_of_the_book() {
        let plan = planned(&[]);
        assert_eq!(
            ids(&plan),
            [
                "sftp/upload@seaweed",
                "sftp/upload@rclone",
                "sftp/matrix@rclone",
                "sftp/matrix@rclone+old",
                "host/hello@none"
            ]
        );
        let skipped: Vec<String> = plan.skipped.iter().map(|skipped| skipped.id.to_string()).collect();
        assert_eq!(skipped, ["sftp/later@seaweed", "sftp/later@rclone"]);
        assert_eq!((&*plan.skipped[0].reason, plan.skipped[0].until.as_deref()), ("why", Some("2027-01-31")));
        let left: Vec<(String, &str)> = plan.left_out.iter().map(|left| (left.id.to_string(), &*left.why)).collect();
        assert_eq!(
            left,
            [
                ("sftp/nowhere@minio".to_owned(), "there is no target `minio`"),
                ("sftp/bare@none+new".to_owned(), "there is no toolbox `new`"),
            ]
        );
    }

    #[test]
    fn what_measures_is_shortened_to_its_warm_up() {
        let bench = "```sh recipe=long bench=g/a rounds=3\na\n```\n```sh recipe=once bench=h/a rounds=1\na\n```\n```sh recipe=plain\na\n```\n";
        let (path, guide) = guide("host", "", bench);
        let (none, tools) = (BTreeMap::new(), BTreeMap::new());
        let mut plan = build(&[(&path, &guide)], &none, &tools, &Selection::default());
        let pins: Vec<RecipePins> = plan.cells.iter().map(|cell| cell.pins).collect();
        let shortened: Vec<String> = plan.warm_up_only().iter().map(ToString::to_string).collect();
        assert_eq!(shortened, ["host/long@none", "host/once@none"]);
        assert!(plan.cells.iter().all(|cell| !cell.measures()), "nothing is timed any more");
        assert_eq!(plan.cells.iter().map(|cell| cell.pins).collect::<Vec<_>>(), pins);
        assert!(plan.warm_up_only().is_empty());
    }

    #[test]
    fn a_cell_holds_all_that_it_needs() {
        let plan = planned(&[]);
        let upload = &plan.cells[0];
        let files: Vec<&str> = upload.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(files, ["all.txt", "own.txt"]);
        assert_eq!(
            (upload.setup.len(), upload.teardown.len(), upload.needs.as_slice()),
            (1, 0, &["ssh".to_owned()][..])
        );
        let name = |toolbox: &Option<Arc<Toolbox>>| toolbox.as_ref().map(|toolbox| toolbox.id.to_string());
        assert_eq!(name(&upload.toolbox).as_deref(), Some("python"));
        assert_eq!(name(&upload.target_toolbox).as_deref(), Some("servers"));
        assert_eq!(upload.pins.target, Some(Digest::of_bytes(b"seaweed")));
        assert!(upload.pins.setup.is_some() && upload.pins.teardown.is_none());
        assert_eq!(name(&plan.cells[3].toolbox).as_deref(), Some("old"));
        let hello = &plan.cells[4];
        assert!(hello.target.is_none() && hello.toolbox.is_none() && hello.target_toolbox.is_none());
        assert!(hello.pins.target.is_none());
        assert!(Arc::ptr_eq(&plan.cells[0].recipe, &plan.cells[1].recipe));
    }

    #[test]
    fn selections() {
        for (selectors, expected) in [
            (&["host"][..], &["host/hello@none"][..]),
            (&["guides/host.md"], &["host/hello@none"]),
            (&["sftp/upload"], &["sftp/upload@seaweed", "sftp/upload@rclone"]),
            (&["sftp/upload@rclone"], &["sftp/upload@rclone"]),
            (&["@rclone"], &["sftp/upload@rclone", "sftp/matrix@rclone", "sftp/matrix@rclone+old"]),
            (&["sftp@seaweed", "host"], &["sftp/upload@seaweed", "host/hello@none"]),
            (&["sftp", "@seaweed"], &["sftp/upload@seaweed"]),
            (&["@none", "@seaweed"], &["sftp/upload@seaweed", "host/hello@none"]),
            (&["guides/sftp.md@seaweed"], &["sftp/upload@seaweed"]),
            (&["host", "@rclone"], &[]),
        ] {
            assert_eq!(ids(&planned(selectors)), expected, "{selectors:?}");
        }
    }

    #[test]
    fn selections_that_match_nothing() {
        let book = book();
        let guides: Vec<(&RelPath, &Guide)> = book.iter().map(|(path, guide)| (path, guide)).collect();
        let id_problem = "ids are 1 to 64 of `a-z`, `0-9` and `-`, and start with a letter or a digit";
        for (selectors, expected) in [
            (&["sftp"][..], String::new()),
            (&["sftp/later", "@none"], "`sftp/later @none` matches nothing".into()),
            (&["sfpt"], "`sfpt` matches nothing; did you mean `sftp`?".into()),
            (&["host", "sftp/uplod"], "`sftp/uplod` matches nothing; did you mean `sftp/upload`?".into()),
            (&["@rclne"], "`@rclne` matches nothing; did you mean `@rclone`?".into()),
            (&["guides/hots.md"], "`guides/hots.md` matches nothing; did you mean `guides/host.md`?".into()),
            (&["hello"], "`hello` matches nothing; did you mean `host/hello`?".into()),
            (&["host@seaweed"], "`host@seaweed` matches nothing".into()),
            (&["host", "@rclone"], "`host @rclone` matches nothing".into()),
            (&["Host"], format!("`Host` selects nothing: `Host` is no id: {id_problem}")),
            (&["a/b/c"], format!("`a/b/c` selects nothing: `b/c` is no id: {id_problem}")),
            (&["@"], format!("`@` selects nothing: `` is no id: {id_problem}")),
            (&[""], format!("`` selects nothing: `` is no id: {id_problem}")),
            (&["../x.md"], "`../x.md` selects nothing: `../x.md` climbs out of the book's checkout".into()),
        ] {
            let found = Selection::parse(selectors).and_then(|selection| selection.check(&guides));
            assert_eq!(found.map_or_else(|problem| problem.to_string(), |()| String::new()), expected, "{selectors:?}");
        }
        assert!(Selection::parse::<&str>(&[]).unwrap().is_everything());
        assert_eq!(Selection::parse(&["a", "@b"]).unwrap().to_string(), "a @b");
    }
}
