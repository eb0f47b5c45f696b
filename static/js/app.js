// Behaviour of every page: menus, keyboard in lists, sending once, focus on errors; kept.js keeps what was typed. No inline code
// anywhere (strict CSP).
(function () {
  "use strict";

  function each(root, selector, act) { Array.prototype.forEach.call(root.querySelectorAll(selector), act); }
  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  // ── navigation on a phone ──────────────────────────────────────────────────────────────────────────────────────────
  function setUpFold(box) {
    var button = box.querySelector("[data-fold-button]");
    button.addEventListener("click", function () {
      button.setAttribute("aria-expanded", String(box.classList.toggle("is-open")));
    });
  }

  // ── menus made of <details>: close on Escape and on a click elsewhere ──────────────────────────────────────────────
  document.addEventListener("click", function (event) {
    each(document, "details[data-menu][open]", function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
    if (event.target.closest("[data-theme-toggle]")) { window.cmoToggleTheme(); }
    if (event.target.closest("[data-print]")) { window.print(); }
  });

  // ── lists: j / k move, Enter opens, a click on a row opens it; "/" searches ────────────────────────────────────────
  function rowsOf() { return Array.prototype.slice.call(document.querySelectorAll("tr[data-href], li[data-href]")); }
  function open(row, event) {
    if (event && (event.metaKey || event.ctrlKey)) { window.open(row.dataset.href, "_blank", "noopener"); return; }
    window.location.assign(row.dataset.href);
  }
  function move(step) {
    var rows = rowsOf();
    if (!rows.length) { return; }
    var at = rows.findIndex(function (row) { return row.classList.contains("is-current"); });
    var next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
    rows.forEach(function (row) { row.classList.remove("is-current"); });
    next.classList.add("is-current");
    var link = next.querySelector("a[href]");
    if (link) { link.focus({ preventScroll: true }); }
    next.scrollIntoView({ block: "nearest" });
  }
  function closeMenus() {
    each(document, "details[data-menu][open]", function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { closeMenus(); return; }
    if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target)) { return; }
    if (event.key === "j") { move(1); }
    if (event.key === "k") { move(-1); }
    if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
      var current = document.querySelector("tr.is-current[data-href], li.is-current[data-href]");
      if (current) { open(current); }
    }
    if (event.key === "/") {
      var search = document.querySelector("[data-search], input[type=search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
  });
  document.addEventListener("click", function (event) {
    var row = event.target.closest("tr[data-href], li[data-href]");
    if (!row || event.target.closest("a, button, input, label, summary, select, textarea")) { return; }
    if (String(window.getSelection())) { return; }
    open(row, event);
  });

  // ── forms ──────────────────────────────────────────────────────────────────────────────────────────────────────────
  document.addEventListener("submit", function (event) {
    // One click, one record: a form that was sent cannot be sent again from the same page.
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    if (event.target.method === "post" && !event.defaultPrevented) { event.target.dataset.sent = "yes"; }
  });
  window.addEventListener("pageshow", function () {
    each(document, "form[data-sent]", function (form) { delete form.dataset.sent; });
  });

  // ── Alpine components (CSP build: registered here, named in the markup) ────────────────────────────────────────────
  document.addEventListener("alpine:init", function () {
    window.Alpine.data("disclosure", function () {
      return { open: false, toggle: function () { this.open = !this.open; } };
    });
    window.Alpine.data("copy", function () {
      return {
        done: false,
        copy: function () {
          var self = this;
          window.navigator.clipboard.writeText(this.$el.dataset.copy).then(function () { self.done = true; });
        },
      };
    });
  });

  function setUp(root) {
    each(root, "[data-autosubmit]", function (field) {
      field.addEventListener("change", function () { field.form.requestSubmit(); });
    });
    var first = root.querySelector("[data-focus-first]");
    if (first) { first.focus({ preventScroll: false }); }
  }
  function start() {
    each(document, "[data-fold]", setUpFold);
    each(document, ".tabs-line", function (line) {
      // Only the line is moved: the page stays where it is.
      var tab = line.querySelector("[aria-current]");
      if (tab) { line.scrollLeft = tab.offsetLeft - line.offsetLeft - (line.clientWidth - tab.offsetWidth) / 2; }
    });
    setUp(document);
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
  document.addEventListener("htmx:afterSwap", function (event) { setUp(event.target); });
})();
