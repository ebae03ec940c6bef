// Passkeys: the button of a form asks the device, puts its answer into the form and sends it. The server checks everything.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

  async function made(options) {
    const key = await navigator.credentials.create({ publicKey: {
      ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: known(options.excludeCredentials),
    } });
    return written(key, { attestationObject: text(key.response.attestationObject) });
  }

  async function signed(options) {
    const key = await navigator.credentials.get({ publicKey: {
      ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials),
    } });
    const { authenticatorData, signature, userHandle } = key.response;
    return written(key, { authenticatorData: text(authenticatorData), signature: text(signature), ...(userHandle && { userHandle: text(userHandle) }) });
  }

  const written = (key, response) => JSON.stringify({
    id: key.id, rawId: text(key.rawId), type: key.type, response: { clientDataJSON: text(key.response.clientDataJSON), ...response },
  });

  class Told extends Error {}

  async function asked(address) {
    let answer;
    try { answer = await fetch(address, { method: "POST", redirect: "error" }); }
    catch { throw new Told("Связь прервалась. Попробуйте ещё раз."); }
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    throw new Told(said.problem || "Не получилось. Обновите страницу и попробуйте ещё раз.");
  }

  function words(error, origin) {
    if (error instanceof Told) return error.message;
    return {
      NotAllowedError: "Ключ не подтверждён: вы отменили или время вышло. Попробуйте ещё раз.",
      InvalidStateError: "Этот ключ уже добавлен.",
      NotSupportedError: "Этот ключ не подходит: нужен ключ с отпечатком, лицом или ПИН-кодом.",
      ConstraintError: "Этот ключ не подходит: нужен ключ с отпечатком, лицом или ПИН-кодом.",
      SecurityError: `Ключи доступа работают только по адресу ${origin}.`,
    }[error.name] || "Браузер не смог спросить ключ. Попробуйте ещё раз или войдите по коду.";
  }

  // Why no key can be asked here, or "".
  function missing(origin) {
    if (!origin || (location.origin !== origin)) return origin ? `Ключи доступа работают только по адресу ${origin}. Откройте страницу по нему.` : "Ключи доступа здесь не настроены. Впишите код.";
    if (!window.isSecureContext || !window.PublicKeyCredential || !navigator.credentials) return "Этот браузер не умеет ключи доступа. Обновите его, возьмите другой или впишите код.";
    return "";
  }

  for (const form of document.querySelectorAll("form.passkey")) {
    const { begin, kind, origin } = form.dataset, button = form.querySelector("button");
    const asleep = form.querySelector("[data-asleep]"), problem = form.querySelector(".problem");
    const complain = (said) => { problem.textContent = said; problem.hidden = !said; };
    asleep.textContent = missing(origin);
    if (asleep.textContent) continue;
    asleep.remove();
    button.disabled = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      complain("");
      button.disabled = true;
      try {
        const options = await asked(begin);
        form.elements.answer.value = await (kind === "create" ? made : signed)(options);
        form.submit();
      } catch (error) {
        complain(words(error, origin));
        button.disabled = false;
        button.focus();
      }
    });
  }
})();
