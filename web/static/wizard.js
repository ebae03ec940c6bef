// The wizard's comforts. Every page of it works without them: plain links and forms.
"use strict";

const fold = (text) => text.toLowerCase().replaceAll("ё", "е").trim();

// Step one: the catalogue filtered in place.
function filterKinds(field) {
  const count = document.getElementById("kind-count");
  const nothing = document.getElementById("kind-nothing");
  const kinds = [...document.querySelectorAll(".kind")];
  field.addEventListener("input", () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const kind of kinds) {
      kind.hidden = !words.every((word) => kind.dataset.words.includes(word));
      shown += kind.hidden ? 0 : 1;
    }
    for (const part of document.querySelectorAll(".kinds")) {
      part.hidden = !part.querySelector(".kind:not([hidden])");
    }
    nothing.hidden = shown > 0;
    count.textContent = words.length ? `Найдено: ${shown} из ${kinds.length}` : `Видов заявок: ${kinds.length}`;
  });
}

// People: which controls of a row are wrong now, told by the row's findings.
function markWrong(place) {
  const code = place.id.startsWith("told-") && place.closest("#fields") ? place.id.slice(5) : "";
  const control_of_field = code && document.getElementById(`field-${code}`);
  if (control_of_field) {
    if (place.dataset.wrong) control_of_field.setAttribute("aria-invalid", "true");
    else control_of_field.removeAttribute("aria-invalid");
    return;
  }
  const row = place.closest(".person");
  const said = row && row.querySelector("[data-wrong]");
  if (!said) return;
  const wrong = said.dataset.wrong.split(" ");
  for (const control of row.querySelectorAll("[data-field]")) {
    if (wrong.includes(control.dataset.field)) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

function addRow(table, focus) {
  const spare = document.getElementById("spare").content.firstElementChild.cloneNode(true);
  const old = spare.dataset.key;
  const number = Number(table.dataset.next);
  const key = `new${number}`;
  const place = table.querySelectorAll(".person").length + 1;
  table.dataset.next = String(number + 1);
  spare.id = `line-${place}`;
  spare.dataset.key = key;
  for (const part of spare.querySelectorAll("*")) {
    for (const name of ["id", "name", "aria-describedby"]) {
      const value = part.getAttribute(name);
      if (value && (value.startsWith(`${old}.`) || value.endsWith(`-${old}`))) part.setAttribute(name, value.replace(old, key));
    }
    if (part.value === old && part.name === "row") part.value = key;
    if (part.name === "remove") {
      part.value = key;
      part.setAttribute("aria-label", `Убрать строку ${place}`);
    }
  }
  const number_cell = spare.querySelector(".place");
  for (const node of number_cell.childNodes) if (node.nodeType === Node.TEXT_NODE && node.data.trim()) node.data = String(place);
  table.append(spare);
  window.htmx.process(spare);
  if (focus) spare.querySelector("[data-field]").focus();
  return spare;
}

function people(table) {
  const add = document.getElementById("add-row");
  if (add) {
    add.addEventListener("click", (event) => {
      event.preventDefault();
      addRow(table, true);
    });
    // The last row is always an empty one.
    table.addEventListener("input", (event) => {
      if (event.target.closest(".person") === table.querySelector(".person:last-of-type") && event.target.dataset.field) addRow(table, false);
    });
  }
  const box = document.getElementById("grid");
  const form = document.querySelector("form.box[action$='/paste']");
  box.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!form || (!text.includes("\t") && !text.trim().includes("\n"))) return; // one cell is pasted as usual
    event.preventDefault();
    form.elements.pasted.value = text;
    form.elements.replace.checked = false;
    flush(() => form.requestSubmit());
  });
  // Enter goes one row down in the same column, as in Excel; it does not send the form.
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.dataset.field) return;
    event.preventDefault();
    const next = event.target.closest(".person").nextElementSibling;
    if (next) next.querySelector(`[data-field="${event.target.dataset.field}"]`).focus();
    else event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });
  for (const row of table.querySelectorAll(".person")) markWrong(row.querySelector("[data-wrong]") || row);
}

// Saving: what is under way, and a warning where leaving would lose something.
let unsaved = 0;
let waiting = null;
const tell = (text, bad) => {
  const place = document.getElementById("saved");
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("bad", Boolean(bad));
};

function flush(then) {
  if (document.activeElement && document.activeElement.dataset.field) document.activeElement.blur();
  if (!document.querySelector(".htmx-request")) return then();
  waiting = then;
}

// A chosen file is kept at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest("#fields");
  if (form && event.target.type === "file" && event.target.files.length) {
    flush(() => form.requestSubmit(form.querySelector("[name=go][value=save]")));
  }
});
document.addEventListener("input", (event) => {
  if (event.target.closest("[data-keeps], .person")) unsaved += 1;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches(".person, [data-keeps]")) return;
  event.target.dataset.sent = String(unsaved);
  tell("Сохраняется…");
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.target.matches(".person, [data-keeps]")) return;
  if (event.detail.successful && event.target.dataset.sent === String(unsaved)) unsaved = 0;
  if (!event.detail.successful) tell("Не сохранено. Проверьте связь и нажмите «Сохранить»", true);
  if (waiting) {
    const then = waiting;
    waiting = null;
    then();
  }
});
document.addEventListener("htmx:oobAfterSwap", (event) => {
  const place = event.detail.target;
  markWrong(document.getElementById(place.id) || place);
});
document.addEventListener("submit", () => {
  unsaved = 0;
});
// A link of the page waits until the row that was typed last is kept.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !unsaved || link.target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  flush(() => {
    unsaved = 0;
    window.location.assign(link.href);
  });
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});

document.addEventListener("DOMContentLoaded", () => {
  const kinds = document.getElementById("kind-search");
  if (kinds) filterKinds(kinds);
  const table = document.querySelector("table.people");
  if (table) people(table);
});
