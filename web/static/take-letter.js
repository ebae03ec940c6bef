// A letter dropped on its form is chosen and sent.
"use strict";
(() => {
  for (const form of document.querySelectorAll("form[data-drop]")) {
    const input = form.querySelector("input[type=file]");
    const carries = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    for (const told of form.querySelectorAll("[data-with-script]")) told.hidden = false;
    form.addEventListener("dragover", (event) => { if (carries(event)) { event.preventDefault(); form.classList.add("over"); } });
    form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) form.classList.remove("over"); });
    form.addEventListener("drop", (event) => {
      if (!carries(event) || !event.dataTransfer.files.length) return;
      event.preventDefault();
      form.classList.remove("over");
      const one = new DataTransfer();
      one.items.add(event.dataTransfer.files[0]);
      input.files = one.files;
      form.requestSubmit();
    });
  }
})();
