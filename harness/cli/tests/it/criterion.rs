//! `bench --criterion`: what criterion measured, kept beside the traces and shown while it is of today's bench.

use crate::project::Project;

const BENCH: &str = "fn main() { group(\"sum of squares\", [\"loop\", \"formula\"]); }\n";
const PIECE: &str = "```sh recipe=r\ntrue\n```\n\n{{#evidence criterion sum-of-squares}}\n";

/// A book with a bench, and what criterion 0.8 leaves of its two functions and of another bench's.
fn measured() -> Project {
    let project = Project::with_guide("a", PIECE).file("benches/speed.rs", BENCH);
    for (group, name, ns) in [("sum of squares", "loop", 40.0), ("sum of squares", "formula", 4.0), ("other", "x", 1.0)]
    {
        let folder = format!("target/criterion/{group}/{name}/new");
        let identity = serde_json::json!({ "group_id": group, "function_id": name, "value_str": null, "throughput": null,
            "full_id": format!("{group}/{name}"), "directory_name": format!("{group}/{name}"), "title": "t" });
        let estimate = |ns: f64| {
            serde_json::json!({ "point_estimate": ns, "standard_error": 0.1,
            "confidence_interval": { "confidence_level": 0.95, "lower_bound": ns - 0.5, "upper_bound": ns + 0.5 } })
        };
        let estimates = serde_json::json!({ "mean": estimate(ns), "median": estimate(ns), "median_abs_dev": estimate(ns),
            "slope": null, "std_dev": estimate(0.5) });
        project.write(&format!("{folder}/benchmark.json"), &identity.to_string());
        project.write(&format!("{folder}/estimates.json"), &estimates.to_string());
        project.write(
            &format!("{folder}/sample.json"),
            "{\"sampling_mode\":\"Linear\",\"iters\":[1.0,2.0],\"times\":[4.0,8.0]}",
        );
    }
    // The recipe runs; the page has a piece that nothing stands behind yet.
    project.dogfood("run").code(1).says("1 recipe passed").says("error[broken-evidence]");
    project
}

#[test]
fn what_criterion_measured_is_kept_shown_and_gone_stale_with_its_bench() {
    let project = measured();
    project.dogfood("check").code(1).says("error[broken-evidence]").says("bench --criterion");
    project
        .dogfood("bench --criterion benches/speed.rs")
        .code(0)
        .says("traces/criterion/sum-of-squares.yaml: 2 benchmarks");
    assert!(!project.has("traces/criterion/other.yaml"), "another bench's group");
    project.dogfood("check --deny warnings").code(0);
    project.mdbook("build").code(0);
    let page = project.read("book/a.html");
    for part in ["Times loop", "<td>0.10</td>", "40.0 ns", "39.5 ns to 40.5 ns", "4.00 ns", "benches/speed.rs"] {
        assert!(page.contains(part), "{part} in\n{page}");
    }
    project.edit("benches/speed.rs", "main", "changed");
    project.mdbook("build").code(101).says("the bench `benches/speed.rs` has changed since it was measured");
    project.dogfood("bench --criterion benches/speed.rs").code(1).says("measured before the bench was changed");
}

#[test]
fn what_is_no_measurement_is_refused() {
    let project = measured();
    project.write("benches/speed.rs", "fn main() {}\n");
    project.dogfood("bench --criterion benches/speed.rs").code(4).says("run `cargo bench` first");
    project.dogfood("bench --criterion benches/none.rs").code(2).says("cannot be read");
    project.dogfood("bench --criterion /etc/hostname").code(2).says("outside of the book's folder");
    project.dogfood("bench --criterion benches/speed.rs --record").code(2);
    project.write("target/criterion/sum of squares/loop/new/estimates.json", "{");
    project.dogfood("bench --criterion benches/speed.rs").code(1).says("no measurement of criterion");
    let project = project.set("CI", "1");
    project.dogfood("bench --criterion benches/speed.rs").code(2).says("CI is set");
}
