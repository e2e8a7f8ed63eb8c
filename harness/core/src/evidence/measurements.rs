//! What pieces tell of benchmarks: the group that a word names, what its cells measured, and numbers in words. Pure; touches nothing.

use crate::bench::{FEWEST, Group, Line, Measured, Modes, Ratio, Times, Verdict, groups};
use crate::markup::model::{Chapter, Recipe};
use crate::markup::spelling;
use crate::trace::{Machine, Trace};

use super::anchor;
use super::book::{Book, Found};
use super::content::{Cell, Mark, Row, Run, Table};
use super::problem::Problem;
use super::request::{Request, Word};
use super::single::cells;
use super::view::{Seen, State, View, lacking};

/// A group with what it stands in.
#[derive(Clone, Debug)]
pub(super) struct FoundGroup<'a> {
    pub(super) found: Found<'a>,
    pub(super) group: Group<'a>,
}

impl FoundGroup<'_> {
    /// A link to the section that holds the group's first variant, for a page made of `from`.
    pub(super) fn link(&self, from: &Chapter) -> Run {
        anchor::link_to(from, &self.found, self.group.variants.first().map(|base| base.step), self.group.id.as_str())
    }
}

/// The group that `word` names: `GROUP` of the page's own guide, or `GUIDE/GROUP`.
///
/// # Errors
/// If there is none of that name.
pub(super) fn group<'a>(book: Book<'a>, request: &Request<'a>, word: Word<'_>) -> Result<FoundGroup<'a>, Problem> {
    let (chapter, guide, name) = match (word.text.split_once('/'), &request.chapter.guide) {
        (Some((guide, name)), _) => {
            let (chapter, guide) = book.guide(Word { text: guide, at: word.at })?;
            (chapter, guide, name)
        }
        (None, Some(guide)) => (request.chapter, guide, word.text),
        (None, None) => {
            let title = format!("this page is no guide, so `{}` is no group of it", word.text);
            return Err(Problem::new(word.range(), title, "write `GUIDE/GROUP`"));
        }
    };
    let of = |recipe: &'a Recipe| groups(recipe).into_iter().map(move |group| (recipe, group));
    let all: Vec<(&'a Recipe, Group<'a>)> = guide.recipes.iter().flat_map(of).collect();
    let near = spelling::nearest(name, all.iter().map(|(_, group)| group.id.as_str())).map(str::to_owned);
    match all.into_iter().find(|(_, group)| group.id.as_str() == name) {
        Some((recipe, group)) => Ok(FoundGroup { found: Found { chapter, guide, recipe }, group }),
        None => {
            let help = near.map_or_else(
                || "name a group by the `bench=GROUP/VARIANT` of its fences".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let title = format!("the guide `{}` measures no group `{name}`", guide.front.guide);
            Err(Problem::new(word.range(), title, help))
        }
    }
}

/// A cell that passes, with what it measured.
pub(super) type Told<'a> = (Seen<'a>, &'a Trace, Measured);

/// The group that the piece names first, and what every cell of it measured.
///
/// # Errors
/// If there is no such group or target, or a cell is without a result.
pub(super) fn asked<'a>(
    request: &Request<'a>,
    view: &View<'a>,
) -> Result<(FoundGroup<'a>, Vec<Told<'a>>), Vec<Problem>> {
    let word = request.plain[0];
    let found = group(view.book, request, word).map_err(|problem| vec![problem])?;
    let cells = cells(view, request, &found.found).map_err(|problem| vec![problem])?;
    let (seen, problems) = measured(word, &found, &cells);
    if problems.is_empty() { Ok((found, seen)) } else { Err(problems) }
}

