//! Tests of [`super`] on real processes.

use std::io::Write;
use std::process::{Command, Stdio};

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

fn text(mut child: Child) -> String {
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    child.wait().unwrap();
    text
}

#[test]
fn a_child_leads_its_own_session_with_a_plain_umask() {
    let child = spawn(shell("umask; cut -d' ' -f1,5,6 /proc/$$/stat"), Vec::new()).unwrap();
    let id = child.id();
    assert_eq!(text(child), format!("0022\n{id} {id} {id}\n"));
}

#[test]
fn descriptors_arrive_under_their_numbers_and_no_others_do() {
    let (read, write) = pipe().unwrap();
    std::fs::File::from(write).write_all(b"hello").unwrap();
    close_inherited_on_exec().unwrap();
    let script = "cat /proc/self/fd/200; ls /proc/self/fd | tr '\\n' ' '";
    let child = spawn(shell(script), vec![FdAt { fd: read, number: 200 }]).unwrap();
    assert_eq!(text(child), "hello0 1 2 200 3 ", "3 is ls reading the folder");
}

#[test]
fn two_descriptors_under_one_number_are_refused() {
    let (read, write) = pipe().unwrap();
    let fds = vec![FdAt { fd: read, number: 200 }, FdAt { fd: write, number: 200 }];
    assert_eq!(spawn(shell(":"), fds).unwrap_err().kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn poll_tells_which_are_ready_and_keeps_its_deadline() {
    let (read, write) = pipe().unwrap();
    let (other, _open) = pipe().unwrap();
    let fds = [(read.as_fd(), Interest::Read), (other.as_fd(), Interest::Read), (write.as_fd(), Interest::Write)];
    assert_eq!(poll(&fds, None).unwrap(), [false, false, true]);
    assert_eq!(poll(&fds[..2], Some(Instant::now() + Duration::from_millis(5))).unwrap(), [false, false]);
    drop(write);
    assert_eq!(poll(&[(read.as_fd(), Interest::Read)], None).unwrap(), [true], "the end is ready to be read");
}

#[test]
fn a_tree_dies_with_its_children_that_left_group_and_session() {
    let mark = random_hex(8).unwrap();
    let mut command = shell("setsid sh -c 'sleep 300 & sleep 301' & (sleep 303 &); sleep 304");
    command.env("DOGFOOD_TEST_MARK", &mark);
    let mut child = spawn(command, Vec::new()).unwrap();
    let root = pid_of(&child);
    let started = Instant::now();
    let sleeping = || {
        marked("DOGFOOD_TEST_MARK", &mark).iter().filter(|process| cmdline(process.pid).starts_with("sleep")).count()
    };
    while sleeping() < 4 && started.elapsed() < PATIENCE {
        std::thread::yield_now();
    }
    assert!(kill_tree(root, PATIENCE));
    child.wait().unwrap();
    assert_eq!(marked("DOGFOOD_TEST_MARK", &mark), []);
}

fn cmdline(pid: Pid) -> String {
    fs::read_to_string(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).unwrap_or_default()
}

#[test]
fn marked_processes_are_found_wherever_they_went() {
    let value = random_hex(8).unwrap();
    let mut command = shell("setsid -f sleep 300; echo started");
    command.env("DOGFOOD_TEST_MARK", &value);
    let child = spawn(command, Vec::new()).unwrap();
    let started = Instant::now();
    let found = loop {
        let found = marked("DOGFOOD_TEST_MARK", &value);
        if found.iter().any(|process| cmdline(process.pid) == "sleep\x00300\0") || started.elapsed() > PATIENCE {
            break found;
        }
    };
    assert!(!found.is_empty());
    assert!(marked("DOGFOOD_TEST_MARK", &value[1..]).is_empty(), "the whole value counts");
    found.iter().for_each(|process| kill(process.pid));
    drop(child);
}

#[test]
fn stat_lines_are_read_whatever_the_name_holds() {
    let line = |name: &str, state: &str| {
        format!("42 ({name}) {state} 7 40 39 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 555 1 1\n")
    };
    let expected = Process {
        pid: Pid::from_raw(42).unwrap(),
        parent: Pid::from_raw(7),
        group: Pid::from_raw(40).unwrap(),
        session: Pid::from_raw(39).unwrap(),
        started: 555,
    };
    for name in ["sh", "a b", ") S 1 1", "((", ""] {
        assert_eq!(parse_stat(&line(name, "S")), Some(expected), "{name}");
    }
    assert_eq!(parse_stat(&line("sh", "Z")), None);
    for broken in ["", "42", "42 (sh", "42 (sh)", "x (sh) S 1", "42 (sh) S 7 40 39"] {
        assert_eq!(parse_stat(broken), None, "{broken}");
    }
}

#[test]
fn this_process_is_listed_with_its_start_time() {
    let own = process(own_pid().as_raw_nonzero().get()).unwrap();
    assert!(own.started > 0 && processes().contains(&own));
    assert_eq!(boot_id().unwrap().len(), 36);
}

#[test]
fn programs_are_found_on_the_path_given_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plain"), "").unwrap();
    let path = std::env::join_paths([folder.path(), Path::new("/bin"), Path::new("/usr/bin")]).unwrap();
    assert!(find_program("sh", &path).is_some());
    for absent in ["plain", "", "/bin/sh", "../bin/sh", "no-such-program"] {
        assert_eq!(find_program(absent, &path), None, "{absent}");
    }
    assert_eq!(find_program("sh", OsStr::new("")), None);
    assert_eq!(find_program("sh", OsStr::new("bin:.")), None, "relative folders are not searched");
}

#[test]
fn the_machine_is_described() {
    let facts = machine();
    assert!(facts.kernel.starts_with("linux "), "{}", facts.kernel);
    assert!(facts.cpus > 0 && facts.memory > 1 << 20);
    assert_eq!(parse_memory("MemFree: 1 kB\nMemTotal:       2 kB\n"), Some(2048));
    assert_eq!(parse_memory("MemTotal: x kB"), None);
    assert_ne!(free_loopback_port().unwrap(), 0);
    assert_ne!(random_hex(16).unwrap(), random_hex(16).unwrap());
}
