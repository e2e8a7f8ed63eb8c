//! The rules of the gate. One rule is one file here, of its name; this list is the only registration.

mod rule;
mod context;
mod judgement;
mod positions;
mod variables;
mod pieces;

mod missing_evidence;
mod stale_recipe;
mod stale_target;
mod stale_toolbox;
mod old_evidence;
mod failed_evidence;
mod edited_trace;
mod orphan_trace;
mod broken_evidence;
mod unbound_number;
mod unwired_gate;
mod changed_policy;
mod own_evidence;
mod output_drift;
mod over_budget;
mod unasserted_output;
mod unclassified_chapter;
mod unclassified_fence;
mod unknown_attribute;
mod hidden_line;
mod raw_html;
mod duplicate_guide;
mod duplicate_recipe;
mod unknown_target;
mod unsupported_fault;
mod unknown_variable;
mod unwired_variable;
mod stale_given;
mod split_recipe;
mod harness_command;
mod unused_expect;
mod expired_skip;
mod empty_guide;
mod broken_include;
mod broken_infra;
mod broken_chapter;
mod replaced_page;
mod unsafe_output;
mod secret_in_guide;
mod secret_in_trace;

pub use context::{CellContext, Context, Moved, Pin, SkippedCell};
pub use judgement::{Fault, Verdict};
pub use pieces::{PieceContext, standing};
pub use rule::{Group, Meta, Rule};

use crate::finding::RuleName;

/// Every rule, by group, in the order of the manual.
pub const RULES: &[&dyn Rule] = &[
    &missing_evidence::MissingEvidence,
    &stale_recipe::StaleRecipe,
    &stale_target::StaleTarget,
    &stale_toolbox::StaleToolbox,
    &old_evidence::OldEvidence,
    &failed_evidence::FailedEvidence,
    &edited_trace::EditedTrace,
    &orphan_trace::OrphanTrace,
    &broken_evidence::BrokenEvidence,
    &unbound_number::UnboundNumber,
    &unwired_gate::UnwiredGate,
    &changed_policy::ChangedPolicy,
    &own_evidence::OwnEvidence,
    &output_drift::OutputDrift,
    &over_budget::OverBudget,
    &unasserted_output::UnassertedOutput,
    &unclassified_chapter::UnclassifiedChapter,
    &unclassified_fence::UnclassifiedFence,
    &unknown_attribute::UnknownAttribute,
    &hidden_line::HiddenLine,
    &raw_html::RawHtml,
    &duplicate_guide::DuplicateGuide,
    &duplicate_recipe::DuplicateRecipe,
    &unknown_target::UnknownTarget,
    &unsupported_fault::UnsupportedFault,
    &unknown_variable::UnknownVariable,
    &unwired_variable::UnwiredVariable,
    &stale_given::StaleGiven,
    &split_recipe::SplitRecipe,
    &harness_command::HarnessCommand,
    &unused_expect::UnusedExpect,
    &expired_skip::ExpiredSkip,
    &empty_guide::EmptyGuide,
    &broken_include::BrokenInclude,
    &broken_infra::BrokenInfra,
    &broken_chapter::BrokenChapter,
    &replaced_page::ReplacedPage,
    &unsafe_output::UnsafeOutput,
    &secret_in_guide::SecretInGuide,
    &secret_in_trace::SecretInTrace,
];

/// The rule called `name`.
pub fn find(name: &str) -> Option<&'static dyn Rule> {
    RULES.iter().copied().find(|rule| rule.name() == name)
}

/// Every name, in the order of [`RULES`].
pub fn names() -> impl Iterator<Item = RuleName> {
    RULES.iter().map(|rule| rule.name())
}
