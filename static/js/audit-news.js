// What others answered meanwhile, asked for every few seconds while somebody is at the page; and files that go up at once.
(function () {
  "use strict";

  var LOOK_EVERY = 5000;
  var LOOK_IN_TROUBLE = 15000;
  var IDLE_AFTER = 10 * 60 * 1000;  // a page nobody uses must not keep the session alive

  // does: now() the current item, heard(standing), changed(), locked(sentences)
  function News(config, words, queue, shown, items, latest, does) {
    this.config = config;
    this.words = words;
    this.queue = queue;
    this.shown = shown;
    this.items = items;
    this.latest = latest;
    this.does = does;
    this.token = config.token;
    this.against = config.against;
    this.looking = false;
    this.timer = null;
    this.lastActive = Date.now();
    var news = this;
    ["keydown", "pointerdown"].forEach(function (kind) { document.addEventListener(kind, function () { news.lastActive = Date.now(); }, true); });
    document.addEventListener("visibilitychange", function () { if (!document.hidden) { news.look(); } });
  }

  News.prototype.look = function () {
    var news = this;
    if (news.looking) { return; }
    news.looking = true;
    window.clearTimeout(news.timer);
    var item = news.does.now();
    var address = news.config.answers + "?since=" + news.latest + "&at=" + (item ? item.serial : 0);
    window.fetch(address, { credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } })
      .then(function (response) {
        if (response.type === "opaqueredirect") { news.queue.trouble = "signed-out"; return null; }
        if (response.status !== 200) { news.queue.trouble = "offline"; return null; }
        return response.json();
      }).catch(function () { news.queue.trouble = "offline"; return null; })
      .then(function (told) {
        news.looking = false;
        if (told) { news.heard(told); } else { news.does.changed(); }
        news.timer = window.setTimeout(function () { news.lookAgain(); }, told ? LOOK_EVERY : LOOK_IN_TROUBLE);
      });
  };
  News.prototype.lookAgain = function () {
    var news = this;
    var idle = Date.now() - news.lastActive > IDLE_AFTER && !news.queue.waiting().length;
    if (document.hidden || idle) { news.timer = window.setTimeout(function () { news.lookAgain(); }, LOOK_EVERY); return; }
    news.look();
  };
  News.prototype.heard = function (told) {
    var news = this;
    news.token = told.token;
    if (told.person !== news.config.person) { news.queue.trouble = "other-person"; news.does.changed(); return; }
    news.latest = Math.max(news.latest, told.latest);
    news.does.heard(told.standing);
    news.shown.others(told.others);
    if (JSON.stringify(told.against) !== JSON.stringify(news.against)) {
      news.against = told.against;
      news.shown.against(told.against);
      news.does.locked();
    }
    Object.keys(told.files || {}).forEach(function (serial) { news.shown.files(news.items[serial], told.files[serial]); });
    news.queue.reached();
    news.does.changed();
  };

  // ── photos and files: they need the connection ─────────────────────────────────────────────────────────────────────
  News.prototype.attach = function (file) {
    var news = this, words = news.words, shown = news.shown, item = news.does.now();
    if (!file || !item || !item.element.dataset.attach) { return; }
    var now = shown.moment(new Date());
    var body = new FormData();
    body.append("upload", file);
    body.append("title", words.evidence_of.replace("%s", item.serial) + " " + now);
    body.append("kind", news.config.kind);
    body.append("event_on", now.slice(0, 10));
    body.append("next", news.config.answers + "?since=" + news.latest + "&files=" + item.serial);
    shown.upload(item, words.uploading);
    window.fetch(item.element.dataset.attach, { method: "POST", body: body, credentials: "same-origin", headers: { "X-CSRFToken": news.token } })
      .then(function (response) {
        var tells = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
        if (tells) { return response.json().then(function (told) { news.heard(told); shown.upload(item, ""); shown.say(item.serial, words.uploaded); }); }
        return response.text().then(function (text) {
          var fault = new DOMParser().parseFromString(text, "text/html").querySelector(".field-errors, .form-errors li");
          shown.upload(item, words.not_uploaded + " " + (fault ? fault.textContent.trim() : words.upload_again));
        });
      }).catch(function () { shown.upload(item, words.not_uploaded + " " + words.upload_again); });
  };

  window.cmoAudit.News = News;
})();
