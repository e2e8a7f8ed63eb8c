//! H8: JUnit stays well-formed whatever a recipe prints; so do the other formats.

use crate::project::Project;

#[test]
fn every_report_can_be_read_whatever_a_recipe_prints() {
    // The noncharacters and controls that XML forbids, and a few that it allows and readers trip over.
    let codes = [
        1, 8, 0xb, 0x1b, 0x7f, 0x85, 0x2028, 0xd7ff, 0xe000, 0xfdd0, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x1fffe, 0x1ffff,
        0x10ffff,
    ];
    let octal = |code: u32| {
        char::from_u32(code).unwrap().to_string().bytes().map(|byte| format!("\\{byte:03o}")).collect::<String>()
    };
    let lines: String = codes.iter().map(|code| format!("printf 'x{}y\\n'\n", octal(*code))).collect();
    let guide = format!("```sh recipe=r\n{lines}```\n\n```text expect\nnothing\n```\n");
    let project = Project::with_guide("a", &guide);
    project.dogfood("run").code(1);
    let junit = project.dogfood("check --format junit").code(1).out;
    let read =
        junit_parser::from_reader(std::io::Cursor::new(&junit)).unwrap_or_else(|error| panic!("{error}: {junit}"));
    assert_eq!(read.failures, 1, "{junit}");
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}');
    assert!(junit.chars().all(allowed), "{junit}");
    for format in ["json", "sarif"] {
        let ran = project.dogfood(&format!("check --format {format}")).code(1);
        let all: serde_json::Value = ran.json();
        assert!(all.to_string().contains("nothing"), "{all}");
        assert!(!ran.out.contains(['\u{7f}', '\u{85}', '\u{fffe}', '\u{2028}']), "{}", ran.out);
    }
}
