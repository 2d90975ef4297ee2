// Only what a page cannot do by itself: ask the browser where we are, say "choose a file" in the
// language of the page, and keep a worker for while no line is up (worker.js).
"use strict";

(() => {
  const { worker, person, kept, choose, unchosen } = document.currentScript.dataset;
  if ("serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.register(worker).catch((fault) => console.info("worker:", fault));
  }
  // What is kept of a cockpit is for the eyes of whoever saw it: gone once somebody else is here.
  // (A kept cockpit is nobody's page; it is shown only while no line is up.)
  if ("caches" in window && !document.body.classList.contains("kept")) {
    caches.match(`${kept}state`)
      .then((state) => state?.json())
      .then((state) => state && state.person !== person && caches.delete("linli-kept"))
      .catch(() => {});
  }

  const offer = document.querySelector("[data-locate]");
  if (offer && "geolocation" in navigator && window.isSecureContext) {
    const said = offer.querySelector("[role=status]");
    document.getElementById("id_area").closest(".field").append(offer);
    offer.hidden = false;
    offer.querySelector("button").addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          document.getElementById("id_lon").value = coords.longitude.toFixed(6);
          document.getElementById("id_lat").value = coords.latitude.toFixed(6);
          said.textContent = said.dataset.found;
          document.body.dispatchEvent(new Event("located"));
        },
        () => { said.textContent = said.dataset.failed; },
        { enableHighAccuracy: true, timeout: 10000 },
      );
    });
  }

  // A browser writes on a file input in its own language. The input stays, unseen, over our words:
  // it takes the click, the dropped file and the focus.
  const span = (name, text) => {
    const made = document.createElement("span");
    made.className = name;
    made.textContent = text;
    made.setAttribute("aria-hidden", "true"); // the input tells the same
    return made;
  };
  const tellFiles = (input) => {
    const names = [...input.files].map(({ name }) => name).join(" · ");
    input.closest(".file-in").querySelector(".said-file").textContent = names || unchosen;
  };
  const dress = (root) => {
    for (const input of root.querySelectorAll("input[type=file]")) {
      if (input.closest(".camera, .file-in")) continue;
      const pick = document.createElement("span");
      pick.className = "file-in";
      input.before(pick);
      pick.append(span("second", choose), span("said-file", unchosen), input);
      tellFiles(input);
    }
  };
  document.addEventListener("change", ({ target }) => { if (target.closest?.(".file-in")) tellFiles(target); });
  document.addEventListener("htmx:load", ({ target }) => dress(target.parentElement ?? document));
  dress(document);
})();
