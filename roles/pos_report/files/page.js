"use strict";
(() => {
  const report = JSON.parse(document.getElementById("data").textContent);
  const stores = report.stores;
  const FIRST = 100;
  const VERDICTS = {
    unread: ["could not be read", "bad", "?"],
    blocked: ["will not close", "bad", "\u2715"],
    needs_count: ["count first", "warn", "!"],
    closable: ["can be closed", "good", "\u2713"],
    closed: ["closed", "good", "\u2713"],
    clear: ["nothing open", "info", "\u2013"],
  };
  const SEVERITIES = { blocker: ["bad", "\u2715", "Stops the close"], warning: ["warn", "!", "Warning"], info: ["info", "i", "Good to know"] };
  const OUTCOMES = { closed: "good", already_closed: "good", would_close: "info", refused: "warn", failed: "bad" };
  const byId = (id) => document.getElementById(id);

  // Whatever comes from a database becomes text, never markup.
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  }
  const chip = (kind, mark, text) => el("span", { class: "chip " + kind }, el("span", { "aria-hidden": "true" }, mark), text);
  const moment = (at) => (at ? at.slice(0, 10) + " " + at.slice(11, 16) + " UTC" : "never");
  const plural = (number, one) => number + " " + one + (number === 1 ? "" : "s");
  const amount = (minor, decimals) => (minor / 10 ** decimals).toFixed(decimals);
  function span(hours) {
    if (hours === null || hours === undefined) return "";
    return hours < 1 ? Math.round(hours * 60) + " min" : hours < 72 ? hours.toFixed(1) + " h" : Math.round(hours / 24) + " days";
  }

  // What filters and sorting ask of a store, worked out once.
  const open = (store) => store.sessions.filter((session) => session.verdict !== "closed");
  stores.forEach((store, at) => {
    const tags = new Set([store.verdict, ...store.sessions.map((session) => session.verdict)]);
    if (store.closed_wrongly.length) tags.add("closed_wrongly");
    if (store.tills.some((till) => !till.can_open)) tags.add("cannot_open");
    for (const result of store.results) tags.add(result.outcome);
    const found = [open(store), store.closed_wrongly, store.tills, [store]].flat().flatMap((thing) => thing.findings);
    const codes = new Set(found.map((finding) => finding.code));
    if (!store.reachable) codes.add("store.unreachable");
    const ages = open(store).map((session) => session.hours_open || 0);
    store.is = {
      at, tags, codes,
      rank: ["unread", "blocked", "needs_count", "closable", "clear"].indexOf(store.verdict),
      open: ages.length,
      age: ages.length ? Math.max(...ages) : -1,
      gap: store.differences.reduce((sum, one) => sum + Math.abs(one.minor), 0),
      words: null, row: null, detail: null,
    };
  });
  function words(store) {
    if (store.is.words === null) {
      const say = (thing) => [thing.name, thing.till && thing.till.name, thing.opened_by, ...thing.findings.flatMap((f) => [f.code, f.message])];
      store.is.words = [store.name, store.database, store.error, ...say(store), ...store.sessions.flatMap(say),
        ...store.closed_wrongly.flatMap(say), ...store.tills.flatMap(say),
        ...store.results.flatMap((r) => [r.till.name, r.session.name, r.message, r.outcome])].join("\n").toLowerCase();
    }
    return store.is.words;
  }

  const collator = new Intl.Collator("en", { numeric: true });
  [...stores].sort((a, b) => collator.compare(a.name, b.name)).forEach((store, place) => { store.is.place = place; });
  const byName = (a, b) => a.is.place - b.is.place;
  const SORTS = {
    name: byName,
    status: (a, b) => a.is.rank - b.is.rank || b.is.tags.has("closed_wrongly") - a.is.tags.has("closed_wrongly"),
    sessions: (a, b) => a.is.open - b.is.open,
    age: (a, b) => a.is.age - b.is.age,
    difference: (a, b) => a.is.gap - b.is.gap,
    series: (a, b) => collator.compare(a.series || "", b.series || ""),
  };
  let sorting = { by: "status", down: false };
  let everything = false;

  function matching() {
    const wanted = byId("f-text").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const status = byId("f-status").value, cause = byId("f-cause").value, series = byId("f-series").value;
    const found = stores.filter((store) =>
      (!status || store.is.tags.has(status)) && (!cause || store.is.codes.has(cause)) &&
      (!series || store.series === series) && wanted.every((word) => words(store).includes(word)));
    const order = SORTS[sorting.by], sign = sorting.down ? -1 : 1;
    return found.sort((a, b) => sign * order(a, b) || byName(a, b));
  }

  function show() {
    const found = matching();
    const shown = everything ? found : found.slice(0, FIRST);
    byId("rows").replaceChildren(...shown.flatMap((store) => {
      const row = rowOf(store);
      return store.is.detail && !store.is.detail.hidden ? [row, store.is.detail] : [row];
    }));
    byId("list").hidden = found.length === 0;
    const number = (n) => n.toLocaleString("en-US");
    byId("count").textContent = found.length === 0 ? "No store matches."
      : number(found.length) + " of " + plural(stores.length, "store").replace(/^\d+/, number(stores.length)) +
        (shown.length < found.length ? ", the first " + shown.length + " shown" : "");
    byId("more").hidden = shown.length === found.length;
    byId("more").textContent = "Show all " + number(found.length);
    return found.length;
  }

  function rowOf(store) {
    if (store.is.row) return store.is.row;
    const own = "store-" + store.is.at;
    const toggle = el("button", { class: "toggle", type: "button", "aria-expanded": "false", "aria-controls": own }, store.name);
    const row = el("tr", { class: "store" },
      el("th", { scope: "row" }, toggle),
      el("td", {}, chips(store)),
      el("td", { class: "num wide" }, store.reachable ? String(store.is.open) : ""),
      el("td", { class: "num wide" }, store.is.age < 0 ? "" : span(store.is.age)),
      el("td", { class: "num" }, store.differences.map((one) => el("div", {}, one.net + " " + one.currency))),
      el("td", { class: "num wide" }, (store.series || "").replace(/\.0$/, "")));
    row.addEventListener("click", () => {
      if (!String(getSelection())) fold(store, toggle, row, own);
    });
    store.is.row = row;
    return row;
  }

  function fold(store, toggle, row, own) {
    if (!store.is.detail) {
      store.is.detail = el("tr", { class: "detail", id: own, hidden: "" }, el("td", { colspan: "6" }, detail(store)));
    }
    const unfold = store.is.detail.hidden;
    store.is.detail.hidden = !unfold;
    toggle.setAttribute("aria-expanded", String(unfold));
    if (unfold) row.after(store.is.detail); else store.is.detail.remove();
  }

  function chips(store) {
    if (!store.reachable) return [chip("bad", "?", "could not be read")];
    const found = [];
    for (const verdict of ["blocked", "needs_count", "closable"]) {
      const number = store.sessions.filter((session) => session.verdict === verdict).length;
      const [text, kind, mark] = VERDICTS[verdict];
      if (number) found.push(chip(kind, mark, number + " " + text));
    }
    const done = store.results.filter((result) => result.outcome === "closed").length;
    if (done) found.push(chip("good", "\u2713", done + " closed now"));
    if (store.closed_wrongly.length) found.push(chip("bad", "\u2715", store.closed_wrongly.length + " closed wrongly"));
    const shut = store.tills.filter((till) => !till.can_open).length;
    if (shut) found.push(chip("bad", "\u2715", plural(shut, "till") + " cannot open"));
    const failed = store.results.filter((result) => result.outcome === "failed").length;
    if (failed) found.push(chip("bad", "\u2715", failed + " failed"));
    if (!found.length && store.verdict === "blocked") found.push(chip("bad", "\u2715", "set up so that it will not close"));
    return found.length ? found : [chip("info", "\u2013", "nothing open")];
  }

  // The unfolded store.
  function detail(store) {
    const parts = [];
    const read = [store.database && "database " + store.database, store.version && "Odoo " + store.version, store.read_at && "read " + moment(store.read_at)];
    if (store.reachable) parts.push(el("p", { class: "note" }, read.filter(Boolean).join(" \u00b7 ")));
    if (store.error) parts.push(el("p", { class: "note bad" }, store.error));
    if (store.findings.length) parts.push(el("h3", {}, "The store itself"), el("div", { class: "card" }, findings(store.findings)));
    const ranks = ["blocked", "needs_count", "closable"];
    const sessions = [...store.sessions].sort((a, b) => (ranks.indexOf(a.verdict) + 4) % 4 - (ranks.indexOf(b.verdict) + 4) % 4);
    const own = new Set([...sessions, ...store.closed_wrongly].map((session) => session.id));
    group(parts, "Sessions", sessions.map((session) => card(session, store)));
    group(parts, "Closed, and the books are not right", store.closed_wrongly.map((session) => card(session, store)));
    group(parts, "Done in this run", store.results.filter((r) => !own.has(r.session.id)).map((result) => {
      const kind = OUTCOMES[result.outcome] || "info";
      return el("article", { class: "card " + kind }, el("header", {}, heading(result.till, result.session.name), chip(kind, "", said(result.outcome))), done(result));
    }));
    for (const currency of new Set(store.days.map((day) => day[1]))) {
      const days = store.days.filter((day) => day[1] === currency);
      if (days.length > 1) parts.push(el("h3", {}, "Drawers over time, " + currency), el("div", { class: "card" }, bars(days, currency)));
    }
    const tills = store.tills.filter((till) => till.findings.length || !till.can_open);
    group(parts, "Settings of tills", tills.map((till) => el("article", { class: "card " + (till.can_open ? "warn" : "bad") },
      el("header", {}, el("h4", {}, till.name), till.can_open ? null : chip("bad", "\u2715", "cannot be opened")),
      findings(till.findings), till.findings.length ? null : el("p", { class: "small" }, till.shut.join(" ")))));
    if (parts.length === 1) parts.push(el("p", {}, "No open session, and nothing wrong."));
    return parts;
  }
  function group(parts, title, cards) {
    if (cards.length) parts.push(el("h3", {}, title), el("div", { class: "cards" }, cards));
  }
  const said = (outcome) => outcome.replaceAll("_", " ") || "done";
  function heading(till, name) {
    const short = name.startsWith(till.name + "/") ? name.slice(till.name.length) : " " + (name === "/" ? "" : name);
    return el("h4", {}, till.name, el("span", { class: "soft" }, short));
  }

  function card(session, store) {
    const wrongly = store.closed_wrongly.includes(session);
    const [text, kind, mark] = wrongly ? ["closed wrongly", "bad", "\u2715"] : VERDICTS[session.verdict] || [session.verdict, "info", ""];
    const facts = [session.state.replaceAll("_", " "), session.opened_by && "opened by " + session.opened_by,
      session.started_at ? "since " + moment(session.started_at) : "never opened", span(session.hours_open) && "for " + span(session.hours_open),
      session.idle_minutes !== null && session.idle_minutes !== undefined && "idle for " + span(session.idle_minutes / 60), session.rescue && "rescue session", plural(session.orders, "order")];
    const parts = [el("header", {}, heading(session.till, session.name), chip(kind, mark, text)), el("p", { class: "small soft" }, facts.filter(Boolean).join(" \u00b7 "))];
    if (session.verdict !== "closed" || wrongly) parts.push(findings(session.findings));
    if (session.next.length) parts.push(el("h5", {}, "Next"), session.next.length === 1 ? el("p", {}, session.next[0]) : el("ol", {}, session.next.map((step) => el("li", {}, step))));
    if (session.cash) parts.push(el("h5", {}, "Drawer" + (session.verdict === "closed" && !wrongly ? " as it was read," : "") + " in " + session.currency), money(session.cash));
    if (session.payments.length) {
      parts.push(el("h5", {}, "Payments"), el("ul", {}, session.payments.map((paid) =>
        el("li", {}, paid.method + ": " + paid.expected + " (" + plural(paid.count, "payment") + (paid.unconfirmed ? ", " + paid.unconfirmed + " not confirmed" : "") + ")"))));
    }
    store.results.filter((result) => result.session.id === session.id).forEach((result) => parts.push(...done(result)));
    return el("article", { class: "card " + (kind === "info" ? "" : kind) }, parts);
  }
  function bars(days, currency) {
    const svg = (tag, attributes, ...children) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      node.append(...children);
      return node;
    };
    const number = (day) => Date.parse(day + "T00:00:00Z") / 86400000;
    const first = number(days[0][0]), count = number(days[days.length - 1][0]) - first + 1;
    const over = Math.max(0, ...days.map((day) => day[3])), short = Math.max(0, ...days.map((day) => -day[3]));
    const high = 56, scale = high / (over + short), axis = 2 + over * scale, width = 100 / count;
    const said = days.map((day) => day[0] + ": " + day[2] + " " + currency);
    return svg("svg", { width: "100%", height: high + 22, role: "img", "aria-label": said.join("; ") },
      ...days.map((day, at) => svg("rect", {
        class: day[3] < 0 ? "short" : "over", x: (number(day[0]) - first) * width + width * 0.15 + "%", width: width * 0.7 + "%",
        y: day[3] < 0 ? axis : axis - day[3] * scale, height: Math.max(1, Math.abs(day[3]) * scale),
      }, svg("title", {}, said[at]))),
      svg("line", { class: "axis", x1: 0, x2: "100%", y1: axis, y2: axis }),
      svg("text", { x: 0, y: high + 18 }, days[0][0].slice(5)),
      svg("text", { x: "100%", y: high + 18, "text-anchor": "end" }, days[days.length - 1][0].slice(5)));
  }
  function money(cash) {
    return el("dl", { class: "money" }, ["opening", "sales", "moves", "expected", "counted", "difference"].map((name) =>
      el("div", {}, el("dt", {}, name), el("dd", { class: name === "difference" && /[1-9]/.test(cash[name] || "") ? "bad" : null },
        cash[name] === null || cash[name] === undefined ? (name === "counted" ? "not counted" : "\u2013") : cash[name]))));
  }
  function findings(found) {
    return found.length ? el("ul", { class: "marks" }, found.map((finding) => {
      const [kind, mark, title] = SEVERITIES[finding.severity] || SEVERITIES.info;
      return el("li", {}, el("span", { class: "mark " + kind, "aria-hidden": "true" }, mark), el("span", { class: "unseen" }, title + ": "), finding.message + " ", el("code", {}, finding.code));
    })) : null;
  }
  function done(result) {
    const parts = [el("h5", {}, "This run (" + result.role + ")"), el("p", {}, [said(result.outcome), result.message].filter(Boolean).join(": "))];
    if (result.steps.length) parts.push(el("ul", {}, result.steps.map((step) => el("li", {}, step))));
    if (result.counted) parts.push(el("p", { class: "small" }, "Counted " + result.counted + ", expected " + result.expected + ", difference " + result.difference + " " + (result.currency || "")));
    if (result.entries.length) parts.push(el("p", { class: "small" }, "Entries: " + result.entries.join(", ")));
    if (result.proof.length) {
      parts.push(el("h5", {}, "Proof"), el("ul", { class: "marks" }, result.proof.map((check) => el("li", {},
        el("span", { class: "mark " + (check.held ? "good" : "bad"), "aria-hidden": "true" }, check.held ? "\u2713" : "\u2715"),
        check.check + (check.held ? " " : " does not hold: "), el("span", { class: "soft small" }, check.detail)))));
    }
    return parts;
  }

  // Everything that a person can do.
  byId("filters").addEventListener("input", () => { everything = false; show(); });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("f-reset").addEventListener("click", () => { byId("filters").reset(); everything = false; show(); });
  byId("more").addEventListener("click", () => { everything = true; show(); });
  addEventListener("beforeprint", () => { everything = true; show(); });
  document.querySelectorAll("[data-sort]").forEach((button) => button.addEventListener("click", () => {
    const by = button.dataset.sort, first = !["name", "status", "series"].includes(by);
    sorting = { by, down: sorting.by === by ? !sorting.down : first };
    document.querySelectorAll(".stores thead th").forEach((th) => th.setAttribute("aria-sort", th.contains(button) ? (sorting.down ? "descending" : "ascending") : "none"));
    show();
  }));
  document.querySelectorAll("[data-show]").forEach((button) => button.addEventListener("click", () => {
    byId("filters").reset();
    const [field, value] = button.dataset.show.split("=");
    byId("f-" + field).value = value;
    everything = false;
    show();
    byId("stores").focus({ preventScroll: true });
    byId("stores").scrollIntoView();
  }));
  document.documentElement.classList.add("alive");
  show();
})();
