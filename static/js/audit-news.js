// What others answered meanwhile, asked for every few seconds while somebody is at the page.
(function () {
  "use strict";

  var LOOK_EVERY = 5000;
  var LOOK_IN_TROUBLE = 15000;
  var IDLE_AFTER = 10 * 60 * 1000;  // a page nobody uses must not keep the session alive

  // does: now() the current item, heard(standing), changed(), locked(sentences), waiting() how much is still to be sent
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
    this.wanted = [];  // items whose files are asked for at the next look
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
    var item = news.does.now(), wanted = news.wanted[0];
    news.wanted = news.wanted.filter(function (serial) { return serial !== wanted; });  // what arrives from now on is asked for at the next look
    var address = news.config.answers + "?since=" + news.latest + "&at=" + (item ? item.serial : 0) + (wanted ? "&files=" + wanted : "");
    window.fetch(address, { credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } })
      .then(function (response) {
        if (response.type === "opaqueredirect") { news.queue.trouble = "signed-out"; return null; }
        if (response.status !== 200) { news.queue.trouble = "offline"; return null; }
        return response.json();
      }).catch(function () { news.queue.trouble = "offline"; return null; })
      .then(function (told) {
        news.looking = false;
        if (!told && wanted && news.wanted.indexOf(wanted) < 0) { news.wanted.unshift(wanted); }
        if (told) { news.heard(told); } else { news.does.changed(); }
        var wait = told ? (news.wanted.length ? 0 : LOOK_EVERY) : LOOK_IN_TROUBLE;
        news.timer = window.setTimeout(function () { news.lookAgain(); }, wait);
      });
  };
  News.prototype.lookAgain = function () {
    var news = this;
    var idle = Date.now() - news.lastActive > IDLE_AFTER && !news.does.waiting();
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

  window.cmoAudit.News = News;
})();
