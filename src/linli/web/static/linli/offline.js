// Come back by ourselves as soon as the line does.
"use strict";

addEventListener("online", () => location.reload());
