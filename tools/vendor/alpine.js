// The build without `eval`, for our content security policy; components are registered by name
// on the event `alpine:init`.
import Alpine from "@alpinejs/csp";

window.Alpine = Alpine;
document.addEventListener("DOMContentLoaded", () => Alpine.start());
