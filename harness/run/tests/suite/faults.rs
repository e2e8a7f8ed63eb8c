//! Faults around steps: never before, never after, however a step ends; with a real relay before a real (small) server.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use dogfood_core::event::{FaultEvent, NotRun, RunEvent};
use dogfood_core::redact::Known;
use dogfood_run::execute::{Page, PageTarget, Walked, walk_on};

use crate::book::{Book, guide, lines, path, plan, records, target};

const FRONT: &str = "targets: [one]\n";

/// Asks the server for a word, and says what came of it.
const ASK: &str = "ask() { { exec 3<>/dev/tcp/127.0.0.1/$PORT && echo hi >&3 && IFS= read -r -t 2 -u 3 WORD; } 2>/dev/null && echo \"$WORD\" || echo nothing; exec 3>&- || :; }";

/// Answers every line with `yes`.
fn server() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut buffer = [0; 64];
                while stream.read(&mut buffer).is_ok_and(|count| count > 0) && stream.write_all(b"yes\n").is_ok() {}
            });
        }
    });
    address
}

fn book() -> Book {
    let mut book = Book::new();
    book.fake.address = Some(server());
    book
}

/// A recipe with `steps` (words on the fence, text), and a teardown that asks.
fn body(steps: &[(&str, &str)]) -> String {
    let step = |(words, text): &(&str, &str)| format!("```sh recipe=r {words}\n{text}\n```\n");
    let steps: String = steps.iter().map(step).collect();
    format!("```sh setup\n{ASK}\n```\n{steps}```sh teardown\n{ASK}\nask\n```\n")
}

fn run(book: &Book, steps: &[(&str, &str)]) -> Vec<String> {
    let mut lines = lines(&book.events(&plan(FRONT, &body(steps))).1);
    lines.retain(|line| !["target ", "toolbox ", "setup "].iter().any(|start| line.starts_with(start)));
    lines
}

#[test]
fn a_step_sees_its_fault_and_its_neighbours_never_do() {
    let steps = [("", "ask"), ("fault=reset", "ask; ask"), ("", "ask"), ("fault=cut", "ask"), ("", "ask")];
    let expected = [
        "g/r@one starts",
        "recipe 1: yes|",
        "2: fault=reset Armed",
        "2: fault=reset Cleared",
        "recipe 2: nothing|nothing|",
        "recipe 3: yes|",
        "4: fault=cut Armed",
        "4: fault=cut Cleared",
        "recipe 4: nothing|",
        "recipe 5: yes|",
        "teardown 1: yes|",
        "g/r@one completed",
    ];
    // A race shows only now and then.
    for _ in 0..4 {
        assert_eq!(run(&book(), &steps), expected);
    }
}

#[test]
fn what_was_open_before_is_under_the_fault_and_afterwards_not_left_half_dead() {
    let open = "exec 4<>/dev/tcp/127.0.0.1/$PORT; echo hi >&4; read -r -u 4 WORD; echo $WORD";
    let again = "{ echo hi >&4 && read -r -t 2 -u 4 WORD && echo $WORD; } 2>/dev/null || echo nothing";
    let lines = run(&book(), &[("", open), ("fault=blackhole", again), ("", again), ("", "ask")]);
    let said: Vec<&String> = lines.iter().filter(|line| line.starts_with("recipe")).collect();
    assert_eq!(said, ["recipe 1: yes|", "recipe 2: nothing|", "recipe 3: nothing|", "recipe 4: yes|"]);
}

#[test]
fn a_fault_is_cleared_however_its_step_ends() {
    for (words, text, ends) in [
        ("", "ask; false", "recipe 1 sessionended(1): nothing|"),
        ("", "ask; exit 3", "recipe 1 sessionended(3): nothing|"),
        ("exit=4", "ask; exit 4", "recipe 1 exit(4): nothing|"),
        ("timeout=3s", "ask; sleep 60", "recipe 1 timedout: nothing|"),
        ("", "ask; kill -9 $$", "recipe 1 sessionended(137): nothing|"),
        ("", "cat <<END\nnever", "recipe 1 openheredoc:"),
    ] {
        let lines = run(&book(), &[(&format!("fault=reset {words}"), text)]);
        assert_eq!(lines[1..3], ["1: fault=reset Armed", "1: fault=reset Cleared"], "{text}");
        assert!(lines[3].starts_with(ends), "{text}: {lines:?}");
        assert_eq!(lines[4], "teardown 1: yes|", "{text}");
    }
}

