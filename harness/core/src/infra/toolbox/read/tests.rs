//! Toolboxes as a whole: identity, findings with their places, the range and the digests.

use super::*;
use crate::place::LineIndex;

const FILE: &str = "description: For tests.\npython: \">=3.11,<3.15\"\ninstall: pip install six==1.17.0\n";

/// A lock with one package.
fn one() -> String {
    format!("six==1.17.0 --hash=sha256:{}\n", "a".repeat(64))
}

/// The toolbox `name` with this lock, for other tests.
pub(in crate::infra) fn toolbox(name: &str, lock: &str) -> Toolbox {
    let path = RelPath::new(&format!("infra/toolboxes/{name}/toolbox.yaml")).unwrap();
    let lock_path = RelPath::new(&format!("infra/toolboxes/{name}/requirements.lock")).unwrap();
    read(&path, FILE, &lock_path, lock).unwrap()
}

/// Every finding as `file:line:column title | help`.
fn findings(path: &str, text: &str, lock: &str) -> Vec<String> {
    let path = RelPath::new(path).unwrap();
    let lock_path = path.sibling("requirements.lock").unwrap();
    let findings = read(&path, text, &lock_path, lock).unwrap_err();
    findings
        .iter()
        .map(|finding| {
            assert_eq!((finding.rule, finding.help.is_empty()), ("broken-infra", false));
            let whole = if finding.span.file == path { text } else { lock };
            let place = LineIndex::new(whole).position(whole, finding.span.start);
            format!("{}:{place} {}", finding.span.file.file_name(), finding.title)
        })
        .collect()
}

#[test]
fn a_toolbox_is_named_by_its_folder() {
    let toolbox = toolbox("python", &one());
    assert_eq!(toolbox.id.as_str(), "python");
    assert_eq!(toolbox.version("six"), Some("1.17.0"));
    assert!(toolbox.range().unwrap().contains("3.11.2".parse().unwrap()));
    assert_eq!(toolbox.lock_text, one());
}

#[test]
fn faults_come_all_at_once_and_with_their_places() {
    let good = "infra/toolboxes/python/toolbox.yaml";
    for (path, text, lock, expected) in [
        (
            "infra/toolboxes/My Tools/toolbox.yaml",
            FILE,
            one(),
            vec![
                "toolbox.yaml:1:1 `My Tools` is no id: ids are 1 to 64 of `a-z`, `0-9` and `-`, and start with a letter or a digit",
            ],
        ),
        (
            "toolbox.yaml",
            FILE,
            one(),
            vec![
                "toolbox.yaml:1:1 `` is no id: ids are 1 to 64 of `a-z`, `0-9` and `-`, and start with a letter or a digit",
            ],
        ),
        (
            good,
            "description: x\npython: \"3.11\"\ninstall: \" \"\n",
            "oops".to_owned(),
            vec![
                "toolbox.yaml:2:10 `3.11` is no version clause: expected for example `>=3.11`, `<3.15`, `==3.12.*` or `~=3.11`",
                "toolbox.yaml:3:1 the install line is empty",
                "requirements.lock:1:1 `oops` is not a package with its exact version",
            ],
        ),
        (
            good,
            "description: x\npython: \">=4\"\ninstall: x\n",
            one(),
            vec!["toolbox.yaml:2:10 no version of Python 3 is in this range"],
        ),
    ] {
        assert_eq!(findings(path, text, &lock), expected, "{text}");
    }
}

#[test]
fn a_file_that_has_no_value_is_one_finding() {
    for text in
        ["", "description: x\ninstall: x\n", "description: [x\n", "- x\n", "description: x\npython: [1]\ninstall: x\n"]
    {
        assert_eq!(findings("infra/toolboxes/python/toolbox.yaml", text, &one()).len(), 1, "{text}");
    }
}

#[test]
fn a_misspelt_key_is_answered_with_the_right_one() {
    let path = RelPath::new("infra/toolboxes/python/toolbox.yaml").unwrap();
    let lock_path = path.sibling("requirements.lock").unwrap();
    let help = |text: &str| read(&path, text, &lock_path, &one()).unwrap_err()[0].help.clone();
    assert_eq!(help("instal: x\n"), "did you mean `install`?");
    assert_eq!(help("colour: x\n"), "remove the key");
}

#[test]
fn a_lock_that_is_no_lock_does_not_flood() {
    let lines: String = (0..100).map(|number| format!("line {number}\n")).collect();
    let path = RelPath::new("infra/toolboxes/python/toolbox.yaml").unwrap();
    let lock_path = path.sibling("requirements.lock").unwrap();
    let found = read(&path, FILE, &lock_path, &lines).unwrap_err();
    assert_eq!(found.len(), MOST_FINDINGS);
    assert_eq!(found[19].notes, ["80 more lines of this lock are wrong"]);
    let huge = "x".repeat(lock::MAX_BYTES + 1);
    let found = read(&path, FILE, &lock_path, &huge).unwrap_err();
    assert_eq!(found.len(), 1);
    assert!(found[0].title.starts_with("the lock holds 4194305 bytes"), "{}", found[0].title);
}

#[test]
fn a_digest_moves_with_what_is_installed_and_with_nothing_else() {
    let (a, b) = ("a".repeat(64), "b".repeat(64));
    let base = toolbox("t", &format!("six==1 --hash=sha256:{a}\nurllib3==2 --hash=sha256:{b}\n"));
    for same in [
        format!("# a comment\nsix==1 \\\n  --hash=sha256:{a}\n  # via nobody\n\nurllib3==2 --hash=sha256:{b}\n"),
        format!("urllib3==2 --hash=sha256:{b}\nSix==1 --hash=sha256:{a}\n"),
    ] {
        assert_eq!(toolbox("t", &same).lock_digest(), base.lock_digest(), "{same}");
    }
    let others = [
        format!("six==1.1 --hash=sha256:{a}\nurllib3==2 --hash=sha256:{b}\n"),
        format!("six==1 --hash=sha256:{b}\nurllib3==2 --hash=sha256:{b}\n"),
        format!("six==1 ; os_name == 'nt' --hash=sha256:{a}\nurllib3==2 --hash=sha256:{b}\n"),
        format!("six==1 --hash=sha256:{a} --hash=sha256:{b}\nurllib3==2 --hash=sha256:{b}\n"),
        format!("urllib3==2 --hash=sha256:{b}\n"),
    ];
    for other in others {
        let moved = toolbox("t", &other);
        assert_ne!(moved.lock_digest(), base.lock_digest(), "{other}");
        assert_eq!(moved.pin(&["urllib3".to_owned()]), base.pin(&["urllib3".to_owned()]), "{other}");
        assert_ne!(moved.pin(&["six".to_owned()]), base.pin(&["six".to_owned()]), "{other}");
    }
}
