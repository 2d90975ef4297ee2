// Only what a page cannot do by itself: ask the browser where we are.
"use strict";

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
