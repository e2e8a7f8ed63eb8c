//! What a shell step exports is handed to the recipe's other sessions; files are shared; nothing else is.

use dogfood_core::markup::model::Session::{Bash, Console, Python};

use crate::world::{World, unit};

const SHOW: &str = "import os\nprint(*[os.environ.get(n, '-') for n in 'ABC'])";

#[test]
fn exports_reach_python_when_it_starts_and_while_it_runs() {
    let units = vec![
        unit(Bash, 1, "export A='a b' B=$'two\\nlines'; C=not-exported"),
        unit(Python, 2, SHOW),
        unit(Bash, 3, "export A=new C; unset B"),
        unit(Bash, 4, "echo in between"),
        unit(Python, 5, SHOW),
        unit(Console, 6, "export B=again"),
        unit(Python, 7, SHOW),
    ];
    let (ran, _) = World::new().run(units);
    assert_eq!(
        ran.outs(),
        ["", "a b two\nlines -\n", "", "in between\n", "new - not-exported\n", "", "new again not-exported\n"]
    );
}

#[test]
fn what_python_sets_is_not_handed_back_and_not_lost() {
    let units = vec![
        unit(Python, 1, "import os\nos.environ['A'] = 'mine'"),
        unit(Bash, 2, "echo ${A-unset}; export B=1"),
        unit(Python, 3, SHOW),
    ];
    assert_eq!(World::new().run(units).0.outs(), ["", "unset\n", "mine 1 -\n"]);
}

#[test]
fn files_are_shared() {
    let units =
        vec![unit(Bash, 1, "echo text > f"), unit(Python, 2, "print(open('f').read())"), unit(Bash, 3, "cat f")];
    assert_eq!(World::new().run(units).0.outs(), ["", "text\n\n", "text\n"]);
}

#[test]
fn a_large_environment_and_a_changed_path_are_handed_over() {
    let units = vec![
        unit(
            Bash,
            1,
            "export A=$(head -c 100000 /dev/zero | tr '\\0' x); export B=$(head -c 100000 /dev/zero | tr '\\0' y); export PATH=/nonexistent:$PATH",
        ),
        unit(
            Python,
            2,
            "import os\nprint(len(os.environ['A']), len(os.environ['B']), os.environ['PATH'].split(':')[0])",
        ),
    ];
    let (ran, _) = World::new().run(units);
    assert_eq!(ran.last().err, "");
    assert_eq!(ran.outs(), ["", "100000 100000 /nonexistent\n"]);
}

#[test]
fn each_act_starts_from_the_environment_that_was_handed_over() {
    let mut world = World::new();
    world.job.acts = vec![
        vec![unit(Bash, 1, "export A=1"), unit(Python, 2, SHOW)],
        vec![unit(Python, 1, SHOW), unit(Bash, 2, "echo ${A-unset}")],
    ];
    assert_eq!(crate::world::run(&world.job).outs(), ["", "1 - -\n", "- - -\n", "unset\n"]);
}
