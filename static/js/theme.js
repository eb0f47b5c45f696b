// Light or dark before the first paint: the stored choice, else what the system prefers.
(function () {
  "use strict";
  var root = document.documentElement;
  var stored = null;
  try { stored = window.localStorage.getItem("cmo.theme"); } catch (refused) { /* storage may be closed */ }
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() { root.setAttribute("data-bs-theme", stored || (dark.matches ? "dark" : "light")); }
  apply();
  dark.addEventListener("change", apply);
  root.classList.add("js");
  window.cmoToggleTheme = function () {
    stored = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    try { window.localStorage.setItem("cmo.theme", stored); } catch (refused) { /* kept for this page only */ }
    apply();
  };
})();