/// What the cells measured that pass, and what is wrong with the others: no evidence, no times, nothing but noise.
pub(super) fn measured<'a>(
    word: Word<'_>,
    found: &FoundGroup<'a>,
    cells: &[Seen<'a>],
) -> (Vec<Told<'a>>, Vec<Problem>) {
    let without = cells.iter().filter(|cell| cell.passing.is_none());
    let without: Vec<&Seen<'a>> = without.filter(|cell| !matches!(cell.state, State::Skipped(_))).collect();
    let mut problems: Vec<Problem> = lacking(&word.range(), &without).into_iter().collect();
    let mut seen = Vec::new();
    for cell in cells {
        let Some(trace) = cell.passing else { continue };
        let again = format!("run `dogfood run {}/{} --refresh`", cell.id.guide, cell.id.recipe);
        let problem = match Measured::read(&found.group, trace) {
            Ok(measured) if measured.says_something() => {
                seen.push((cell.clone(), trace, measured));
                continue;
            }
            Ok(measured) => {
                let title = format!("`{}` measured nothing in `{}` but noise", cell.id, found.group.id);
                let mut problem = Problem::new(
                    word.range(),
                    title,
                    format!("{again} when the machine has nothing else to do, or give the group more `rounds=`"),
                );
                for line in &measured.lines {
                    problem = problem.note(format!("`{}`: {}", line.variant, verdict(line, measured.min_effect)));
                }
                problem
            }
            Err(why) => Problem::new(word.range(), format!("`{}` cannot be told: {why}", cell.id), again),
        };
        problems.push(problem.subject(&cell.id));
    }
    if seen.is_empty() && problems.is_empty() {
        let title = format!("no recipe that measures `{}` has any evidence", found.group.id);
        problems.push(Problem::new(word.range(), title, "name a group that runs, or take the piece out"));
    }
    (seen, problems)
}

/// The table of one measurement.
pub(super) fn table(found: &FoundGroup<'_>, cell: &Seen<'_>, trace: &Trace, measured: &Measured, link: Run) -> Table {
    let base = found.group.variants.first().map(|base| base.id.to_string()).unwrap_or_default();
    let head = ["Variant", "Time as a ratio", "Median", "Samples", "Verdict"].map(Cell::words);
    let rows = measured.lines.iter().map(|line| row(line, &base, measured.min_effect));
    let group = super::content::Group { title: Vec::new(), rows: rows.collect() };
    let mut caption = vec![link, Run::words(format!(" {}, ", place(cell, trace))), Run::Day(trace.recorded.clone())];
    if cell.state == State::Shown {
        caption.push(Run::words("; target or toolbox changed since then and not verified yet"));
    }
    Table { caption, head: head.to_vec(), groups: vec![group] }
}

/// `on openssh 9.2p1`, or `without a service`.
pub(super) fn place(cell: &Seen<'_>, trace: &Trace) -> String {
    if cell.id.target.as_str() == crate::infra::target::NONE {
        return "without a service".to_owned();
    }
    let version = trace.versions.get("server").map(|version| format!(" {version}")).unwrap_or_default();
    format!("on {}{version}", cell.variant())
}

fn row(line: &Line, base: &str, least: f64) -> Row {
    let ratio = match &line.verdict {
        None => Cell::words("1, the base"),
        Some(verdict) if verdict.is_result() => {
            verdict.ratio().map_or_else(Cell::default, |ratio| Cell::words(interval(ratio)))
        }
        Some(_) => Cell::words("none"),
    };
    let median = line.median().map_or_else(|| Cell::words("none"), |median| Cell::words(time(median)));
    let (first, last) = ends(line);
    let outliers = match line.times.outliers() {
        0 => String::new(),
        1 => ", 1 outlier".to_owned(),
        many => format!(", {many} outliers"),
    };
    let samples = Cell::words(format!("{}, {} to {}{outliers}", line.samples.len(), time(first), time(last)));
    let words = verdict(line, least);
    let told = match &line.verdict {
        Some(verdict) if !verdict.is_result() => Cell::marked(Mark::NotVerified, words),
        None if line.modes.is_some() => Cell::marked(Mark::NotVerified, words),
        _ => Cell::words(words),
    };
    let head = Cell::code(line.variant.as_str());
    let head =
        if line.verdict.is_none() && line.variant.as_str() == base { head.and([Run::words(" (base)")]) } else { head };
    Row { head, cells: vec![ratio, median, samples, told] }
}

