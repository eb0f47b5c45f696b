// Answers on their way to the server: kept in this browser until the server has them, sent one after the other, tried
// again after a lost connection or session. Each lies under a key of its own, so that two tabs never overwrite each
// other; the server recognises an answer that is sent twice by its key.
(function () {
  "use strict";

  var FIRST_WAIT = 1000;
  var LONGEST_WAIT = 30000;
  var PATIENCE = 20000;

  // crypto.randomUUID exists on secure pages only; random bytes exist everywhere.
  function newKey() {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    var hex = Array.prototype.map.call(bytes, function (byte) { return (byte + 256).toString(16).slice(1); }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  // ── the browser's storage, or memory where it is full or closed ────────────────────────────────────────────────────
  function Store(prefix) {
    this.prefix = prefix;
    this.memory = {};
    this.broken = false;
    try {
      window.localStorage.setItem(prefix + "try", "1");
      window.localStorage.removeItem(prefix + "try");
    } catch (refused) { this.broken = true; }
  }
  Store.prototype.set = function (name, value) {
    var text = JSON.stringify(value);
    delete this.memory[name];
    try { window.localStorage.setItem(this.prefix + name, text); } catch (full) {
      this.broken = true;
      this.memory[name] = text;
      this.drop(name);
    }
  };
  Store.prototype.drop = function (name) {
    try { window.localStorage.removeItem(this.prefix + name); } catch (closed) { /* nothing lies there */ }
  };
  Store.prototype.remove = function (name) {
    delete this.memory[name];
    this.drop(name);
  };
  Store.prototype.get = function (name) {
    var text = this.memory[name];
    if (text === undefined) { try { text = window.localStorage.getItem(this.prefix + name); } catch (closed) { text = null; } }
    try { return JSON.parse(text || "null"); } catch (damaged) { return null; }
  };
  Store.prototype.names = function (kind) {
    var found = Object.keys(this.memory);
    var prefix = this.prefix;
    try {
      Object.keys(window.localStorage).forEach(function (key) {
        if (key.indexOf(prefix) === 0) { found.push(key.slice(prefix.length)); }
      });
    } catch (closed) { /* memory is all there is */ }
    return found.filter(function (name, at) { return name.indexOf(kind) === 0 && found.indexOf(name) === at; });
  };
  Store.prototype.all = function (kind) {
    var store = this;
    return store.names(kind).map(function (name) { return store.get(name); }).filter(Boolean);
  };
  // Whether something would be lost with this page.
  Store.prototype.loses = function () { return Object.keys(this.memory).length > 0; };

  // ── the queue ──────────────────────────────────────────────────────────────────────────────────────────────────────
  // asked: prefix, person, token(), send address by serial, and what to call: changed(), kept(entry, answer), refused(entry)
  function Queue(asked) {
    this.asked = asked;
    this.store = new Store(asked.prefix);
    this.trouble = "";  // "", "offline", "signed-out", "other-person"
    this.sending = false;
    this.wait = FIRST_WAIT;
    this.timer = null;
    this.count = 0;
  }
  Queue.prototype.entries = function () {
    return this.store.all("q.").sort(function (one, other) { return one.n - other.n; });
  };
  Queue.prototype.waiting = function () { return this.entries().filter(function (entry) { return !entry.refused; }); };
  Queue.prototype.ofItem = function (serial) {
    return this.entries().filter(function (entry) { return entry.serial === serial; });
  };
  Queue.prototype.put = function (entry) { this.store.set("q." + entry.key, entry); };
  Queue.prototype.take = function (key) { this.store.remove("q." + key); };

  // An answer goes in. seen: numbers of the answers its author saw; after: the own answer before it that is still here.
  Queue.prototype.add = function (said, seen, after) {
    this.count += 1;
    var entry = {
      key: newKey(), serial: said.serial, value: said.value, severity: said.severity, note: said.note, lighter_because: said.lighter_because,
      stated_at: new Date().toISOString(), n: Date.now() * 1000 + (this.count % 1000),
      replaces: seen.length ? seen[seen.length - 1] : null, settles: seen.slice(0, -1), after: "", tried: false,
    };
    var earlier = after && this.store.get("q." + after);
    if (earlier && !earlier.refused) {
      if (earlier.tried) {
        entry.after = after;
        entry.replaces = null;
        entry.settles = [];
      } else {
        // Never sent: the later words stand for both, as if typed at once.
        entry.after = earlier.after;
        entry.replaces = earlier.replaces;
        entry.settles = earlier.settles;
      }
    }
    this.put(entry);
    if (earlier && !earlier.refused && !earlier.tried) { this.take(after); }
    this.asked.changed();
    this.soon(0);
    return entry;
  };

  Queue.prototype.soon = function (wait) {
    var queue = this;
    window.clearTimeout(queue.timer);
    queue.timer = window.setTimeout(function () { queue.pump(); }, wait);
  };
  Queue.prototype.later = function (trouble) {
    this.trouble = trouble;
    this.soon(this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    this.asked.changed();
  };
  Queue.prototype.again = function () {
    this.wait = FIRST_WAIT;
    this.soon(0);
  };
  // Whatever reached the server tells that the connection is back.
  Queue.prototype.reached = function () {
    if (!this.trouble) { return; }
    this.trouble = "";
    this.again();
    this.asked.changed();
  };

  Queue.prototype.pump = function () {
    var queue = this;
    if (queue.sending) { return; }
    queue.sending = true;
    alone(queue.asked.prefix, function () { return queue.sendAll(); }).then(function () {
      queue.sending = false;
      if (!queue.trouble && queue.waiting().length) { queue.soon(0); }
      queue.asked.changed();
    });
  };
  // One tab sends at a time where the browser can tell; where it cannot, the keys keep an answer from being doubled.
  function alone(name, act) {
    if (!window.navigator.locks) { return act(); }
    return window.navigator.locks.request(name, act);
  }
  Queue.prototype.sendAll = function () {
    var queue = this;
    var entry = queue.waiting()[0];
    if (!entry) { return Promise.resolve(); }
    entry.tried = true;
    queue.resolve(entry);
    queue.put(entry);
    queue.asked.changed();
    return queue.send(entry).then(function (goesOn) { return goesOn ? queue.sendAll() : undefined; });
  };
  // The own answer before was refused meanwhile: then this one takes its place.
  Queue.prototype.resolve = function (entry) {
    var earlier = entry.after && this.store.get("q." + entry.after);
    if (!earlier) { return; }
    entry.replaces = earlier.replaces;
    entry.settles = earlier.settles;
    entry.after = "";
  };
  Queue.prototype.send = function (entry) {
    var queue = this;
    var stop = new AbortController();
    var timer = window.setTimeout(function () { stop.abort(); }, PATIENCE);
    return window.fetch(queue.asked.address(entry.serial), {
      method: "POST",
      credentials: "same-origin",
      redirect: "manual",
      signal: stop.signal,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": queue.asked.token() },
      body: JSON.stringify({
        client_key: entry.key, value: entry.value, severity: entry.severity, note: entry.note, lighter_because: entry.lighter_because,
        stated_at: entry.stated_at,
        replaces: entry.replaces, settles: entry.settles, person: queue.asked.person,
      }),
    }).then(function (response) {
      window.clearTimeout(timer);
      return queue.answered(entry, response);
    }).catch(function () {
      window.clearTimeout(timer);
      queue.later("offline");
      return false;
    });
  };
  Queue.prototype.answered = function (entry, response) {
    var queue = this;
    if (response.type === "opaqueredirect") { queue.later("signed-out"); return false; }
    if (response.status === 409) { queue.later("other-person"); return false; }
    var tells = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
    if (response.status === 200 && tells) { return response.json().then(function (answer) { return queue.kept(entry, answer); }); }
    if (tells && response.status >= 400 && response.status < 500) {
      return response.json().then(function (said) { return queue.refuse(entry, said.reasons); });
    }
    if (response.status === 404) { return queue.refuse(entry, [queue.asked.gone]); }
    // 403 without reasons: the session is another one; the next look at the server brings a fresh token.
    queue.asked.look();
    queue.later(response.status === 403 ? "signed-out" : "offline");
    return false;
  };
  Queue.prototype.kept = function (entry, answer) {
    var queue = this;
    queue.wait = FIRST_WAIT;
    queue.trouble = "";
    queue.entries().forEach(function (later) {
      if (later.after !== entry.key) { return; }
      later.after = "";
      later.replaces = answer.answer_id;
      queue.put(later);
    });
    queue.asked.kept(entry, answer);
    queue.take(entry.key);
    queue.asked.changed();
    return true;
  };
  Queue.prototype.refuse = function (entry, reasons) {
    entry.refused = reasons && reasons.length ? reasons : [this.asked.gone];
    this.put(entry);
    this.trouble = "";
    this.asked.refused(entry);
    return true;
  };

  window.cmoAudit = { Queue: Queue, newKey: newKey, alone: alone };
})();
