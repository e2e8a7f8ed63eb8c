//! What a page shows of a target, as the gate wants it: made from the target's file.

/// The `given` fences for the target `name`, whose file is `file`.
pub(crate) fn given(name: &str, file: &str) -> String {
    let start = file.split_once("\nstart: |\n").unwrap().1.split("\n\n").next().unwrap();
    let start: String = start.lines().map(|line| format!("{}\n", line.trim())).collect();
    let value = |line: &str, key: &str| Some(line.trim().strip_prefix(key)?.trim_matches('"').to_owned());
    let names = file.lines().filter_map(|line| value(line, "- name: "));
    let shown = file.lines().filter_map(|line| value(line, "shown: "));
    let exports: Vec<String> = names.zip(shown).map(|(name, shown)| format!("{name}={shown}")).collect();
    let exports = exports.join(" ");
    format!("```sh given=service target={name}\n{start}```\n\n```sh given=env\nexport {exports}\n```\n\n")
}