#[test]
fn the_record_tells_the_fault_and_its_moments() {
    let book = book();
    let plan = plan(FRONT, &body(&[("fault=cut-up@2B", "ask; ask"), ("", "ask")]));
    let (_, events) = book.events(&plan);
    let records = records(&events, "r");
    let seen = records[1].fault.clone().expect("the step's fault");
    assert_eq!(seen.fault.to_string(), "cut-up@2B");
    let tripped = seen.tripped.expect("two bytes went up");
    assert!(seen.armed <= tripped && tripped <= seen.cleared && seen.cleared < Duration::from_secs(60), "{seen:?}");
    assert!([0, 2, 3].iter().all(|at| records[*at].fault.is_none()));
    let told: Vec<FaultEvent> = events
        .iter()
        .filter_map(|event| match event {
            RunEvent::Fault { what, .. } => Some(*what),
            _ => None,
        })
        .collect();
    assert_eq!(told, [FaultEvent::Armed, FaultEvent::Tripped, FaultEvent::Cleared]);
}

#[test]
fn a_fault_that_never_took_effect_fails_the_recipe() {
    let lines = run(&book(), &[("fault=cut@1GiB", "ask"), ("", "ask")]);
    assert_eq!(lines[3], "recipe 1: yes|");
    assert_eq!(
        lines.last().unwrap(),
        "g/r@one failed at Recipe 1: step 1 ended before its `fault=cut@1GiB` took effect; choose a smaller limit"
    );
}

#[test]
fn a_console_step_is_under_its_fault_from_its_first_command_to_its_last() {
    let body = format!(
        "```sh setup\n{ASK}\n```\n```console recipe=r fault=reset\n$ ask\n$ echo between\n$ ask\n```\n```console recipe=r\n$ ask\n```\n"
    );
    let (_, events) = book().events(&plan(FRONT, &body));
    let mut lines = lines(&events);
    lines.retain(|line| line.starts_with("recipe") || line.contains("fault"));
    let expected = [
        "1: fault=reset Armed",
        "recipe 1.1: nothing|",
        "recipe 1.2: between|",
        "1: fault=reset Cleared",
        "recipe 1.3: nothing|",
        "recipe 2.1: yes|",
    ];
    assert_eq!(lines, expected);
    let with: Vec<bool> = records(&events, "r").iter().map(|record| record.fault.is_some()).collect();
    assert_eq!(with, [false, false, false, true, false]);
}

#[test]
fn python_waits_for_the_fault_too() {
    let ask = "import os, socket\ndef ask():\n    try:\n        with socket.create_connection(('127.0.0.1', int(os.environ['PORT']))) as s:\n            s.sendall(b'hi\\n')\n            return s.recv(9)\n    except OSError as error:\n        return type(error).__name__\n";
    let body = format!(
        "```python setup\n{ask}```\n```python recipe=r fault=reset\nprint(ask())\n```\n```python recipe=r\nprint(ask())\n```\n"
    );
    let (_, events) = book().events(&plan("targets: [one]\ntoolbox: tools\n", &body));
    let mut lines = lines(&events);
    lines.retain(|line| line.starts_with("recipe"));
    assert_eq!(lines, ["recipe 1: connectionreseterror|", "recipe 2: b'yes\\n'|"]);
}

#[test]
fn the_relay_stands_only_where_a_step_needs_it() {
    let book = book();
    let port = book.fake.address.unwrap().port();
    let body = "```sh recipe=plain\n[ $PORT = DIRECT ] && echo direct\n```\n```sh recipe=faulty fault=delay@1ms\n[ $PORT != DIRECT ] && echo relayed\n```\n";
    let (_, events) = book.events(&plan(FRONT, &body.replace("DIRECT", &port.to_string())));
    let said = |recipe| records(&events, recipe)[0].stdout.text.as_str().to_owned();
    assert_eq!((said("plain").as_str(), said("faulty").as_str()), ("direct\n", "relayed\n"));
    assert_eq!(book.fake.services.lock().unwrap().len(), 1, "one server for both");
}

