// Shortcuts of an answer fill in the choices below and beside them at once. Without a script they count when the form is sent.
"use strict";
document.addEventListener("change", (event) => {
  const chosen = event.target.closest(".answers input[type=radio]");
  if (!chosen) return;
  const cell = chosen.closest("td"), row = chosen.closest("tr");
  const whole = chosen.closest(".everybody"), across = cell === row.cells[1] && row.closest("table").querySelectorAll("thead th").length > 2;
  if (!whole && !across) return;
  for (const other of whole ? row.parentElement.rows : [row]) {
    for (const each of across ? [...other.cells] : [other.cells[cell.cellIndex]]) {
      if (each !== cell) for (const radio of each.querySelectorAll("input[type=radio]")) radio.checked = radio.value === chosen.value;
    }
  }
});
