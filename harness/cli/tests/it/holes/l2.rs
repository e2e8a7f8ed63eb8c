//! L2: characters that nobody sees are written out, on a terminal and in every report; an emoji stays as it is.

use crate::project::Project;

#[test]
fn what_nobody_sees_is_written_out() {
    let hidden =
        ["34f", "115f", "1160", "180e", "200d", "3164", "fdd0", "fe0f", "ffa0", "fff9", "fffe", "e0041", "e0100"];
    let octal = |code: &str| {
        let character = char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap().to_string();
        character.bytes().map(|byte| format!("\\{byte:03o}")).collect::<String>()
    };
    let lines: String = hidden.iter().map(|code| format!("printf '{code}:{}|\\n'\n", octal(code))).collect();
    let guide = format!("```sh recipe=r\n{lines}echo '⚠️ 👩‍🚀'\n```\n\n```text expect\nnothing\n```\n");
    let project = Project::with_guide("a", &guide);
    let run = project.dogfood("run").code(1);
    for words in [
        "check",
        "check --format json",
        "check --format sarif",
        "check --format junit",
        "accept --dry-run",
        "list --format json",
    ] {
        let told = project.dogfood(words);
        let all = format!("{}{}{}{}", told.out, told.err, run.out, run.err);
        for code in hidden {
            let character = char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap();
            assert!(!all.contains(&format!("{code}:{character}")), "{words} shows U+{code}:\n{all}");
        }
        assert!(run.err.contains("⚠️ 👩‍🚀"), "{}", run.err);
    }
    for code in hidden {
        assert!(run.err.contains(&format!("{code}:\\u{{{code}}}|")), "U+{code} in {}", run.err);
    }
}
