//! The Python session.

use dogfood_core::markup::model::Session;
use dogfood_run::sessions::unit::{Ended, Exception};

use crate::world::{World, exits, python, steps, unit};

const FINE: Ended = Ended::Exit(0);

#[test]
fn steps_share_one_interpreter() {
    let ran = python(&[
        "x = 1\ndef f():\n    return x + 1",
        "x = 5",
        "print(f())",
        "import os; a = os.getpid()",
        "print(a == os.getpid())",
    ]);
    assert_eq!((ran.ends(), ran.outs()), (vec![FINE; 5], vec!["", "", "6\n", "", "True\n"]));
}

#[test]
fn top_level_await_works_across_steps() {
    let ran = python(&[
        "import asyncio\nawait asyncio.sleep(0)\nlock = asyncio.Lock()",
        "async with lock:\n    print('locked')",
        "async def g():\n    return 7\nprint(await g())",
        "print(asyncio.run(g()))",
        "print(await g())",
    ]);
    assert_eq!(ran.last().err, "");
    assert_eq!((ran.ends(), ran.outs()), (vec![FINE; 5], vec!["", "locked\n", "7\n", "7\n", "7\n"]));
}

#[test]
fn an_uncaught_exception_is_exit_1_told_with_step_and_source_and_the_process_lives_on() {
    let ran = python(&["class Base(Exception): pass\nclass Mine(Base): pass\ndef f(m):\n    raise Mine(m)"]);
    assert_eq!(ran.ends(), [FINE]);
    let mut units = steps(
        Session::Python,
        &[
            "class Base(Exception): pass\nclass Mine(Base): pass\ndef f(m):\n    raise Mine(m)",
            "print('a')\nf('no\\nway')",
            "print('alive', f)",
        ],
    );
    (units[1].raises, units[1].traceback) = (Some("Base".into()), true);
    let (ran, _) = World::new().run(units);
    assert_eq!(ran.ends(), [FINE, Ended::Exit(1), FINE]);
    let step = &ran.steps[1];
    assert_eq!(step.out, "a\n");
    let expected = "Traceback (most recent call last):\n  File \"step 2\", line 2, in <module>\n    f('no\\nway')\n  File \"step 1\", line 4, in f\n    raise Mine(m)\nMine: no\nway\n";
    assert_eq!(
        step.err,
        expected.replace("\nMine: ", "\n__main__.Mine: ").replace("\n__main__.Mine: ", "\nMine: "),
        "{}",
        step.err
    );
    let bases = ["Mine", "Base", "Exception", "BaseException", "object"].map(str::to_owned).to_vec();
    assert_eq!(step.error, Some(Exception { class: "Mine".into(), bases, text: "Mine: no\nway".into() }));
    assert!(ran.steps[2].out.starts_with("alive <function f"));
}

#[test]
fn a_declared_exception_is_told_without_its_traceback_and_another_with_it() {
    let mut units = steps(Session::Python, &["print('a')\nraise FileNotFoundError('x')", "raise ValueError('y')"]);
    units[0].raises = Some("OSError".into());
    units[1].raises = Some("OSError".into());
    let (ran, _) = World::new().run(units);
    assert_eq!((ran.steps[0].out.as_str(), ran.steps[0].err.as_str()), ("a\n", ""));
    assert_eq!(ran.steps[0].error.as_ref().unwrap().text, "FileNotFoundError: x");
    assert!(ran.steps[1].err.ends_with("ValueError: y\n"), "{:?}", ran.steps[1]);
}

#[test]
fn an_undeclared_exception_ends_the_recipe() {
    let ran = python(&["print('part'); 1/0", "print('not run')"]);
    assert_eq!((ran.ends(), ran.outs()), (vec![Ended::Exit(1)], vec!["part\n"]));
    assert_eq!(ran.last().error.as_ref().unwrap().text, "ZeroDivisionError: division by zero");
}

#[test]
fn a_step_that_must_raise_and_does_not_ends_the_recipe() {
    let mut units = steps(Session::Python, &["print('calm')", "print('not run')"]);
    units[0].raises = Some("ValueError".into());
    assert_eq!(World::new().run(units).0.ends(), [FINE]);
}

