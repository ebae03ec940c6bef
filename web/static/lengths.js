// What does not fit is said at its field, and nothing of it is lost: a browser by itself cuts off pasted text in silence.
"use strict";
(() => {
  let notes = 0;
  const spoken = (number) => number.toLocaleString("ru-RU");

  // Before anything is pasted: from now on this file watches the length.
  function take(field) {
    if (!field.maxLength || field.maxLength < 0) return;
    field.dataset.most = field.maxLength;
    field.removeAttribute("maxlength");
  }

  function noteOf(field) {
    const there = field.dataset.note && document.getElementById(field.dataset.note);
    if (there) return there;
    const note = document.createElement("span");
    note.id = field.dataset.note = `too-long-${notes += 1}`;
    note.className = "too-long";
    note.setAttribute("role", "alert");
    field.after(note);
    return note;
  }

  function judge(field) {
    const most = Number(field.dataset.most), length = field.value.trim().length;
    const over = most && length > most;
    if (!over && !field.dataset.note) return;
    const said = over ? `Слишком длинно: знаков ${spoken(length)}, а помещается ${spoken(most)}. Уберите лишние ${spoken(length - most)}, иначе не сохранится.` : "";
    noteOf(field).textContent = said;
    field.setCustomValidity(said);
    if (over) {
      field.setAttribute("aria-invalid", "true");
      field.dataset.over = "";
    } else if ("over" in field.dataset) {
      field.removeAttribute("aria-invalid");
      delete field.dataset.over;
    }
  }

  const isText = (field) => field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement;
  document.addEventListener("focusin", (event) => { if (isText(event.target)) take(event.target); });
  document.addEventListener("input", (event) => { if (isText(event.target) && event.target.dataset.most) judge(event.target); }, true);
  // What saves by itself waits until it fits.
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.matches("[data-over]") || event.target.querySelector("[data-over]")) event.preventDefault(); });
})();
