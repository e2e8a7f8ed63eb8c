//! What a reader copies is what ran: compared with the steps that the recorder executes, which the traces pin by digest.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use dogfood_core::markup::model::{Chapter, Guide, Recipe, Session, Step};
use dogfood_core::markup::{ChapterKind, HideLines, extract};
use dogfood_core::name::Id;
use dogfood_core::place::RelPath;
use mdbook_dogfood::escape;

use crate::page::Page;
use crate::site::{Site, inputs};

/// The browser has one clipboard.
static CLIPBOARD: Mutex<()> = Mutex::new(());

fn guide(id: &str) -> &'static Guide {
    let mut guides = inputs().guides().map(|(_, guide)| guide);
    guides.find(|guide| guide.front.guide.as_str() == id).expect("a guide")
}

fn language(step: &Step) -> &'static str {
    match step.session {
        Session::Python => "Python",
        Session::Bash | Session::Console => "shell",
    }
}

/// The whole recipe as scripts, one per language: the guide's setup and then its own steps, as one session after another gets them on `target`.
fn scripts(guide: &Guide, recipe: &Recipe, target: &Id) -> BTreeMap<&'static str, String> {
    let mut scripts = BTreeMap::new();
    for step in recipe.steps.iter().filter(|step| step.runs_on(target)) {
        scripts.entry(language(step)).or_insert_with(String::new);
    }
    for step in guide.setup.iter().chain(&recipe.steps).filter(|step| step.runs_on(target)) {
        if let Some(script) = scripts.get_mut(language(step)) {
            script.push_str(&step.text);
            script.push('\n');
        }
    }
    scripts
}

/// Holds once something is in the clipboard.
const FILLED: &str = "navigator.clipboard.readText().then((text) => text !== '')";

/// What the clipboard holds once `button` was pressed and `done` holds.
fn copied(tab: &Page, button: &str, done: &str) -> String {
    tab.ask("navigator.clipboard.writeText('')");
    tab.ask(&format!("{button}.click()"));
    tab.until(done);
    tab.text("navigator.clipboard.readText()")
}

#[test]
fn every_button_for_a_whole_recipe_copies_exactly_what_ran() {
    let _alone = CLIPBOARD.lock().unwrap_or_else(PoisonError::into_inner);
    let tab = Page::new();
    tab.allow_clipboard();
    let mut compared = 0;
    for (page, id) in Site::shared().guides() {
        tab.go(&page);
        // What a screen reader is told goes away after two seconds, which on a busy machine is before the test looks.
        tab.ask(
            "(() => { const status = document.querySelector('.dogfood-status'); \
             new MutationObserver(() => { window.said = status.textContent || window.said; }).observe(status, { childList: true }); })()",
        );
        for recipe in guide(&id).recipes.iter().filter(|recipe| recipe.skip.is_none()) {
            let buttons = format!("document.querySelectorAll('[data-dogfood-recipe=\"{}\"] .dogfood-copy')", recipe.id);
            // In this book the same runs on all.
            let expected = scripts(guide(&id), recipe, &recipe.targets[0]);
            assert_eq!(tab.ask(&format!("{buttons}.length")), expected.len(), "{id}/{}", recipe.id);
            for at in 0..expected.len() {
                let label = tab.text(&format!("{buttons}[{at}].textContent"));
                let wanted = expected.iter().find(|(language, _)| expected.len() == 1 || label.ends_with(*language));
                tab.ask("window.said = ''");
                let copied = copied(&tab, &format!("{buttons}[{at}]"), "window.said !== ''");
                assert_eq!(tab.text("window.said"), "Copied");
                assert_eq!(copied, *wanted.unwrap().1, "{id}/{} {label}", recipe.id);
                compared += 1;
            }
        }
    }
    assert!(compared > 40, "{compared}");
}

#[test]
fn every_button_beside_a_step_copies_exactly_that_step() {
    let _alone = CLIPBOARD.lock().unwrap_or_else(PoisonError::into_inner);
    let tab = Page::new();
    tab.allow_clipboard();
    let mut compared = 0;
    for (page, id) in Site::shared().guides() {
        tab.go(&page);
        for recipe in &guide(&id).recipes {
            let own = |step: &&Step| step.session != Session::Console;
            for (at, step) in recipe.steps.iter().enumerate().take(2).filter(|(_, step)| own(step)) {
                let code = code(&recipe.id, at);
                let button = format!("{code}.closest('pre').querySelector('.clip-button')");
                let copied = copied(&tab, &button, FILLED);
                assert_eq!(copied.strip_suffix('\n').unwrap_or(&copied), step.text, "{id}/{}", recipe.id);
                compared += 1;
            }
        }
    }
    assert!(compared > 40, "{compared}");
}