fn ends(line: &Line) -> (f64, f64) {
    let sorted = line.times.sorted();
    (sorted.first().copied().unwrap_or(0.0), sorted.last().copied().unwrap_or(0.0))
}

/// What may be said of a variant, in words.
pub(super) fn verdict(line: &Line, least: f64) -> String {
    match (line.verdict, line.modes) {
        (None, Some(modes)) | (Some(Verdict::Bimodal(modes)), _) => humps(modes),
        (None, None) if line.samples.len() < FEWEST => said(&Verdict::TooFew(line.samples.len()), least),
        (None, None) => "the base".to_owned(),
        (Some(verdict), _) => said(&verdict, least),
    }
}

fn humps(modes: Modes) -> String {
    format!("bimodal: {} near {}, {} near {}", modes.low_count, time(modes.low), modes.high_count, time(modes.high))
}

/// A verdict in words.
pub(super) fn said(verdict: &Verdict, least: f64) -> String {
    match verdict {
        Verdict::Faster(ratio) => format!("{} times faster", range(1.0 / ratio.high, 1.0 / ratio.low)),
        Verdict::Slower(ratio) => format!("{} times slower", range(ratio.low, ratio.high)),
        Verdict::NoDifference(_) => format!("no difference of at least {} times shown", digits(least, 3)),
        // With a digit more than a result has: its ends may lie close to what counts.
        Verdict::TooNoisy(ratio) => {
            format!("cannot be told: {} to {} times as long", digits(ratio.low, 3), digits(ratio.high, 3))
        }
        Verdict::Bimodal(modes) => humps(*modes),
        Verdict::BaseBimodal => "the base is bimodal".to_owned(),
        Verdict::TooFew(count) => format!("too few rounds to tell: {count} of at least {}", FEWEST),
    }
}

/// `17 to 21`, or one number where both ends read alike.
fn range(low: f64, high: f64) -> String {
    let (low, high) = (digits(low, 2), digits(high, 2));
    if low == high { low } else { format!("{low} to {high}") }
}

/// `0.52 (0.47 to 0.58)`.
fn interval(ratio: Ratio) -> String {
    format!("{} ({} to {})", digits(ratio.value, 3), digits(ratio.low, 3), digits(ratio.high, 3))
}

/// A time for a person, with three significant digits.
pub(super) fn time(seconds: f64) -> String {
    match seconds {
        _ if seconds >= 0.9995 => format!("{} s", digits(seconds, 3)),
        _ if seconds >= 0.000_999_5 => format!("{} ms", digits(seconds * 1e3, 3)),
        _ => format!("{} µs", digits(seconds * 1e6, 3)),
    }
}

/// A number with so many significant digits, without an exponent; one that stands out of all measure as `∞` or 0.
pub(super) fn digits(number: f64, significant: i32) -> String {
    if !number.is_finite() {
        return "∞".to_owned();
    }
    if number < 1e-9 {
        return "0".to_owned();
    }
    #[expect(clippy::cast_possible_truncation, reason = "the logarithm of a finite number is small")]
    let magnitude = |number: f64| number.log10().floor() as i32;
    let unit = 10_f64.powi(magnitude(number) - significant + 1);
    let rounded = (number / unit).round() * unit;
    // Rounding may have made it one digit longer.
    let places = usize::try_from(significant - 1 - magnitude(rounded * (1.0 + 1e-12))).unwrap_or(0);
    format!("{rounded:.places$}")
}

