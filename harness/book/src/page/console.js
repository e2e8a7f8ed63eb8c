// What runs of a console step, for copying. Goes below page.js into pages that have one.
(() => {
  "use strict";
  const page = window.dogfoodPage;
  if (page.commands) { return; }

  // The commands of a console step, without prompts and output: lines after `$ `, and `> ` right below them.
  page.commands = (text) => {
    const kept = [];
    let open = false;
    for (const line of text.split("\n")) {
      if (/^\$( |$)/.test(line)) { open = line.trim() !== "$"; if (open) { kept.push(line.slice(2)); } }
      else if (open && /^>( |$)/.test(line)) { kept.push(line.slice(2)); }
      else { open = false; }
    }
    return kept.join("\n");
  };

  // mdBook's own button beside a console step copies what runs, not what the terminal shows.
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".clip-button");
    const code = button && button.closest("pre").querySelector("code.language-console");
    if (!code || !Array.from(code.classList).some((word) => /^recipe=|^setup$|^teardown$/.test(word))) { return; }
    event.stopImmediatePropagation();
    page.say(page.copy(page.step(code)));
  }, true);
})();