/// A tab on a page that ends with the fences and evidence of `guide`, which no guide of this book is like. `attribute` is what the evidence of
/// each recipe has besides.
fn with(guide: &str, attribute: &str) -> (Page, Chapter) {
    let path = RelPath::new("guides/a.md").unwrap();
    let (chapter, found) = extract(&path, guide, ChapterKind::Guide, &HideLines(BTreeMap::new()), &BTreeMap::new());
    assert_eq!(found, []);
    let fences = chapter.fences.iter().map(|fence| {
        format!("<pre><code class=\"language-{}\">{}</code></pre>", fence.info, escape::html(&fence.body.text))
    });
    let recipes = chapter.guide.iter().flat_map(|guide| &guide.recipes);
    let evidence = recipes.map(|recipe| {
        format!("<div class=\"dogfood-evidence\" data-dogfood-recipe=\"{}\"{attribute}><p>x</p></div>", recipe.id)
    });
    let html: String = fences.chain(evidence).collect();
    let tab = Page::new();
    tab.allow_clipboard();
    // Comes before the page's own listener, and brings what the page would have if the fences were its own.
    let source = format!(
        "document.addEventListener('DOMContentLoaded', () => {{ document.querySelector('main').insertAdjacentHTML('beforeend', {});\n{}}})",
        serde_json::Value::from(format!("<div class=\"dogfood-stamp\" data-dogfood-stamp=\"1\"></div>{html}")),
        include_str!("../../src/page/console.js")
    );
    tab.call("Page.addScriptToEvaluateOnNewDocument", &serde_json::json!({ "source": source }));
    tab.go("quickstart-without-docker.html");
    (tab, chapter)
}

#[test]
fn where_a_step_runs_on_some_targets_only_each_target_has_what_ran_there() {
    let text = "---\nguide: a\nkind: sidebar\ntargets: [one, two]\ntoolbox: tools\n---\n\n```sh setup\nset -u\n```\n\n```sh setup target=two\nready=yes\n```\n\n\
                ```sh recipe=apart\necho both\n```\n\n```sh recipe=apart target=one\necho one\n```\n\n```python recipe=apart target=two\nprint(2)\n```\n";
    let _alone = CLIPBOARD.lock().unwrap_or_else(PoisonError::into_inner);
    let (tab, chapter) = with(text, " data-dogfood-targets=\"one two\"");
    let guide = chapter.guide.as_ref().unwrap();
    let recipe = &guide.recipes[0];
    let buttons = "document.querySelectorAll('[data-dogfood-recipe=apart] .dogfood-copy')";
    let expected = [
        ("Copy recipe for one", "one", "shell", "set -u\necho both\necho one\n"),
        ("Copy recipe: shell for two", "two", "shell", "set -u\nready=yes\necho both\n"),
        ("Copy recipe: Python for two", "two", "Python", "print(2)\n"),
    ];
    assert_eq!(tab.ask(&format!("{buttons}.length")), expected.len());
    // Each is put in front of the text, after the one before.
    for (at, (words, target, language, text)) in expected.into_iter().enumerate() {
        assert_eq!(tab.text(&format!("{buttons}[{at}].textContent")), words);
        assert_eq!(copied(&tab, &format!("{buttons}[{at}]"), FILLED), text);
        assert_eq!(scripts(guide, recipe, &Id::new(target).unwrap())[language], text);
    }
}

/// No guide of this book has them: a `console` step, and two languages in one recipe.
#[test]
fn of_a_console_step_the_commands_are_copied_and_of_two_languages_two_scripts() {
    let guide = "---\nguide: a\nkind: sidebar\ntargets: [none]\ntoolbox: tools\n---\n\n```console recipe=mixed\n$ echo one \\\n> two\none two\n> not a command\n\n$ cat <<END\n> $ x\n> END\n$ x\n```\n\n\
                 ```python recipe=mixed\nprint(1)\n```\n\n```sh recipe=mixed\necho '<three> & {{four}}'\n```\n";
    let _alone = CLIPBOARD.lock().unwrap_or_else(PoisonError::into_inner);
    let (tab, chapter) = with(guide, "");
    let guide = chapter.guide.as_ref().unwrap();
    let recipe = &guide.recipes[0];
    let copied = |button: &str| copied(&tab, button, FILLED);
    let scripts = scripts(guide, recipe, &recipe.targets[0]);
    let button = |at: usize| format!("document.querySelectorAll('[data-dogfood-recipe=mixed] .dogfood-copy')[{at}]");
    assert_eq!(tab.text(&format!("{}.textContent", button(0))), "Copy recipe: shell");
    assert_eq!(copied(&button(0)), scripts["shell"]);
    assert_eq!(scripts["shell"], "echo one \\\ntwo\ncat <<END\n$ x\nEND\nx\necho '<three> & {{four}}'\n");
    assert_eq!(copied(&button(1)), scripts["Python"]);
    let beside = "document.querySelector('code.language-console').closest('pre').querySelector('.clip-button')";
    // mdBook made its buttons before the page was added to.
    tab.ask("document.querySelector('code.language-console').insertAdjacentHTML('beforebegin', '<button class=\"clip-button\"><i></i></button>')");
    assert_eq!(copied(beside), recipe.steps[0].text);
}

/// The code of a recipe's step on the page.
fn code(recipe: &Id, at: usize) -> String {
    format!(
        "Array.from(document.querySelectorAll('main pre > code')).filter((one) => one.classList.contains('recipe={recipe}') && !one.classList.contains('expect'))[{at}]"
    )
}
