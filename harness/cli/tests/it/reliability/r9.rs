//! Reliability 9: a hundred recipes on one server in a container pass, all of them.

use std::fmt::Write as _;

use crate::containers::{assert_nothing_left, contained, records};

#[test]
fn a_hundred_recipes_on_one_server_pass() {
    let mut recipes = String::new();
    for number in 0..100 {
        // Each reaches the server, and says something of its own that no other does.
        let _ = write!(
            recipes,
            "```sh recipe=r{number}\nexec 3<>\"/dev/tcp/$SFTP_HOST/$SFTP_PORT\"\nread -r -u 3 -n 4 banner\necho \"$banner {number}\"\n```\n\n\
             ```text expect\nSSH- {number}\n```\n\n"
        );
    }
    let project = contained(&recipes);
    let run = project.dogfood("run --format json");
    let runs = records(&project);
    let json = run.code(0).json();
    let cells = json["cells"].as_array().unwrap();
    let wrong: Vec<_> = cells.iter().filter(|cell| cell["result"] != "passed").collect();
    assert!(cells.len() == 100 && wrong.is_empty(), "{} cells: {wrong:#?}", cells.len());
    assert_eq!(json.get("restarted").filter(|restarted| **restarted != serde_json::json!({})), None);
    project.dogfood("run --frozen").code(0).says("100 recipes passed");
    assert_nothing_left(&project, &runs);
}
