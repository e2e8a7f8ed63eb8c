//! What a page shows in the place of a piece, without a word of HTML: values, tables, words that mark. Every text is foreign until it is
//! escaped. Pure; touches nothing.

/// What stands in the place of a piece.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A value in running text.
    Inline(Inline),
    /// Something of its own between paragraphs.
    Block(Block),
    /// Something drawn, between paragraphs.
    Chart(Chart),
}

/// A value in running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inline {
    /// The kind of piece.
    pub kind: &'static str,
    /// The value.
    pub value: String,
    /// Where it comes from, for whoever asks.
    pub source: String,
}

/// Something drawn, with the same in words and numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The kind of piece.
    pub kind: &'static str,
    /// One drawing for each measurement.
    pub plots: Vec<Plot>,
}

/// Lists of ratios, each on a line of its own, on one axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// What it is about.
    pub title: String,
    /// What the axis counts.
    pub axis: String,
    /// What a reader who does not see it is told.
    pub description: String,
    /// The lines.
    pub bars: Vec<Bar>,
    /// How it was measured.
    pub note: String,
    /// The same in numbers.
    pub numbers: Fold,
}

/// One line of a [`Plot`].
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its name.
    pub label: String,
    /// What is to be said of it.
    pub words: String,
    /// Every ratio, sorted.
    pub dots: Vec<f64>,
    /// The middle one, where there is one that says anything.
    pub middle: Option<f64>,
}

/// Something between paragraphs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The kind of piece.
    pub kind: &'static str,
    /// What is always seen.
    pub open: Vec<Table>,
    /// What is folded.
    pub folded: Option<Fold>,
    /// Sentences below.
    pub notes: Vec<Vec<Run>>,
}

/// A folded table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// What is seen of it.
    pub summary: String,
    /// The table.
    pub table: Table,
}

/// A table. The first column heads its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it is about.
    pub caption: Vec<Run>,
    /// The heads of its columns, that of the first among them.
    pub head: Vec<Cell>,
    /// Its rows.
    pub groups: Vec<Group>,
}

/// Rows that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Their head, where there are several groups.
    pub title: Vec<Run>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row: its head, then the other cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The head.
    pub head: Cell,
    /// The others.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Marked by a sign and a class, besides its words.
    pub mark: Option<Mark>,
    /// What it says.
    pub runs: Vec<Run>,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// Words.
    Words(String),
    /// Something typed or printed.
    Code(String),
    /// A moment, shown as its day.
    Day(String),
    /// A link to a place of this book.
    Link {
        /// Relative to the page that holds the piece.
        to: String,
        /// What is seen.
        text: String,
    },
    /// A new line.
    Break,
}

/// What a cell is marked as. The words beside it say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Evidence holds.
    Verified,
    /// Evidence holds, and the page says that this target does otherwise than the others.
    Diverges,
    /// Targets disagree.
    Differs,
    /// No passing evidence.
    NotVerified,
    /// Not run on purpose.
    Skipped,
}

impl Mark {
    /// A sign that can be told from the others without colours.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Verified => "✓",
            Self::Diverges | Self::Differs => "≠",
            Self::NotVerified => "?",
            Self::Skipped => "–",
        }
    }

    /// Its name in a class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Diverges => "diverges",
            Self::Differs => "differs",
            Self::NotVerified => "not-verified",
            Self::Skipped => "skipped",
        }
    }
}

impl Cell {
    /// A cell of words.
    pub fn words(text: impl Into<String>) -> Self {
        Self { mark: None, runs: vec![Run::Words(text.into())] }
    }

    /// A cell of something printed or typed.
    pub fn code(text: impl Into<String>) -> Self {
        Self { mark: None, runs: vec![Run::Code(text.into())] }
    }

    /// A marked cell of words.
    pub fn marked(mark: Mark, text: impl Into<String>) -> Self {
        Self { mark: Some(mark), runs: vec![Run::Words(text.into())] }
    }

    /// With more in it.
    #[must_use]
    pub fn and(mut self, runs: impl IntoIterator<Item = Run>) -> Self {
        self.runs.extend(runs);
        self
    }
}

impl Run {
    /// Words.
    pub fn words(text: impl Into<String>) -> Self {
        Self::Words(text.into())
    }
}
