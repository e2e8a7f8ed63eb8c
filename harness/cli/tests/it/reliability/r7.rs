//! R7: a full disk is infrastructure: not available, exit code 3.

use crate::hostile_machine::mounting;
use crate::project::Project;

const HELLO: &str = "```sh recipe=hello\necho hello\n```\n\n```text expect\nhello\n```\n";

#[test]
fn a_full_temporary_folder_is_not_available() {
    let project = Project::with_guide("a", HELLO);
    project.dogfood("run").code(0);
    let trace = project.read("traces/a/hello@none.yaml");
    // Room for the run, and none for the recipe; then not even for the run.
    for (size, says) in [("nr_inodes=5", "cannot make the recipe's folder"), ("nr_inodes=2", "the run could not begin")]
    {
        for words in ["run --refresh", "run --frozen", "run --refresh --available", "run --walk"] {
            let script = format!(
                "mount -t tmpfs -o {size} full .home/tmp && \"$0\" {words}; code=$?; ls -A .home/tmp; exit $code"
            );
            let run = mounting(&project, &script).code(3).says("No space left on device");
            let says = says.replace("recipe's", if words.contains("walk") { "page's" } else { "recipe's" });
            let says = says.replace("run could", if words.contains("walk") { "walk could" } else { "run could" });
            assert!(run.err.contains(&says) && run.out.is_empty(), "{size} {words}: {}{}", run.out, run.err);
            assert!(!run.err.contains(" failed"), "{size} {words}: {}", run.err);
        }
    }
    let json = mounting(&project, "mount -t tmpfs -o nr_inodes=5 full .home/tmp && \"$0\" run --refresh --format json");
    let json = json.code(3).json();
    assert_eq!((json["not_available"].as_u64(), json["failed"].as_u64()), (Some(1), Some(0)), "{json}");
    assert_eq!(project.read("traces/a/hello@none.yaml"), trace);
    assert_eq!(std::fs::read_dir(project.path(".dogfood/runs")).unwrap().count(), 0, "records of runs");
}

#[test]
fn a_full_checkout_is_not_available() {
    let project = Project::with_guide("a", HELLO);
    let script = "mkdir .dogfood && mount -t tmpfs -o nr_inodes=2 full .dogfood && \"$0\" run";
    mounting(&project, script).code(3).says("the run could not begin").says("No space left on device");
}

#[test]
fn a_recipe_that_meets_a_disk_that_others_filled_counts_as_not_run() {
    let big = "```sh recipe=big\nhead -c 100000 /dev/zero > big\n```\n\n";
    let project = Project::with_guide("a", &format!("{big}{HELLO}"));
    let run = mounting(
        &project,
        "mount -t tmpfs -o size=200k full .home/tmp && head -c 140000 /dev/zero > .home/tmp/filler && \"$0\" run --jobs 1",
    );
    let run =
        run.code(3).says("a/big@none: not available: step 1 exited with 1; but the disk of").says("make room there");
    assert!(run.err.contains("1 recipe passed, 1 not available"), "{}", run.err);
    assert!(!project.has("traces/a/big@none.yaml") && project.has("traces/a/hello@none.yaml"));
    // One that fills it itself has failed, and is told so.
    let project = Project::with_guide("a", "```sh recipe=big\nhead -c 100000000 /dev/zero > big\n```\n");
    let run = mounting(&project, "mount -t tmpfs -o size=4m full .home/tmp && \"$0\" run");
    run.code(1).says("is full, and the recipe filled it");
}
