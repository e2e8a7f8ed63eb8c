//! What generates text: words that occur once, fences, and files to include. Pure; touches nothing.
//!
//! A word that starts with `z` is one that a reader must see, exactly where the gate read it. One that starts with `y` stands where no
//! reader sees it (an attribute, a comment, a title), and must not turn up on a page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::random::Random;

/// Generates one book.
pub(crate) struct Pen {
    pub random: Random,
    /// Files of the checkout that chapters include: path to text.
    pub files: BTreeMap<String, String>,
    words: usize,
    names: usize,
}

impl Pen {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), files: BTreeMap::new(), words: 0, names: 0 }
    }

    /// A word that a reader must see.
    pub(crate) fn word(&mut self) -> String {
        self.marked('z')
    }

    /// A word that no reader sees.
    pub(crate) fn unseen(&mut self) -> String {
        self.marked('y')
    }

    fn marked(&mut self, mark: char) -> String {
        self.words += 1;
        let mut number = self.words * 7919;
        let mut word = mark.to_string();
        for _ in 0..5 {
            word.push(char::from(b'a' + u8::try_from(number % 25).expect("below 25")));
            number /= 25;
        }
        word
    }

    /// Some words in a row.
    pub(crate) fn words(&mut self) -> String {
        let many = 1 + self.random.below(4);
        (0..many).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    /// A name that nothing else in the book has.
    pub(crate) fn name(&mut self) -> String {
        self.names += 1;
        format!("n{}", self.names)
    }

    /// Lines of a shell step.
    pub(crate) fn commands(&mut self) -> String {
        let many = 1 + self.random.below(3);
        let mut text = String::new();
        for _ in 0..many {
            let word = self.word();
            let line = match self.random.below(12) {
                0 => format!("# {word}\ntrue"),
                1 => format!("if true; then\n  echo {word}\nfi"),
                2 => format!("if true; then\n\techo {word}\nfi"),
                3 => format!("printf '%s\\n' '<b>{word}</b> &amp; &lt; <!-- x'"),
                4 => format!("echo {word}\n\necho again"),
                5 => format!("echo '{word}' '```' '~~~' \"`true`\""),
                6 => format!("echo '{{{{{word}}}}}' '{{{{#{word}}}}}'"),
                7 => format!("echo '> {word}'  \necho '- x'"),
                8 => format!("cat <<'EOF'\n    {word}\n> x\n- y\nEOF"),
                9 => format!("echo '\\\\{word}' '*a*' '_b_' '[x](y)' '&#123;'"),
                _ => format!("echo {word}"),
            };
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// A fence with these words after its mark; `body` ends with a line break.
    pub(crate) fn fence(&mut self, info: &str, body: &str) -> String {
        let mark = if body.contains("```") || self.random.chance(20) { "~~~~" } else { "```" };
        let mark = if self.random.chance(10) { mark.repeat(2) } else { mark.to_owned() };
        let blank = if self.random.chance(10) { " " } else { "" };
        format!("{mark}{blank}{info}\n{body}{mark}")
    }

    /// A step of a recipe, and often what it prints.
    pub(crate) fn recipe(&mut self) -> String {
        let recipe = format!("recipe={}", self.name());
        let commands = self.commands();
        let language = self.random.pick(&["sh", "sh", "bash", "shell"]);
        let step = match self.random.below(8) {
            0 => {
                let (word, said) = (self.word(), self.word());
                self.fence(&format!("console {recipe}"), &format!("$ echo {word}\n{said}\n"))
            }
            1 => self.fence(&format!("{language} {recipe} timeout=30s"), &commands),
            2 => self.fence(&format!("{language}  {recipe}\teditable"), &commands),
            _ => self.fence(&format!("{language} {recipe}"), &commands),
        };
        if step.contains("console ") {
            return step;
        }
        let said = format!("{}\n", self.words());
        let expected = self.fence("text expect", &said);
        let between = self.random.pick(&["\n\n", "\n\n", "\n"]);
        format!("{step}{between}{expected}")
    }

    /// A fence that is only shown.
    pub(crate) fn shown(&mut self) -> String {
        let body = self.commands();
        let language = self.random.pick(&["sh", "text", "python", "yaml", "c++"]);
        self.fence(&format!("{language} illustrative=example-only"), &body)
    }

    /// Puts `text` into a file and gives back the include of it. `up` leads from the chapter's folder to the top of the checkout.
    pub(crate) fn included(&mut self, up: &str, text: &str) -> String {
        let name = self.name();
        let folder = self.random.pick(&["parts", "guides/parts"]);
        let path = format!("{folder}/{name}.txt");
        let (content, selector) = match self.random.below(6) {
            0 => (format!("{text}\n"), String::new()),
            1 => {
                let marks = (self.unseen(), self.unseen());
                (
                    format!("{}\n# ANCHOR: {name}\n{text}\n# ANCHOR_END: {name}\n{}\n", marks.0, marks.1),
                    format!(":{name}"),
                )
            }
            2 => {
                let lines = text.lines().count();
                let before = self.unseen();
                (format!("{before}\n{text}\n{before}\n"), format!(":2:{}", lines + 1))
            }
            3 => {
                let inner = format!("parts/{}.txt", self.name());
                let way = if folder == "parts" { "" } else { "../../parts/" };
                let file = inner.strip_prefix("parts/").unwrap_or(&inner).to_owned();
                self.files.insert(inner, text.to_owned());
                (format!("{{{{#include {way}{file}}}}}"), String::new())
            }
            _ => (text.to_owned(), String::new()),
        };
        self.files.insert(path.clone(), content);
        let blank = self.random.pick(&["", "", " "]);
        format!("{{{{{blank}#include {up}{path}{selector}}}}}")
    }
}

/// `text` inside a container: `first` before its first line, `rest` before the others. Empty lines get `rest` without blanks at its end.
pub(crate) fn inside(first: &str, rest: &str, text: &str) -> String {
    let mut out = String::new();
    for (number, line) in text.lines().enumerate() {
        let prefix = if number == 0 { first } else { rest };
        if number > 0 {
            out.push('\n');
        }
        out.push_str(if line.is_empty() { prefix.trim_end() } else { prefix });
        out.push_str(line);
    }
    out
}
