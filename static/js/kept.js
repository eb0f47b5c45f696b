// What is typed into a form marked data-keep="name" stays in this tab until the form was accepted: a lost session, a reload, the
// back button or a broken connection loses nothing. It belongs to the signed-in person and the address that the form goes to;
// passwords, one-time codes, hidden fields and files are never kept. Only fields that still hold what the server had when
// typing began are put back; what changed meanwhile is shown beside. data-keep-again: the server shows what was just sent.
(function () {
  "use strict";

  var KEPT = "cmo.kept.", WHO = "cmo.person", MOST_FORMS = 30, MOST_CHARACTERS = 150000;
  var person = document.currentScript.dataset.person, signIn = document.currentScript.dataset.signInAt;
  // form → { form, path, key, record, aside: what is shown beside, lost: it could not be kept }
  var states = new Map(), leaving = false, putting = false;

  function tidy(list) { return JSON.stringify(list.map(function (text) { return text.replace(/\r\n?/g, "\n").trim(); })); }
  function same(one, other) { return tidy(one) === tidy(other); }
  function pathOf(form) { return new URL(form.getAttribute("action") || "", window.location.href).pathname; }
  function all(selector) { return Array.from(document.querySelectorAll(selector)); }

  // ── the tab's storage ──────────────────────────────────────────────────────────────────────────────────────────────
  function storage() { try { return window.sessionStorage; } catch (closed) { return null; } }
  function keys(prefix) { return Object.keys(storage() || {}).filter(function (key) { return key.indexOf(prefix) === 0; }); }
  function load(key) { try { return JSON.parse(storage().getItem(key)); } catch (damaged) { return null; } }
  function drop(key) { if (storage()) { storage().removeItem(key); } }
  function store(key, record) {
    var text = JSON.stringify(record), others = keys(KEPT).filter(function (other) { return other !== key; });
    others.sort(function (one, other) { return (load(other) || { at: 0 }).at - (load(one) || { at: 0 }).at; }).slice(MOST_FORMS - 1).forEach(drop);
    if (text.length > MOST_CHARACTERS) { drop(key); return false; }
    try { storage().setItem(key, text); return true; } catch (full) { drop(key); return false; }
  }

  // ── the fields of a form ───────────────────────────────────────────────────────────────────────────────────────────
  function keeps(field) {
    return field.name && !field.readOnly && !field.matches(":disabled") && !/one-time-code|password/.test(field.autocomplete) &&
      !/^(hidden|password|file|submit|button|image|reset|fieldset|output)$/.test(field.type);
  }
  var elements = Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, "elements").get;  // a field may have this name
  function fieldsOf(form, name) {
    return Array.from(elements.call(form)).filter(function (field) { return keeps(field) && (!name || field.name === name); });
  }
  function ticked(field) { return /^(checkbox|radio)$/.test(field.type); }
  // name → its values, as they stand or as the server sent them
  function read(form, sent) {
    var found = {};
    fieldsOf(form).forEach(function (field) {
      var list = found[field.name] = found[field.name] || [];
      if (ticked(field)) { if (sent ? field.defaultChecked : field.checked) { list.push(field.value); } return; }
      if (!field.options) { list.push(sent ? field.defaultValue : field.value); return; }
      var options = Array.from(field.options), chosen = options.filter(function (one) { return sent ? one.defaultSelected : one.selected; });
      if (sent && !chosen.length && !field.multiple) { chosen = options.slice(0, 1); }
      chosen.forEach(function (one) { list.push(one.value); });
    });
    return found;
  }
  function put(form, name, list) {
    var left = list.slice(), fields = fieldsOf(form, name);
    putting = true;
    fields.forEach(function (field) {
      if (ticked(field)) { field.checked = list.includes(field.value); }
      else if (field.options) { Array.from(field.options).forEach(function (one) { one.selected = list.includes(one.value); }); }
      else { field.value = left.shift() || ""; }
    });
    if (fields.length) { fields[0].dispatchEvent(new Event("change", { bubbles: true })); }
    putting = false;
    return fields.length > 0 && same(read(form)[name], list);
  }
  function labelOf(field) {
    var box = field.closest("fieldset"), labels = [box && box.querySelector("legend"), ticked(field) && box ? null : (field.labels || [])[0]];
    var words = labels.filter(Boolean).map(function (one) { return one.firstChild.textContent.trim() || one.textContent.trim(); });
    return words.join(" · ") || field.getAttribute("aria-label") || field.name;
  }
  function worded(form, name, list) {
    var words = new Map();
    fieldsOf(form, name).forEach(function (field) {
      if (ticked(field) && field.labels[0]) { words.set(field.value, field.labels[0].textContent.trim()); }
      Array.from(field.options || []).forEach(function (one) { words.set(one.value, one.textContent); });
    });
    return list.map(function (value) { return words.get(value) || value; }).join("\n") || "—";
  }

  // ── keeping ────────────────────────────────────────────────────────────────────────────────────────────────────────
  // record: at, path, page and sent (of the last submit), files: some were chosen, fields: name → [server's, typed, label]
  function keep(state) {
    var form = state.form, now = read(form), base = read(form, true), old = state.record.fields, fields = {};
    Object.keys(now).forEach(function (name) {
      var aside = state.aside[name], from = old[name] && !aside ? old[name][0] : base[name];
      if (same(now[name], aside ? base[name] : from)) { return; }
      fields[name] = [from, now[name], labelOf(fieldsOf(form, name)[0])];
      delete state.aside[name];
    });
    state.record.fields = Object.assign(fields, state.aside);
    state.record.files = Array.from(elements.call(form)).some(function (field) { return field.type === "file" && field.value; });
    save(state);
  }
  function save(state) {
    if (Object.keys(state.record.fields).length) { state.lost = !store(state.key, state.record); } else { forget(state); }
  }
  function forget(state) {
    drop(state.key);
    Object.assign(state, { record: { at: 0, path: state.path, page: "", sent: false, files: false, fields: {} }, aside: {}, lost: false });
  }

  // ── putting back ───────────────────────────────────────────────────────────────────────────────────────────────────
  function setUp(form) {
    if (states.has(form)) { return; }
    var path = pathOf(form), state = { form: form, path: path, key: KEPT + person + "|" + path + "|" + form.dataset.keep };
    var record = load(state.key), shown = read(form, true), again = "keepAgain" in form.dataset, back = 0;
    function typed() { if (!putting) { state.record.at = Date.now(); keep(state); } }
    forget(state);
    states.set(form, state);
    ["input", "change"].forEach(function (kind) { form.addEventListener(kind, typed); });
    if (!record) { return; }
    state.record = Object.assign(record, { sent: false });
    Object.keys(record.fields).forEach(function (name) {
      var kept = record.fields[name], now = shown[name];
      if (now && same(now, kept[1])) { if (!again) { delete record.fields[name]; } return; }
      if (now && same(now, kept[0]) && put(form, name, kept[1])) { back += 1; return; }
      if (now) { put(form, name, now); }
      if (!again) { state.aside[name] = kept; }
    });
    save(state);
    if (back || Object.keys(state.aside).length) { tell(state, back); }
  }
  function tell(state, back) {
    var note = document.getElementById("kept-note").content.firstElementChild.cloneNode(true);
    function part(name) { return note.querySelector("[data-kept-" + name + "]"); }
    var clock = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
    part("when").textContent = part("when").textContent.replace("{when}", clock.format(state.record.at));
    part("back").hidden = !back;
    part("files").hidden = !state.record.files;
    part("aside").hidden = !Object.keys(state.aside).length;
    Object.keys(state.aside).forEach(function (name) { part("list").appendChild(shownBeside(state, name, part("one").content)); });
    part("discard").addEventListener("click", function () {
      var shown = read(state.form, true);
      Object.keys(shown).forEach(function (name) { put(state.form, name, shown[name]); });
      forget(state);
      Array.from(part("words").children).forEach(function (one) { one.hidden = one !== part("gone"); });
      note.focus();
    });
    state.form.prepend(note);
    window.setTimeout(function () { part("words").hidden = false; }, 50);  // words that come into a status are read aloud
  }
  function shownBeside(state, name, pattern) {
    var kept = state.aside[name], row = pattern.firstElementChild.cloneNode(true), take = row.querySelector("button");
    row.querySelector("dt").textContent = take.title = kept[2];
    row.querySelector("dd").textContent = worded(state.form, name, kept[1]);
    take.hidden = !fieldsOf(state.form, name).length;
    take.addEventListener("click", function () {
      put(state.form, name, kept[1]);
      keep(state);
      row.remove();
      fieldsOf(state.form, name)[0].focus();
    });
    return row;
  }

  // ── sending ────────────────────────────────────────────────────────────────────────────────────────────────────────
  // Done is what was sent from the page before, unless sign-in, a fault or the answer itself follows: the form again, or its signing page.
  function settle() {
    var came = document.referrer.split("#")[0], entry = window.performance.getEntriesByType("navigation")[0];
    var done = person && !(entry && entry.type === "back_forward") && !all("main .notes .tone-bad").length;
    var answered = entry && !entry.redirectCount ? window.location.pathname : "";
    keys(KEPT).forEach(function (key) {
      var record = load(key);
      if (!record || !record.sent || (person && record.page !== came)) { return; }
      if (done && record.path !== answered) { drop(key); } else { store(key, Object.assign(record, { sent: false })); }
    });
  }
  document.addEventListener("submit", function (event) {
    if (event.defaultPrevented) { return; }
    leaving = true;
    if (event.target.matches("[data-signs-out]")) { if (storage()) { storage().clear(); } return; }
    keys(KEPT + person + "|").forEach(function (key) {
      var record = load(key);
      if (record && record.path === pathOf(event.target)) { store(key, Object.assign(record, { sent: true, page: window.location.href.split("#")[0] })); }
    });
  });
  window.addEventListener("beforeunload", function (event) {
    states.forEach(function (state) { if (state.lost && !leaving && state.form.isConnected) { event.preventDefault(); } });
  });

  // ── forms that htmx sends and brings ───────────────────────────────────────────────────────────────────────────────
  function toSignIn(detail) { return String(detail.pathInfo.responsePath).split("?")[0] === signIn; }
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!toSignIn(event.detail)) { return; }
    var state = states.get(event.detail.requestConfig.elt);
    event.detail.shouldSwap = false;
    window.location.assign(signIn + "?next=" + encodeURIComponent(state ? state.path : window.location.pathname + window.location.search));
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var state = states.get(event.detail.requestConfig.elt), status = event.detail.xhr.status;
    if (state && status >= 200 && status < 400 && !toSignIn(event.detail)) { forget(state); }
  });
  function setUpAll() { if (person) { all("form[data-keep]").forEach(setUp); } }
  document.addEventListener("htmx:afterSwap", setUpAll);

  // Somebody else signed in on this tab: nothing of the person before stays in it.
  if (person && storage() && storage().getItem(WHO) !== person) { storage().clear(); storage().setItem(WHO, person); }
  settle();
  setUpAll();
})();
