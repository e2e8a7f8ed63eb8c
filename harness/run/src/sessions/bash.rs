//! The bash session: one real bash that reads its script from a private pipe and sources one private file per step, with a marker on
//! both streams after each. Starts processes, writes step files.
//!
//! The descriptors have fixed numbers because bash 3.2 has no others: [`Numbers::input`] is the script, [`Numbers::out`] and
//! [`Numbers::err`] are the streams as they were at first, so that a step that redirects its shell (`exec >file`) cannot lose a marker.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dogfood_core::markup::model::Session;

use super::capture::Raw;
use super::process::{Environment, Launch, Numbers, Process, Saved, Setting, doing};
use super::unit::{Ended, Report, Unit};
use crate::sys;

/// The recipe's bash.
#[derive(Debug)]
pub struct Bash {
    /// The process.
    pub process: Process,
    nonce: String,
    numbers: Numbers,
    /// How a traced shell shows that it sources one of our files.
    traced: String,
    /// Option letters (`$-`) after the last unit: a shell that traces must not trace our lines, and one without errexit must not get it.
    options: String,
    /// Whether what was sent last were the lines of a plain unit: they leave the shell's options as the unit left them.
    plain: bool,
    files: StepFiles,
}

impl Bash {
    /// Starts it.
    pub fn start(setting: &Setting, environment: &Environment) -> io::Result<Self> {
        let nonce = sys::random_hex(16)?;
        let numbers = Numbers::here();
        let Numbers { input, out, err, side } = numbers;
        let script = format!("/dev/fd/{input}");
        let arguments = ["--noprofile", "--norc", &script];
        let launch = Launch {
            program: &setting.bash,
            arguments: &arguments,
            environment,
            work: &setting.work,
            nonce: &nonce,
            numbers,
            saved: Saved::ByItself,
        };
        let mut process = Process::start(&launch).map_err(doing("start bash"))?;
        // The byte on the side comes first that can: from there on, what ends this shell is the recipe.
        let first = format!("exec {out}>&1 {err}>&2 {input}<&-\nbuiltin printf . >&{side}\nset -euo pipefail\n");
        process.send(first.as_bytes());
        let traced = format!("+ . {}/", setting.scripts.display());
        Ok(Self { process, nonce, numbers, traced, options: "e".to_owned(), plain: false, files: StepFiles::default() })
    }

    /// Starts `unit`, whose private file is `file`, or sends it ahead (see [`Self::takes_ahead`]): then it runs as soon as the one before it is
    /// over. With `exports`, it puts its exported variables aside afterwards (`env -0` by that path). A here-document without its end is
    /// not run: bash would only warn, and take the rest of the step for its text.
    pub fn begin(&mut self, setting: &Setting, unit: &Unit, file: &Path, exports: Option<&Path>) -> io::Result<Begun> {
        let above = "\n".repeat(unit.lines_above);
        self.files.put(file, format!("{above}{}\n", unit.text).as_bytes()).map_err(doing("write a step's file"))?;
        if has_here_document(&unit.text)
            && let Some(warning) = open_here_document(setting, file)?
        {
            return Ok(Begun::OpenHeredoc(warning));
        }
        let traces_on = self.plain || !self.options.contains('x');
        self.plain = is_plain(unit) && exports.is_none() && traces_on;
        let script = if self.plain { self.plain_script(file) } else { self.script(unit, file, exports) };
        self.process.send(script.as_bytes());
        Ok(Begun::Running)
    }

    /// The lines that run a plain unit, short because bash reads its script byte by byte from a pipe. They say nothing about the shell's
    /// options, which nobody knows yet when a unit is sent ahead; and after a unit that failed nothing runs but an exit trap, even in a
    /// shell without errexit, because the next unit may be in the pipe already.
    fn plain_script(&self, file: &Path) -> String {
        let (source, nonce) = (source(file), &self.nonce);
        let Numbers { out, err, .. } = self.numbers;
        // `\\036` is spelt out, so that a shell that shows its script (`set -v`) shows no marker. `$_` is the last word of the command before:
        // the status, which thus need not be kept in a variable that the step could see. Before `||` errexit is off: `&&` makes up for it,
        // where the marker cannot be written. The exit stands outside the braces: its trap has the shell's standard error.
        let mark = format!(
            "{{ builtin printf '\\036{nonce}:%s:%d\\036' \"$-\" \"$?\" >&{out} && builtin printf '\\036{nonce}:%d\\036' \"$_\" >&{err} && case $_ in 0) ;; *) set +x; builtin false;; esac; }} 2>/dev/null || builtin exit 1"
        );
        format!("{source}\n{mark}\n")
    }