#[test]
fn errors_of_the_text_itself_and_odd_exceptions_are_told() {
    let cases = [
        ("x = = 1", "SyntaxError: invalid syntax (step 1, line 1)", "File \"step 1\", line 1"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "line 1, in <module>"),
        (
            "class E(Exception):\n  def __str__(self): raise ValueError\nraise E",
            "E: <exception str() failed>",
            "step 1",
        ),
        (
            "import asyncio\nasync def g(): raise OSError(2, 'x')\nawait g()",
            "FileNotFoundError: [Errno 2] x",
            "File \"step 1\", line 3, in <module>",
        ),
        ("try:\n  1/0\nexcept Exception as e:\n  raise ValueError('v') from e", "ValueError: v", "direct cause"),
        ("raise GeneratorExit", "GeneratorExit", "step 1"),
        ("raise ExceptionGroup('g', [ValueError('a')])", "ExceptionGroup: g (1 sub-exception)", "ValueError: a"),
    ];
    for (text, told, trace) in cases {
        let ran = python(&[text]);
        assert_eq!(ran.ends(), [Ended::Exit(1)], "{text}");
        assert_eq!(ran.last().error.as_ref().map(|error| error.text.as_str()), Some(told), "{text}");
        assert!(ran.last().err.contains(trace), "{text}: {}", ran.last().err);
        for driver in ["dogfood", "<string>", "run_until_complete", "base_events", "driver"] {
            assert!(!ran.last().err.contains(driver), "{text}: {}", ran.last().err);
        }
    }
}

#[test]
fn sys_exit_is_its_code_and_the_process_lives_on() {
    let declared = |number, text, code| exits(unit(Session::Python, number, text), code);
    let units = vec![
        declared(1, "import sys; x = 1; sys.exit(3)", 3),
        declared(2, "sys.exit('reason')", 1),
        declared(3, "sys.exit()", 0),
        declared(4, "raise SystemExit(-1)", 255),
        declared(5, "exit(2)", 2),
        declared(6, "sys.exit(True)", 1),
        unit(Session::Python, 7, "print('alive', x)"),
    ];
    let (ran, _) = World::new().run(units);
    assert_eq!(ran.ends(), [3, 1, 0, 255, 2, 1, 0].map(Ended::Exit));
    assert_eq!(ran.steps[1].err, "reason\n");
    assert!(ran.steps.iter().all(|step| step.error.is_none()), "an exit is no exception");
    assert_eq!(ran.last().out, "alive 1\n");
}

#[test]
fn output_is_in_order_with_that_of_child_processes_and_ends_with_its_step() {
    let ran = python(&[
        "import subprocess, sys\nprint('A')\nsubprocess.run(['echo', 'B'])\nprint('C')\nprint('e', file=sys.stderr)\nprint('no newline', end='')",
        "print('next')",
    ]);
    assert_eq!((ran.outs(), ran.steps[0].err.as_str()), (vec!["A\nB\nC\nno newline", "next\n"], "e\n"));
    let ran = python(&[
        "import os, sys\nos.write(1, b'raw\\n')\nsys.stdout.write('buffered')",
        "os.system('echo shell')",
        "sys.stdout = open('f.txt', 'w')\nprint('in file')",
        "sys.stdout = sys.__stdout__\nprint(open('f.txt').read(), end='')",
    ]);
    assert_eq!(ran.outs(), ["raw\nbuffered", "shell\n", "", "in file\n"]);
}

#[test]
fn an_interpreter_that_dies_is_a_session_that_ended() {
    for (text, code) in [
        ("import os; print('a'); os._exit(4)", 4),
        ("import os; print('a'); os._exit(0)", 0),
        ("import os, signal; print('a'); os.kill(os.getpid(), signal.SIGKILL)", 137),
        ("import ctypes; print('a'); ctypes.string_at(0)", 139),
        ("import os; print('a'); os.execvp('true', ['true'])", 0),
    ] {
        let ran = python(&[text, "print('not run')"]);
        assert_eq!((ran.ends(), ran.outs()), (vec![Ended::SessionEnded(code)], vec!["a\n"]), "{text}");
    }
}

