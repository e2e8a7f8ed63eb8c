// What dogfood adds to a page's behaviour: ages of dates, copying a whole recipe, tabs. Without it the page says the same.
// Every statement ends with a semicolon: the file goes into the page as one line.
(() => {
  "use strict";
  // The printed book holds every page's copy of this.
  if (window.dogfoodPage) { return; }
  window.dogfoodPage = true;
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

  // The commands of a console step, without prompts and output: lines after `$ `, and `> ` right below them.
  const commands = (text) => {
    const kept = [];
    let open = false;
    for (const line of text.split("\n")) {
      if (/^\$( |$)/.test(line)) { open = line.trim() !== "$"; if (open) { kept.push(line.slice(2)); } }
      else if (open && /^>( |$)/.test(line)) { kept.push(line.slice(2)); }
      else { open = false; }
    }
    return kept.join("\n");
  };
  const step = (code) => {
    const text = code.textContent.replace(/\n$/, "");
    return code.classList.contains("language-console") ? commands(text) : text;
  };
  const copy = (text) => {
    if (navigator.clipboard) { return navigator.clipboard.writeText(text); }
    const area = make("textarea", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    return Promise.resolve();
  };

  // What runs before and in each recipe, by language, in the page's order: the guide's setup, then the recipe's own steps.
  const recipes = () => {
    let setup = [];
    let steps = {};
    for (const node of all(".dogfood-stamp, pre > code[class], .dogfood-evidence")) {
      const words = Array.from(node.classList);
      if (node.dataset.dogfoodStamp) { setup = []; steps = {}; continue; }
      if (node.dataset.dogfoodRecipe) { offer(node, setup, steps[node.dataset.dogfoodRecipe] || []); continue; }
      const language = words[0].replace("language-", "");
      if (!/^(sh|bash|shell|console|python)$/.test(language) || words.some((word) => /^(skip|illustrative|file|given)=/.test(word))) { continue; }
      const id = (words.find((word) => /^recipe=/.test(word)) || "").slice(7);
      const entry = { language: language === "python" ? "Python" : "shell", code: node, here: words.some((word) => /^target=/.test(word)) };
      if (words.includes("setup")) { setup.push(entry); }
      else if (id) { (steps[id] = steps[id] || []).push(entry); }
    }
  };
  const offer = (evidence, setup, own) => {
    // A later step that runs on some targets only: no one script ran everywhere.
    if (!own.length || own.slice(1).some((entry) => entry.here)) { return; }
    const languages = Array.from(new Set(own.map((entry) => entry.language)));
    for (const language of languages) {
      const words = "Copy recipe" + (languages.length > 1 ? ": " + language : "");
      const button = make("button", { type: "button", className: "dogfood-copy", textContent: words });
      put(button, { "aria-label": words + " " + evidence.dataset.dogfoodRecipe });
      button.addEventListener("click", async () => {
        const text = setup.concat(own).filter((entry) => entry.language === language).map((entry) => step(entry.code)).join("\n") + "\n";
        try { await copy(text); button.textContent = "Copied"; }
        catch { button.textContent = "Not copied"; }
        status.textContent = button.textContent;
        setTimeout(() => { button.textContent = words; status.textContent = ""; }, 2000);
      });
      evidence.insertBefore(button, evidence.querySelector("details,p"));
    }
  };
  const status = make("div", { className: "dogfood-status" });
  put(status, { role: "status", style: "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)" });

  const sets = [];
  const called = (panel) => panel.firstElementChild.textContent;
  const select = (name, from) => {
    for (const set of sets) {
      const at = set.panels.findIndex((panel) => called(panel) === name);
      if (at < 0) { continue; }
      set.panels.forEach((panel, i) => {
        if (i === at) { panel.removeAttribute("hidden"); } else { put(panel, { hidden: "until-found" }); }
        put(set.tabs[i], { "aria-selected": i === at, tabindex: i === at ? 0 : -1 });
      });
      if (set === from) { set.tabs[at].focus(); }
    }
  };
  const tabs = (root, number) => {
    const panels = Array.from(root.children);
    const bar = make("div");
    put(bar, { role: "tablist", "aria-label": "Target" });
    const set = { panels, tabs: [] };
    panels.forEach((panel, i) => {
      const name = called(panel);
      const id = "dogfood-tab-" + number + "-" + i;
      const tab = make("button", { type: "button", textContent: name });
      put(tab, { id, role: "tab", "aria-controls": id + "-panel" });
      put(panel, { id: id + "-panel", role: "tabpanel", "aria-labelledby": id });
      const choose = (to) => {
        const top = bar.getBoundingClientRect().top;
        const next = called(panels[(to + panels.length) % panels.length]);
        select(next, set);
        scrollBy(0, bar.getBoundingClientRect().top - top);
        try { sessionStorage.setItem("dogfood-tab", next); } catch { return; }
      };
      tab.addEventListener("click", () => choose(i));
      tab.addEventListener("keydown", (event) => {
        const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: panels.length - 1 }[event.key];
        if (to !== undefined) { event.preventDefault(); event.stopPropagation(); choose(to); }
      });
      panel.addEventListener("beforematch", () => select(name));
      set.tabs.push(tab);
      bar.append(tab);
    });
    root.prepend(bar);
    root.classList.add("dogfood-live");
    sets.push(set);
    select(called(panels[0]));
  };

  // mdBook's own button beside a console step copies what runs, not what the terminal shows.
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".clip-button");
    const code = button && button.closest("pre").querySelector("code.language-console");
    if (!code || !Array.from(code.classList).some((word) => /^recipe=|^setup$|^teardown$/.test(word))) { return; }
    event.stopImmediatePropagation();
    copy(step(code)).then(() => { status.textContent = "Copied"; });
  }, true);

  document.addEventListener("DOMContentLoaded", () => {
    all(".dogfood-evidence time").forEach(age);
    document.body.append(status);
    recipes();
    // A page that was reached by a search shows everything, or a hit could be out of sight.
    if (new URLSearchParams(location.search).has("highlight")) {
      const reveal = () => all(".dogfood-evidence details:not([open])").forEach((fold) => { if (fold.querySelector("mark")) { fold.open = true; } });
      reveal();
      new MutationObserver(reveal).observe(document.body, { childList: true, subtree: true });
      return;
    }
    all(".dogfood-tabs").forEach(tabs);
    try { const last = sessionStorage.getItem("dogfood-tab"); if (last) { select(last); } } catch { return; }
  });
})();