    /// The lines that run any other unit.
    fn script(&self, unit: &Unit, file: &Path, exports: Option<&Path>) -> String {
        let (console, errexit) = (unit.session == Session::Console, self.options.contains('e'));
        let Numbers { out, err, side, .. } = self.numbers;
        let declared = unit.exit.is_some();
        let source = source(file);
        let mut script = String::new();
        let mut line = |text: &str| {
            script.push_str(text);
            script.push('\n');
        };
        if self.options.contains('x') {
            line("{ set +x; } 2>/dev/null");
        }
        if console {
            // One stream, in order, unless a step of the reader's has sent its errors elsewhere.
            line(&format!("if [[ /dev/fd/2 -ef /dev/fd/{err} ]]; then exec 2>&{out}; fi"));
        }
        if declared && errexit {
            line("set +e");
        }
        let trace = if self.options.contains('x') { "set -x; " } else { "" };
        match (declared, errexit) {
            (true, true) => line(&format!("( set -e; {trace}{source} )")),
            (true, false) => line(&format!("( {trace}{source} )")),
            // `. file || …` would switch errexit off inside.
            (false, _) => line(&format!("{trace}{source}")),
        }
        // The second marker comes last: when both are there, the exports are.
        let nonce = &self.nonce;
        let aside =
            exports.map_or(String::new(), |env| format!("{} -0 >&{side} || :; ", quoted(&env.to_string_lossy())));
        line(&format!(
            "{{ builtin printf '\\036{nonce}:%s:%d\\036' \"$-\" \"$?\" >&{out}; {aside}builtin printf '\\036{nonce}:\\036' >&{err}; set +x; }} 2>/dev/null"
        ));
        if declared && errexit {
            line("set -e");
        }
        if console {
            line(&format!("if [[ /dev/fd/2 -ef /dev/fd/{out} ]]; then exec 2>&{err}; fi"));
        }
        script
    }

    /// Whether `next` may be sent while `unit`, the last one, still runs, so that the shell need not wait for us between the two: nothing has to
    /// be done to the shell, found out about it or waited for first.
    pub fn takes_ahead(&self, unit: &Unit, next: &Unit) -> bool {
        let apart = unit.gated || next.gated || unit.alone || next.alone;
        self.plain && is_plain(unit) && is_plain(next) && !apart && !has_here_document(&next.text)
    }

    /// Whether the unit has come to its end.
    pub fn is_done(&self) -> bool {
        self.process.stdout.marker().is_some() && self.process.stderr.marker().is_some()
    }

    /// What `unit`, the first of those that were sent and not reported, did; `ended` where it did not come to its end by itself.
    pub fn report(&mut self, unit: &Unit, ended: Option<Ended>) -> Report {
        let marker = self.process.stdout.marker().unwrap_or_default();
        let (options, code) = marker.split_once(':').unwrap_or(("", ""));
        let code = code.parse().unwrap_or(-1);
        let shown = |options: &str| options.contains(['v', 'x']);
        let shows = shown(&self.options) || shown(options) || unit.text.contains("set -");
        if unit.exit.is_none() && ended.is_none() {
            options.clone_into(&mut self.options);
        }
        let (mut stdout, mut stderr) = (self.process.stdout.take(), self.process.stderr.take());
        if shows {
            // Console has both streams in the first.
            self.hide_our_lines(&mut stdout);
            self.hide_our_lines(&mut stderr);
        }
        Report { ended: ended.unwrap_or(Ended::Exit(code)), stdout, stderr, error: None }
    }

    /// Takes out the lines that `set -v` (our script as it is read) and `set -x` (the sourcing of a step) put among a step's own, and
    /// the level of nesting that the sourcing adds to the others: a reader's shell shows `+ command`, not `++ command`.
    fn hide_our_lines(&self, raw: &mut Raw) {
        for bytes in [&mut raw.head, &mut raw.tail] {
            let lines = bytes.split_inclusive(|byte| *byte == b'\n');
            let kept = lines.filter(|line| {
                let line = String::from_utf8_lossy(line);
                !line.contains(&self.nonce) && !line.starts_with(&self.traced)
            });
            let nested = |line: &[u8]| {
                line.starts_with(b"++") && line.trim_ascii_start().iter().find(|byte| **byte != b'+') == Some(&b' ')
            };
            *bytes = kept.flat_map(|line| &line[usize::from(nested(line))..]).copied().collect();
        }
    }

