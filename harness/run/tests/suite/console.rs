//! Console steps: command by command in the recipe's bash, both streams as one.

use dogfood_core::markup::model::Session;
use dogfood_run::sessions::unit::{Ended, Unit};

use crate::world::{Ran, World, exits, unit};

fn console(commands: &[(&str, Option<i32>)]) -> Vec<Unit> {
    let mut above = 0;
    let mut units = Vec::new();
    for (text, exit) in commands {
        let mut unit = unit(Session::Console, 1, text);
        (unit.exit, unit.lines_above) = (*exit, above);
        above += text.lines().count();
        units.push(unit);
    }
    units
}

fn run(commands: &[(&str, Option<i32>)]) -> Ran {
    World::new().run(console(commands)).0
}

#[test]
fn both_streams_are_one_in_order() {
    let ran = run(&[("echo 1; echo 2 >&2; ls /nonexistent || :; echo 3", None)]);
    assert_eq!(ran.last().out, "1\n2\nls: cannot access '/nonexistent': No such file or directory\n3\n");
    assert_eq!(ran.last().err, "");
}

#[test]
fn every_command_has_its_own_record_and_exit_code() {
    let ran = run(&[
        ("X=1", None),
        ("echo $X >&2; false", Some(1)),
        ("echo $X", None),
        ("exit 9", Some(9)),
        ("echo end", None),
    ]);
    assert_eq!(ran.outs(), ["", "1\n", "1\n", "", "end\n"]);
    assert_eq!(ran.ends(), [0, 1, 0, 9, 0].map(Ended::Exit));
}

#[test]
fn positions_count_from_the_first_command_of_the_step() {
    let ran = run(&[("echo a", None), ("echo b \\\n  c", None), ("no-such-command", Some(127))]);
    assert_eq!(ran.last().out, "step 1, line 4: no-such-command: command not found\n");
}

#[test]
fn console_and_bash_steps_share_their_shell_and_keep_their_streams() {
    let mut units = console(&[("X=kept; echo c >&2", None)]);
    units.push(unit(Session::Bash, 2, "echo $X; echo apart >&2"));
    units.extend(console(&[("echo again >&2", None)]));
    units.push(exits(unit(Session::Bash, 4, "echo apart >&2; exit 2"), 2));
    let (ran, _) = World::new().run(units);
    assert_eq!(ran.outs(), ["c\n", "kept\n", "again\n", ""]);
    let errs: Vec<&str> = ran.steps.iter().map(|step| step.err.as_str()).collect();
    assert_eq!(errs, ["", "apart\n", "", "apart\n"]);
}

#[test]
fn errors_that_the_reader_sent_elsewhere_stay_there() {
    let (ran, world) =
        World::new().run(console(&[("exec 2>err.txt", None), ("echo x; echo y >&2", None), ("echo z >&2", None)]));
    assert_eq!(ran.outs(), ["", "x\n", ""]);
    assert_eq!(std::fs::read_to_string(world.work().join("err.txt")).unwrap(), "y\nz\n");
}

#[test]
fn an_undeclared_failure_ends_the_recipe_with_what_was_said() {
    let ran = run(&[("echo first; false; echo no", None), ("echo not run", None)]);
    assert_eq!((ran.ends(), ran.outs()), (vec![Ended::SessionEnded(1)], vec!["first\n"]));
}

#[test]
fn a_traced_console_shows_the_traces_of_its_commands_only() {
    let ran = run(&[("set -x", None), ("echo a", None), ("false", Some(1)), ("set +x", None), ("echo b", None)]);
    assert_eq!(ran.outs(), ["", "+ echo a\na\n", "+ false\n", "+ set +x\n", "b\n"]);
}

#[test]
fn the_limit_is_the_step_s_not_each_command_s() {
    let mut units = console(&[("sleep 0.4", None), ("sleep 0.4", None), ("sleep 300", None)]);
    units.iter_mut().for_each(|unit| unit.limit = 600);
    let (ran, _) = World::new().run(units);
    assert_eq!(ran.ends(), [Ended::Exit(0), Ended::TimedOut]);
}
