// The line of time: moving it sets the date field, letting go shows that day. Without this file the field does it.
"use strict";
(() => {
  const DAY = 86400000;
  const form = document.querySelector(".people-filters");
  const range = document.querySelector(".slider input");
  if (form) {
    const field = form.elements.as_of;
    const spoken = (iso) => iso.split("-").reverse().join(".");
    const show = () => form.dispatchEvent(new Event("change", { bubbles: true }));
    const at = (iso) => Math.round((Date.parse(iso) - Date.parse(range.dataset.first)) / DAY);
    const mark = () => {
      for (const each of document.querySelectorAll("[data-day]")) each.classList.toggle("chosen", each.dataset.day === field.value);
      if (!range || !field.value) return;
      range.value = String(at(field.value));
      range.setAttribute("aria-valuetext", spoken(field.value));
    };
    if (range) {
      range.min = "0";
      range.max = String(Math.max(1, at(range.dataset.last)));
      range.closest(".slider").hidden = false;
      range.addEventListener("input", () => {
        field.value = new Date(Date.parse(range.dataset.first) + Number(range.value) * DAY).toISOString().slice(0, 10);
        if (field.value > range.dataset.last) field.value = range.dataset.last;
        range.setAttribute("aria-valuetext", spoken(field.value));
        for (const each of document.querySelectorAll("[data-day]")) each.classList.toggle("chosen", each.dataset.day === field.value);
      });
      range.addEventListener("change", show);
    }
    field.addEventListener("change", mark);
    // The other filters stay as they are in the form when a day is chosen by its name.
    for (const each of document.querySelectorAll("[data-day]")) {
      each.addEventListener("click", (event) => {
        event.preventDefault();
        field.value = each.dataset.day;
        mark();
        show();
      });
    }
    mark();
  }
})();
