//! R4: a failing build step is told with its own lines, once, without colours.

use crate::containers::with_image;

#[test]
fn a_failing_build_step_is_told_once_with_its_own_lines() {
    let image = with_image("FROM debian:bookworm-slim\nRUN echo the step before\nCOPY fail /fail\nRUN sh /fail\n");
    let (project, name) = (&image.project, &image.name);
    project.write(
        &format!("infra/images/{name}/fail"),
        // All on one stream: the engine does not keep the order of two.
        "exec >&2\necho 'one line'\nprintf ' 10 %%\\r100 %%\\n'\nprintf '\\033[31mno such thing\\033[0m' >&2\nexit 7\n",
    );
    // Two recipes on one target, one of them with a server of its own, and another target of the same image.
    let target = project.read("infra/targets/openssh.yaml");
    project.write("infra/targets/other.yaml", &target);
    let page = project.read("guides/c.md").replace("targets: [openssh]", "targets: [openssh, other]");
    let page = page.replace("given=service target=openssh", "given=service target=openssh+other");
    project.write("guides/c.md", &(page + "\n```sh recipe=fresh fresh\ntrue\n```\n"));
    let ran = project.dogfood("run").code(3).says("4 not available");
    let told = ran.err.matches("its last lines:\none line\n100 %\nno such thing\n").count();
    assert_eq!(told, 1, "{}", ran.err);
    assert_eq!(ran.err.matches("no such thing").count(), 1, "{}", ran.err);
    assert_eq!(ran.err.matches("its last lines: the same as c/").count(), 3, "{}", ran.err);
    assert_eq!(ran.err.matches(": building the image ").count(), 1, "what failed once fails again\n{}", ran.err);
    let ran = ran.silent_about("x1b").silent_about("Removing intermediate container").silent_about("---> ");
    assert!(!ran.err.contains(|c: char| c.is_control() && c != '\n'), "{:?}", ran.err);
    let last = ran.err.split("its last lines:\n").nth(1).unwrap();
    assert!(!last.contains("the step before"), "{last}");
}
