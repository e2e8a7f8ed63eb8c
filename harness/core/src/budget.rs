//! What it may cost to read and judge a book: every bound on work and memory that anybody's change could make grow, with its reason, and the
//! counter of work. Pure; touches nothing.
//!
//! Work is counted in steps, never in time: equal inputs end at the same place on every machine. What is past its bound is a finding of the
//! rule `over-budget`, and whatever it concerns is not verified.

/// Steps of one comparison: a compared line is one, and so are 32 bytes of it, an item of JSON or YAML, and a place that a `(glob)` tries.
/// A thousand lines take less than 5,000 (a test holds that); this many take about a fifth of a second.
pub const COMPARISON_STEPS: u64 = 10_000_000;
/// Steps of all comparisons of a check together: about a second and a half.
pub const CHECK_STEPS: u64 = 100_000_000;
/// Steps for laying a difference out line by line. Past them it is shown coarsely; the verdict does not depend on it.
pub const DIFFERENCE_STEPS: u64 = 2_000_000;
/// The largest compiled form of one ` (re)` line, in bytes: a dozen `\w` with small repetitions. The limit of the regex crate is ten times this.
pub const REGEX_BYTES: usize = 1 << 20;
/// The compiled ` (re)` lines of one expectation together, in bytes, each counted with [`REGEX_LEAST`] more. Three hundred usual lines fit.
pub const COMPARISON_REGEXES: usize = 8 << 20;
/// The different ` (re)` lines of a check together, in the same measure: compiling them all takes about a second.
pub const CHECK_REGEXES: usize = 64 << 20;
/// What a ` (re)` line counts besides its compiled form: reading it takes time, however small it is.
pub const REGEX_LEAST: usize = 16 << 10;
/// The memory in which one ` (re)` line keeps what it has learnt of the lines before, in bytes.
pub const REGEX_CACHE: usize = 128 << 10;
/// The largest JSON or YAML that is compared as data, in bytes: a value takes up to fifty times its text in memory.
pub const DATA_BYTES: usize = 1 << 20;
/// The texts of a book (chapters with all that they include) together, in bytes.
pub const BOOK_BYTES: usize = 64 << 20;
/// The traces of a book together, in bytes: a hundred thousand usual ones.
pub const TRACE_BYTES: usize = 256 << 20;
/// The cells of a book: recipes times targets times toolboxes. The memory for each is about a kilobyte.
pub const CELLS: usize = 200_000;
/// The fences of a book. Fifty thousand recipes with an expected output each are half of them.
pub const FENCES: usize = 200_000;
/// The steps of one recipe; some checks look at each beside every other one.
pub const STEPS: usize = 2_000;
/// The targets of one recipe, and the expectations of one step, for the same reason.
pub const TARGETS: usize = 500;
/// An info string, in bytes.
pub const INFO_BYTES: usize = 4096;
/// The files that a guide writes for each of its recipes, times its recipes, in bytes: a run writes them that often, and every recipe pins
/// them.
pub const SHARED_FILE_BYTES: usize = 64 << 20;
/// The findings that a report shows: nobody reads a thousand. The others are counted, and the check fails as it would with all of them.
pub const FINDINGS: usize = 10_000;

/// The rule for what is past a bound.
pub(crate) const RULE: &str = "over-budget";

/// What a comparison costs more than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Steps of one comparison.
    Steps,
    /// Steps of the whole check.
    AllSteps,
    /// Compiled regular expressions of one expectation.
    Regexes,
    /// Compiled regular expressions of the whole check.
    AllRegexes,
    /// Bytes of JSON or YAML.
    Data,
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Steps => write!(
                f,
                "comparing it takes more than {COMPARISON_STEPS} steps; expect fewer lines, or fewer `...` and `*`"
            ),
            Self::AllSteps => write!(
                f,
                "the comparisons of this check take more than {CHECK_STEPS} steps together; expect fewer lines, or fewer `...` and `*`"
            ),
            Self::Regexes => write!(
                f,
                "its ` (re)` lines take more than {} MiB when they are compiled; write most of them with `[..]`, which costs nothing",
                COMPARISON_REGEXES >> 20
            ),
            Self::AllRegexes => write!(
                f,
                "the ` (re)` lines of this check take more than {} MiB when they are compiled; write most of them with `[..]`, which costs nothing",
                CHECK_REGEXES >> 20
            ),
            Self::Data => write!(
                f,
                "it is more than {} MiB of data; print the part that matters, or compare it as `text`",
                DATA_BYTES >> 20
            ),
        }
    }
}

/// The steps that are left, for one comparison and for all of a check. Past a bound there are none any more, and [`Steps::over`] says why.
#[derive(Clone, Debug)]
pub struct Steps {
    one: u64,
    all: u64,
    over: Option<Cost>,
}

impl Default for Steps {
    fn default() -> Self {
        Self { one: COMPARISON_STEPS, all: CHECK_STEPS, over: None }
    }
}

impl Steps {
    /// How many were taken so far.
    pub fn taken(&self) -> u64 {
        CHECK_STEPS - self.all
    }

    /// Begins another comparison.
    pub(crate) fn next(&mut self) {
        self.one = COMPARISON_STEPS;
        self.over = None;
    }

    /// Takes `steps`, and says whether there were so many left.
    pub(crate) fn take(&mut self, steps: u64) -> bool {
        if self.over.is_some() {
            return false;
        }
        if steps <= self.one.min(self.all) {
            self.one -= steps;
            self.all -= steps;
        } else if self.all <= self.one {
            self.all = 0;
            self.over = Some(Cost::AllSteps);
        } else {
            self.all -= self.one;
            self.one = 0;
            self.over = Some(Cost::Steps);
        }
        self.over.is_none()
    }

    /// [`Self::take`] for going through `bytes` of text once.
    pub(crate) fn read(&mut self, bytes: usize) -> bool {
        self.take(1 + bytes as u64 / 32)
    }

    /// Which bound was passed since [`Self::next`].
    pub(crate) fn over(&self) -> Option<Cost> {
        self.over
    }

    /// Another bound was passed: of memory, or of something else that is not counted here.
    pub(crate) fn stop(&mut self, cost: Cost) {
        self.over.get_or_insert(cost);
    }

    /// Gives an explanation [`DIFFERENCE_STEPS`] of its own; what is to be given back to [`Self::explained`].
    pub(crate) fn explain(&mut self) -> u64 {
        std::mem::replace(&mut self.one, DIFFERENCE_STEPS)
    }

    /// Ends an explanation, and says whether its steps sufficed. A bound passed in it is none of the comparison.
    pub(crate) fn explained(&mut self, left: u64) -> bool {
        self.one = left;
        self.over.take().is_none()
    }
}
