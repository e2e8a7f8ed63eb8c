//! Takes a `console` fence apart: prompts, continuation lines, expected output, exit codes. Pure; touches nothing.

use std::ops::Range;

use super::model::ConsoleCommand;

/// What is wrong in a `console` fence: where in its body, what, and what mends it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ConsoleProblem {
    /// Bytes of the fence's body.
    pub(super) range: Range<usize>,
    /// A lower-case fragment.
    pub(super) title: String,
    /// A sentence.
    pub(super) help: &'static str,
}

/// The commands of a fence with the content `body`.
pub(super) fn parse(body: &str) -> (Vec<ConsoleCommand>, Vec<ConsoleProblem>) {
    let mut commands: Vec<ConsoleCommand> = Vec::new();
    let mut problems = Vec::new();
    // Whether a command is open for output; a lone prompt closes the one before it.
    let mut open = false;
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        if let Some(command) = prompt(line) {
            open = !command.trim().is_empty();
            if open {
                let text = command.to_owned();
                commands.push(ConsoleCommand { text, at: start + 2, expected: Vec::new(), exit: None });
            }
            continue;
        }
        match commands.last_mut().filter(|_| open) {
            Some(command) if command.expected.is_empty() && continuation(line).is_some() => {
                command.text.push('\n');
                command.text.push_str(continuation(line).unwrap_or(""));
            }
            Some(command) => command.expected.push((line.to_owned(), start)),
            None if line.trim().is_empty() => {}
            None => problems.push(ConsoleProblem {
                range: start..start + line.len(),
                title: "output stands before any command".to_owned(),
                help: "Start each command with `$ `; a `console` fence shows what a terminal shows.",
            }),
        }
    }
    for command in &mut commands {
        problems.extend(take_exit(command));
    }
    if commands.is_empty() && problems.is_empty() {
        problems.push(ConsoleProblem {
            range: 0..body.len(),
            title: "the fence holds no command".to_owned(),
            help: "Start each command with `$ `.",
        });
    }
    problems.sort_by_key(|problem| problem.range.start);
    (commands, problems)
}

fn prompt(line: &str) -> Option<&str> {
    line.strip_prefix("$ ").or_else(|| (line == "$").then_some(""))
}

fn continuation(line: &str) -> Option<&str> {
    line.strip_prefix("> ").or_else(|| (line == ">").then_some(""))
}

/// Takes a last line `[N]` as the exit code. Empty lines after it, such as one before the next prompt, say nothing.
fn take_exit(command: &mut ConsoleCommand) -> Option<ConsoleProblem> {
    let last = command.expected.iter().rposition(|(line, _)| !line.trim().is_empty())?;
    let (line, start) = &command.expected[last];
    let digits = line.trim_end().strip_prefix('[')?.strip_suffix(']')?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let code = digits.parse::<i32>().ok().filter(|code| (1..=255).contains(code) && !digits.starts_with('0'));
    if code.is_none() {
        return Some(ConsoleProblem {
            range: *start..start + line.len(),
            title: format!("`[{digits}]` is no exit code that a command can fail with"),
            help: "Write `[1]` to `[255]`, or nothing for success; write `[[..]]` or end the line with ` (equal)` for output.",
        });
    }
    command.exit = code;
    command.expected.truncate(last);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &[(&str, &[&str], Option<i32>)], problems: &[&str]) {
        let (commands, found) = parse(body);
        let seen: Vec<(&str, Vec<&str>, Option<i32>)> =
            commands.iter().map(|c| (&*c.text, c.expected.iter().map(|(line, _)| &**line).collect(), c.exit)).collect();
        let expected: Vec<(&str, Vec<&str>, Option<i32>)> =
            expected.iter().map(|(text, lines, exit)| (*text, lines.to_vec(), *exit)).collect();
        assert_eq!(seen, expected, "{body:?}");
        assert_eq!(found.iter().map(|problem| &*problem.title).collect::<Vec<_>>(), problems, "{body:?}");
        for command in &commands {
            let first = command.text.lines().next().unwrap_or("");
            assert_eq!(&body[command.at..command.at + first.len()], first, "{body:?}");
            for (line, at) in &command.expected {
                assert_eq!(&body[*at..at + line.len()], line, "{body:?}");
            }
        }
    }

    #[test]
    fn commands_and_their_output() {
        check("$ a\n", &[("a", &[], None)], &[]);
        check("$ a\n1\n2\n$ b\n", &[("a", &["1", "2"], None), ("b", &[], None)], &[]);
        check("$ cat <<E\n> x\n>  y\n>\n> E\nx\n", &[("cat <<E\nx\n y\n\nE", &["x"], None)], &[]);
        check("$ a\nout\n> not more\n", &[("a", &["out", "> not more"], None)], &[]);
        check("$ a\n\n$ b\n", &[("a", &[""], None), ("b", &[], None)], &[]);
        check("$ echo '$ x'\n$ x\n", &[("echo '$ x'", &[], None), ("x", &[], None)], &[]);
        check("$ a\n$5\n$\tb\n", &[("a", &["$5", "$\tb"], None)], &[]);
    }

    #[test]
    fn exit_codes() {
        check("$ a\n[1]\n", &[("a", &[], Some(1))], &[]);
        check("$ a\nx\n[255]\n\n$ b\n", &[("a", &["x"], Some(255)), ("b", &[], None)], &[]);
        check("$ a\n[1]\nx\n", &[("a", &["[1]", "x"], None)], &[]);
        check("$ a\n[..]\n", &[("a", &["[..]"], None)], &[]);
        check("$ a\n[x]\n[]\n", &[("a", &["[x]", "[]"], None)], &[]);
        for code in ["0", "256", "007", "99999999999"] {
            let title = format!("`[{code}]` is no exit code that a command can fail with");
            check(&format!("$ a\n[{code}]\n"), &[("a", &[&*format!("[{code}]")], None)], &[&title]);
        }
    }

    #[test]
    fn prompts_that_lead_nowhere() {
        check("$ a\n$\n", &[("a", &[], None)], &[]);
        check("$ a\n$ \n\n", &[("a", &[], None)], &[]);
        check("$\nx\n", &[], &["output stands before any command"]);
        check("x\n\n$ a\n", &[("a", &[], None)], &["output stands before any command"]);
        check("> x\n$ a\n", &[("a", &[], None)], &["output stands before any command"]);
        check("", &[], &["the fence holds no command"]);
        check("\n\n", &[], &["the fence holds no command"]);
        check("$\n", &[], &["the fence holds no command"]);
    }
}
