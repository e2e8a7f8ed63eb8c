//! Locks: what is read, what is refused, and that nothing panics.

use proptest::prelude::*;

use super::*;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// `text` with `A` and `B` for two hashes.
fn lock(text: &str) -> String {
    text.replace("=A", &format!("=sha256:{A}")).replace("=B", &format!("=sha256:{B}"))
}

/// Every entry as `name version [marker] hashes`.
fn entries(text: &str) -> Vec<String> {
    let (entries, problems) = parse(&lock(text));
    assert_eq!(problems, []);
    entries
        .iter()
        .map(|entry| {
            let hashes: Vec<&str> = entry.hashes.iter().map(|hash| &hash[7..8]).collect();
            format!("{} {} [{}] {}", entry.name, entry.version, entry.marker, hashes.join(""))
        })
        .collect()
}

/// Every problem as `line: title`.
fn problems(text: &str) -> Vec<String> {
    parse(&lock(text)).1.into_iter().map(|problem| format!("{}: {}", problem.line, problem.title)).collect()
}

#[test]
fn entries_are_read_as_uv_and_pip_compile_write_them() {
    let text = "# made by a tool\n\
        alpha==1.0 \\\n    --hash=B \\\n    --hash=A\n    # via -r requirements.in\n\
        Beta_Two.x[extra,more]==2.0.post1+local ; python_version < '3.12'  and  os_name == 'posix' --hash=A  # why\r\n\
        \n\
        beta-two-x==3 ; python_version >= '3.12' \\\r\n  --hash A\r\n";
    let text = text.replace("--hash A", &format!("--hash sha256:{A}"));
    assert_eq!(
        entries(&text),
        [
            "alpha 1.0 [] ab",
            "beta-two-x 2.0.post1+local [python_version < '3.12' and os_name == 'posix'] a",
            "beta-two-x 3 [python_version >= '3.12'] a",
        ]
    );
}

#[test]
fn a_comment_ends_a_continuation_as_it_does_for_pip() {
    assert_eq!(entries("alpha==1 --hash=A \\\n# a comment\nbeta==2 --hash=B"), ["alpha 1 [] a", "beta 2 [] b"]);
}

#[test]
fn everything_that_is_not_a_pinned_package_is_a_problem_with_its_line() {
    for (text, expected) in [
        ("", vec!["1: the lock holds no package"]),
        ("# nothing\n\n", vec!["1: the lock holds no package"]),
        ("alpha==1\n", vec!["1: `alpha` stands in the lock without a hash"]),
        ("ok==1 --hash=A\nalpha>=1 --hash=A\n", vec!["2: `alpha>=1` is not a package with its exact version"]),
        ("alpha --hash=A", vec!["1: `alpha` is not a package with its exact version"]),
        ("alpha==1.* --hash=A", vec!["1: `alpha==1.*` is not a package with its exact version"]),
        ("alpha[x==1 --hash=A", vec!["1: `alpha[x==1` is not a package with its exact version"]),
        (
            "\nalpha @ https://example.org/a.whl --hash=A",
            vec!["2: `alpha @ https://example.org/a.whl` is not a package with its exact version"],
        ),
        ("--index-url https://example.org/simple\nok==1 --hash=A", vec!["1: `--index-url` has no place in a lock"]),
        ("-e .\nok==1 --hash=A", vec!["1: `-e` has no place in a lock"]),
        ("alpha==1 --hash=md5:00", vec!["1: `md5:00` is not a SHA-256 of a file of `alpha`"]),
        ("alpha==1 \\\n --hash=sha256:ABC", vec!["1: `sha256:ABC` is not a SHA-256 of a file of `alpha`"]),
        ("alpha==1 --hash=A --no-binary x", vec!["1: `--no-binary` is not a SHA-256 of a file of `alpha`"]),
        ("alpha==1 --hash", vec!["1: `--hash` is not a SHA-256 of a file of `alpha`"]),
        ("a.b==1 --hash=A\n\nA_b==1 --hash=A", vec!["3: `a-b` stands in the lock a second time"]),
        ("<<<<<<< ours\nalpha==1 --hash=A", vec!["1: `<<<<<<< ours` is not a package with its exact version"]),
        ("al\0pha==1 --hash=A", vec!["1: `al\\0pha==1` is not a package with its exact version"]),
    ] {
        assert_eq!(problems(text), expected, "{text:?}");
    }
}

#[test]
fn names_are_normalised_as_the_package_index_does() {
    for (name, expected) in [("Six", "six"), ("a__b.-c", "a-b-c"), ("ruamel.yaml", "ruamel-yaml"), ("", "")] {
        assert_eq!(normalised(name), expected);
    }
}

#[test]
fn the_closure_follows_the_resolvers_comments() {
    let text = "flask==3 --hash=A\n    # via moto\n\
        jinja2==3 --hash=A\n    # via\n    #   flask\n    #   moto[server]\n\
        loop==1 --hash=A\n    # via\n    #   -r requirements.in\n    #   jinja2\n    #   loop\n\
        moto[server]==5 --hash=A\n    # via -r requirements.in\n    # vial is no reason\n\
        other==1 --hash=A\n    # via project (pyproject.toml)\n";
    let mut toolbox = crate::infra::toolbox::read::tests::toolbox("box", &lock(text));
    let closure = |toolbox: &Toolbox, name: &str| toolbox.closure(name).join(" ");
    assert_eq!(closure(&toolbox, "moto"), "flask jinja2 loop moto");
    assert_eq!(closure(&toolbox, "Jinja2"), "jinja2 loop");
    assert_eq!(closure(&toolbox, "other"), "other");
    assert_eq!(closure(&toolbox, "absent"), "absent");
    toolbox.lock_text = "moto==5 --hash=A".to_owned();
    assert_eq!(closure(&toolbox, "moto"), "moto");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "(\\PC{0,20}|[-a-z=.#\\\\;\\[\\] \n\r]{0,30}|--hash=sha256:[0-9a-f]{60,66}){0,6}") {
        let (entries, problems) = parse(&text);
        prop_assert!(!entries.is_empty() || !problems.is_empty());
    }
}