#[test]
fn what_the_server_does_is_done_to_a_server_of_the_recipes_own_and_undone() {
    let book = book();
    let body = "```sh recipe=calm\necho calm\n```\n```sh recipe=r fault=pause\necho one\n```\n```sh recipe=r\necho two\n```\n\
                ```sh recipe=r fault=disconnect@200ms\nsleep 1\n```\n";
    let (_, events) = book.events(&plan(FRONT, body));
    assert_eq!(*book.fake.done.lock().unwrap(), ["pause", "restored", "disconnect@200ms", "restored"]);
    assert_eq!(book.fake.services.lock().unwrap().len(), 2);
    let tripped = records(&events, "r")[2].fault.as_ref().unwrap().tripped.unwrap();
    assert!(tripped >= Duration::from_millis(200), "{tripped:?}");
}

#[test]
fn a_time_that_does_not_come_is_not_waited_for() {
    let book = book();
    let lines = run(&book, &[("fault=pause@1m", "echo quick")]);
    assert!(lines.last().unwrap().contains("took effect"), "{lines:?}");
    assert!(book.fake.done.lock().unwrap().is_empty());
}

#[test]
fn what_cannot_be_armed_is_undone_and_the_step_does_not_start() {
    let mut book = book();
    book.fake.invulnerable = true;
    for fault in ["pause", "pause@1ms"] {
        book.fake.done.lock().unwrap().clear();
        let lines = run(&book, &[(&format!("fault={fault}"), "sleep 0.3; echo done to nobody")]);
        let last = lines.last().unwrap();
        let expected = format!("g/r@one not available: cannot arm `fault={fault}`: it does not mind");
        assert_eq!(*last, expected);
        assert!(lines.iter().all(|line| !line.starts_with("recipe")), "{lines:?}");
        assert_eq!(*book.fake.done.lock().unwrap(), [fault, "restored"]);
    }
}

#[test]
fn an_interrupt_and_a_dead_supervisor_undo_it_too() {
    let book = book();
    let lines = run(&book, &[("fault=pause", "kill -9 $PPID; sleep 60")]);
    assert!(lines.last().unwrap().contains("supervisor died"), "{lines:?}");
    assert_eq!(*book.fake.done.lock().unwrap(), ["pause", "restored"]);

    book.fake.done.lock().unwrap().clear();
    let (stop, done) = (Arc::clone(&book.deps.stop), Arc::clone(&book.fake.done));
    let stopper = std::thread::spawn(move || {
        while done.lock().unwrap().is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::Relaxed);
    });
    let lines = run(&book, &[("fault=pause", "sleep 60")]);
    stopper.join().unwrap();
    assert_eq!(lines.last().unwrap(), "g/r@one not run: Interrupted");
    assert_eq!(*book.fake.done.lock().unwrap(), ["pause", "restored"]);
}

fn page(steps: &[(&str, &str)], as_reader: bool) -> Page {
    Page {
        path: path("guides/g.md"),
        guide: Arc::new(guide(FRONT, &body(steps))),
        targets: vec![PageTarget { target: Arc::new(target("one")), toolbox: None }],
        toolbox: None,
        as_reader,
    }
}

#[test]
fn a_walk_arms_faults_and_a_reader_cannot() {
    let book = book();
    let check = |expected: &str| format!("[ \"$(ask)\" = {expected} ]");
    let (calm, under) = (check("yes"), check("nothing"));
    let steps = [("", calm.as_str()), ("fault=reset", &under), ("", &calm)];
    let walked = walk_on(&book.fake, &page(&steps, false), &book.deps, &mut |_| {}).unwrap();
    assert_eq!(walked, Walked::Completed);

    let mut as_reader = book;
    as_reader.fake.variables = vec![Known::plain("X", "x".to_owned())];
    let walked = walk_on(&as_reader.fake, &page(&steps, true), &as_reader.deps, &mut |_| {}).unwrap();
    let why = "not walked as a reader: fault=reset, which a reader cannot make";
    assert_eq!(walked, Walked::NotRun(NotRun::NotAvailable(why.to_owned())));
}
