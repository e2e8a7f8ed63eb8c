//! `dogfood explain`.

use crate::project::Project;

#[test]
fn a_rule_is_explained_and_a_slip_is_understood() {
    let project = Project::empty();
    project.dogfood("explain stale-recipe").code(0).says("stale-recipe");
    project.dogfood("explain stale-recipes").code(2).says("stale-recipe");
    project.dogfood("explain nothing-like-it-at-all").code(2).says("dogfood explain");
}

#[test]
fn without_a_name_all_rules_are_listed() {
    let project = Project::empty();
    let listed = project.dogfood("explain --format json").code(0).json();
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    for name in ["stale-recipe", "output-drift", "unclassified-fence", "secret-in-trace", "unwired-gate"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    let people = project.dogfood("explain").code(0);
    assert!(names.iter().all(|name| people.err.contains(name)), "{}", people.err);
    let one = project.dogfood("explain output-drift --format json").code(0).json();
    assert_eq!(one["id"], "output-drift");
}