    /// The variables that the shell exports, as they were put aside.
    pub fn exported(&mut self, buffer: &mut [u8]) -> Environment {
        self.process.drain_aside(buffer);
        parse_environment(&self.process.take_aside(|_| true).unwrap_or_default())
    }
}

/// The private files of the last units. Each unit's has a name of its own, by which messages are told apart; but it is the file of the unit
/// before the last one, renamed: bash has read that one whole, and some file systems take longer to make a file than bash to run a step.
#[derive(Debug, Default)]
struct StepFiles {
    last: VecDeque<(PathBuf, File)>,
}

impl StepFiles {
    /// Makes `path` a file that holds `text`.
    fn put(&mut self, path: &Path, text: &[u8]) -> io::Result<()> {
        // The last one may have been sent ahead: then bash has still to read it.
        let spare = if self.last.len() < 2 { None } else { self.last.pop_front() };
        let file = match spare {
            Some((old, file)) if fs::rename(&old, path).is_ok() => {
                file.write_all_at(text, 0)?;
                file.set_len(text.len() as u64)?;
                file
            }
            _ => {
                let mut file = File::create(path)?;
                file.write_all(text)?;
                file
            }
        };
        self.last.push_back((path.to_owned(), file));
        Ok(())
    }
}

/// How starting a unit went.
#[derive(Debug)]
pub enum Begun {
    /// It runs.
    Running,
    /// It was not run: a here-document has no end; what bash says of it.
    OpenHeredoc(Vec<u8>),
}

/// Whether `unit` runs in the shell itself, on its streams as they are, and must end with 0.
fn is_plain(unit: &Unit) -> bool {
    unit.session == Session::Bash && unit.exit.is_none()
}

/// The command that sources `file`.
fn source(file: &Path) -> String {
    format!(". {}", quoted(&file.to_string_lossy()))
}

/// `text` as one word of a shell.
fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    if text.bytes().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Whether `text` holds a `<<` that is no here-string (`<<<`): only then is it worth asking bash.
fn has_here_document(text: &str) -> bool {
    text.replace("<<<", "").contains("<<")
}

/// Asks bash (`-n`: reads, runs nothing) whether a here-document in `file` has no end; what it says, if so.
fn open_here_document(setting: &Setting, file: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut command = Command::new(&setting.bash);
    command.args(["--noprofile", "--norc", "-n"]).arg(file).env_clear().env("LANG", "C.UTF-8");
    let said = command.stdin(Stdio::null()).stdout(Stdio::null()).output()?.stderr;
    let text = String::from_utf8_lossy(&said);
    let open =
        text.lines().any(|line| line.contains("here-document at line") && line.contains("delimited by end-of-file"));
    Ok(open.then_some(said))
}

/// Reads `NAME=VALUE` entries separated by NUL, without the variables that say where a shell is rather than what it exports.
fn parse_environment(bytes: &[u8]) -> Environment {
    bytes
        .split(|byte| *byte == 0)
        .filter_map(|entry| {
            let entry = String::from_utf8_lossy(entry);
            let (name, value) = entry.split_once('=')?;
            (!matches!(name, "" | "_" | "SHLVL" | "PWD" | "OLDPWD")).then(|| (name.to_owned(), value.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        for (text, word) in
            [("/tmp/df-1/s/3", "/tmp/df-1/s/3"), ("a b", "'a b'"), ("it's", r"'it'\''s'"), ("$x", "'$x'")]
        {
            assert_eq!(quoted(text), word);
        }
    }

    #[test]
    fn only_what_may_be_a_here_document_is_asked_about() {
        for (text, asked) in [
            ("cat <<EOF", true),
            ("cat <<<word", false),
            ("cat <<<a; cat <<'E'", true),
            ("cat < f", false),
            ("x=$((1<<2))", true),
        ] {
            assert_eq!(has_here_document(text), asked, "{text}");
        }
    }

    #[test]
    fn an_environment_is_read_entry_by_entry() {
        let read = parse_environment(b"A=1\0_=/usr/bin/env\0PWD=/x\0OLDPWD=/y\0SHLVL=2\0B=x=y\nz\0C=\0broken\0=odd\0");
        let expected = [("A", "1"), ("B", "x=y\nz"), ("C", "")];
        assert_eq!(read, expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    }
}
