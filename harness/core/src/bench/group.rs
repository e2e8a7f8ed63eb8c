//! The groups of a recipe: variants, what runs before each, how often, and in which order. Pure.

use crate::markup::model::{Recipe, Step};
use crate::name::Id;

/// Rounds that count, where the guide says none.
pub const DEFAULT_ROUNDS: u32 = 10;

/// The least effect that counts, where the guide says none.
pub const DEFAULT_EFFECT: f64 = 1.1;

/// Steps of one recipe that are measured against each other.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// Its name.
    pub id: Id,
    /// How many rounds count. One more comes before them.
    pub rounds: u32,
    /// A ratio nearer to 1 than this is no effect that the guide cares about.
    pub min_effect: f64,
    /// The variants, the base first.
    pub variants: Vec<Variant<'a>>,
    /// What runs untimed before each variant.
    pub before: Vec<&'a Step>,
}

/// A step that is timed.
#[derive(Clone, Debug)]
pub struct Variant<'a> {
    /// Its name.
    pub id: Id,
    /// The step.
    pub step: &'a Step,
}

/// One run of one step of a group.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    /// The step.
    pub step: &'a Step,
    /// The round, 0 for the one that does not count.
    pub round: u32,
    /// Whether its time is kept.
    pub timed: bool,
    /// Whether the group is over after it.
    pub last: bool,
}

/// The groups of `recipe`, in the order of their first step.
pub fn groups(recipe: &Recipe) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for step in &recipe.steps {
        let Some((id, variant)) = name(step) else { continue };
        let at = groups.iter().position(|group| group.id == id).unwrap_or_else(|| {
            let (variants, before) = (Vec::new(), Vec::new());
            groups.push(Group { id, rounds: DEFAULT_ROUNDS, min_effect: DEFAULT_EFFECT, variants, before });
            groups.len() - 1
        });
        let group = &mut groups[at];
        match variant {
            Some(id) => group.variants.push(Variant { id, step }),
            None => group.before.push(step),
        }
        group.rounds = step.options.rounds.unwrap_or(group.rounds);
        let effect = step.options.min_effect.as_ref().and_then(|effect| effect.parse().ok());
        group.min_effect = effect.unwrap_or(group.min_effect);
    }
    groups
}

/// The group of a step, and the variant that it is; nothing where it is not part of one.
fn name(step: &Step) -> Option<(Id, Option<Id>)> {
    let word = step.options.bench.as_ref()?;
    match word.split_once('/') {
        None => Some((Id::new(word).ok()?, None)),
        Some((group, variant)) => Some((Id::new(group).ok()?, Some(Id::new(variant).ok()?))),
    }
}

impl<'a> Group<'a> {
    /// Whether `step` is part of it.
    pub fn holds(&self, step: &Step) -> bool {
        let variants = self.variants.iter().map(|variant| variant.step);
        variants.chain(self.before.iter().copied()).any(|own| std::ptr::eq(own, step))
    }

    /// The variants that run on `target`, the base first.
    pub fn variants_on<'s>(&'s self, target: &'s Id) -> impl Iterator<Item = &'s Variant<'a>> {
        self.variants.iter().filter(|variant| variant.step.runs_on(target))
    }

    /// Every run on `target`, in order: round by round, and in each round every variant once, so that whatever slows the machine down for a
    /// while meets them all.
    pub fn turns(&self, target: &Id) -> Vec<Turn<'a>> {
        let mut turns = Vec::new();
        for round in 0..=self.rounds {
            for variant in self.variants_on(target) {
                let before = self.before.iter().filter(|step| step.runs_on(target));
                turns.extend(before.map(|step| Turn { step, round, timed: false, last: false }));
                turns.push(Turn { step: variant.step, round, timed: true, last: false });
            }
        }
        if let Some(turn) = turns.last_mut() {
            turn.last = true;
        }
        turns
    }
}
