//! A chart between paragraphs: static SVG in the page's own colours, with the same in words for whoever does not see it, and in numbers below.
//! Pure; touches nothing.

use std::fmt::Write as _;

use dogfood_core::evidence::{Bar, Block, Chart, Plot};

use super::block;
use crate::escape::html as escaped;

/// Units of the drawing, which a page scales.
const WIDTH: f64 = 480.0;
const MARGIN: f64 = 8.0;
const ROW: f64 = 40.0;
const AXIS: f64 = 40.0;

/// The HTML of a chart, on one line.
pub(super) fn html(chart: &Chart) -> String {
    let mut out = format!("<div class=\"dogfood-piece dogfood-{}\">", escaped(chart.kind));
    for plot in &chart.plots {
        let _ = write!(out, "<figure><figcaption>{}</figcaption>", escaped(&plot.title));
        svg(plot, &mut out);
        out.push_str("</figure>");
        let numbers =
            Block { kind: "benchmark", open: Vec::new(), folded: Some(plot.numbers.clone()), notes: Vec::new() };
        out.push_str(&block::html(&numbers));
        let _ = write!(out, "<p>{}</p>", escaped(&plot.note));
    }
    out.push_str("</div>");
    out
}

/// Ratios on a logarithmic axis: half as long and twice as long are equally far from the base.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(plot: &Plot) -> Self {
        let ratios = plot.bars.iter().flat_map(|bar| bar.dots.iter().copied().chain(bar.middle));
        let (mut low, mut high) = (1.0_f64, 1.0_f64);
        // What lies beyond all measure is drawn at the end.
        for ratio in ratios.filter(|ratio| (1e-6..1e6).contains(ratio)) {
            (low, high) = (low.min(ratio), high.max(ratio));
        }
        // Room at both ends, and some axis even where all is alike.
        Self { low: low.min(0.9) / 1.05, high: high.max(1.1) * 1.05 }
    }

    fn x(&self, ratio: f64) -> f64 {
        let share = (ratio.max(self.low).min(self.high) / self.low).ln() / (self.high / self.low).ln();
        MARGIN + share.clamp(0.0, 1.0) * (WIDTH - 2.0 * MARGIN)
    }

    /// The round numbers on the axis, few enough to be read.
    fn ticks(&self) -> Vec<(f64, String)> {
        let of = |steps: &[f64]| -> Vec<(f64, String)> {
            let decades = (-9..=9).flat_map(|power: i32| steps.iter().map(move |step| (power, *step)));
            let ticks = decades.map(|(power, step)| {
                let places = usize::try_from(-power).unwrap_or(0);
                (step * 10_f64.powi(power), format!("{:.places$}", step * 10_f64.powi(power)))
            });
            ticks.filter(|(ratio, _)| (self.low..=self.high).contains(ratio)).collect()
        };
        let fine = of(&[1.0, 2.0, 5.0]);
        if fine.len() > 9 { of(&[1.0]) } else { fine }
    }
}

fn svg(plot: &Plot, out: &mut String) {
    let scale = Scale::of(plot);
    let rows = f64::from(u32::try_from(plot.bars.len()).unwrap_or(u32::MAX));
    let bottom = ROW * rows + 4.0;
    let height = bottom + AXIS;
    let told = format!("{}. {}", plot.title, plot.description);
    let _ = write!(
        out,
        "<svg class=\"dogfood-plot\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"100%\" style=\"max-width:40rem;height:auto\" fill=\"currentColor\" stroke=\"none\" font-size=\"13\" font-family=\"inherit\"><title>{}</title><desc>{}</desc>",
        escaped(&told),
        escaped(&plot.title),
        escaped(&plot.description),
    );
    let base = scale.x(1.0);
    let _ = write!(
        out,
        "<line x1=\"{base:.1}\" y1=\"0\" x2=\"{base:.1}\" y2=\"{bottom:.1}\" stroke=\"currentColor\" stroke-opacity=\"0.6\" stroke-dasharray=\"4 3\"/>"
    );
    let mut top = 0.0;
    for bar in &plot.bars {
        row(bar, &scale, top, out);
        top += ROW;
    }
    axis(plot, &scale, bottom, out);
    out.push_str("</svg>");
}