#[test]
fn main_is_as_empty_as_in_a_fresh_interpreter() {
    let ran = python(&[
        "print(sorted(n for n in globals() if not n.startswith('__')))\nimport sys\nprint(sys.argv, repr(sys.path[0]), __name__, sys.stdin.read() == '')\nprint(sys.modules['__main__'].__dict__ is globals())",
    ]);
    assert_eq!(ran.outs(), ["[]\n[''] '' __main__ True\nTrue\n"]);
}

#[test]
fn objects_of_main_can_be_pickled_and_sent_to_forked_workers() {
    let ran = python(&[
        "import pickle, multiprocessing\nclass P:\n    def __init__(self, v): self.v = v\ndef double(p): return P(p.v * 2)",
        "print(pickle.loads(pickle.dumps(P(3))).v)\nwith multiprocessing.get_context('fork').Pool(2) as pool:\n    print([p.v for p in pool.map(double, [P(1), P(2)])])",
    ]);
    assert_eq!((ran.ends(), ran.last().out.as_str()), (vec![FINE, FINE], "3\n[2, 4]\n"), "{}", ran.last().err);
    let ran = python(&[
        "import multiprocessing, math\nif __name__ == '__main__':\n    with multiprocessing.get_context('spawn').Pool(1) as pool:\n        print(pool.map(math.sqrt, [4, 9]))",
    ]);
    assert_eq!((ran.ends(), ran.last().out.as_str()), (vec![FINE], "[2.0, 3.0]\n"), "{}", ran.last().err);
}

#[test]
fn a_fork_that_comes_to_the_step_s_end_does_not_answer_for_it() {
    let ran = python(&[
        "import os\nif os.fork() == 0:\n    print('child')\nelse:\n    os.wait()\n    print('parent')",
        "print('next')",
    ]);
    assert_eq!((ran.ends(), ran.outs()), (vec![FINE, FINE], vec!["child\nparent\n", "next\n"]));
}

#[test]
fn files_beside_the_recipe_are_imported() {
    let world = World::new();
    std::fs::write(world.work().join("helper.py"), "def f():\n    raise ValueError('from file')\n").unwrap();
    let (ran, _) = world.run(steps(Session::Python, &["import helper\nhelper.f()"]));
    assert!(ran.last().err.contains("helper.py\", line 2, in f"), "{}", ran.last().err);
    assert!(ran.last().err.contains("File \"step 1\", line 2, in <module>"));
}

#[test]
fn future_statements_hold_for_later_steps_as_in_one_module() {
    let ran = python(&["from __future__ import annotations", "def f(x: NoSuchName): pass\nprint(f.__annotations__)"]);
    assert_eq!(ran.last().out, "{'x': 'NoSuchName'}\n");
}

#[test]
fn a_program_s_own_excepthook_is_asked() {
    let ran = python(&[
        "import sys\nsys.excepthook = lambda kind, error, trace: print('hook', kind.__name__, trace.tb_frame.f_code.co_filename)\n1/0",
    ]);
    assert_eq!((ran.last().out.as_str(), ran.last().err.as_str()), ("hook ZeroDivisionError step 1\n", ""));
}

#[test]
fn threads_and_exit_handlers_speak_after_the_last_step() {
    let ran = python(&["import atexit\natexit.register(print, 'bye')"]);
    assert_eq!((ran.outs(), ran.after.clone()), (vec![""], vec!["bye\n".to_owned()]));
}

#[test]
fn the_private_descriptors_stay_private() {
    let ran = python(&["import subprocess, os\nos.system('ls /proc/self/fd | tr \"\\\\n\" \" \"')"]);
    assert_eq!(ran.outs(), ["0 1 2 3 "]);
}

#[test]
fn a_long_step_reaches_the_interpreter_whole() {
    let text = format!("x = '{}'\nprint(len(x))", "y".repeat(1 << 20));
    assert_eq!(python(&[&text]).outs(), ["1048576\n"]);
}
