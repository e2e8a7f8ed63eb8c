//! What pieces can name: the guides and recipes of a book. Pure; touches nothing.

use crate::markup::model::{Chapter, Guide, Recipe, Step};
use crate::markup::spelling;
use crate::name::Id;

use super::problem::Problem;
use super::request::{Request, Word};

/// The chapters of a book.
#[derive(Clone, Copy, Debug)]
pub struct Book<'a> {
    /// In the order of SUMMARY.md.
    pub chapters: &'a [Chapter],
}

/// A recipe with what it stands in.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The chapter.
    pub chapter: &'a Chapter,
    /// The guide.
    pub guide: &'a Guide,
    /// The recipe.
    pub recipe: &'a Recipe,
}

impl<'a> Book<'a> {
    /// Every guide, in the order of the book.
    pub fn guides(&self) -> impl Iterator<Item = (&'a Chapter, &'a Guide)> + use<'a> {
        self.chapters.iter().filter_map(|chapter| Some((chapter, chapter.guide.as_ref()?)))
    }

    /// The guide that `word` names.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn guide(&self, word: Word<'_>) -> Result<(&'a Chapter, &'a Guide), Problem> {
        self.guide_called(word.text).ok_or_else(|| {
            let known = self.guides().map(|(_, guide)| guide.front.guide.as_str());
            let help = match spelling::nearest(word.text, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name a guide by the `guide:` of its front matter; `dogfood list` shows them".to_owned(),
            };
            Problem::new(word.range(), format!("the book has no guide `{}`", word.text), help)
        })
    }

    fn guide_called(&self, name: &str) -> Option<(&'a Chapter, &'a Guide)> {
        self.guides().find(|(_, guide)| guide.front.guide.as_str() == name)
    }

    /// The recipe that `word` names: `RECIPE` of the page's own guide, or `GUIDE/RECIPE`.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn recipe(&self, request: &Request<'a>, word: Word<'_>) -> Result<Found<'a>, Problem> {
        let (chapter, guide, name) = match word.text.split_once('/') {
            Some((guide, recipe)) => {
                let (chapter, guide) = self.guide(Word { text: guide, at: word.at })?;
                (chapter, guide, recipe)
            }
            None => match &request.chapter.guide {
                Some(guide) => (request.chapter, guide, word.text),
                None => return Err(self.nobodys(word)),
            },
        };
        if let Some(recipe) = guide.recipes.iter().find(|recipe| recipe.id.as_str() == name) {
            return Ok(Found { chapter, guide, recipe });
        }
        let known = guide.recipes.iter().map(|recipe| recipe.id.as_str());
        let help = match (spelling::nearest(name, known), self.anywhere(name)) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(other)) => format!("did you mean `{}/{name}`?", other.guide.front.guide),
            (None, None) => "name a recipe by the `recipe=` of its fences; `dogfood list` shows them".to_owned(),
        };
        Err(Problem::new(word.range(), format!("the guide `{}` has no recipe `{name}`", guide.front.guide), help))
    }

    /// A recipe without its guide, on a page that is no guide.
    fn nobodys(&self, word: Word<'_>) -> Problem {
        let help = match self.anywhere(word.text) {
            Some(found) => format!("did you mean `{}/{}`?", found.guide.front.guide, word.text),
            None => "write `GUIDE/RECIPE`".to_owned(),
        };
        Problem::new(word.range(), format!("this page is no guide, so `{}` is no recipe of it", word.text), help)
    }

    fn anywhere(&self, name: &str) -> Option<Found<'a>> {
        self.guides().find_map(|(chapter, guide)| {
            let recipe = guide.recipes.iter().find(|recipe| recipe.id.as_str() == name)?;
            Some(Found { chapter, guide, recipe })
        })
    }
}

impl<'a> Found<'a> {
    /// `guide/recipe`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.guide.front.guide, self.recipe.id)
    }

    /// Step `number` of the recipe; without one the last that runs on `target`.
    pub fn step(&self, number: Option<usize>, target: &Id) -> Option<&'a Step> {
        let mut steps = self.recipe.steps.iter().filter(|step| step.runs_on(target));
        match number {
            Some(number) => steps.find(|step| step.number == number),
            None => steps.next_back(),
        }
    }

    /// Sees that the recipe has the step that `step=` names.
    ///
    /// # Errors
    /// If it has not.
    pub fn check_step(&self, request: &Request<'_>) -> Result<Option<usize>, Problem> {
        let number = request.number("step")?;
        let many = self.recipe.steps.len();
        match (number, request.value("step")) {
            (Some(number), Some(word)) if number > many => {
                let title = format!("`{}` has no step {number}", self.recipe.id);
                let help = format!("name one of its {many} steps, counted from 1");
                Err(Problem::new(word.range(), title, help).subject(self.name()))
            }
            _ => Ok(number),
        }
    }
}
