// The page of a draft: every row keeps itself while somebody types, tells when another person was faster, and loses nothing.
// Rows are forms with data-autosave; without this script they are ordinary forms with a button.
(function () {
  "use strict";

  var KEPT = "cmo.draft.row.";  // in this tab only; kept.js empties it when somebody signs out or somebody else signs in
  var PAUSE = 1000;
  var LONGEST_WAIT = 30000;
  var rows = [];
  var editor, words, says;

  function store() { try { return window.sessionStorage; } catch (refused) { return null; } }
  function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }
  function tidy(text) { return String(text).replace(/\r\n?/g, "\n").trim(); }
  function say(sentence) { says.textContent = ""; window.setTimeout(function () { says.textContent = sentence; }, 50); }

  // ── the texts of one row ───────────────────────────────────────────────────────────────────────────────────────────
  var NOT_TEXT = { csrfmiddlewaretoken: true, seen_edition: true, shown: true };
  function fieldsOf(row) {
    return Array.prototype.filter.call(row.form.elements, function (field) { return field.name && !NOT_TEXT[field.name]; });
  }
  function read(row) {
    var values = {};
    fieldsOf(row).forEach(function (field) {
      var list = (values[field.name] = values[field.name] || []);
      if (field.type === "checkbox" && (!field.checked || field.disabled)) { return; }
      if (field.tagName !== "BUTTON") { list.push(tidy(field.value)); }
    });
    Object.keys(values).forEach(function (name) { values[name].sort(); });
    return values;
  }
  function write(row, values) {
    fieldsOf(row).forEach(function (field) {
      var list = values[field.name];
      if (!list || field.type === "hidden") { return; }
      if (field.type === "checkbox") { if (!field.disabled) { field.checked = list.indexOf(field.value) >= 0; } return; }
      field.value = list.length ? list[0] : "";
      grow(field);
    });
  }
  // What the server sends may name fields that this row does not show; only those it shows are compared.
  function shownOf(row, values) {
    var found = {};
    Object.keys(read(row)).forEach(function (name) { found[name] = (values[name] || []).map(tidy).sort(); });
    return found;
  }

  function grow(field) {
    if (field.tagName !== "TEXTAREA" || window.CSS.supports("field-sizing", "content")) { return; }
    field.style.height = "auto";
    field.style.height = field.scrollHeight + 2 + "px";
  }

  // ── state of one row ───────────────────────────────────────────────────────────────────────────────────────────────
  function show(row, tone, text) {
    row.state.className = "save-state is-" + tone;
    row.state.textContent = text;
  }
  function keep(row) {
    var session = store();
    if (!session) { return; }
    var kept = { values: read(row), base: row.base, edition: row.edition };
    try { session.setItem(KEPT + row.key, JSON.stringify(kept)); } catch (full) { return; }
  }
  function forget(row) {
    var session = store();
    if (session) { session.removeItem(KEPT + row.key); }
  }
  function setEdition(row, edition) {
    row.edition = String(edition);
    row.form.elements.seen_edition.value = row.edition;
    Array.prototype.forEach.call(document.querySelectorAll('[data-edition-of="' + row.key + '"]'), function (field) {
      field.value = row.edition;
    });
  }

  function typed(row, wait) {
    if (row.conflict) { keep(row); return; }
    row.dirty = !same(read(row), row.base);
    if (!row.dirty) { forget(row); window.clearTimeout(row.timer); if (!row.saving) { show(row, "idle", row.rest); } return; }
    keep(row);
    show(row, "unsaved", words.wordUnsaved);
    window.clearTimeout(row.timer);
    row.timer = window.setTimeout(function () { save(row); }, wait);
  }

  // ── keeping ────────────────────────────────────────────────────────────────────────────────────────────────────────
  function save(row) {
    window.clearTimeout(row.timer);
    if (row.saving || row.conflict || !row.dirty) { return row.saving || Promise.resolve(); }
    var sent = read(row);
    show(row, "saving", words.wordSaving);
    row.saving = window.fetch(row.url, {
      method: "POST",
      body: new FormData(row.form),
      credentials: "same-origin",
      redirect: "manual",
      headers: { Accept: "application/json" },
    }).then(function (response) {
      row.saving = null;
      return answered(row, sent, response);
    }, function () {
      row.saving = null;
      later(row, words.wordOffline);
    });
    return row.saving;
  }
  function answered(row, sent, response) {
    if (response.type === "opaqueredirect") { return later(row, words.wordSignedOut); }
    if (response.status === 200) { return response.json().then(function (kept) { saved(row, sent, kept); }, failed); }
    if (response.status === 409) { return response.json().then(function (other) { meanwhile(row, sent, other); }, failed); }
    if (response.status === 422) { return response.json().then(function (other) { refused(row, other.reasons); }, failed); }
    if (response.status === 403) { show(row, "bad", words.wordForbidden); say(words.wordForbidden); return undefined; }
    if (response.status === 404) { show(row, "bad", words.wordRemoved); say(words.wordRemoved); return undefined; }
    return failed();
    function failed() { later(row, words.wordOffline); }
  }
  function saved(row, sent, kept) {
    row.wait = PAUSE;
    row.base = sent;
    row.rest = words.wordSaved + " " + kept.saved_at;
    setEdition(row, kept.edition);
    row.dirty = !same(read(row), sent);
    if (row.dirty) { typed(row, PAUSE); } else { forget(row); show(row, "saved", row.rest); say(row.name + ": " + row.rest); }
    refreshSoon();
  }
  function refused(row, reasons) {
    var sentence = words.wordRefused + ": " + reasons.join(" ");
    show(row, "bad", sentence);
    say(row.name + ": " + sentence);
  }
  // The network failed or the session ended: the text stays here and is tried again, less and less often.
  function later(row, sentence) {
    if (!row.told) { say(row.name + ": " + sentence); row.told = true; }
    show(row, "bad", sentence);
    row.wait = Math.min(row.wait * 2, LONGEST_WAIT);
    window.clearTimeout(row.timer);
    row.timer = window.setTimeout(function () { save(row); }, row.wait);
  }

  // ── another person was faster ──────────────────────────────────────────────────────────────────────────────────────
  function meanwhile(row, sent, other) {
    if (!other.latest) { show(row, "bad", words.wordRemoved); say(words.wordRemoved); return; }
    var latest = shownOf(row, other.latest);
    if (same(latest, sent)) { saved(row, sent, { edition: other.edition, saved_at: other.edited_at }); return; }
    // Only the row's place or elements changed: its texts are those we began from, so nothing is overwritten.
    if (same(latest, row.base)) { setEdition(row, other.edition); row.dirty = true; typed(row, 0); return; }
    choose(row, latest, other.edition, other.reasons.join(" ") + " (" + other.edited_at + ")");
  }
  function choose(row, latest, edition, sentence) {
    row.conflict = true;
    show(row, "bad", words.wordConflict);
    say(row.name + ": " + sentence);
    var panel = document.importNode(editor.querySelector("template[data-draft-conflict]").content, true).firstElementChild;
    panel.querySelector("[data-conflict-says]").textContent = sentence;
    var mine = read(row);
    Object.keys(latest).forEach(function (name) {
      if (same(latest[name], mine[name])) { return; }
      panel.querySelector("[data-conflict-latest]").appendChild(quoted(row, name, latest[name]));
      panel.querySelector("[data-conflict-mine]").appendChild(quoted(row, name, mine[name]));
    });
    panel.querySelector("[data-conflict-keep]").addEventListener("click", function () {
      settle(row, latest, edition);
      typed(row, 0);
    });
    panel.querySelector("[data-conflict-take]").addEventListener("click", function () {
      settle(row, latest, edition);
      write(row, latest);
      typed(row, 0);
      refreshSoon();
    });
    closePanel(row);
    row.panel = panel;
    // The focus stays where somebody is typing: a key that was meant for the text must not decide.
    placeOf(row).appendChild(panel);
  }
  function settle(row, latest, edition) {
    closePanel(row);
    row.conflict = false;
    row.base = latest;
    setEdition(row, edition);
  }
  function closePanel(row) {
    if (row.panel) { row.panel.remove(); row.panel = null; }
  }
  function placeOf(row) { return row.state.closest("td, article"); }
  function quoted(row, name, list) {
    var field = fieldsOf(row).filter(function (one) { return one.name === name && one.dataset.label; })[0];
    var box = document.createElement("div");
    var label = document.createElement("p");
    var text = document.createElement("p");
    label.className = "form-hint";
    label.textContent = field ? field.dataset.label : name;
    text.className = "clause-text";
    text.textContent = list.map(function (value) { return worded(field, value); }).join(" ") || words.wordEmpty;
    box.appendChild(label);
    box.appendChild(text);
    return box;
  }
  function worded(field, value) {
    if (!field || field.tagName !== "SELECT") { return value; }
    var option = Array.prototype.filter.call(field.options, function (one) { return one.value === value; })[0];
    return option ? option.textContent : value;
  }

  // ── what stands against offering ───────────────────────────────────────────────────────────────────────────────────
  var refreshing = null;
  function refreshSoon() {
    window.clearTimeout(refreshing);
    refreshing = window.setTimeout(refresh, 400);
  }
  function refresh() {
    window.fetch(editor.dataset.findings, { credentials: "same-origin", redirect: "manual" }).then(function (response) {
      return response.status === 200 ? response.text() : "";
    }).then(function (text) {
      var fresh = new DOMParser().parseFromString(text, "text/html");
      ["draft-offer", "draft-tree", "draft-panel"].forEach(function (id) {
        var next = fresh.getElementById(id);
        var old = document.getElementById(id);
        if (next && old) { replace(old, document.importNode(next, true)); }
      });
    }, function () { /* the next kept text asks again */ });
  }
  function replace(old, next) {
    var boxes = [".draft-tree", "nav"];
    var tops = boxes.map(function (box) { var at = old.querySelector(box); return at ? at.scrollTop : 0; });
    var top = old.scrollTop;
    old.replaceWith(next);
    next.scrollTop = top;
    boxes.forEach(function (box, n) { var at = next.querySelector(box); if (at) { at.scrollTop = tops[n]; } });
  }

  // ── leaving ────────────────────────────────────────────────────────────────────────────────────────────────────────
  function unsaved() { return rows.filter(function (row) { return row.dirty || row.saving || row.conflict; }); }
  window.addEventListener("beforeunload", function (event) {
    if (unsaved().length && !leaving) { event.preventDefault(); event.returnValue = ""; }
  });
  var leaving = false;
  // Any other form of the page (offer, move, put back) waits until every text is kept.
  document.addEventListener("submit", function (event) {
    if (!editor || leaving) { return; }
    var form = event.target;
    if (form.dataset.autosave) {
      event.preventDefault();
      rows.forEach(function (row) { if (row.form === form) { save(row); } });
      return;
    }
    if (!unsaved().length) { return; }
    event.preventDefault();
    var button = event.submitter;
    Promise.all(unsaved().map(function (row) { return row.saving ? row.saving.then(function () { return save(row); }) : save(row); })).then(function () {
      var left = unsaved();
      if (left.length) { placeOf(left[0]).scrollIntoView({ block: "center" }); say(left[0].name + ": " + left[0].state.textContent); return; }
      leaving = true;
      if (button) { form.requestSubmit(button); } else { form.requestSubmit(); }
      leaving = false;
    });
  }, true);

  // ── beginning ──────────────────────────────────────────────────────────────────────────────────────────────────────
  function setUp(form) {
    var row = {
      form: form, url: form.dataset.autosave, key: form.dataset.row, name: form.dataset.name, edition: form.elements.seen_edition.value,
      wait: PAUSE, dirty: false, saving: null, conflict: false, told: false, timer: null, panel: null,
    };
    row.state = form.closest("tr, article").querySelector("[data-save-state]");
    row.rest = row.state.textContent;
    row.base = read(row);
    rows.push(row);
    fieldsOf(row).forEach(function (field) {
      grow(field);
      field.addEventListener("input", function () { grow(field); row.told = false; typed(row, PAUSE); });
      field.addEventListener("change", function () { typed(row, field.tagName === "TEXTAREA" ? 0 : 150); });
      field.addEventListener("blur", function () { if (row.dirty) { save(row); } });
    });
    restore(row);
  }
  // Text of this tab that never reached the server, as it was when the page was left.
  function restore(row) {
    var session = store();
    var kept = session && JSON.parse(session.getItem(KEPT + row.key) || "null");
    if (!kept) { return; }
    if (same(kept.values, row.base)) { forget(row); return; }
    var latest = row.base;
    write(row, kept.values);
    row.dirty = true;
    if (kept.edition === row.edition || same(kept.base, latest)) { typed(row, 0); return; }
    choose(row, latest, row.edition, row.rest);
  }
  function start() {
    editor = document.querySelector("[data-draft-editor]");
    if (!editor) { return; }
    words = editor.dataset;
    says = editor.querySelector("[data-draft-says]");
    document.documentElement.classList.add("draft-live");
    Array.prototype.forEach.call(editor.querySelectorAll("form[data-autosave]"), setUp);
    window.addEventListener("online", function () {
      rows.forEach(function (row) { if (row.dirty) { row.wait = PAUSE; save(row); } });
    });
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
})();
