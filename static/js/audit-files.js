// Photos and files on their way to the server: kept in this browser's database until the server has them, sent one after
// the other once no answer waits. Each lies under the key by which the server recognises a file that is sent twice; what
// lies there never changes, it is put once and taken once. Needs audit-queue.js, whose troubles are also those of files.
(function () {
  "use strict";

  var NAME = "cmo.audit";
  var STORE = "files";
  var FIRST_WAIT = 2000;
  var LONGEST_WAIT = 60000;
  var PATIENCE = 90000;  // without a byte moving, or without a word from the server that has them all

  // ── the browser's database ─────────────────────────────────────────────────────────────────────────────────────────
  function Shelf() { this.opening = null; }
  Shelf.prototype.open = function () {
    var shelf = this;
    shelf.opening = shelf.opening || new Promise(function (done, fail) {
      var asked = window.indexedDB.open(NAME, 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore(STORE, { keyPath: "key" }); };
      asked.onerror = function () { fail(asked.error); };
      asked.onsuccess = function () {
        asked.result.onclose = function () { shelf.opening = null; };
        done(asked.result);
      };
    });
    shelf.opening.catch(function () { shelf.opening = null; });
    return shelf.opening;
  };
  // does(store) asks for one thing; what comes back is on the disk, or nothing is.
  Shelf.prototype.run = function (mode, does) {
    return this.open().then(function (database) {
      return new Promise(function (done, fail) {
        var deed = database.transaction(STORE, mode, { durability: "strict" });
        var asked = does(deed.objectStore(STORE));
        deed.oncomplete = function () { done(asked.result); };
        deed.onabort = function () { fail(deed.error); };
      });
    });
  };
  Shelf.prototype.put = function (entry) { return this.run("readwrite", function (store) { return store.add(entry); }); };
  Shelf.prototype.take = function (key) { return this.run("readwrite", function (store) { return store.delete(key); }); };
  Shelf.prototype.all = function () { return this.run("readonly", function (store) { return store.getAll(); }); };

  // ── the queue ──────────────────────────────────────────────────────────────────────────────────────────────────────
  // asked: person, name, audit, most, kinds, words, token(), look(), address by serial, and what to call: changed(),
  // kept(entry, told), refused(entry), left(entries) what another tab took, others(people)
  function Files(asked, queue) {
    var files = this;
    files.asked = asked;
    files.queue = queue;
    files.shelf = new Shelf();
    files.lying = [];  // on the shelf, of this person and audit
    files.loose = [];  // in this page alone, because the shelf did not take them
    files.gone = {};   // key → sent or removed here, though the shelf may not know yet
    files.state = {};  // key → { part: how much is sent, refused: reasons }
    files.count = 0;
    files.sending = false;
    files.wait = FIRST_WAIT;
    files.notBefore = 0;
    files.channel = window.BroadcastChannel ? new BroadcastChannel(NAME + "." + asked.person + "." + asked.audit) : null;
    if (files.channel) { files.channel.onmessage = function () { files.load(); }; }
  }
  Files.prototype.entries = function () {
    var files = this;
    return files.lying.concat(files.loose).filter(function (entry) { return !files.gone[entry.key]; })
      .sort(function (one, other) { return one.n - other.n; });
  };
  Files.prototype.stateOf = function (entry) { return this.state[entry.key] || {}; };
  Files.prototype.refused = function () {
    var files = this;
    return files.entries().filter(function (entry) { return files.stateOf(entry).refused; });
  };
  Files.prototype.waiting = function () {
    var files = this;
    return files.entries().filter(function (entry) { return !files.stateOf(entry).refused; });
  };
  Files.prototype.ofItem = function (serial) { return this.entries().filter(function (entry) { return entry.serial === serial; }); };
  // Whether something would be lost with this page.
  Files.prototype.loses = function () {
    var files = this;
    return files.loose.some(function (entry) { return !files.gone[entry.key]; });
  };

  // Read the shelf again. What another person left there is counted by name and not touched.
  Files.prototype.load = function () {
    var files = this, asked = files.asked, before = files.lying;
    return files.shelf.all().then(function (all) {
      var others = {};
      files.lying = all.filter(function (entry) { return entry.person === asked.person && entry.audit === asked.audit; });
      all.forEach(function (entry) {
        if (entry.person !== asked.person) { others[entry.name] = (others[entry.name] || 0) + 1; }
      });
      asked.others(others);
      var lie = {};
      files.lying.forEach(function (entry) { lie[entry.key] = true; });
      asked.left(before.filter(function (entry) { return !lie[entry.key] && !files.gone[entry.key]; }));
    }).catch(function () { /* no database: files stay in the page */ }).then(function () { asked.changed(); });
  };
  Files.prototype.tell = function () { if (this.channel) { this.channel.postMessage("changed"); } };

  // Why a file cannot be taken, before anything is done with it; empty when it can.
  Files.prototype.against = function (file) {
    var words = this.asked.words;
    if (this.asked.kinds.indexOf(file.name.split(".").pop().toLowerCase()) < 0) { return words.file_kind; }
    if (!file.size) { return words.file_empty; }
    return file.size > this.asked.most ? words.file_too_large : "";
  };
  // A file goes in; its bytes are read first, so that nothing hangs on a file that the camera or somebody takes away.
  // Resolves to why it was not taken, or to nothing.
  Files.prototype.add = function (serial, file) {
    var files = this, asked = files.asked, wrong = files.against(file);
    if (wrong) { return Promise.resolve(wrong); }
    files.count += 1;
    var entry = {
      key: window.cmoAudit.newKey(), person: asked.person, name: asked.name, audit: asked.audit, serial: serial, file: file.name,
      size: file.size, taken_at: new Date().toISOString(), n: Date.now() * 1000 + (files.count % 1000),
    };
    if (window.navigator.storage && window.navigator.storage.persist) { window.navigator.storage.persist().catch(function () { /* as it is */ }); }
    return file.arrayBuffer().then(function (bytes) {
      entry.blob = new Blob([bytes], { type: file.type });
      return files.shelf.put(entry).then(function () { files.lying.push(entry); files.tell(); }, function () { files.loose.push(entry); })
        .then(function () { asked.changed(); return ""; });
    }, function () { return asked.words.file_unreadable; });
  };
  Files.prototype.isLoose = function (entry) { return this.loose.indexOf(entry) >= 0; };
  // A file leaves, sent or not.
  Files.prototype.take = function (entry) {
    var files = this;
    files.gone[entry.key] = true;
    files.loose = files.loose.filter(function (other) { return other !== entry; });
    return files.shelf.take(entry.key).then(function () { files.tell(); }, function () { /* the server knows its key */ });
  };

  // ── sending ────────────────────────────────────────────────────────────────────────────────────────────────────────
  Files.prototype.again = function () {
    this.wait = FIRST_WAIT;
    this.notBefore = 0;
    this.pump();
  };
  Files.prototype.retry = function (entry) {
    delete this.state[entry.key];
    this.asked.changed();
    this.again();
  };
  // Answers go first: a file goes when the server is within reach, none of them waits, and no tab of this person sends one.
  Files.prototype.pump = function () {
    var files = this;
    if (files.sending || files.queue.trouble || files.queue.waiting().length || !files.waiting().length) { return; }
    if (Date.now() < files.notBefore) { return; }
    files.sending = true;
    window.cmoAudit.alone(NAME + "." + files.asked.person + "." + files.asked.audit + ".files", function () {
      return files.load().then(function () { return files.sendNext(); });
    }).finally(function () {
      files.sending = false;
      files.asked.changed();
    });
  };
  Files.prototype.sendNext = function () {
    var files = this, entry = files.waiting()[0];
    if (!entry) { return undefined; }
    // A database that lost the bytes says so here; asked for later, it would look like a lost connection for ever.
    return entry.blob.arrayBuffer().then(function (bytes) {
      return files.send(entry, new Blob([bytes], { type: entry.blob.type }));
    }, function () { files.refuse(entry, [files.asked.words.file_unreadable]); });
  };
  Files.prototype.send = function (entry, blob) {
    var files = this;
    return new Promise(function (done) {
      var sent = new XMLHttpRequest(), body = new FormData(), timer = null;
      function alive() {
        window.clearTimeout(timer);
        timer = window.setTimeout(function () { sent.abort(); }, PATIENCE);
      }
      body.append("client_key", entry.key);
      body.append("taken_at", entry.taken_at);
      body.append("person", files.asked.person);
      body.append("upload", blob, entry.file);
      sent.open("POST", files.asked.address(entry.serial));
      sent.setRequestHeader("Accept", "application/json");
      sent.setRequestHeader("X-CSRFToken", files.asked.token());
      sent.upload.onprogress = function (event) {
        alive();
        files.state[entry.key] = { part: event.total ? event.loaded / event.total : 0 };
        files.asked.changed();
      };
      sent.onloadend = function () {
        window.clearTimeout(timer);
        delete files.state[entry.key];
        done(files.answered(entry, sent));
      };
      files.state[entry.key] = { part: 0 };
      files.asked.changed();
      alive();
      sent.send(body);
    });
  };
  Files.prototype.answered = function (entry, sent) {
    var told = null;
    if ((sent.getResponseHeader("Content-Type") || "").indexOf("application/json") === 0) {
      try { told = JSON.parse(sent.responseText); } catch (cut) { told = null; }
    }
    if (sent.status === 409) { return this.later("other-person"); }
    if (sent.status === 200 && told) { return this.kept(entry, told); }
    if (sent.status === 200) { return this.later("signed-out"); }  // led to the sign-in page
    if (sent.status === 413) { return this.refuse(entry, [this.asked.words.file_too_large]); }
    if (told && sent.status >= 400 && sent.status < 500) { return this.refuse(entry, told.reasons); }
    if (sent.status === 404) { return this.refuse(entry, [this.asked.words.file_gone]); }
    // 403 without reasons: the session is another one; the next look at the server brings a fresh token.
    return this.later(sent.status === 403 ? "signed-out" : "offline");
  };
  Files.prototype.later = function (trouble) {
    var files = this;
    files.notBefore = Date.now() + files.wait;
    window.setTimeout(function () { files.asked.look(); files.pump(); }, files.wait + 10);
    files.wait = Math.min(files.wait * 2, LONGEST_WAIT);
    files.queue.later(trouble);
  };
  Files.prototype.kept = function (entry, told) {
    this.wait = FIRST_WAIT;
    this.asked.kept(entry, told);
    return this.take(entry);
  };
  Files.prototype.refuse = function (entry, reasons) {
    this.state[entry.key] = { refused: reasons && reasons.length ? reasons : [this.asked.words.file_gone] };
    this.asked.refused(entry, this.state[entry.key].refused);
  };

  window.cmoAudit.Files = Files;
})();
