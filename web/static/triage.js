// Letters by keyboard, and a question before something leaves the house. Never while somebody types.
"use strict";
(() => {
  const keys = document.getElementById("keys"), asks = document.getElementById("asks");
  const links = [...document.querySelectorAll("a[data-letter]")];
  const accept = document.getElementById("accept");

  for (const button of document.querySelectorAll("[data-keys]")) {
    button.hidden = false;
    button.addEventListener("click", () => keys.showModal());
  }

  function ask(text, act) {
    document.getElementById("asks-text").textContent = text;
    asks.returnValue = "";
    asks.addEventListener("close", () => { if (asks.returnValue === "yes") act(); }, { once: true });
    asks.showModal();
  }

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !button.dataset.asks || button.dataset.sure) return;
    event.preventDefault();
    ask(button.dataset.asks, () => { button.dataset.sure = "1"; event.target.requestSubmit(button); });
  });

  function follow(relation) {
    const link = document.querySelector(`a[rel=${relation}]`);
    if (link) link.click();
  }

  function step(by) {
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
    if (next) next.focus();
  }

  function press() {
    if (!accept) return;
    const question = accept.dataset.asks || accept.dataset.asksKey;
    if (!question) { accept.click(); return; }
    ask(question, () => { accept.dataset.sure = "1"; accept.form.requestSubmit(accept); });
  }

  function choose(key) {
    const way = document.querySelector(`details[data-key="${key}"]`);
    if (!way) return;
    way.open = true;
    const field = [...way.querySelectorAll("input:not([type=hidden]), textarea")].find((each) => each.required && !each.value && each.type !== "radio");
    (field || way.querySelector("input[type=radio]:not(:checked)") || way.querySelector("button")).focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open || asks.open || event.defaultPrevented) return;
    const at = document.activeElement;
    if (event.key === "Escape") {
      if (at && at.matches("input, textarea, select")) at.blur(); else follow("up");
      return;
    }
    if (at && at.matches("input, textarea, select, [contenteditable]")) return;
    const acts = {
      j: () => links.length ? step(1) : follow("next"),
      k: () => links.length ? step(-1) : follow("prev"),
      "?": () => keys.showModal(),
      "/": () => { const field = document.querySelector("#search input"); if (field) field.focus(); },
    };
    Object.assign(acts, { "о": acts.j, "л": acts.k, ",": acts["?"], ".": acts["/"] });  // the same keys in the Russian layout
    if (event.key === "Enter") {
      if (at && at.matches("a, button, summary")) return;
      event.preventDefault();
      if (links.length) links[0].click(); else press();
    } else if (/^[1-7]$/.test(event.key)) {
      event.preventDefault();
      choose(event.key);
    } else if (acts[event.key.toLowerCase()]) {
      event.preventDefault();
      acts[event.key.toLowerCase()]();
    }
  });
})();
