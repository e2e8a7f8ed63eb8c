//! Tests of [`super`].

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::mark::PATIENCE;
use super::record::Record;
use super::*;
use crate::sys;

/// A record as a run that is over, or of another machine, left it.
fn left(root: &Path, id: &str, change: impl Fn(&mut Record)) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("df-{id}"));
    folder::make(&folder).unwrap();
    let mut record = Record::of_this_process(id, &folder).unwrap();
    record.started -= 1;
    change(&mut record);
    record.write(&record::path(root, id)).unwrap();
    folder
}

fn id() -> String {
    sys::random_hex(6).unwrap()
}

#[test]
fn a_run_is_written_down_and_given_back() {
    let root = tempfile::tempdir().unwrap();
    let lease = Lease::take(root.path()).unwrap();
    let (folder, file) = (lease.folder().to_owned(), record::path(root.path(), lease.id()));
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(folder.display().to_string().len() < 40 || std::env::var_os("TMPDIR").is_some());
    assert!(lease.mark("3").starts_with(lease.id()) && lease.mark("3").ends_with(".3"));
    assert_eq!(sweep(root.path()), Swept::default(), "a run whose owner lives stays");
    assert_eq!(clean(root.path()), Swept::default());
    fs::write(folder.join("f"), "").unwrap();
    assert_eq!(lease.release(false), Vec::<String>::new());
    assert!(!folder.exists() && !file.exists());
}

#[test]
fn a_kept_folder_stays_until_it_is_cleaned() {
    let root = tempfile::tempdir().unwrap();
    let lease = Lease::take(root.path()).unwrap();
    let folder = lease.folder().to_owned();
    assert_eq!(lease.release(true), Vec::<String>::new());
    assert_eq!(sweep(root.path()), Swept::default());
    assert!(folder.exists());
    // Folders of other tests, whose records are lost, may be found as well: they all lie in one temporary folder.
    let cleaned = clean(root.path());
    assert!(cleaned.runs == 1 && cleaned.folders >= 1 && cleaned.problems.is_empty(), "{cleaned:?}");
    assert!(!folder.exists());
    assert_eq!(clean(root.path()).runs, 0);
}

#[test]
fn what_a_dead_run_left_is_removed_processes_first() {
    let (root, id) = (tempfile::tempdir().unwrap(), id());
    let folder = left(root.path(), &id, |_| ());
    let stray = |mark: &str| {
        let mut command = Command::new("setsid");
        command.args(["-f", "sleep", "300"]).env(VARIABLE, mark).stdin(Stdio::null());
        assert!(command.status().unwrap().success());
    };
    stray(&format!("{id}.4"));
    stray(&id);
    stray(&format!("{id}x"));
    let swept = sweep(root.path());
    assert_eq!((swept.runs, swept.folders, &swept.problems), (1, 1, &Vec::new()));
    assert!(swept.processes >= 2);
    assert!(!folder.exists() && !record::path(root.path(), &id).exists());
    assert_eq!(
        sys::kill_marked(VARIABLE, |value| value == format!("{id}x"), PATIENCE),
        Some(1),
        "another run's is left alone"
    );
}

#[test]
fn only_the_owner_s_own_life_counts() {
    let root = tempfile::tempdir().unwrap();
    let alive = left(root.path(), &id(), |record| record.started += 1);
    let contained = left(root.path(), &id(), |record| record.namespace = "pid:[1]".into());
    let rebooted = left(root.path(), &id(), |record| {
        record.started += 1;
        record.boot = "another".into();
    });
    let reused = left(root.path(), &id(), |_| ());
    assert_eq!(sweep(root.path()), Swept { runs: 2, folders: 2, ..Swept::default() });
    assert_eq!([alive.exists(), contained.exists(), rebooted.exists(), reused.exists()], [true, true, false, false]);
    fs::remove_dir(alive).unwrap();
    fs::remove_dir(contained).unwrap();
}

#[test]
fn a_record_cannot_have_foreign_folders_removed() {
    let root = tempfile::tempdir().unwrap();
    let precious = root.path().join("precious");
    fs::create_dir(&precious).unwrap();
    for place in [precious.clone(), PathBuf::from("precious"), root.path().join("df-000000000000/../precious")] {
        let folder = left(root.path(), &id(), |record| record.folder = place.clone());
        assert_eq!(sweep(root.path()).folders, 0);
        assert!(precious.exists());
        fs::remove_dir(folder).unwrap();
    }
    let id = id();
    let link = root.path().join(format!("df-{id}"));
    std::os::unix::fs::symlink(&precious, &link).unwrap();
    let folder = left(root.path(), &id, |record| record.folder = link.clone());
    assert_eq!(sweep(root.path()).folders, 0, "a link is no folder of a run");
    assert!(precious.exists());
    fs::remove_dir(folder).unwrap();
}

#[test]
fn broken_records_are_swept_and_other_files_are_not() {
    let (root, id) = (tempfile::tempdir().unwrap(), id());
    let folder = left(root.path(), &id, |_| ());
    let runs = record::folder(root.path());
    fs::write(record::path(root.path(), &id), "{").unwrap();
    for other in ["notes.txt", "UPPERCASE000.json", "0123.json"] {
        fs::write(runs.join(other), "").unwrap();
    }
    assert_eq!(sweep(root.path()), Swept { runs: 1, folders: 1, ..Swept::default() });
    assert!(!folder.exists());
    assert_eq!(fs::read_dir(&runs).unwrap().count(), 3);
    assert_eq!(sweep(&root.path().join("nowhere")), Swept::default());
}