fn row(bar: &Bar, scale: &Scale, top: f64, out: &mut String) {
    let (words, line) = (top + 14.0, top + 27.0);
    let _ = write!(
        out,
        "<text x=\"{MARGIN}\" y=\"{words:.1}\"><tspan font-weight=\"bold\">{}</tspan> {}</text>",
        escaped(&bar.label),
        escaped(&bar.words)
    );
    if let (Some(first), Some(last)) = (bar.dots.first(), bar.dots.last()) {
        let (first, last) = (scale.x(*first), scale.x(*last));
        let _ = write!(
            out,
            "<line x1=\"{first:.1}\" y1=\"{line:.1}\" x2=\"{last:.1}\" y2=\"{line:.1}\" stroke=\"currentColor\" stroke-opacity=\"0.5\"/>"
        );
    }
    for dot in &bar.dots {
        let _ = write!(out, "<circle cx=\"{:.1}\" cy=\"{line:.1}\" r=\"3.5\" fill-opacity=\"0.45\"/>", scale.x(*dot));
    }
    if let Some(middle) = bar.middle {
        let x = scale.x(middle);
        let (above, below) = (line - 7.0, line + 7.0);
        let _ = write!(
            out,
            "<line x1=\"{x:.1}\" y1=\"{above:.1}\" x2=\"{x:.1}\" y2=\"{below:.1}\" stroke=\"currentColor\" stroke-width=\"2\"/>"
        );
    }
}

fn axis(plot: &Plot, scale: &Scale, y: f64, out: &mut String) {
    let (left, right, below) = (MARGIN, WIDTH - MARGIN, y + 4.0);
    let _ = write!(
        out,
        "<line x1=\"{left}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\" stroke=\"currentColor\" stroke-opacity=\"0.6\"/>"
    );
    let label = y + 17.0;
    for (ratio, text) in scale.ticks() {
        let x = scale.x(ratio);
        let _ = write!(
            out,
            "<line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{x:.1}\" y2=\"{below:.1}\" stroke=\"currentColor\" stroke-opacity=\"0.6\"/><text x=\"{x:.1}\" y=\"{label:.1}\" text-anchor=\"middle\" font-size=\"11\">{text}</text>"
        );
    }
    let about = y + 33.0;
    let _ = write!(out, "<text x=\"{left}\" y=\"{about:.1}\" font-size=\"11\">{}</text>", escaped(&plot.axis));
}

#[cfg(test)]
mod tests {
    use dogfood_core::evidence::{Fold, Table};

    use super::*;

    fn chart(label: &str, dots: &[f64]) -> Chart {
        let bar = |label: &str, dots: &[f64]| Bar {
            label: label.to_owned(),
            words: "2.0 times faster".to_owned(),
            dots: dots.to_vec(),
            middle: dots.get(dots.len() / 2).copied(),
        };
        let plot = Plot {
            title: format!("read on {label}"),
            axis: "time".to_owned(),
            description: label.to_owned(),
            note: label.to_owned(),
            bars: vec![bar("base", &[0.9, 1.0, 1.2]), bar(label, dots)],
            numbers: Fold { summary: "Numbers".to_owned(), table: Table::default() },
        };
        Chart { kind: "chart", plots: vec![plot] }
    }

    #[test]
    fn a_chart_is_drawn_in_the_page_s_own_colour_with_words_beside_it() {
        insta::assert_snapshot!(html(&chart("tuned", &[0.4, 0.5, 0.6])).replace("><", ">\n<"));
    }

    #[test]
    fn hostile_labels_and_numbers_stay_inside() {
        let odd = [0.0, f64::MIN_POSITIVE, 1e-3, 1e12, f64::INFINITY, f64::NAN];
        let html = html(&chart("{{#include x}}\n\n</svg><script>`\\", &odd));
        assert!(!html.contains(['\n', '{', '`', '\\']) && !html.contains("<script>"), "{html}");
        assert!(!html.contains("NaN") && !html.contains("inf"), "{html}");
        assert_eq!(html.matches("<svg").count(), html.matches("</svg>").count());
    }

    #[test]
    fn the_axis_has_a_few_round_numbers() {
        let ticks = |dots: &[f64]| {
            let ticks = Scale::of(&chart("x", dots).plots[0]).ticks();
            ticks.into_iter().map(|(_, text)| text).collect::<Vec<_>>()
        };
        assert_eq!(ticks(&[1.0]), ["1"]);
        assert_eq!(ticks(&[0.03, 2.0]), ["0.05", "0.1", "0.2", "0.5", "1", "2"]);
        assert_eq!(ticks(&[0.0004, 40.0]), ["0.001", "0.01", "0.1", "1", "10"]);
    }
}
