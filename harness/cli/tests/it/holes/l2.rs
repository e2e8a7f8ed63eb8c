//! L2: characters that nobody sees are written out, on a terminal and in every report, and do not pass in a step; an emoji stays as it is.

use dogfood_core::redact::is_hidden;

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

/// Everything that `show_controls` writes out is refused where it would run, be written or be typed by a reader: there is one list.
#[test]
fn l2_no_hidden_character_passes_in_a_step() {
    let hidden: Vec<char> = ('\0'..=char::MAX).filter(|c| is_hidden(*c) && !matches!(c, '\0' | '\r')).collect();
    // Tags and control characters have many neighbours of one kind; of each run the ends are enough for the program, and all are few.
    let ends = |c: &char| {
        let known = |other: Option<char>| other.is_some_and(|other| hidden.contains(&other));
        !(known(char::from_u32(u32::from(*c) - 1)) && known(char::from_u32(u32::from(*c) + 1)))
    };
    let book = Project::wired();
    let mut body = String::new();
    let chosen: Vec<char> = hidden.iter().copied().filter(ends).collect();
    for (number, character) in chosen.iter().enumerate() {
        body += &format!(
            "```sh recipe=r{number}\necho a{character}b\n```\n\n```text file=f{number}\na{character}b\n```\n\n"
        );
    }
    let book = book.guide("g", "targets: [none]", &body);
    let said = book.dogfood("check").code(1).err;
    for character in chosen {
        let title = format!("the fence holds the character U+{:04X}, which no reader sees", u32::from(character));
        assert_eq!(said.matches(&title).count(), 2, "{title}");
    }
}
