// Long lists of choices: found by typing, counted while ticking. Without this the list is simply long.
"use strict";
for (const finder of document.querySelectorAll("[data-filters]")) {
  const list = document.getElementById(finder.dataset.filters);
  const items = [...list.querySelectorAll("[data-text]")];
  const some = document.querySelector("[name=seen][value=some]");
  const counter = document.querySelector("[data-chosen]");
  finder.closest("label").hidden = false;
  finder.addEventListener("input", () => {
    const words = finder.value.toLowerCase().replaceAll("ё", "е").split(/\s+/).filter(Boolean);
    for (const item of items) {
      const text = item.dataset.text.replaceAll("ё", "е");
      item.hidden = !words.every((word) => text.includes(word));
    }
  });
  finder.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  list.addEventListener("change", () => {
    counter.textContent = list.querySelectorAll(":checked").length;
    some.checked = true;
  });
}
