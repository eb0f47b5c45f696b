// The page of a negotiation: keys, answers that change one row in place, the count of what was ticked.
// Without this script every act is an ordinary link or form.
(function () {
  "use strict";

  var page;
  function all(selector) { return Array.prototype.slice.call(page.querySelectorAll(selector)); }
  function typing(target) {
    return /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type));
  }
  function current() { return page.querySelector("[data-nego-row].is-current"); }

  // ── keys ───────────────────────────────────────────────────────────────────────────────────────────────────────────
  function go(row) {
    if (!row) { return; }
    all("[data-nego-row].is-current").forEach(function (one) { one.classList.remove("is-current"); });
    row.classList.add("is-current");
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  function move(step) {
    var rows = all("[data-nego-row]");
    var at = rows.indexOf(current());
    go(rows[Math.min(Math.max(at + step, 0), rows.length - 1)]);
  }
  // A letter leads to the button; only Enter or Space presses it, so that no slip of a finger accepts anything.
  function reach(act) {
    var row = current();
    var button = row && row.querySelector('[data-act="' + act + '"]');
    if (!button) { return; }
    button.focus();
    if (act !== "accept") { button.click(); }
  }
  var ACTS = { a: "accept", d: "decline", p: "propose", r: "remark" };
  document.addEventListener("keydown", function (event) {
    if (!page || event.isComposing) { return; }
    var help = page.querySelector("[data-help]");
    if (help && help.open) { return; }
    if (event.key === "Escape" && typing(event.target) && event.target.closest(".nego-slot")) { go(event.target.closest("[data-nego-row]")); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    if (event.key === "j") { move(1); }
    if (event.key === "k") { move(-1); }
    if (ACTS[event.key]) { event.preventDefault(); reach(ACTS[event.key]); }
    if (event.key === "?" && help) { help.showModal(); }
  });

  // ── what was ticked ────────────────────────────────────────────────────────────────────────────────────────────────
  function count() {
    var bar = page.querySelector("[data-chosen]");
    if (!bar) { return; }
    var n = all('input[name="change"]:checked').length;
    bar.classList.toggle("is-empty", !n);
    bar.querySelector("[data-chosen-count]").textContent = n;
    bar.querySelector("button").disabled = !n;
  }

  // ── answers in place ───────────────────────────────────────────────────────────────────────────────────────────────
  document.addEventListener("htmx:beforeSwap", function (event) {
    var status = event.detail.xhr.status;
    if (status === 409 || status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (!page) { return; }
    var row = event.target.matches && event.target.matches("[data-nego-row]") ? event.target : null;
    var slot = event.target.closest && event.target.closest(".nego-slot");
    if (row) { go(row); }
    if (slot) {
      all("[data-nego-row].is-current").forEach(function (one) { one.classList.remove("is-current"); });
      slot.closest("[data-nego-row]").classList.add("is-current");
      var first = slot.querySelector("[data-focus-first], textarea:not([readonly]), input:not([type=hidden]), select");
      if (first) { first.focus(); }
    }
    count();
  });

  function start() {
    page = document.querySelector("[data-negotiation]");
    if (!page) { return; }
    document.documentElement.classList.add("nego-live");
    page.addEventListener("click", function (event) {
      if (event.target.closest("[data-help-open]")) { page.querySelector("[data-help]").showModal(); }
      if (event.target.matches("[data-help]")) { event.target.close(); }
      var close = event.target.closest("[data-slot-close]");
      if (close && close.closest(".nego-slot")) {
        event.preventDefault();
        var row = close.closest("[data-nego-row]");
        close.closest(".nego-slot").replaceChildren();
        go(row);
      }
      var row = event.target.closest("[data-nego-row]");
      if (row && !row.classList.contains("is-current")) {
        all("[data-nego-row].is-current").forEach(function (one) { one.classList.remove("is-current"); });
        row.classList.add("is-current");
      }
    });
    page.addEventListener("change", count);
    count();
    var place = window.location.hash && document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    if (place && place.matches("[data-nego-row]")) { go(place); }
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
})();
