// The checklist of an audit: what stands for each item, the form of the current one, and looking for what others answered.
// Needs audit-queue.js and audit-files.js (answers and files on their way), audit-shown.js (rows, panels, numbers),
// audit-news.js and audit-keys.js.
(function () {
  "use strict";

  var PAUSE = 2500;

  var page, words, config, queue, files, news, shown, form;
  var items = {};      // serial → { serial, element, standing, most }
  var order = [];
  var current = null;  // the item with the form
  var draft = null;    // what is typed there and not in the queue yet
  var typeTimer = null;

  function json(id) { return JSON.parse(document.getElementById(id).textContent); }
  function trim(text) { return String(text).replace(/\r\n?/g, "\n").trim(); }
  function ids(item) { return item.standing.map(function (answer) { return answer.id; }); }

  // ── what an item says now: own words first, then what waits here, then what the server has ─────────────────────────
  function waitingOf(item) {
    return queue.ofItem(item.serial).filter(function (entry) { return !entry.refused; }).pop() || null;
  }
  function answerOf(item) {
    return waitingOf(item) || item.standing[item.standing.length - 1] || null;
  }
  function differs(item) {
    if (waitingOf(item)) { return false; }
    return item.standing.some(function (one) {
      var first = item.standing[0];
      return one.value !== first.value || one.severity !== first.severity || one.note !== first.note ||
        (one.lighter_because || "") !== (first.lighter_because || "");
    });
  }
  function locked() { return news.against.length > 0; }
  function draftName(item) { return "d." + item.serial; }

  // ── the form ───────────────────────────────────────────────────────────────────────────────────────────────────────
  function open(serial, focus) {
    var item = items[serial];
    if (!item) { return; }
    var left = current;
    leave();
    current = item;
    draft = queue.store.get(draftName(item));
    shown.current(item);
    shown.upload("");
    fill();
    if (left && left !== item) { show(left); }
    if (focus) { item.element.focus({ preventScroll: true }); shown.reveal(item.element); }
    news.look();
  }
  // Leaving an item sends what is complete and keeps what is not.
  function leave() {
    if (current && draft) { send(); }
    window.clearTimeout(typeTimer);
  }
  function begin() {
    if (draft) { return draft; }
    var answer = answerOf(current);
    var waits = waitingOf(current);
    draft = {
      serial: current.serial,
      value: answer && !differs(current) ? answer.value : "",
      severity: answer && !differs(current) ? answer.severity : "",
      note: answer && !differs(current) ? answer.note : "",
      lighter_because: answer && !differs(current) ? answer.lighter_because || "" : "",
      seen: ids(current), after: waits ? waits.key : "", settles: differs(current), typed: false,
    };
    return draft;
  }
  function content() {
    if (draft) { return draft; }
    var answer = answerOf(current);
    return answer && !differs(current) ? answer : { value: "", severity: "", note: "", lighter_because: "" };
  }
  function fill() {
    var said = content();
    shown.form(form, current, said, { against: news.against, differs: differs(current), settles: Boolean(draft && draft.settles) });
    shown.differing(current, differs(current) ? current.standing : [], takeAnswer, locked());
    ["note", "lighter_because"].forEach(function (name) {
      if (form.elements[name].value !== (said[name] || "")) { form.elements[name].value = said[name] || ""; }
    });
    tell();
  }
  function lacking(said) {
    if (!said.value) { return ""; }
    if (trim(said.note) && shown.lighter(said, items[said.serial]) && !trim(said.lighter_because || "")) { return words.say_why_lighter; }
    if (trim(said.note)) { return ""; }
    if (said.value === "defect") { return words.say_what_was_found; }
    if (said.value === "na") { return words.say_why_not; }
    return said.settles ? words.say_why_this : "";
  }
  function lackingField(said) {
    var what = lacking(said);
    if (!what) { return ""; }
    return what === words.say_why_lighter ? "lighter_because" : "note";
  }
  function tell() {
    var said = content();
    var refused = queue.ofItem(current.serial).filter(function (entry) { return entry.refused; });
    var waits = waitingOf(current);
    var state = ["idle", ""];
    if (draft && lacking(draft)) { state = ["unsaved", lacking(draft)]; }
    else if (draft && !draft.value && trim(draft.note)) { state = ["unsaved", words.choose_answer]; }
    else if (draft && draft.value) { state = ["unsaved", words.kept_here]; }
    else if (waits) { state = queue.trouble ? ["unsaved", words.waits] : ["saving", words.sending]; }
    else if (said.id) { state = ["saved", words.saved + " " + said.stated_at + " · " + said.by]; }
    shown.state(form, state[0], state[1], draft ? lackingField(draft) : "");
    shown.refused(current, refused, retry, discard);
  }
  function store() { queue.store.set(draftName(current), draft); }
  function forget() {
    if (current) { queue.store.remove(draftName(current)); }
    draft = null;
  }

  // A key or button: 1 conforms, 2 defect, 3 conforms with a remark, n not applicable.
  function choose(kind) {
    if (!current || locked()) { return; }
    var said = begin();
    var was = answerOf(current);
    said.value = kind === "remark" ? "ok" : kind;
    if (said.value !== "defect") { said.severity = said.lighter_because = ""; }
    // A note that spoke of a defect says nothing about an item that conforms, unless it was just typed.
    if (kind === "ok" && !said.typed && was && was.value !== "ok" && !said.settles) { said.note = ""; }
    if (kind === "ok" && !said.typed && was && was.value === "ok" && !said.settles) { said.note = was.note; }
    store();
    fill();
    if (kind === "ok" && !lacking(said)) { send(); shown.say(current.serial, words.ok); onward(); return; }
    shown.say(current.serial, words[kind] + ". " + (lacking(said) || ""));
    form.elements.note.focus();
    if (!lacking(said) && kind !== "remark") { later(); }
  }
  function weigh(severity) {
    var said = begin();
    said.severity = severity === current.severity ? "" : severity;
    said.value = "defect";
    if (!shown.lighter(said, current)) { said.lighter_because = ""; }
    store();
    fill();
    later();
  }
  function typed(field) {
    var said = begin();
    said[field.name] = field.value;
    said.typed = true;
    store();
    shown.size(field);
    tell();
    later();
  }
  function later() {
    window.clearTimeout(typeTimer);
    typeTimer = window.setTimeout(send, PAUSE);
  }
  // Into the queue, when there is something to say that was not said yet.
  function send() {
    window.clearTimeout(typeTimer);
    if (!current || !draft || !draft.value || lacking(draft) || locked()) { return false; }
    var was = answerOf(current);
    var note = trim(draft.note);
    var same = was && !draft.settles && was.value === draft.value && was.severity === draft.severity && was.note === note &&
      (was.lighter_because || "") === trim(draft.lighter_because || "");
    if (!same) {
      if (new TextEncoder().encode(note).length > config.most_bytes) { shown.state(form, "bad", words.too_long, "note"); return false; }
      queue.add({ serial: current.serial, value: draft.value, severity: draft.severity, note: note, lighter_because: trim(draft.lighter_because || "") }, draft.seen, draft.after);
    }
    forget();
    show(current);
    return true;
  }
  function done() {
    if (!draft || send()) { onward(); } else { form.elements[lackingField(draft) || "note"].focus(); }
  }
  function onward() {
    var next = shown.following(current.element, 1);
    show(current);
    shown.numbers(summary());
    if (next) { open(Number(next.dataset.serial), true); } else { shown.filter(); shown.say(null, words.last_item); tell(); }
  }
  function takeAnswer(answer) {
    draft = null;
    var said = begin();
    said.value = answer.value;
    said.severity = answer.severity;
    said.note = answer.note;
    said.lighter_because = answer.lighter_because || "";
    said.settles = true;
    store();
    fill();
    form.elements.note.focus();
    tell();
  }
  // Refused words come back into the form, over what stands now.
  function retry(entry) {
    draft = null;
    var said = begin();
    said.value = entry.value;
    said.severity = entry.severity;
    said.note = entry.note;
    said.lighter_because = entry.lighter_because || "";
    store();
    queue.take(entry.key);
    fill();
    changed();
    form.elements.note.focus();
  }
  function discard(entry) {
    if (!window.confirm(words.discard_asks)) { return; }
    queue.take(entry.key);
    show(current);
    changed();
  }

  // ── what happens to answers ────────────────────────────────────────────────────────────────────────────────────────
  function kept(entry, answer) {
    var item = items[entry.serial];
    if (!item) { return; }
    var mine = {
      id: answer.answer_id, value: entry.value, severity: entry.severity, note: entry.note, lighter_because: entry.lighter_because, by_id: config.person, by: config.name,
      stated_at: shown.moment(new Date(entry.stated_at)),
    };
    merge(item, answer.standing.length ? answer.standing : [mine], answer.answer_id);
    queue.store.all("d.").forEach(function (other) {
      if (other.after !== entry.key) { return; }
      other.after = "";
      other.seen = [answer.answer_id];
      queue.store.set("d." + other.serial, other);
      if (draft && draft.serial === other.serial) { draft.after = ""; draft.seen = other.seen; }
    });
    window.setTimeout(function () {
      show(item);
      if (differs(item)) { shown.say(item.serial, words.differs); } else { shown.say(item.serial, words.saved); }
    }, 0);
  }
  function refused(entry) {
    if (items[entry.serial]) { show(items[entry.serial]); }
    shown.say(entry.serial, words.not_kept + " " + entry.refused.join(" "));
  }
  // Answers of an item only ever grow newer: what an earlier look brings too late is dropped.
  function merge(item, standing, most) {
    if (most < item.most) { return false; }
    var before = JSON.stringify(item.standing);
    item.standing = standing;
    item.most = most;
    return before !== JSON.stringify(standing);
  }
  function show(item) {
    shown.row(item, {
      answer: answerOf(item), differs: differs(item), waits: Boolean(waitingOf(item)), begun: Boolean(queue.store.get(draftName(item))),
      refused: queue.ofItem(item.serial).some(function (entry) { return entry.refused; }),
    });
    if (item === current) {
      if (differs(item) && draft && !draft.settles && !draft.typed) { forget(); }
      fill();
    }
  }
  function summary() {
    return order.map(function (item) {
      var answer = answerOf(item);
      return {
        item: item, answered: Boolean(answer), defect: Boolean(answer) && !differs(item) && answer.value === "defect",
        differs: differs(item), mine: Boolean(answer) && (answer.by_id === config.person || answer.by_id === undefined),
      };
    });
  }
  function changed() {
    if (!shown) { return; }
    shown.connection({
      trouble: queue.trouble, offline: window.navigator.onLine === false, waiting: waiting(),
      refused: queue.entries().filter(function (entry) { return entry.refused; }).concat(files.refused()), memory: queue.store.broken,
    });
    shown.numbers(summary());
    order.forEach(showFiles);
    if (current) { tell(); }
    files.pump();
  }
  function waiting() { return queue.waiting().length + files.waiting().length; }

  function heard(standing) {
    Object.keys(standing).forEach(function (serial) {
      var item = items[serial];
      var answers = standing[serial];
      if (!item || !merge(item, answers, Math.max.apply(null, answers.map(function (answer) { return answer.id; })))) { return; }
      show(item);
      var by = answers[answers.length - 1];
      if (differs(item)) { shown.say(item.serial, words.differs); } else if (by.by_id !== config.person) { shown.say(item.serial, by.by + ": " + words[by.value]); }
    });
  }

  // ── photos and files ───────────────────────────────────────────────────────────────────────────────────────────────
  function attach(list) {
    var item = current;
    if (!item || !item.element.dataset.attach) { return; }
    Promise.all(Array.prototype.map.call(list, function (file) {
      return files.add(item.serial, file).then(function (wrong) { return wrong ? words.file_not_taken + " " + file.name + ": " + wrong : ""; });
    })).then(function (told) {
      if (item === current) { shown.upload(told.filter(Boolean).join(" ")); }
    });
  }
  function showFiles(item) {
    shown.waitingFiles(item, files.ofItem(item.serial).map(function (entry) {
      var state = files.stateOf(entry);
      return { entry: entry, part: state.part, refused: state.refused, loose: files.isLoose(entry) };
    }), { remove: removeFile, retry: function (entry) { files.retry(entry); } });
  }
  function removeFile(entry) {
    if (window.confirm(words.file_remove_asks)) { files.take(entry).then(changed); }
  }
  function fileKept(entry, told) {
    shown.files(items[entry.serial], told.files[entry.serial]);
    shown.say(entry.serial, words.uploaded);
  }
  function fileRefused(entry, reasons) { shown.say(entry.serial, entry.file + ": " + words.file_not_kept + " " + reasons.join(" ")); }

  // ── beginning ──────────────────────────────────────────────────────────────────────────────────────────────────────
  // What was complete when the page was left goes on its way.
  function restore() {
    queue.store.all("d.").forEach(function (kept) {
      var item = items[kept.serial];
      if (!item || !kept.value || lacking(kept) || !kept.typed) { return; }
      current = item;
      draft = kept;
      send();
    });
    current = null;
    draft = null;
  }
  function start() {
    page = document.querySelector("[data-conduct]");
    if (!page) { return; }
    words = json("conduct-words");
    config = json("conduct-config");
    var state = json("conduct-state");
    queue = new window.cmoAudit.Queue({
      prefix: "cmo.audit." + config.person + "." + config.audit + ".", person: config.person, gone: words.gone,
      address: function (serial) { return config.answer.replace("/0/", "/" + serial + "/"); },
      token: function () { return news.token; }, look: function () { news.look(); }, changed: changed, kept: kept, refused: refused,
    });
    files = new window.cmoAudit.Files({
      person: config.person, name: config.name, audit: config.audit, most: config.most_file_bytes, kinds: config.file_kinds, words: words,
      address: function (serial) { return config.file.replace("/0/", "/" + serial + "/"); },
      token: function () { return news.token; }, look: function () { news.look(); }, changed: changed, kept: fileKept, refused: fileRefused,
      left: function (entries) {
        entries.forEach(function (entry) { news.wanted.push(entry.serial); });
        if (entries.length) { news.look(); }
      },
      others: function (people) { shown.filesOfOthers(people); },
    }, queue);
    shown = window.cmoAudit.shown(page, words, config);
    form = shown.theForm();
    news = new window.cmoAudit.News(config, words, queue, shown, items, state.latest, {
      now: function () { return current; }, heard: heard, changed: changed, locked: function () { order.forEach(show); }, waiting: waiting,
    });
    Array.prototype.forEach.call(page.querySelectorAll("[data-serial]"), function (element) {
      var serial = Number(element.dataset.serial);
      var standing = state.standing[serial] || [];
      var most = standing.length ? Math.max.apply(null, standing.map(function (answer) { return answer.id; })) : 0;
      items[serial] = { serial: serial, element: element, severity: element.dataset.severity, standing: standing, most: most };
      order.push(items[serial]);
    });
    if (!locked()) { restore(); }
    order.forEach(show);
    form.addEventListener("input", function (event) { if (event.target.tagName === "TEXTAREA") { typed(event.target); } });
    form.addEventListener("change", function (event) {
      if (event.target.name === "severity") { weigh(event.target.value); }
      if (event.target.type === "file") { attach(event.target.files); event.target.value = ""; }
    });
    form.addEventListener("focusout", function (event) { if (event.target.tagName === "TEXTAREA" && draft && !form.contains(event.relatedTarget)) { send(); tell(); } });
    form.addEventListener("submit", function (event) { event.preventDefault(); done(); });
    page.addEventListener("drop", function (event) {
      if (!current || !current.element.contains(event.target) || !event.dataTransfer.files.length) { return; }
      event.preventDefault();
      attach(event.dataTransfer.files);
    });
    page.addEventListener("dragover", function (event) { if (current && current.element.contains(event.target)) { event.preventDefault(); } });
    window.addEventListener("online", function () { queue.again(); files.again(); news.look(); });
    window.addEventListener("offline", function () { queue.trouble = "offline"; changed(); });
    // Another tab of the same person answers or sends: what left the queue there is asked for here.
    window.addEventListener("storage", function (event) {
      if (!event.key || event.key.indexOf(queue.asked.prefix) !== 0) { return; }
      if (event.newValue === null) { news.look(); }
      order.forEach(show);
      changed();
    });
    window.addEventListener("pagehide", leave);
    window.addEventListener("beforeunload", function (event) { if (queue.store.loses() || files.loses()) { event.preventDefault(); event.returnValue = ""; } });
    window.cmoAudit.steer(page, { open: open, choose: choose, done: done, shown: shown, items: items, order: order, now: function () { return current; }, unanswered: function (item) { return !answerOf(item); } });
    queue.soon(0);
    files.load();
    changed();
    news.look();
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
})();
