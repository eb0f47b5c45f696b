// Moving through the checklist: keys, filters that stay in the address, list or one item at a time, the help.
(function () {
  "use strict";

  var MODE = "cmo.audit.mode";
  var NARROW = 900;

  function steer(page, does) {
    var shown = does.shown;
    function one(selector) { return page.querySelector(selector); }
    function typing(target) { return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target.tagName === "INPUT" && !/^(radio|checkbox|button|submit)$/.test(target.type)); }
    function serial(element) { return Number(element.dataset.serial); }

    function move(step) {
      var item = does.now();
      var next = item ? shown.following(item.element, step) : one(".check:not([hidden])");
      if (next) { does.open(serial(next), true); }
    }
    // The next unanswered item after this one, from the top again at the end.
    function unanswered() {
      var list = does.order.filter(does.unanswered);
      var from = does.now() ? does.order.indexOf(does.now()) : -1;
      var next = list.filter(function (item) { return does.order.indexOf(item) > from; })[0] || list[0];
      if (next) { does.open(next.serial, true); }
    }

    // ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────
    var KINDS = { 1: "ok", 2: "defect", 3: "remark", n: "na", N: "na" };
    var help = one("[data-help]");
    document.addEventListener("keydown", function (event) {
      if (event.isComposing || help.open) { return; }
      var note = event.target.tagName === "TEXTAREA" ? event.target : null;
      if (note && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); does.done(); return; }
      if (note && event.key === "Escape") { event.preventDefault(); does.now().element.focus({ preventScroll: true }); return; }
      if (event.target.matches("[type=search]") && event.key === "Escape") { event.target.blur(); return; }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
      if (KINDS[event.key]) {
        if (!does.now()) { move(1); }
        event.preventDefault();
        does.choose(KINDS[event.key]);
      }
      if (event.key === "j") { move(1); }
      if (event.key === "k") { move(-1); }
      if (event.key === "u") { unanswered(); }
      if (event.key === "?") { help.showModal(); }
    });

    // ── buttons and links ────────────────────────────────────────────────────────────────────────────────────────────
    page.addEventListener("click", function (event) {
      var target = event.target;
      var link = target.closest("[data-open]");
      if (link && !event.ctrlKey && !event.metaKey) { event.preventDefault(); does.open(serial(link.closest(".check")), true); return; }
      var value = target.closest("[data-value]");
      if (value) { does.choose(value.dataset.value); return; }
      var step = target.closest("[data-step]");
      if (step) { move(Number(step.dataset.step)); return; }
      var show = target.closest("[data-show]");
      if (show) { shown.asked.show = shown.asked.show === show.dataset.show ? "" : show.dataset.show; asked(); return; }
      var section = target.closest("[data-section-link]");
      if (section) { event.preventDefault(); shown.asked.section = section.dataset.sectionLink; asked(); return; }
      if (target.closest("[data-clear]")) { ["section", "severity", "show", "q"].forEach(function (name) { shown.asked[name] = ""; }); write(); asked(); return; }
      var mode = target.closest("[data-mode]");
      if (mode) { setMode(mode.dataset.mode, true); return; }
      if (target.closest("[data-both]")) { setBoth(!page.classList.contains("shows-both")); return; }
      if (target.closest("[data-help-open]")) { help.showModal(); return; }
      if (target.closest("[data-unanswered]")) { unanswered(); return; }
      var refusal = target.closest("[data-refusals]");
      if (refusal) { does.open(Number(refusal.dataset.first), true); return; }
      var row = target.closest(".check");
      if (row && !row.classList.contains("is-current") && !target.closest("a, button") && !String(window.getSelection())) { does.open(serial(row), true); }
    });
    help.addEventListener("click", function (event) { if (event.target === help) { help.close(); } });

    // ── filters ──────────────────────────────────────────────────────────────────────────────────────────────────────
    var search = one("[data-search]");
    var severity = one("[data-severity-filter]");
    function write() { search.value = shown.asked.q; severity.value = shown.asked.severity; }
    function asked() {
      var query = new URLSearchParams();
      Object.keys(shown.asked).forEach(function (name) { if (shown.asked[name]) { query.set(name, shown.asked[name]); } });
      var text = String(query);
      window.history.replaceState(null, "", window.location.pathname + (text ? "?" + text : "") + window.location.hash);
      shown.filter();
      var first = one(".check:not([hidden])");
      var item = does.now();
      if (page.classList.contains("is-single") && first && item && (item.element.hidden || shown.asked.show || shown.asked.section)) { does.open(serial(first), false); }
    }
    search.addEventListener("input", function () { shown.asked.q = search.value.trim().toLowerCase(); asked(); });
    search.form.addEventListener("submit", function (event) { event.preventDefault(); move(does.now() ? 1 : 0); });
    severity.addEventListener("change", function () { shown.asked.severity = severity.value; asked(); });

    // ── list or one item at a time ───────────────────────────────────────────────────────────────────────────────────
    function setMode(mode, keep) {
      page.classList.toggle("is-single", mode === "single");
      Array.prototype.forEach.call(page.querySelectorAll("[data-mode]"), function (button) { button.setAttribute("aria-pressed", String(button.dataset.mode === mode)); });
      if (keep) { try { window.localStorage.setItem(MODE, mode); } catch (closed) { /* for this page only, then */ } }
      if (does.now()) { shown.reveal(does.now().element); }
    }
    // On a phone the other language is shown when asked for.
    function setBoth(both) {
      page.classList.toggle("shows-both", both);
      one("[data-both]").setAttribute("aria-pressed", String(both));
    }
    // The bar grows when its words wrap; what stays below it must know.
    new ResizeObserver(function () { page.style.setProperty("--bar", one("[data-bar]").offsetHeight + "px"); }).observe(one("[data-bar]"));
    function keptMode() {
      try { return window.localStorage.getItem(MODE); } catch (closed) { return null; }
    }

    // ── beginning ────────────────────────────────────────────────────────────────────────────────────────────────────
    var query = new URLSearchParams(window.location.search);
    Object.keys(shown.asked).forEach(function (name) { shown.asked[name] = query.get(name) || ""; });
    write();
    setMode(keptMode() || (window.innerWidth < NARROW ? "single" : "list"), false);
    var place = /^#item-(\d+)$/.exec(window.location.hash);
    shown.filter();
    var first = does.order.filter(function (item) { return !item.element.hidden && does.unanswered(item); })[0] || does.order[0];
    does.open(place && does.items[place[1]] ? Number(place[1]) : first.serial, false);
    if (place) { shown.reveal(does.now().element); }
    document.documentElement.classList.add("conduct-live");
  }

  window.cmoAudit.steer = steer;
})();
