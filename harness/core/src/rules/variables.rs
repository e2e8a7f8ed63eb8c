//! Which environment variables a recipe reads and which it sets itself, as far as its text tells. Generous about setting and careful about
//! reading: a variable that is wrongly called unknown would cost more trust than one that is missed, which fails at run time anyway.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::markup::model::{Chapter, Guide, Recipe, Session, Step};
use crate::place::Span;

/// What every recipe has without any target: from the harness, and from bash itself.
const ALWAYS: &[&str] = &[
    "BASH",
    "BASHPID",
    "BASHOPTS",
    "COLUMNS",
    "COMP_WORDBREAKS",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "FUNCNAME",
    "GROUPS",
    "HOME",
    "HOSTNAME",
    "HOSTTYPE",
    "IFS",
    "LANG",
    "LINENO",
    "LINES",
    "MACHTYPE",
    "OLDPWD",
    "OPTARG",
    "OPTERR",
    "OPTIND",
    "OSTYPE",
    "PATH",
    "PIPESTATUS",
    "PPID",
    "PS4",
    "PWD",
    "RANDOM",
    "REPLY",
    "SECONDS",
    "SHELL",
    "SHELLOPTS",
    "SHLVL",
    "SRANDOM",
    "TERM",
    "TMPDIR",
    "TOOLBOX",
    "TZ",
    "UID",
    "WORK",
];

/// A place where a recipe reads a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// The variable.
    pub(super) name: String,
    /// Where in the guide.
    pub(super) span: Span,
}

/// The variables that `recipe` reads from outside (each place of each), in the order of the page: setup and teardown run with it.
pub(super) fn readings(chapter: &Chapter, guide: &Guide, recipe: &Recipe) -> Vec<Reading> {
    let steps = guide.setup.iter().chain(&recipe.steps).chain(&guide.teardown);
    let files = guide.files.iter().chain(&recipe.files);
    let mut set: BTreeSet<String> = BTreeSet::new();
    let mut all = Vec::new();
    for step in steps {
        for (text, base) in texts(step) {
            let language = if step.session == Session::Python { Language::Python } else { Language::Shell };
            assigned(text, &mut set);
            all.extend(reads(text, language).into_iter().map(|found| {
                let from = step.body.source(base + found.at);
                Reading { span: chapter.text.span(from..from + found.length), name: found.name }
            }));
        }
    }
    for file in files {
        let language = if file.path.as_str().ends_with(".sh") { Language::Shell } else { Language::Python };
        assigned(&file.text, &mut set);
        let span =
            chapter.fences.get(file.fence).map_or_else(|| Span::top(chapter.path.clone()), |fence| fence.span.clone());
        all.extend(
            reads(&file.text, language).into_iter().map(|found| Reading { span: span.clone(), name: found.name }),
        );
    }
    let known = |name: &str| {
        ALWAYS.contains(&name) || name.starts_with("BASH_") || name.starts_with("LC_") || name.starts_with("DOGFOOD_")
    };
    all.retain(|reading| !known(&reading.name) && !set.contains(&reading.name));
    all
}

/// The texts of a step that run, each with its offset in the step's body.
pub(super) fn texts(step: &Step) -> Vec<(&str, usize)> {
    if step.commands.is_empty() {
        vec![(step.body.text.as_str(), 0)]
    } else {
        step.commands.iter().map(|command| (command.text.as_str(), command.at)).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Shell,
    Python,
}

struct Found {
    name: String,
    at: usize,
    length: usize,
}

/// `os.environ["X"]`, `os.environ.get("X")` and `os.getenv("X")`; with a default the variable need not be there.
static PYTHON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:environ\s*\[\s*|environ\.get\(\s*|getenv\(\s*)["'](?P<name>[A-Za-z_][A-Za-z0-9_]*)["']\s*(?P<after>[\])]?)"#).expect("a fixed expression")
});

fn reads(text: &str, language: Language) -> Vec<Found> {
    // The expression is compiled where it is needed: that takes longer than looking at a whole book without Python.
    let may_read = text.contains("environ") || text.contains("getenv");
    let hits = may_read.then(|| PYTHON.captures_iter(text)).into_iter().flatten();
    let mut found: Vec<Found> = hits
        .filter(|hit| !hit["after"].is_empty())
        .map(|hit| {
            let name = &hit["name"];
            let at = hit.name("name").map_or(0, |name| name.start());
            Found { name: name.to_owned(), at, length: name.len() }
        })
        .collect();
    if language == Language::Shell {
        found.extend(Shell { text, at: 0, found: Vec::new(), heredocs: Vec::new() }.scan());
        found.sort_by_key(|found| found.at);
    }
    found
}

/// Everything that a text assigns, in either language.
static ASSIGNED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"(?m)(?:^|[\s;&|(`{"])(?P<plain>[A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]\n]*\])?\+?="#,
        r#"|environ(?:\s*\[\s*|\.setdefault\(\s*)["'](?P<python>[A-Za-z_][A-Za-z0-9_]*)["']\s*(?:\]\s*=[^=]|,)"#,
        r"|\b(?:export|local|declare|readonly|typeset|read|for|select|mapfile|readarray|getopts|let|printf\s+-v)\b(?P<words>[^\n;|&]*)",
    ))
    .expect("a fixed expression")
});

