//! Generated pieces on a page: from what core says that stands there to HTML. Pure; touches nothing.
//!
//! A block is one line of HTML, as all that we insert. A value in running text is inline HTML, and what stands between its tags Markdown
//! still reads: there every character that could mean anything becomes a numeric entity (invariant 9).

mod block;
mod inline;
mod chart;

use dogfood_core::evidence::Content;
use dogfood_core::markup::model::PiecePlace;

/// What stands in the place of a piece, and whether it is a block; nothing if the piece stays as it is written.
pub fn html(place: PiecePlace, content: Option<&Content>) -> Option<(String, bool)> {
    match (content, place) {
        (_, PiecePlace::Heading | PiecePlace::Elsewhere) => None,
        (Some(Content::Block(block)), PiecePlace::Alone) => Some((block::html(block), true)),
        (Some(Content::Chart(chart)), PiecePlace::Alone) => Some((chart::html(chart), true)),
        (Some(Content::Block(_) | Content::Chart(_)), PiecePlace::Running) => None,
        (Some(Content::Inline(inline)), _) => Some((inline::html(inline), false)),
        // Only a page that is served, or a finding that is tolerated, comes so far.
        (None, PiecePlace::Alone) => Some((block::missing(), true)),
        (None, PiecePlace::Running) => Some((inline::missing(), false)),
    }
}
