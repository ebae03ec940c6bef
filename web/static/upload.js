// Files go up one after another as soon as they are chosen, dropped, pasted or photographed; the result page by page follows.
"use strict";
(() => {
  const drop = document.getElementById("drop"), form = document.getElementById("upload");
  const list = document.getElementById("uploads"), told = document.getElementById("upload-told");
  const most = Number(drop.dataset.most);
  const queue = [];
  let busy = false;
  document.body.classList.add("live");

  function wrong(file) {
    if (file.size === 0) return "Файл пустой. Отсканируйте заново.";
    if (file.size > most) return `Файл больше ${Math.floor(most / 1048576)} МБ. Отсканируйте с разрешением 200–300 dpi или по частям.`;
    const known = /^(application\/pdf|image\/)/.test(file.type) || /\.(pdf|jpe?g|png)$/i.test(file.name);
    if (!known) return "Это не PDF и не снимок. Приложите скан в PDF или JPG.";
    if (/hei[cf]/i.test(file.type + file.name)) return "Это снимок HEIC. В настройках камеры выберите «Наиболее совместимый» или сохраните как JPG.";
    return "";
  }

  function row(file) {
    const item = document.createElement("li"), name = document.createElement("span"), state = document.createElement("span");
    const bar = document.createElement("progress"), problem = document.createElement("p");
    name.className = "name"; name.textContent = file.name || "Снимок из буфера"; state.className = "soft"; state.textContent = "ждёт";
    bar.max = 100; bar.value = 0; bar.setAttribute("aria-label", `Загрузка: ${name.textContent}`);
    problem.className = "wrong"; problem.hidden = true;
    item.append(name, state, bar, problem);
    list.append(item); list.hidden = false;
    return {
      say(text, share) { state.textContent = text; bar.value = share; },
      fail(text, again) {
        bar.hidden = true; problem.hidden = false; problem.textContent = text; state.textContent = "";
        told.textContent = `${name.textContent}: ${text}`;
        if (again) {
          const button = document.createElement("button");
          button.type = "button"; button.className = "small"; button.textContent = "Повторить";
          button.addEventListener("click", () => { item.remove(); add([file]); });
          item.append(button);
        }
      },
      done() { item.remove(); if (!list.children.length) list.hidden = true; },
    };
  }

  function add(files) {
    for (const file of files) {
      const shown = row(file), problem = wrong(file);
      if (problem) shown.fail(problem, false); else queue.push([file, shown]);
    }
    next();
  }

  function next() {
    if (busy || !queue.length) return;
    busy = true;
    send(...queue.shift()).finally(() => { busy = false; next(); });
  }

  function send(file, shown) {
    return new Promise((over) => {
      const sent = new XMLHttpRequest(), body = new FormData();
      body.append("scan", file, file.name || "Снимок.png");
      sent.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) shown.say(event.loaded < event.total ? `${Math.round(event.loaded / event.total * 100)} %` : "читается", event.loaded / event.total * 100);
      });
      sent.upload.addEventListener("load", () => shown.say("читается", 100));
      sent.addEventListener("load", () => {
        if (sent.status === 200 && sent.responseText.includes('id="scan-result"')) { shown.done(); show(sent.responseText); }
        else if (sent.status === 401 || /\/login(\?|$)/.test(sent.responseURL)) shown.fail("Вы вышли. Войдите в другой вкладке и повторите.", true);
        else shown.fail(spoken(sent.responseText) || "Сервер не принял файл.", true);
        over();
      });
      sent.addEventListener("error", () => { shown.fail("Связь прервалась, файл не загружен.", true); over(); });
      sent.open("POST", form.action);
      sent.setRequestHeader("HX-Request", "true");
      sent.send(body);
    });
  }

  function spoken(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const said = page.querySelector(".problem") || page.querySelector("main p");
    return said ? said.textContent.trim() : "";
  }

  function show(html) {
    htmx.swap("#scan-result", html, { swapStyle: "outerHTML" }, { select: "#scan-result" });
    changed();
  }

  // The rules know the scan too, so what is left before signing is asked again.
  function changed() {
    const title = document.getElementById("result-title"), signing = document.getElementById("signing");
    if (title) told.textContent = title.textContent.trim();
    if (signing) htmx.trigger(signing, "checkagain");
  }

  document.body.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "scan-result" || event.detail.elt.id === "scan-result") changed(); });
  document.body.addEventListener("htmx:responseError", (event) => { told.classList.remove("quiet"); told.textContent = spoken(event.detail.xhr.responseText) || "Не получилось. Обновите страницу."; });
  for (const input of form.querySelectorAll("input[type=file]")) {
    const take = () => { add([...input.files]); input.value = ""; };
    input.addEventListener("change", take);
    if (input.files.length) take(); // chosen before this script had come
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData ? event.clipboardData.files : [])];
    if (files.length) { event.preventDefault(); add(files); }
  });
  let inside = 0;
  const carries = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragenter", (event) => { if (carries(event)) { inside += 1; drop.classList.add("over"); } });
  document.addEventListener("dragleave", (event) => { if (carries(event)) { inside -= 1; if (inside <= 0) drop.classList.remove("over"); } });
  document.addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault(); inside = 0; drop.classList.remove("over");
    add([...event.dataTransfer.files]);
  });
})();
