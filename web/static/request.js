// The request's page with a script: confirmations in place, pages large. Without it every link opens its own page.
"use strict";
(() => {
  const FACTORS = [0, 1, 1.5, 2, 3]; // of the window's width; 0 shows the whole page
  const confirmation = () => document.getElementById("step-dialog");

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "step-shown") confirmation().showModal();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // A comment that was not accepted comes back with what was typed and why.
    if (event.detail.xhr.status === 422 && event.detail.target.id === "comments") event.detail.shouldSwap = true;
  });
  document.addEventListener("htmx:responseError", (event) => {
    // A step that is not possible any more, a comment that is gone: the whole page says why.
    const link = event.detail.elt.closest("a[href]");
    if (event.detail.xhr.status === 422) return;
    if (link) location.assign(link.href);
    else location.reload();
  });
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    if (close && close.closest("dialog")) {
      event.preventDefault();
      close.closest("dialog").close();
    }
    const picture = event.target.closest("a[data-zoom]");
    if (picture && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      zoom.open(picture);
    }
  });

  const zoom = {
    dialog: null, all: [], at: 0, level: 0, large: "",

    build() {
      const dialog = document.createElement("dialog");
      dialog.className = "zoom";
      dialog.setAttribute("aria-label", "Страница крупно");
      const tools = document.createElement("div");
      tools.className = "zoom-tools";
      this.name = document.createElement("span");
      this.name.setAttribute("aria-live", "polite");
      tools.append(this.name);
      const add = (text, label, act) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = text;
        if (label) button.setAttribute("aria-label", label);
        button.addEventListener("click", act);
        tools.append(button);
        return button;
      };
      this.back = add("←", "Предыдущая страница", () => this.go(-1));
      this.forth = add("→", "Следующая страница", () => this.go(1));
      this.less = add("−", "Мельче", () => this.scale(-1));
      this.more = add("+", "Крупнее", () => this.scale(1));
      add("Закрыть", "", () => dialog.close());
      this.sheet = document.createElement("div");
      this.sheet.className = "zoom-sheet";
      this.sheet.tabIndex = 0;
      this.sheet.setAttribute("role", "region");
      this.sheet.setAttribute("aria-label", "Страница");
      this.image = document.createElement("img");
      this.sheet.append(this.image);
      dialog.append(tools, this.sheet);
      dialog.addEventListener("keydown", (event) => this.key(event));
      dialog.addEventListener("close", () => this.all[this.at].focus());
      document.body.append(dialog);
      this.dialog = dialog;
    },

    open(link) {
      if (!this.dialog) this.build();
      this.all = [...link.closest(".leaves").querySelectorAll("a[data-zoom]")];
      this.at = this.all.indexOf(link);
      this.level = 0;
      this.show();
      this.dialog.showModal();
      this.sheet.focus();
    },

    show() {
      const link = this.all[this.at];
      const small = link.querySelector("img");
      this.name.textContent = small.alt.replace(", открыть крупно", "");
      this.image.alt = this.name.textContent;
      this.load(small.currentSrc || small.src, link.href.replace("width=1600", this.level > 2 ? "width=2400" : "width=1600"));
      this.image.className = this.level ? "" : "fit";
      this.image.style.width = this.level ? `${FACTORS[this.level] * 100}%` : "";
      this.image.style.height = this.level ? "" : "100%";
      this.back.disabled = this.at === 0;
      this.forth.disabled = this.at === this.all.length - 1;
      this.less.disabled = this.level === 0;
      this.more.disabled = this.level === FACTORS.length - 1;
    },

    load(small, large) {
      // The small picture is there already; the large one takes its place when it has come.
      if (this.large === large) return;
      this.large = large;
      this.image.src = small;
      this.sheet.setAttribute("aria-busy", "true");
      const coming = new Image();
      coming.addEventListener("load", () => {
        if (this.large !== large) return;
        this.image.src = large;
        this.sheet.setAttribute("aria-busy", "false");
      });
      coming.src = large;
    },

    go(by) {
      this.at = Math.min(Math.max(this.at + by, 0), this.all.length - 1);
      this.show();
    },

    scale(by) {
      this.level = Math.min(Math.max(this.level + by, 0), FACTORS.length - 1);
      this.show();
    },

    key(event) {
      const act = { "+": () => this.scale(1), "=": () => this.scale(1), "-": () => this.scale(-1) }[event.key];
      const turn = { ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1 }[event.key];
      if (act) act();
      else if (turn && (this.level === 0 || event.key.startsWith("Page"))) this.go(turn);
      else return;
      event.preventDefault();
    },
  };
})();
