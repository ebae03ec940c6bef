// Pictures of a trouble report: chosen, photographed, pasted or dropped, seen before they are sent, sent with progress.
"use strict";
(() => {
  const form = document.getElementById("report");
  if (!form) return;
  const [most, each, together] = ["most", "each", "together"].map((name) => Number(form.dataset[name]));
  const list = document.getElementById("chosen"), told = document.getElementById("chosen-told");
  const problem = document.getElementById("problem"), bar = document.getElementById("sending");
  const button = form.querySelector("button.main"), inputs = [...form.querySelectorAll("input[type=file]")];
  let pictures = [];
  document.body.classList.add("live");

  function complain(text) {
    problem.textContent = text;
    problem.hidden = !text;
    if (text) problem.scrollIntoView({ block: "center" });
  }

  // What the desk cannot open, or is too big, is drawn anew as JPEG; a screenshot stays as it is.
  async function fitting(file) {
    if (/^image\/(png|jpeg)$/.test(file.type) && file.size <= each) return file;
    const seen = await createImageBitmap(file), shrink = Math.min(1, 2400 / Math.max(seen.width, seen.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(seen.width * shrink); canvas.height = Math.round(seen.height * shrink);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(seen, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.88));
    return new File([made], (file.name || "Снимок").replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  }

  async function add(files) {
    complain("");
    for (const file of files) {
      if (pictures.length >= most) { complain(`Снимков не больше ${most}. Уберите лишний.`); break; }
      try {
        const picture = await fitting(file);
        const named = picture.name ? picture : new File([picture], "Снимок.png", { type: picture.type });
        const preview = await drawn(named);
        pictures.push(named);
        show(named, preview);
      } catch {
        complain("Это не снимок, или он не открывается. Подойдут PNG и JPEG.");
      }
    }
    count();
  }

  // On a canvas: the page's rules allow pictures from our own address only.
  async function drawn(file) {
    const seen = await createImageBitmap(file), canvas = document.createElement("canvas");
    const shrink = Math.min(1, 320 / Math.max(seen.width, seen.height));
    canvas.width = Math.max(1, Math.round(seen.width * shrink)); canvas.height = Math.max(1, Math.round(seen.height * shrink));
    canvas.getContext("2d").drawImage(seen, 0, 0, canvas.width, canvas.height);
    canvas.setAttribute("role", "img");
    return canvas;
  }

  function show(file, preview) {
    const item = document.createElement("li"), away = document.createElement("button");
    preview.setAttribute("aria-label", file.name);
    away.type = "button"; away.textContent = "Убрать"; away.setAttribute("aria-label", `Убрать ${file.name}`);
    away.addEventListener("click", () => {
      pictures = pictures.filter((other) => other !== file);
      item.remove(); complain(""); count(); inputs[inputs.length - 1].focus();
    });
    item.append(preview, away);
    list.append(item);
  }

  function count() {
    list.hidden = !pictures.length;
    told.textContent = pictures.length ? `Приложено снимков: ${pictures.length}` : "Снимков нет";
  }

  for (const input of inputs) {
    const take = () => { const files = [...input.files]; input.value = ""; add(files); };
    input.addEventListener("change", take);
    if (input.files.length) take(); // chosen before this script had come
  }
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData ? event.clipboardData.files : [])].filter((file) => file.type.startsWith("image/"));
    if (files.length) { event.preventDefault(); add(files); }
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => { event.preventDefault(); if (event.dataTransfer) add([...event.dataTransfer.files]); });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!pictures.length) { complain("Приложите снимок экрана: без него СТП не примет обращение."); return; }
    if (pictures.reduce((sum, file) => sum + file.size, 0) > together) { complain("Снимки вместе слишком большие. Уберите один."); return; }
    complain("");
    const body = new FormData(), sent = new XMLHttpRequest();
    body.append("description", form.elements.description.value);
    for (const file of pictures) body.append("screenshots", file, file.name);
    const fail = (text) => { button.disabled = false; button.textContent = "Отправить"; bar.hidden = true; complain(text); };
    button.disabled = true; button.textContent = "Отправляется"; bar.hidden = false;
    sent.upload.addEventListener("progress", (moved) => { if (moved.lengthComputable) bar.value = moved.loaded / moved.total * 100; });
    sent.addEventListener("load", () => {
      if (sent.status === 200) { location.replace(sent.responseURL); return; }
      const page = new DOMParser().parseFromString(sent.responseText, "text/html");
      const said = page.querySelector(".problem:not([hidden])") || page.querySelector("main p");
      fail(said ? said.textContent.trim() : "Не получилось. Попробуйте ещё раз.");
    });
    sent.addEventListener("error", () => fail("Связь прервалась. Ничего не потеряно: нажмите «Отправить» ещё раз."));
    sent.open("POST", form.action);
    sent.send(body);
  });
})();
