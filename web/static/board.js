// The board renews itself once a minute while it is looked at; nothing opened, typed or scrolled to is lost.
"use strict";
(() => {
  const EVERY = 60_000;
  let left = 0;
  const board = () => document.querySelector("#board[data-renew]");
  const busy = (part) => part.querySelector("details[open]") || document.querySelector(".board-filters :focus") || String(getSelection());
  const renew = () => {
    const part = board();
    if (part && document.visibilityState === "visible" && !busy(part)) part.dispatchEvent(new Event("renew"));
  };
  setInterval(renew, EVERY);
  document.addEventListener("htmx:beforeSwap", () => { left = document.querySelector(".lanes")?.scrollLeft ?? 0; });
  document.addEventListener("htmx:afterSwap", () => { const lanes = document.querySelector(".lanes"); if (lanes) lanes.scrollLeft = left; });
})();
