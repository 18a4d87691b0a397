/* The chat page with script: the same forms, sent without leaving the page. Nothing is kept outside the page itself.
   Plain, older JavaScript on purpose: many phones here are old. Without it every form still works. */
(function () {
  "use strict";
  if (!window.fetch || !window.Promise || !document.documentElement.classList) { return; }

  var screen_ = byId("screen"), blank = byId("blank"), log = byId("log"), turn = byId("turn"), typing = byId("typing");
  var composer = byId("composer"), field = byId("text"), send = byId("send");
  var words = screen_.dataset, cursor = Number(words.cursor) || 0, busy = false, hidden = false, lastStir = Date.now(), timer = null;
  var FORM = composer.elements.form.value;
  document.documentElement.classList.add("script");

  function byId(id) { return document.getElementById(id); }

  function make(tag, name, text) {
    var node = document.createElement(tag);
    if (name) { node.className = name; }
    if (text) { node.textContent = text; }
    return node;
  }

  var SVG = "data:image/svg+xml;base64,";

  function newId() {
    var bytes = new Uint8Array(16), text = "";
    window.crypto.getRandomValues(bytes);
    for (var i = 0; i < bytes.length; i++) { text += ("0" + bytes[i].toString(16)).slice(-2); }
    return text;
  }

  /* ---- what stands on the page ---- */

  /* A picture of ours comes as SVG in the link itself and stands in the page, in the page's own colours. */
  function pictureOf(url) {
    var frame = make("div", "picture");
    var bytes = Uint8Array.from(window.atob(url.slice(SVG.length)), function (one) { return one.charCodeAt(0); });
    var drawn = new window.DOMParser().parseFromString(new window.TextDecoder().decode(bytes), "image/svg+xml");
    frame.appendChild(document.importNode(drawn.documentElement, true));
    return frame;
  }

  function addMessage(by, text, attachments) {
    var box = make("div", "message " + by);
    box.appendChild(make("p", "by", by === "person" ? words.person : words.assistant));
    box.appendChild(make("p", "words", text));
    (attachments || []).forEach(function (attachment) {
      if (!attachment.url) { return; }
      if (attachment.kind === "picture" && attachment.url.indexOf(SVG) === 0) {
        box.appendChild(pictureOf(attachment.url));
        return;
      }
      var line = make("p", "attachment"), link = make("a", "", attachment.label);
      link.href = attachment.url;
      if (attachment.kind === "calendar") { link.download = "lich-giao-dich.ics"; } else { link.target = "_blank"; link.rel = "noreferrer noopener"; }
      line.appendChild(link);
      box.appendChild(line);
    });
    log.appendChild(box);
    return box;
  }

  function hiddenInput(name, value) {
    var input = make("input");
    input.type = "hidden"; input.name = name; input.value = value;
    return input;
  }

  function offerChoices(reply) {
    var form = make("form", "choices");
    form.method = "post"; form.action = "/chat"; form.tabIndex = -1;
    form.setAttribute("aria-label", words.choices);
    form.appendChild(hiddenInput("form", FORM));
    form.appendChild(hiddenInput("token", reply.token || ""));
    reply.choices.forEach(function (choice, index) {
      var button = make("button"), number = make("span", "number", String(index + 1));
      number.setAttribute("aria-hidden", "true");
      button.name = "choice"; button.value = choice.id;
      if (reply.expects !== "text") { button.appendChild(number); }
      button.appendChild(make("span", "label", choice.label));
      form.appendChild(button);
    });
    turn.appendChild(form);
    return form;
  }

  function offerLocation() {
    if (!navigator.geolocation) { return; }
    var line = make("p", "place"), button = make("button");
    button.type = "button";
    button.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 21s7-6.3 7-11a7 7 0 0 0-14 0c0 4.7 7 11 7 11Z"/><circle cx="12" cy="10" r="2.5"/></svg>';
    button.appendChild(make("span", "", words.shareLocation));
    button.addEventListener("click", function () {
      button.disabled = true;
      navigator.geolocation.getCurrentPosition(function (position) {
        say(words.locationSent, { location: [position.coords.latitude, position.coords.longitude] });
      }, function () {
        line.parentNode.replaceChild(make("p", "problem", words.locationFailed), line);
        field.focus();
      }, { timeout: 20000, maximumAge: 60000 });
    });
    line.appendChild(button);
    turn.appendChild(line);
  }

  function clear(node) { while (node.firstChild) { node.removeChild(node.firstChild); } }

  function show(replies) {
    var last = null, pending = null, node = null;
    replies.forEach(function (reply) {
      var box = addMessage("assistant", reply.text, reply.attachments);
      last = last || box;
      if (reply.expects !== "none" || reply.choices.length) { pending = reply; }
    });
    if (pending) {
      clear(turn);
      if (pending.expects === "location") { offerLocation(); }
      if (pending.choices.length) { node = offerChoices(pending); }
      field.inputMode = pending.expects === "contact" ? "tel" : "text";
    }
    return { first: last, choices: node };
  }

  function bringIntoView(first) {
    if (!first) { return; }
    var top = first.getBoundingClientRect().top + window.pageYOffset - document.querySelector(".top").offsetHeight - 12;
    var bottom = document.documentElement.scrollHeight - window.innerHeight;
    window.scrollTo(0, Math.min(top, bottom));
  }

  function wait(on) {
    busy = on;
    typing.hidden = !on;
    send.disabled = on;
    log.setAttribute("aria-busy", on ? "true" : "false");
    if (on) { window.scrollTo(0, document.documentElement.scrollHeight); }
  }

  /* ---- talking to the server ---- */

  function post(address, body) {
    var options = { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    return window.fetch(address, options).then(function (response) {
      return response.json().then(function (answer) {
        if (!response.ok) { throw new Error(answer.error || ""); }
        return answer;
      });
    });
  }

  function say(text, body, fromField) {
    if (busy || hidden) { return; }
    var box = text ? addMessage("person", text) : null, offered = [];
    while (turn.firstChild) { offered.push(turn.removeChild(turn.firstChild)); }
    body.message_id = newId();
    body.after = cursor;
    attempt(box, body, fromField, offered);
  }

  function attempt(box, body, fromField, offered) {
    wait(true);
    post("/api/chat", body).then(function (answer) {
      wait(false);
      if (hidden) { return; }
      /* Only the last one: an older one, caught up with, was about a screen that is gone. */
      if (answer.replies.length && answer.replies[answer.replies.length - 1].clear) { blankOut(); return; }
      cursor = Math.max(cursor, answer.cursor);
      var shown = show(answer.replies), last = answer.replies[answer.replies.length - 1];
      if (last && last.language && last.language !== document.documentElement.lang) { window.location.assign("/"); return; }
      if (!answer.replies.length && box) { turn.appendChild(make("p", "quiet-note", words.noReply)); }
      if (!body.start) { bringIntoView(box || shown.first); } /* who has just come reads from the top */
      /* Whoever typed goes on typing; whoever pressed a button finds the next buttons; no keyboard jumps up unasked. */
      if (fromField) { field.focus(); } else if (box) { (shown.choices || log).focus({ preventScroll: true }); }
      stir();
    }).catch(function (error) {
      wait(false);
      if (hidden) { return; }
      trouble(box, body, fromField, offered, error && error.message);
    });
  }

  function trouble(box, body, fromField, offered, reason) {
    var where = box || turn, line = make("p", "trouble"), again = make("button", "", words.retry);
    if (box) { box.classList.add("not-sent"); }
    line.setAttribute("role", "alert");
    line.appendChild(make("span", "", known(reason) ? reason : words.notSent));
    again.type = "button";
    again.addEventListener("click", function () {
      where.removeChild(line);
      if (box) { box.classList.remove("not-sent"); }
      clear(turn);
      attempt(box, body, fromField, offered); /* the same message_id: what did arrive is not said twice */
    });
    line.appendChild(again);
    where.appendChild(line);
    offered.forEach(function (node) { turn.appendChild(node); });
    window.scrollTo(0, document.documentElement.scrollHeight);
    again.focus();
  }

  /* A sentence of our server ends with a full stop; what a browser says of a lost network is in no language of ours. */
  function known(reason) { return !!reason && /[.!?]$/.test(reason) && reason.indexOf("fetch") < 0 && reason.indexOf("JSON") < 0; }

  /* ---- what the person does ---- */

  composer.addEventListener("submit", function (event) {
    event.preventDefault();
    var text = field.value.replace(/^\s+|\s+$/g, "");
    if (!text || busy) { field.focus(); return; }
    field.value = "";
    grow();
    say(text, { text: text }, true);
  });

  field.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      composer.querySelector("button").click();
    }
  });
  field.addEventListener("input", grow);
  function grow() {
    field.rows = Math.min(5, Math.max(1, field.value.split("\n").length, Math.ceil(field.value.length / (field.clientWidth / 10))));
  }

  /* A form's own submit event does not name its button on older browsers; the press does. */
  turn.addEventListener("click", function (event) {
    var node = event.target;
    while (node && node !== turn && node.tagName !== "BUTTON") { node = node.parentNode; }
    if (!node || node.tagName !== "BUTTON" || !node.form) { return; }
    event.preventDefault();
    if (node.name === "choice") {
      say(node.lastElementChild.textContent, { choice: node.value, token: node.form.elements.token.value });
    } else if (node.name === "start") { begin(); }
  });

  function begin() {
    var form = byId("begin");
    say("", { start: true, payload: form ? form.elements.payload.value : "" });
  }

  function blankOut() {
    hidden = true;
    clear(log); clear(turn);
    field.value = "";
    document.title = words.hiddenTitle;
    screen_.hidden = true;
    blank.hidden = false;
    window.scrollTo(0, 0);
    blank.querySelector("a").focus();
  }

  byId("hide").addEventListener("submit", function (event) {
    event.preventDefault();
    blankOut();
    post("/api/chat/reset", { hide: true }).catch(function () { /* the screen is clear, which is what was asked for */ });
  });

  /* ---- answers of staff, later ---- */

  function stir() { lastStir = Date.now(); plan(); }

  function plan() {
    window.clearTimeout(timer);
    if (hidden || document.hidden) { return; }
    var quiet = Date.now() - lastStir;
    timer = window.setTimeout(look, quiet < 120000 ? 5000 : quiet < 900000 ? 15000 : 60000);
  }

  function look() {
    if (busy) { plan(); return; }
    window.fetch("/api/chat/updates?after=" + cursor, { credentials: "same-origin" }).then(function (response) {
      if (!response.ok) { throw new Error("later"); }
      return response.json();
    }).then(function (answer) {
      /* While a message is on its way, its own answer brings what came meanwhile, too. */
      if (!hidden && !busy && answer.cursor > cursor) {
        cursor = answer.cursor;
        bringIntoView(show(answer.replies).first);
        lastStir = Date.now();
      }
    }).catch(function () { /* the network is away; the next look will tell */ }).then(plan);
  }

  document.addEventListener("visibilitychange", function () { if (!document.hidden) { look(); } });

  if (words.begun === "no") { begin(); } else { log.lastElementChild && bringIntoView(log.lastElementChild); plan(); }
}());
