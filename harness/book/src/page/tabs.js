// Tabs for panels that stand below one another. Goes below page.js into pages that have some; one choice holds for all of them.
(() => {
  "use strict";
  const { all, make, put } = window.dogfoodPage;
  if (window.dogfoodPage.tabs) { return; }
  window.dogfoodPage.tabs = true;
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

  document.addEventListener("DOMContentLoaded", () => {
    // A page that was reached by a search shows everything, or a hit could be out of sight.
    if (new URLSearchParams(location.search).has("highlight")) { return; }
    all(".dogfood-tabs").forEach(tabs);
    try { const last = sessionStorage.getItem("dogfood-tab"); if (last) { select(last); } } catch { return; }
  });
})();