fn assigned(text: &str, set: &mut BTreeSet<String>) {
    for found in ASSIGNED.captures_iter(text) {
        let single = found.name("plain").or(found.name("python"));
        set.extend(single.map(|name| name.as_str().to_owned()));
        let words = found.name("words").map_or("", |words| words.as_str());
        // `for a in $b`: what stands after `in` is read, not set.
        let words = words.split(" in ").next().unwrap_or(words);
        // `export A` hands on what is there already, so a bare name is set only by the others.
        let names = words
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$' && c != '=')
            .filter(|word| !word.starts_with('$'));
        let exporting = found[0].trim_start().starts_with("export");
        set.extend(
            names
                .filter(|word| !exporting || word.contains('='))
                .map(|word| word.split('=').next().unwrap_or(word))
                .filter(|word| is_name(word))
                .map(str::to_owned),
        );
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A walk over shell text that knows quotes, comments and here-documents: enough to tell where `$NAME` is read.
struct Shell<'a> {
    text: &'a str,
    at: usize,
    found: Vec<Found>,
    /// Delimiters of here-documents that start after this line, and whether their text is taken as it is.
    heredocs: Vec<(String, bool)>,
}

impl Shell<'_> {
    fn scan(mut self) -> Vec<Found> {
        let mut double = false;
        while let Some(c) = self.rest().chars().next() {
            match c {
                '\\' => self.skip_escaped(),
                '\'' if !double => self.skip_single(),
                '"' => {
                    double = !double;
                    self.at += 1;
                }
                '#' if !double && self.word_starts() => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                '<' if !double && self.rest().starts_with("<<<") => self.at += 3,
                '<' if !double && self.rest().starts_with("<<") => self.heredoc_opens(),
                '\n' => {
                    self.at += 1;
                    self.heredoc_bodies();
                }
                '$' => self.dollar(),
                other => self.at += other.len_utf8(),
            }
        }
        self.found
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn word_starts(&self) -> bool {
        self.text[..self.at].chars().next_back().is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '('))
    }

    /// At a backslash: over it and what it escapes.
    fn skip_escaped(&mut self) {
        self.at += 1 + self.text[self.at + 1..].chars().next().map_or(0, char::len_utf8);
    }

    fn skip_single(&mut self) {
        self.at += 1;
        self.at += self.rest().find('\'').map_or(self.rest().len(), |end| end + 1);
    }

    /// At `$`: a name, or a braced name that must be there.
    fn dollar(&mut self) {
        let start = self.at;
        self.at += 1;
        let braced = self.rest().starts_with('{');
        let from = start + 1 + usize::from(braced);
        let length = self.text[from..].bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let name = &self.text[from..from + length];
        if !is_name(name) {
            return;
        }
        self.at = from + length;
        let after = if braced { self.rest() } else { "" };
        // `${X:-y}`, `${X-y}`, `${X:=y}`, `${X+y}`: the variable need not be there.
        let optional = [":-", "-", ":=", "=", ":+", "+"].iter().any(|operator| after.starts_with(operator));
        if !optional {
            let end = if braced { self.at + usize::from(after.starts_with('}')) } else { self.at };
            self.found.push(Found { name: name.to_owned(), at: start, length: end - start });
        }
    }

    fn heredoc_opens(&mut self) {
        self.at += 2;
        self.at += usize::from(self.rest().starts_with('-'));
        let blanks = self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
        self.at += blanks;
        let length = self
            .rest()
            .find(|c: char| c.is_whitespace() || matches!(c, ';' | '|' | '&' | ')' | '<' | '>'))
            .unwrap_or(self.rest().len());
        let word = &self.rest()[..length];
        let literal = word.contains(['\'', '"', '\\']);
        let delimiter: String = word.chars().filter(|c| !matches!(c, '\'' | '"' | '\\')).collect();
        if !delimiter.is_empty() {
            self.heredocs.push((delimiter, literal));
        }
        self.at += length;
    }

    /// At the start of a line: the bodies of the here-documents that the line before opened.
    fn heredoc_bodies(&mut self) {
        for (delimiter, literal) in std::mem::take(&mut self.heredocs) {
            while !self.rest().is_empty() {
                let length = self.rest().find('\n').map_or(self.rest().len(), |end| end + 1);
                let end = self.at + length;
                if self.rest()[..length].trim() == delimiter {
                    self.at = end;
                    break;
                }
                while !literal && self.at < end {
                    match self.text[self.at..end].find(['$', '\\']) {
                        Some(skip) if self.text[self.at + skip..].starts_with('\\') => {
                            self.at += skip;
                            self.skip_escaped();
                        }
                        Some(skip) => {
                            self.at += skip;
                            self.dollar();
                        }
                        None => self.at = end,
                    }
                }
                self.at = self.text.ceil_char_boundary(end.max(self.at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shell(text: &str) -> Vec<String> {
        free(text, Language::Shell)
    }

    fn free(text: &str, language: Language) -> Vec<String> {
        let mut set = BTreeSet::new();
        assigned(text, &mut set);
        reads(text, language).into_iter().map(|found| found.name).filter(|name| !set.contains(name)).collect()
    }

    #[test]
    fn shell_reads_what_it_does_not_set() {
        let cases: &[(&str, &[&str])] = &[
            ("echo $A ${B} \"$C\" '$D' \\$E # $F\n", &["A", "B", "C"]),
            ("echo \"it's $A\"; echo 'a \"$B' \"$C\"", &["A", "C"]),
            ("${A:-x} ${B-x} ${C:=x} ${D:+x} ${E:?missing} ${F%.txt} ${#G}", &["E", "F"]),
            ("A=1; echo $A $B", &["B"]),
            ("A=$B; export C=$A D; echo $C $D", &["B", "D"]),
            ("for f in $LIST; do echo $f; done", &["LIST"]),
            ("while read -r line rest; do echo \"$line$rest$X\"; done < $FILE", &["X", "FILE"]),
            ("local a b=1; echo $a $b", &[]),
            ("printf -v now '%s' x; echo $now", &[]),
            ("cat <<EOF\n$A it's \\$B\nEOF\necho '$C' $D", &["A", "D"]),
            ("cat <<'EOF'\n$A\nEOF\necho $B", &["B"]),
            ("python3 - <<'EOF'\nimport os\nprint(os.environ[\"A\"])\nEOF\n", &["A"]),
            ("cat <<-END | tr a b\n\t$A\n\tEND\n$B", &["A", "B"]),
            ("cat <<<$A", &["A"]),
            ("echo $? $! $$ $@ $1 $# $(date) $((1 + 2)) $", &[]),
            ("echo \"$(cat \"$A\")\"", &["A"]),
            ("awk '{print $NF}' x", &[]),
            ("curl \"http://$HOST:$PORT/x\"", &["HOST", "PORT"]),
            ("arr[0]=1; echo ${arr[0]}", &[]),
            ("echo ü$A'", &["A"]),
            ("cat <<O\n\\é$A\nO\n$B", &["A", "B"]),
            ("cat <<O\n\\", &[]),
        ];
        for (text, names) in cases {
            assert_eq!(shell(text), *names, "{text}");
        }
    }

    #[test]
    fn python_reads_the_environment_by_its_three_ways() {
        let cases: &[(&str, &[&str])] = &[
            ("os.environ[\"A\"] + os.environ['B'] + environ[ 'C' ]", &["A", "B", "C"]),
            ("os.environ.get(\"A\"); os.environ.get(\"B\", \"x\"); os.getenv('C'); os.getenv('D', 1)", &["A", "C"]),
            ("os.environ[\"A\"] = \"x\"\nprint(os.environ[\"A\"])", &[]),
            ("os.environ.setdefault(\"A\", \"1\"); os.environ[\"A\"]", &[]),
            ("f\"{os.environ['A']}\" # $B", &["A"]),
            ("if os.environ[\"A\"] == \"x\": pass", &["A"]),
        ];
        for (text, names) in cases {
            assert_eq!(free(text, Language::Python), *names, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_scanned(text in "[-$A-C{}'\"\\\\<>E\nO#:=+ é(]{0,60}") {
            for found in reads(&text, Language::Shell) {
                prop_assert!(text.get(found.at..found.at + found.length).is_some_and(|part| part.contains(&found.name)), "{}", text);
            }
        }
    }
}
