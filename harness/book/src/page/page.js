// What dogfood adds to a page's behaviour: ages of dates, and copying a whole recipe. Without it the page says the same.
// Every statement ends with a semicolon: the file goes into the page as one line.
(() => {
  "use strict";
  // The printed book holds every page's copy of this.
  if (window.dogfoodPage) { return; }
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const put = (node, attributes) => { for (const name in attributes) { node.setAttribute(name, attributes[name]); } };

  const age = (time) => {
    const days = Math.floor(Date.now() / 864e5) - Math.floor(Date.parse(time.textContent) / 864e5);
    if (!(days >= 0)) { return; }
    const words = days === 0 ? "today" : days === 1 ? "yesterday" : days < 60 ? days + " days ago" :
      days < 730 ? Math.floor(days / 30.4) + " months ago" : Math.floor(days / 365) + " years ago";
    time.after(make("span", { className: "dogfood-age", textContent: " (" + words + ")" }));
  };

  const step = (code) => {
    const text = code.textContent.replace(/\n$/, "");
    return code.classList.contains("language-console") ? page.commands(text) : text;
  };
  const copy = (text) => {
    if (navigator.clipboard) { return navigator.clipboard.writeText(text); }
    const area = make("textarea", { value: text });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject();
  };

  // What runs before and in each recipe, by language, in the page's order: the guide's setup, then the recipe's own steps.
  const recipes = () => {
    let setup = [];
    let steps = Object.create(null);
    for (const node of all(".dogfood-stamp, pre > code[class], .dogfood-evidence")) {
      const words = Array.from(node.classList);
      if (node.dataset.dogfoodStamp) { setup = []; steps = Object.create(null); continue; }
      if (node.dataset.dogfoodRecipe) { offer(node, setup, steps[node.dataset.dogfoodRecipe] || []); continue; }
      const language = words[0].replace("language-", "");
      if (!/^(sh|bash|shell|console|python)$/.test(language) || words.some((word) => /^(skip|illustrative|file|given)=/.test(word))) { continue; }
      const id = (words.find((word) => /^recipe=/.test(word)) || "").slice(7);
      const on = (words.find((word) => /^target=/.test(word)) || "").slice(7);
      const entry = { language: language === "python" ? "Python" : "shell", code: node, on: on && on.split("+") };
      if (words.includes("setup")) { setup.push(entry); }
      else if (id) { (steps[id] = steps[id] || []).push(entry); }
    }
  };
  const offer = (evidence, setup, own) => {
    // Where a step runs on some targets only, each target has a script of its own.
    const targets = (evidence.dataset.dogfoodTargets || "").split(" ");
    for (const target of targets) {
      const ran = (entry) => !target || !entry.on || entry.on.includes(target);
      const languages = Array.from(new Set(own.filter(ran).map((entry) => entry.language)));
      for (const language of languages) {
        // Asked for when it is pressed: a setup may stand below the recipe.
        const script = () => setup.concat(own).filter((entry) => ran(entry) && entry.language === language);
        button(evidence, script, "Copy recipe" + (languages.length > 1 ? ": " + language : "") + (targets.length > 1 ? " for " + target : ""));
      }
    }
  };
  const button = (evidence, script, words) => {
    const button = make("button", { type: "button", className: "dogfood-copy", textContent: words });
    put(button, { "aria-label": words + " " + evidence.dataset.dogfoodRecipe });
    button.addEventListener("click", async () => {
      button.textContent = await say(copy(script().map((entry) => step(entry.code)).join("\n") + "\n"));
      setTimeout(() => { button.textContent = words; }, 2000);
    });
    evidence.insertBefore(button, evidence.querySelector("details,p"));
  };
  const status = make("div", { className: "dogfood-status" });
  put(status, { role: "status", style: "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)" });
  // Tells those who do not see it how copying went.
  const say = (copied) => copied.then(() => "Copied", () => "Not copied").then((words) => {
    status.textContent = words;
    setTimeout(() => { status.textContent = ""; }, 2000);
    return words;
  });
  // For the scripts that only some pages need. A heading's id is a name of the window, too, but has no capital.
  const page = window.dogfoodPage = { all, make, put, step, copy, say };

  document.addEventListener("DOMContentLoaded", () => {
    all(".dogfood-evidence time").forEach(age);
    document.body.append(status);
    recipes();
    // A page that was reached by a search shows everything, or a hit could be out of sight.
    if (new URLSearchParams(location.search).has("highlight")) {
      const reveal = () => all(".dogfood-evidence details:not([open])").forEach((fold) => { if (fold.querySelector("mark")) { fold.open = true; } });
      reveal();
      new MutationObserver(reveal).observe(document.body, { childList: true, subtree: true });
    }
  });
})();
