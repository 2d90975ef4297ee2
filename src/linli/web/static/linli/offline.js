// Come back by ourselves as soon as the site answers; that a browser thinks it is online is a hint.
"use strict";

(() => {
  const ask = async () => {
    try {
      const answer = await fetch(document.body.dataset.alive, { cache: "no-store" });
      if (answer.ok) location.reload();
    } catch { /* not yet */ }
  };
  addEventListener("online", ask);
  setInterval(ask, 10000);
})();
