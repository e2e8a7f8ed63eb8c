//! Interpreter ranges: `>=3.11,<3.15`, the part of Python's version specifiers that says which interpreters fit. Pure; touches nothing.

use std::fmt;
use std::str::FromStr;

/// A version of CPython: major, minor, micro.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PythonVersion(pub u32, pub u32, pub u32);

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl FromStr for PythonVersion {
    type Err = RangeProblem;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = numbers(text)?;
        match numbers[..] {
            [major, minor, micro] => Ok(Self(major, minor, micro)),
            _ => Err(RangeProblem(text.to_owned())),
        }
    }
}

/// Which interpreters fit: every clause must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonRange {
    clauses: Vec<Clause>,
}

/// A text that is no [`PythonRange`], with the clause that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no version clause: expected for example `>=3.11`, `<3.15`, `==3.12.*` or `~=3.11`")]
pub struct RangeProblem(pub String);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Clause {
    operator: Operator,
    version: Vec<u32>,
    any: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    AtLeast,
    AtMost,
    Less,
    More,
    Equal,
    NotEqual,
    Compatible,
}

/// Longest first, so that `>=` is not read as `>`.
const OPERATORS: [(&str, Operator); 7] = [
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("~=", Operator::Compatible),
    (">", Operator::More),
    ("<", Operator::Less),
];

impl PythonRange {
    /// Reads `text`.
    pub fn new(text: &str) -> Result<Self, RangeProblem> {
        Ok(Self { clauses: text.split(',').map(|clause| Clause::new(clause.trim())).collect::<Result<_, _>>()? })
    }

    /// Whether `version` fits.
    pub fn contains(&self, version: PythonVersion) -> bool {
        self.clauses.iter().all(|clause| clause.holds([version.0, version.1, version.2]))
    }

    /// The minor versions of Python 3 that may fit, newest first: names to look for on a PATH.
    pub fn minors(&self) -> Vec<u32> {
        (0..64).rev().filter(|minor| self.may_hold(*minor)).collect()
    }

    fn may_hold(&self, minor: u32) -> bool {
        (0..64).any(|micro| self.contains(PythonVersion(3, minor, micro)))
    }
}

impl Clause {
    fn new(text: &str) -> Result<Self, RangeProblem> {
        let problem = || RangeProblem(text.chars().take(40).flat_map(char::escape_debug).collect());
        let (sign, operator) = OPERATORS.into_iter().find(|(sign, _)| text.starts_with(sign)).ok_or_else(problem)?;
        let version = text[sign.len()..].trim();
        let (version, any) = version.strip_suffix(".*").map_or((version, false), |version| (version, true));
        let version = numbers(version).map_err(|_| problem())?;
        let starred = matches!(operator, Operator::Equal | Operator::NotEqual);
        let short = operator == Operator::Compatible && version.len() < 2;
        if (any && !starred) || short {
            return Err(problem());
        }
        Ok(Self { operator, version, any })
    }

    fn holds(&self, version: [u32; 3]) -> bool {
        let mut own = [0; 3];
        own[..self.version.len()].copy_from_slice(&self.version);
        let starts = |length: usize| version[..length] == own[..length];
        match self.operator {
            Operator::AtLeast => version >= own,
            Operator::AtMost => version <= own,
            Operator::Less => version < own,
            Operator::More => version > own,
            Operator::Equal if self.any => starts(self.version.len()),
            Operator::NotEqual if self.any => !starts(self.version.len()),
            Operator::Equal => version == own,
            Operator::NotEqual => version != own,
            Operator::Compatible => version >= own && starts(self.version.len() - 1),
        }
    }
}

/// One to three numbers with dots between them.
fn numbers(text: &str) -> Result<Vec<u32>, RangeProblem> {
    let problem = || RangeProblem(text.to_owned());
    let number = |part: &str| {
        let digits = !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten().ok_or_else(problem)
    };
    let numbers: Vec<u32> = text.split('.').map(number).collect::<Result<_, _>>()?;
    if numbers.len() > 3 { Err(problem()) } else { Ok(numbers) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_hold_what_pip_would_take() {
        for (range, inside, outside) in [
            (">=3.11,<3.15", vec!["3.11.0", "3.11.2", "3.14.9"], vec!["3.10.14", "3.15.0", "4.0.0"]),
            (" >= 3.11 , != 3.12.* ", vec!["3.11.0", "3.13.1"], vec!["3.12.0", "3.12.7", "3.10.0"]),
            ("==3.12.*", vec!["3.12.0", "3.12.9"], vec!["3.11.9", "3.13.0"]),
            ("==3.12.1", vec!["3.12.1"], vec!["3.12.0", "3.12.2"]),
            ("!=3.12.1", vec!["3.12.0"], vec!["3.12.1"]),
            ("~=3.11", vec!["3.11.0", "3.14.0"], vec!["3.10.9", "4.0.0"]),
            ("~=3.11.2", vec!["3.11.2", "3.11.9"], vec!["3.11.1", "3.12.0"]),
            (">3.11.2,<=3.12.0", vec!["3.11.3", "3.12.0"], vec!["3.11.2", "3.12.1"]),
        ] {
            let parsed = PythonRange::new(range).unwrap();
            for version in inside {
                assert!(parsed.contains(version.parse().unwrap()), "{range} holds {version}");
            }
            for version in outside {
                assert!(!parsed.contains(version.parse().unwrap()), "{range} does not hold {version}");
            }
        }
    }

    #[test]
    fn minors_are_the_names_to_look_for() {
        let range = |text: &str| PythonRange::new(text).unwrap().minors();
        assert_eq!(range(">=3.11,<3.15"), [14, 13, 12, 11]);
        assert_eq!(range("==3.12.4"), [12]);
        assert_eq!(range("<3.2,>3.0.5"), [1, 0]);
        assert!(range(">=4").is_empty());
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "3.11",
            ">=",
            ">=3.11,",
            ">=3.x",
            ">=3.11.*",
            "~=3",
            ">=3.1.2.3",
            "===3.11",
            ">=99999",
            ">=-1",
            "python3",
        ] {
            assert!(PythonRange::new(text).is_err(), "{text}");
        }
        assert!("3.11".parse::<PythonVersion>().is_err());
        assert!("3.11.2rc1".parse::<PythonVersion>().is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,30}|[<>=!~.,*0-9 ]{0,20}") {
            if let Ok(range) = PythonRange::new(&text) {
                let _ = range.minors();
            }
        }
    }
}