/// Where measurements were made, and how busy that machine was: one sentence for several groups.
pub(super) fn machines(seen: &[(&Machine, Option<f64>)]) -> String {
    let mut words: Vec<String> = Vec::new();
    for class in seen.iter().map(|(machine, _)| class(machine)) {
        if !words.contains(&class) {
            words.push(class);
        }
    }
    let loads = Times::of_seconds(seen.iter().filter_map(|(_, load)| *load));
    let load = match loads.sorted() {
        [] => String::new(),
        [low, .., high] if digits(*low, 2) != digits(*high, 2) => {
            format!("; {} to {} processes wanted to run there when groups began", digits(*low, 2), digits(*high, 2))
        }
        [one, ..] => format!("; {} processes wanted to run there when groups began", digits(*one, 2)),
    };
    format!("Recorded on {}{load}.", words.join(", and on "))
}

fn class(machine: &Machine) -> String {
    let processors = if machine.cpus == 1 { "processor" } else { "processors" };
    format!("{}, {} {processors}, {}", machine.arch, machine.cpus, machine.memory)
}

/// How it was measured, in sentences.
pub(super) fn method(group: &Group<'_>, measured: &Measured, machine: &Machine) -> String {
    let base = group.variants.first().map(|base| base.id.as_str()).unwrap_or_default();
    let load = measured.load.map(|load| format!("; {} processes wanted to run there when it began", digits(load, 2)));
    format!(
        "Times as a ratio to those of {base}: below 1 is faster. In brackets, what chance makes of it in 95 of 100 cases. {} rounds, in which every \
         variant ran once, after one that does not count; effects below {} times do not count. Recorded on {}{}.",
        group.rounds,
        digits(group.min_effect, 3),
        class(machine),
        load.unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_they_are_worth() {
        for (number, two, three) in [
            (0.052_14, "0.052", "0.0521"),
            (0.999_9, "1.0", "1.00"),
            (1.0, "1.0", "1.00"),
            (1.85, "1.9", "1.85"),
            (9.96, "10", "9.96"),
            (19.4, "19", "19.4"),
            (128.7, "130", "129"),
            (45_678.0, "46000", "45700"),
            (0.0, "0", "0"),
            (f64::INFINITY, "∞", "∞"),
        ] {
            assert_eq!((digits(number, 2).as_str(), digits(number, 3).as_str()), (two, three), "{number}");
        }
    }

    #[test]
    fn times_have_a_unit_that_fits() {
        for (seconds, text) in [
            (0.000_012_34, "12.3 µs"),
            (0.001, "1.00 ms"),
            (0.1234, "123 ms"),
            (0.9996, "1.00 s"),
            (12.345, "12.3 s"),
            (345.6, "346 s"),
        ] {
            assert_eq!(time(seconds), text);
        }
    }

    #[test]
    fn each_machine_is_named_once() {
        let machine = |cpus| Machine { arch: "x86_64".into(), cpus, memory: "8 GiB".into(), kernel: "6.1".into() };
        let (one, two) = (machine(1), machine(2));
        let words = machines(&[(&one, None), (&two, Some(0.5)), (&one, None)]);
        assert_eq!(
            words,
            "Recorded on x86_64, 1 processor, 8 GiB, and on x86_64, 2 processors, 8 GiB; 0.50 processes wanted to run there when groups began."
        );
    }

    #[test]
    fn verdicts_are_words() {
        let ratio = |low, value, high| Ratio { low, value, high };
        for (verdict, words) in [
            (Verdict::Faster(ratio(0.047, 0.052, 0.058)), "17 to 21 times faster"),
            (Verdict::Slower(ratio(1.95, 2.0, 2.04)), "2.0 times slower"),
            (Verdict::NoDifference(ratio(0.95, 1.0, 1.1)), "no difference of at least 1.20 times shown"),
            (Verdict::TooNoisy(ratio(1.058, 1.1, 1.251)), "cannot be told: 1.06 to 1.25 times as long"),
            (Verdict::TooFew(3), "too few rounds to tell: 3 of at least 5"),
            (
                Verdict::Bimodal(Modes { low_count: 6, low: 0.12, high_count: 4, high: 4.3 }),
                "bimodal: 6 near 120 ms, 4 near 4.30 s",
            ),
        ] {
            assert_eq!(said(&verdict, 1.2), words);
        }
    }
}