#[test]
fn folders_that_a_recipe_closed_are_removed_and_links_are_not_followed() {
    let root = tempfile::tempdir().unwrap();
    let (folder, other) = (root.path().join("a"), root.path().join("b"));
    fs::create_dir_all(folder.join("deep/er")).unwrap();
    fs::create_dir(&other).unwrap();
    fs::write(other.join("kept"), "").unwrap();
    fs::write(folder.join("deep/er/f"), "").unwrap();
    std::os::unix::fs::symlink(&other, folder.join("link")).unwrap();
    for closed in ["deep/er", "deep"] {
        fs::set_permissions(folder.join(closed), fs::Permissions::from_mode(0o500)).unwrap();
    }
    remove_folder(&folder).unwrap();
    assert!(!folder.exists() && other.join("kept").exists());
    remove_folder(&folder).unwrap();
}

#[test]
fn a_folder_whose_record_is_lost_is_found_by_its_own_sign() {
    let root = tempfile::tempdir().unwrap();
    let lease = Lease::take(root.path()).unwrap();
    let (id, folder) = (lease.id().to_owned(), lease.folder().to_owned());
    let file = record::path(root.path(), &id);
    fs::remove_file(&file).unwrap();
    clean(root.path());
    assert!(folder.exists(), "a run that lives stays");
    let sign = fs::read_to_string(folder.join("owner.json")).unwrap();
    let started = sys::process(sys::own_pid().as_raw_nonzero().get()).unwrap().started;
    fs::write(folder.join("owner.json"), sign.replace(&started.to_string(), "1")).unwrap();
    fs::write(&file, "").unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    clean(elsewhere.path());
    assert!(folder.exists(), "another checkout's record stands");
    fs::remove_file(&file).unwrap();
    clean(elsewhere.path());
    assert!(!folder.exists());
}

#[test]
fn a_record_that_never_took_its_name_goes_with_its_owner() {
    let root = tempfile::tempdir().unwrap();
    let (alive, dead, half) = (id(), id(), id());
    for (id, by) in [(&alive, 0), (&dead, 1)] {
        let mut record = Record::of_this_process(id, Path::new("/nowhere")).unwrap();
        record.started -= by;
        record.write(&record::path(root.path(), id)).unwrap();
    }
    let runs = record::folder(root.path());
    for id in [&alive, &dead] {
        fs::rename(record::path(root.path(), id), runs.join(format!("{id}.new"))).unwrap();
    }
    fs::write(runs.join(format!("{half}.new")), "{").unwrap();
    assert_eq!(sweep(root.path()).problems, Vec::<String>::new());
    let left = |id: &str| runs.join(format!("{id}.new")).exists();
    assert_eq!([left(&alive), left(&dead), left(&half)], [true, false, true], "somebody may be writing the last one");
}

#[test]
fn sockets_of_a_dead_run_are_removed_unless_somebody_holds_them() {
    let root = tempfile::tempdir().unwrap();
    let place = |name: &str| PathBuf::from(format!("/tmp/{name}-{}.sock", id()));
    let (dead, held, file) = (place("dead"), place("held"), place("file"));
    drop(std::os::unix::net::UnixListener::bind(&dead).unwrap());
    let listener = std::os::unix::net::UnixListener::bind(&held).unwrap();
    fs::write(&file, "").unwrap();
    let elsewhere = root.path().join("other.sock");
    drop(std::os::unix::net::UnixListener::bind(&elsewhere).unwrap());
    let climbing = PathBuf::from(format!("/tmp/..{}", elsewhere.display()));
    let listed = [&dead, &held, &file, &elsewhere, &climbing].map(PathBuf::clone);
    left(root.path(), &id(), |record| record.sockets = listed.to_vec());
    assert_eq!(sweep(root.path()).runs, 1);
    assert_eq!([&dead, &held, &file].map(|path| path.exists()), [false, true, true]);
    // What is not under /tmp by its text was never made by a server of ours.
    let temporary = elsewhere.starts_with("/tmp");
    assert_eq!(elsewhere.exists(), !temporary);
    drop(listener);
    fs::remove_file(held).unwrap();
    fs::remove_file(file).unwrap();
}

#[test]
fn what_a_run_is_about_to_make_is_written_down_first() {
    let root = tempfile::tempdir().unwrap();
    let lease = Lease::take(root.path()).unwrap();
    let file = record::path(root.path(), lease.id());
    let read = || Record::read(&file).unwrap();
    lease.note_sockets(&[]).unwrap();
    lease.note_sockets(&[PathBuf::from("/tmp/a.sock")]).unwrap();
    assert!(!read().containers);
    assert_eq!((lease.note_containers().unwrap(), lease.note_containers().unwrap()), (true, false));
    assert!(read().containers && read().sockets == [PathBuf::from("/tmp/a.sock")]);
    assert_eq!(lease.labels().owner, read().owner());
    assert_eq!(lease.release(false), Vec::<String>::new());
    assert!(!file.exists());
}
