// What the checklist page shows: rows, the form of the current item, differing answers, numbers, the connection.
(function () {
  "use strict";

  function shown(page, words, config) {
    function one(selector, root) { return (root || page).querySelector(selector); }
    function each(selector, act, root) { Array.prototype.forEach.call((root || page).querySelectorAll(selector), act); }
    function make(tag, name, text) {
      var element = document.createElement(tag);
      if (name) { element.className = name; }
      if (text !== undefined) { element.textContent = text; }
      return element;
    }
    function put(element, text) { if (element.textContent !== text) { element.textContent = text; } }

    var form = one("[data-answer-form]");
    var live = one("[data-live]");
    var spoken = null;

    // ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────
    var TONES = { ok: "good", defect: "bad", na: "idle", open: "none", differs: "pending" };
    function row(item, known) {
      var element = item.element;
      var answer = known.answer;
      var state = known.differs ? "differs" : answer ? answer.value : "open";
      var word = words[state === "ok" && answer.note ? "remark" : state];
      if (state === "defect") { word += " · " + words.severities[answer.severity || item.severity]; }
      element.dataset.state = state;
      element.dataset.mine = answer && (answer.by_id === config.person || answer.by_id === undefined) ? "yes" : "";
      var mark = one("[data-state-mark]", element);
      mark.className = "check-state tone-" + TONES[state];
      put(mark, word);
      put(one("[data-by]", element), answer && answer.by && !known.differs ? answer.by + " " + when(answer.stated_at) : "");
      put(one("[data-note]", element), known.differs || !answer ? "" : noteOf(answer));
      var aside = known.refused ? ["bad", words.refused] : known.begun ? ["pending", words.begun] : known.waits ? ["active", words.waiting] : ["", ""];
      var note = one("[data-aside]", element);
      note.className = "check-aside" + (aside[0] ? " tone-" + aside[0] : "");
      put(note, aside[1]);
    }
    function noteOf(answer) {
      return [answer.note, answer.lighter_because ? words.lighter + " " + answer.lighter_because : ""].filter(Boolean).join("\n");
    }
    // Today the time says enough.
    function when(text) { return text.slice(0, 10) === moment(new Date()).slice(0, 10) ? text.slice(11) : text.slice(5, 10); }
    function current(item) {
      each(".check.is-current", function (element) { element.classList.remove("is-current"); });
      item.element.classList.add("is-current");
      each("[data-open]", function (link) { link.removeAttribute("aria-current"); });
      one("[data-open]", item.element).setAttribute("aria-current", "true");
      one("[data-answer-place]", item.element).appendChild(form);
      form.hidden = false;
      each("[data-marked-as]", function (option) { option.textContent = words.severities[item.severity]; }, form);
      window.history.replaceState(null, "", window.location.pathname + window.location.search + "#item-" + item.serial);
      filter();
      steps();
    }
    function reveal(element) {
      var top = element.getBoundingClientRect();
      var bar = one("[data-bar]").getBoundingClientRect().bottom;
      if (page.classList.contains("is-single") || top.top < bar + 8 || top.top > window.innerHeight - 240) {
        window.scrollTo({ top: Math.max(0, window.scrollY + top.top - bar - 12), behavior: "auto" });
      }
    }

    // ── the form ─────────────────────────────────────────────────────────────────────────────────────────────────────
    function theForm() { return form; }
    function fillForm(_form, item, said, known) {
      var pressed = said.value === "ok" && String(said.note).trim() ? "remark" : said.value;
      each("[data-value]", function (button) {
        button.setAttribute("aria-pressed", String(button.dataset.value === pressed));
        button.disabled = known.against.length > 0;
      }, form);
      var weighs = one("[data-weighs]", form);
      weighs.hidden = said.value !== "defect";
      one("[data-lighter]", form).hidden = !lighter(said, item);
      form.elements.lighter_because.readOnly = known.against.length > 0;
      each("[name=severity]", function (field) { field.checked = field.value === (said.severity || item.severity); field.disabled = known.against.length > 0; }, form);
      form.elements.note.readOnly = known.against.length > 0;
      one("[type=submit]", form).hidden = known.against.length > 0;
      form.classList.toggle("is-settling", known.settles);
      one("[data-note-label]", form).textContent = one("[data-note-label]", form).dataset[said.value || "none"] || one("[data-note-label]", form).dataset.none;
      window.requestAnimationFrame(function () { size(form.elements.note); });
    }
    // A defect weighed below the mark of the checklist, which the server keeps only with a reason.
    var WEIGHTS = ["general", "major", "critical"];
    function lighter(said, item) {
      return said.value === "defect" && Boolean(said.severity) && WEIGHTS.indexOf(said.severity) < WEIGHTS.indexOf(item.severity);
    }
    function size(field) {
      if (window.CSS.supports("field-sizing", "content")) { return; }
      field.rows = Math.min(14, Math.max(2, field.value.split("\n").length + 1));
    }
    function state(_form, tone, text, wrong) {
      var place = one("[data-save-state]", form);
      place.className = "save-state is-" + tone;
      put(place, text);
      ["note", "lighter_because"].forEach(function (name) { form.elements[name].setAttribute("aria-invalid", String(wrong === name)); });
    }
    function refused(item, entries, retry, discard) {
      var place = one("[data-refused]", form);
      var told = JSON.stringify(entries);
      if (place.dataset.told === told) { return; }
      place.dataset.told = told;
      place.textContent = "";
      entries.forEach(function (entry) {
        var box = make("div", "answer-refused note tone-bad");
        var text = make("div");
        text.appendChild(make("p", "finding-sentence", words.not_kept + " " + entry.refused.join(" ")));
        text.appendChild(make("p", "clause-text", words[entry.value] + (entry.severity ? " · " + words.severities[entry.severity] : "") + (entry.note ? ": " + noteOf(entry) : "")));
        var buttons = make("p", "answer-refused-acts");
        [[words.send_again, retry], [words.discard, discard]].forEach(function (act) {
          var button = make("button", "btn btn-sm", act[0]);
          button.type = "button";
          button.addEventListener("click", function () { act[1](entry); });
          buttons.appendChild(button);
        });
        text.appendChild(buttons);
        box.appendChild(text);
        place.appendChild(box);
      });
    }
    function differing(item, answers, take, locked) {
      var place = one("[data-differing]", form);
      var told = JSON.stringify([item.serial, answers, locked]);
      if (place.dataset.told === told) { return; }  // a button that has the focus stays
      place.dataset.told = told;
      place.textContent = "";
      place.hidden = !answers.length;
      if (!answers.length) { return; }
      place.appendChild(make("h4", "", words.differs));
      var grid = make("div", "differing-answers");
      answers.forEach(function (answer) {
        var card = make("div", "differing-answer");
        var word = words[answer.value] + (answer.value === "defect" ? " · " + words.severities[answer.severity || item.severity] : "");
        card.appendChild(make("p", "check-state tone-" + TONES[answer.value], word));
        card.appendChild(make("p", "differing-note", noteOf(answer) || "—"));
        card.appendChild(make("p", "source-line", (answer.by_id === config.person ? words.your_answer : answer.by) + " · " + answer.stated_at));
        var button = make("button", "btn btn-sm", words.take_this);
        button.type = "button";
        button.disabled = locked;
        button.addEventListener("click", function () { take(answer); });
        card.appendChild(button);
        grid.appendChild(card);
      });
      place.appendChild(grid);
    }

    // ── files of an item ─────────────────────────────────────────────────────────────────────────────────────────────
    function files(item, list) {
      var place = one("[data-files]", item.element);
      place.textContent = "";
      list.forEach(function (file) {
        var line = make("li");
        var link = make("a", "", file.title);
        link.href = file.url;
        line.appendChild(link);
        place.appendChild(line);
      });
      put(one("[data-files-count]", item.element), list.length ? String(list.length) : "");
      one("[data-files-mark]", item.element).hidden = !list.length;
    }
    function upload(text) { put(one("[data-upload-state]", form), text); }
    // Files that wait in this browser: a line each, made anew when there are others and otherwise only told how far it is.
    function waitingFiles(item, list, acts) {
      var place = one("[data-files-waiting]", item.element);
      var told = JSON.stringify(list.map(function (file) { return [file.entry.key, file.refused, file.part === undefined]; }));
      if (place.dataset.told !== told && (list.length || place.dataset.told)) {
        place.dataset.told = told;
        place.textContent = "";
        list.forEach(function (file) { place.appendChild(waitingFile(file, acts)); });
        var bad = list.filter(function (file) { return file.refused; }).length;
        var aside = one("[data-files-aside]", item.element);
        aside.className = "check-aside tone-" + (bad ? "bad" : "pending");
        put(aside, list.length ? (bad ? words.files_refused : words.files_wait).replace("%s", bad || list.length) : "");
      }
      list.forEach(function (file, at) { put(one("[data-file-state]", place.children[at]), stateOfFile(file)); });
    }
    function waitingFile(file, acts) {
      var line = make("li", "file-waiting tone-" + (file.refused || file.loose ? "bad" : "pending"));
      var buttons = [[file.entry.file, saveCopy, "btn btn-link btn-sm file-waiting-name"]];
      if (file.refused) { buttons.push([words.file_send_again, acts.retry, "btn btn-sm"]); }
      if (file.part === undefined) { buttons.push([words.file_remove, acts.remove, "btn btn-sm"]); }
      var made = buttons.map(function (act) {
        var button = make("button", act[2], act[0]);
        button.type = "button";
        button.addEventListener("click", function () { act[1](file.entry); });
        return button;
      });
      made.slice(1).forEach(function (button) { button.setAttribute("aria-label", button.textContent + " " + file.entry.file); });
      line.appendChild(made[0]);
      line.appendChild(make("span", "figures file-waiting-size", bytes(file.entry.size)));
      line.appendChild(make("span", "file-waiting-state")).dataset.fileState = "";
      made.slice(1).forEach(function (button) { line.appendChild(button); });
      return line;
    }
    function stateOfFile(file) {
      if (file.refused) { return words.file_not_kept + " " + file.refused.join(" "); }
      if (file.part === undefined) { return file.loose ? words.file_loose : words.file_waits; }
      return file.part < 1 ? words.file_sending.replace("%s", Math.floor(file.part * 100) + " %") : words.file_checked;
    }
    function bytes(size) {
      if (size < 1024) { return size + " B"; }
      return size < 1048576 ? Math.round(size / 1024) + " KB" : (size / 1048576).toFixed(1) + " MB";
    }
    function saveCopy(entry) {
      var link = make("a");
      link.href = URL.createObjectURL(entry.blob);
      link.download = entry.file;
      link.click();
      window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
    }
    // Another person's files on this device: whose and how many, nothing else.
    function filesOfOthers(people) {
      var place = one("[data-files-of-others]");
      var sentences = Object.keys(people).map(function (name) { return words.files_of_other.replace("%d", people[name]).replace("%s", name); });
      place.hidden = !sentences.length;
      put(one("[data-files-of-others-words]"), sentences.join(" "));
    }

    // ── filters and numbers ──────────────────────────────────────────────────────────────────────────────────────────
    var texts = new Map();
    function textOf(element) {
      if (!texts.has(element)) {
        texts.set(element, Array.prototype.map.call(element.querySelectorAll("[data-words]"), function (part) { return part.textContent; }).join(" ").toLowerCase());
      }
      return texts.get(element) + " " + one("[data-note]", element).textContent.toLowerCase();
    }
    var asked = { section: "", severity: "", show: "", q: "" };
    function fits(element) {
      var state = element.dataset.state;
      if (asked.section && element.dataset.section !== asked.section) { return false; }
      if (asked.severity && element.dataset.severity !== asked.severity) { return false; }
      if (asked.show === "unanswered" && state !== "open") { return false; }
      if (asked.show === "defect" && state !== "defect") { return false; }
      if (asked.show === "differs" && state !== "differs") { return false; }
      if (asked.show === "mine" && !element.dataset.mine) { return false; }
      return !asked.q || textOf(element).indexOf(asked.q) >= 0;
    }
    // The current item stays until it is left, although its answer may take it out of what the filter shows.
    function filter() {
      var found = 0;
      each(".check", function (element) {
        var fit = fits(element);
        found += fit ? 1 : 0;
        element.hidden = !fit && !element.classList.contains("is-current");
      });
      each("[data-section-part]", function (part) { part.hidden = !part.querySelector(".check:not([hidden])"); });
      put(one("[data-shown]"), found ? words.shown_n.replace("%s", found) : words.none_shown);
      one("[data-clear]").hidden = !(asked.section || asked.severity || asked.show || asked.q);
      each("[data-show]", function (button) { button.setAttribute("aria-pressed", String(asked.show === button.dataset.show)); });
      each("[data-section-link]", function (link) {
        if (link.dataset.sectionLink === asked.section) { link.setAttribute("aria-current", "true"); } else { link.removeAttribute("aria-current"); }
      });
    }
    function visible() {
      return Array.prototype.filter.call(page.querySelectorAll(".check"), function (element) { return fits(element) || element.classList.contains("is-current"); });
    }
    function following(element, step) {
      var list = visible();
      return list[list.indexOf(element) + step] || null;
    }
    function steps() {
      var here = one(".check.is-current");
      var list = Array.prototype.slice.call(page.querySelectorAll(".check"));
      put(one("[data-place]"), here ? words.item.replace("%s", here.dataset.serial) + " / " + list.length : "");
      each("[data-step]", function (button) { button.disabled = !here || !following(here, Number(button.dataset.step)); });
    }
    function numbers(list) {
      var counts = { answered: 0, defect: 0, differs: 0, mine: 0 };
      var sections = {};
      list.forEach(function (known) {
        Object.keys(counts).forEach(function (name) { counts[name] += known[name] ? 1 : 0; });
        var key = known.item.element.dataset.section;
        sections[key] = (sections[key] || 0) + (known.answered ? 1 : 0);
      });
      one("[data-progress]").value = counts.answered;
      put(one("[data-answered]"), String(counts.answered));
      put(one("[data-count=unanswered]"), String(list.length - counts.answered));
      ["defect", "differs", "mine"].forEach(function (name) { put(one("[data-count=" + name + "]"), String(counts[name])); });
      one("[data-show=differs]").classList.toggle("has-some", counts.differs > 0);
      Object.keys(sections).forEach(function (key) {
        put(one('[data-section-count="' + key + '"]'), String(sections[key]));
        one('[data-section-progress="' + key + '"]').value = sections[key];
      });
      steps();
    }

    // ── connection, others, what stands against answering ────────────────────────────────────────────────────────────
    function connection(known) {
      var n = known.waiting;
      var place = one("[data-connection]");
      var tone = "good", text = words.all_saved, signIn = false;
      if (known.trouble === "other-person") { tone = "bad"; text = words.other_person; signIn = true; }
      else if (known.trouble === "signed-out") { tone = "bad"; text = n ? words.signed_out_n.replace("%s", n) : words.signed_out; signIn = true; }
      else if (known.trouble === "offline" || known.offline) { tone = "pending"; text = n ? words.offline_n.replace("%s", n) : words.offline; }
      else if (n) { tone = "active"; text = words.sending_n.replace("%s", n); }
      if (place.dataset.tone !== tone) { place.className = "connection tone-" + tone; place.dataset.tone = tone; }
      put(one("[data-connection-words]"), text);
      one("[data-sign-in]").hidden = !signIn;
      var refusal = one("[data-refusals]");
      refusal.hidden = !known.refused.length;
      if (known.refused.length) { put(refusal, words.refused_n.replace("%s", known.refused.length)); refusal.dataset.first = known.refused[0].serial; }
      one("[data-memory]").hidden = !known.memory;
      if (spoken !== tone && spoken !== null && tone !== "active") { say(null, text); }
      if (tone !== "active") { spoken = tone; }
    }
    function others(list) {
      put(one("[data-others]"), list.map(function (person) {
        return person.serial ? words.is_at.replace("%s", person.name).replace("%d", person.serial) : person.name;
      }).join(", "));
      each(".check.has-company", function (element) { element.classList.remove("has-company"); });
      list.forEach(function (person) {
        var element = document.getElementById("item-" + person.serial);
        if (element) { element.classList.add("has-company"); }
      });
    }
    function against(sentences) {
      var place = one("[data-against]");
      place.hidden = !sentences.length;
      put(one("[data-against-words]"), sentences.join(" "));
    }
    function say(serial, text) {
      live.textContent = "";
      window.setTimeout(function () { live.textContent = (serial ? words.item.replace("%s", serial) + ": " : "") + text; }, 60);
    }
    // Times are those of China, as everywhere in the product.
    var clock = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
    function moment(date) { return clock.format(date); }

    return {
      row: row, current: current, reveal: reveal, theForm: theForm, form: fillForm, lighter: lighter, size: size, state: state, refused: refused,
      differing: differing, files: files, upload: upload, waitingFiles: waitingFiles, filesOfOthers: filesOfOthers, asked: asked, filter: filter, following: following, numbers: numbers,
      connection: connection, others: others, against: against, say: say, moment: moment,
    };
  }

  window.cmoAudit.shown = shown;
})();
