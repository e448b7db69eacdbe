"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const STORE = `custid-review-${settings.id}`;
  const SVG = "http://www.w3.org/2000/svg";
  const LINKS_SHOWN = 8;
  const NAMES = ["full_name", "organization_name", "email", "phone"];

  const state = {
    language: settings.language,
    selected: data.items.length ? data.items[0].id : null,
    link: null, // the link whose waterfall is open
    allLinks: false,
    split: null, // the group of each record while a customer is being split
    search: "",
    kind: "all",
    status: "all",
    decisions: new Map(),
    undo: null,
    isSaved: true, // whether all decisions are downloaded or kept
    keep: false,
    shortcuts: true,
    reviewer: "",
  };
  const itemOf = new Map(data.items.map((item) => [item.id, item]));

  // -- words and numbers ------------------------------------------------------------------------------------------

  function say(code, words = {}) {
    return settings.words[state.language][code].replace(/\{(\w+)\}/g, (whole, name) => (name in words ? String(words[name]) : whole));
  }
  const integer = (value) => new Intl.NumberFormat(state.language).format(value);
  const bits = (value) =>
    new Intl.NumberFormat(state.language, { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "always" }).format(value);
  function percent(value) {
    // Never a round 100 % or 0 % of what is neither.
    const shown = value > 0.999 && value < 1 ? 0.999 : value < 0.001 && value > 0 ? 0.001 : value;
    const text = new Intl.NumberFormat(state.language, { style: "percent", maximumFractionDigits: 1 }).format(shown);
    return (value > shown ? ">\u2009" : value < shown ? "<\u2009" : "") + text;
  }
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // -- elements: text only ever becomes text nodes -----------------------------------------------------------------

  function fill(node, children) {
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false) {
        node.append(child instanceof Node ? child : document.createTextNode(String(child)));
      }
    }
    return node;
  }
  function give(node, properties) {
    for (const [name, value] of Object.entries(properties)) {
      if (name.startsWith("aria-")) node.setAttribute(name, String(value));
      else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
    }
    return node;
  }
  const el = (tag, properties = {}, ...children) => fill(give(document.createElement(tag), properties), children);
  const svg = (tag, properties = {}, ...children) => fill(give(document.createElementNS(SVG, tag), properties), children);
  const button = (label, onclick, properties = {}, key = "") =>
    el("button", { type: "button", class: "button", onclick, ...properties }, label, key && [" ", el("kbd", { "aria-hidden": "true" }, key)]);

  const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\u2066-\u2069\u00ad\u034f\u115f\u1160\u3164\uffa0]/u;
  function point(symbol) {
    return `U+${symbol.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  }
  // A value from a row: kept from changing the direction of what stands beside it, and what is invisible is named.
  function shown(text, marks = null) {
    const parts = [];
    let run = "";
    let isMarked = false;
    const flush = () => {
      if (run) parts.push(isMarked ? el("u", {}, run) : run);
      run = "";
    };
    Array.from(text).forEach((symbol, place) => {
      const mark = Boolean(marks && marks[place]);
      if (INVISIBLE.test(symbol)) {
        flush();
        parts.push(el("span", { class: "control" }, point(symbol)));
      } else {
        if (mark !== isMarked) flush();
        isMarked = mark;
        run += symbol;
      }
    });
    flush();
    return el("bdi", { dir: "auto" }, parts);
  }
  const plain = (text) => Array.from(text).map((symbol) => (INVISIBLE.test(symbol) ? point(symbol) : symbol)).join("");

  // -- what items hold ---------------------------------------------------------------------------------------------

  const recordsOf = (item) => item.records.map((place) => data.records[place]);
  const attributePlace = new Map(data.attributes.map((attribute, place) => [attribute.name, place]));
  function textOf(record, name) {
    const place = attributePlace.get(name);
    return place === undefined ? "" : record.values[place][1].join(" ");
  }
  function nameOf(item) {
    for (const record of recordsOf(item)) {
      const person = [textOf(record, "given_name"), textOf(record, "family_name")].filter(Boolean).join(" ");
      const found = person || NAMES.map((name) => textOf(record, name)).find(Boolean);
      if (found) return found;
    }
    const first = recordsOf(item)[0];
    return `${first.source} ${first.key}`;
  }
  for (const item of data.items) {
    item.name = nameOf(item);
    const texts = recordsOf(item).flatMap((record) => [record.source, record.key, ...record.values.flatMap((each) => each[1])]);
    item.haystack = fold([`${item.customer}`, ...texts].join("\n"));
  }
  const doubtOf = (item) => (item.margin < 3.33 ? "doubt" : item.margin < 9.97 ? "some" : "sure");
  const titleOf = (item) =>
    item.kind === "pair" ? say("customers", { n: integer(item.customer), other: integer(item.other) }) : say("customer", { n: integer(item.customer) });
  function visibleItems() {
    const words = fold(state.search).split(/\s+/).filter(Boolean);
    return data.items.filter(
      (item) =>
        (state.kind === "all" || item.kind === state.kind) &&
        (state.status === "all" || state.decisions.has(item.id) === (state.status === "done")) &&
        words.every((word) => item.haystack.includes(word)),
    );
  }

  // -- decisions and labels ----------------------------------------------------------------------------------------

  function decide(item, verdict, groups = null) {
    const before = state.decisions.get(item.id);
    state.undo = { id: item.id, before };
    if (verdict === null) state.decisions.delete(item.id);
    else state.decisions.set(item.id, { verdict, groups, at: new Date().toISOString().replace(/\.\d+Z$/, "Z") });
    state.isSaved = keep();
    state.split = null;
    const told = say("announce", { what: titleOf(item), decision: saidOf(item) || say("said_clear"), progress: progressText() });
    const following = verdict === null ? null : nextOpen(item.id);
    if (following) state.selected = following;
    if (following) Object.assign(state, { link: null, allLinks: false });
    draw();
    toast(told, verdict !== null);
    focusDetail();
  }
  function nextOpen(id) {
    const items = visibleItems();
    const all = items.some((item) => item.id === id) ? items : data.items;
    const place = all.findIndex((item) => item.id === id);
    const order = [...all.slice(place + 1), ...all.slice(0, Math.max(place, 0))];
    const next = order.find((item) => !state.decisions.has(item.id));
    return next ? next.id : null;
  }
  function undo() {
    if (!state.undo) return;
    const { id, before } = state.undo;
    if (before) state.decisions.set(id, before);
    else state.decisions.delete(id);
    state.undo = null;
    state.isSaved = keep();
    select(id);
    toast(say("said_clear"), false);
  }
  function saidOf(item) {
    const decision = state.decisions.get(item.id);
    if (!decision) return "";
    return decision.verdict === "split" && item.n > 2 ? say("said_split", { n: decision.groups.length }) : say(`said_${decision.verdict === "split" ? "reject" : decision.verdict}`);
  }
  const progressText = () => say("progress", { done: integer(state.decisions.size), total: integer(data.items.length) });

  function labelsOf(item) {
    const decision = state.decisions.get(item.id);
    const named = recordsOf(item).map((record) => [record.source, record.key]);
    const rest = { ...(state.reviewer ? { by: state.reviewer } : {}), at: decision.at };
    const label = (left, right, verdict) => ({ left: named[left], right: named[right], verdict, ...rest });
    if (item.kind === "pair") {
      const { l, r } = item.links[item.weakest];
      return [label(l, r, { accept: "match", reject: "non_match", unsure: "unsure" }[decision.verdict])];
    }
    const groups = decision.verdict === "split" ? decision.groups : [named.map((_, place) => place)];
    const inside = decision.verdict === "unsure" ? "unsure" : "match";
    const labels = groups.flatMap(([first, ...others]) => others.map((other) => label(first, other, inside)));
    groups.forEach((group, number) => groups.slice(number + 1).forEach((other) => labels.push(label(group[0], other[0], "non_match"))));
    return labels;
  }
  function allLabels() {
    return data.items.filter((item) => state.decisions.has(item.id)).flatMap(labelsOf);
  }
  function labelFile() {
    return [{ format: "custid.labels", version: 1 }, ...allLabels()].map((line) => `${JSON.stringify(line)}\n`).join("");
  }
  function download() {
    if (!state.decisions.size) {
      toast(say("download_none"), false);
      return;
    }
    const url = URL.createObjectURL(new Blob([labelFile()], { type: "application/jsonl" }));
    const link = el("a", { href: url, download: "labels.jsonl" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    state.isSaved = true;
    toast(say("downloaded", { n: integer(allLabels().length) }), false);
  }

  // Labels of a file say of two records whether they are one customer, by way of others too.
  function takeOver(text) {
    const lines = text.split("\n").filter((line) => line.trim()).map((line) => JSON.parse(line));
    if (!lines.length || lines[0].format !== "custid.labels" || lines[0].version !== 1) throw new Error("format");
    const last = new Map();
    const nameOfRecord = (record) => JSON.stringify(record);
    for (const line of lines.filter((each) => !("format" in each))) {
      last.set([nameOfRecord(line.left), nameOfRecord(line.right)].sort().join("\n"), line);
    }
    const parent = new Map();
    const root = (record) => {
      let at = record;
      while (parent.has(at)) at = parent.get(at);
      return at;
    };
    const said = [...last.values()].map((line) => [nameOfRecord(line.left), nameOfRecord(line.right), line]);
    for (const [left, right, line] of said) {
      if (line.verdict === "match" && root(left) !== root(right)) parent.set(root(right), root(left));
    }
    const apart = new Set();
    const unsure = new Set();
    for (const [left, right, line] of said) {
      if (line.verdict === "non_match") apart.add(`${root(left)}\n${root(right)}`).add(`${root(right)}\n${root(left)}`);
      if (line.verdict === "unsure") unsure.add(`${left}\n${right}`).add(`${right}\n${left}`);
    }
    const isApart = (left, right) => apart.has(`${root(left)}\n${root(right)}`);
    const isSame = (left, right) => root(left) === root(right);
    const at = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    let n = 0;
    for (const item of data.items) {
      const names = recordsOf(item).map((record) => nameOfRecord([record.source, record.key]));
      let decision = null;
      if (item.kind === "pair") {
        const { l, r } = item.links[item.weakest];
        if (isSame(names[l], names[r])) decision = { verdict: "accept" };
        else if (isApart(names[l], names[r])) decision = { verdict: "reject" };
        else if (unsure.has(`${names[l]}\n${names[r]}`)) decision = { verdict: "unsure" };
      } else {
        const groups = [];
        names.forEach((name, place) => {
          const group = groups.find((each) => isSame(names[each[0]], name));
          if (group) group.push(place);
          else groups.push([place]);
        });
        const isKnown = groups.every((one, number) => groups.slice(number + 1).every((other) => isApart(names[one[0]], names[other[0]])));
        if (groups.length === 1) decision = { verdict: "accept" };
        else if (isKnown) decision = { verdict: "split", groups };
        else if (names.slice(1).every((name) => unsure.has(`${names[0]}\n${name}`))) decision = { verdict: "unsure" };
      }
      if (decision) {
        state.decisions.set(item.id, { groups: null, at, ...decision });
        n += 1;
      }
    }
    return n;
  }
  async function load(event) {
    const [file] = event.target.files;
    if (!file) return;
    let told;
    try {
      told = say("loaded", { n: integer(takeOver(await file.text())) });
      state.isSaved = keep() || state.isSaved;
    } catch {
      told = say("load_wrong");
    }
    event.target.value = "";
    draw();
    toast(told, false);
  }

  // -- keeping, where the person wants it --------------------------------------------------------------------------

  function keep() {
    if (!state.keep) return state.decisions.size === 0;
    try {
      localStorage.setItem(STORE, JSON.stringify({ decisions: [...state.decisions], reviewer: state.reviewer }));
      return true;
    } catch {
      return false;
    }
  }
  function setKeep(isOn) {
    state.keep = isOn;
    try {
      if (isOn) state.isSaved = keep();
      else localStorage.removeItem(STORE);
    } catch {
      state.keep = false;
    }
  }
  function restore() {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE));
      if (!kept) return;
      state.keep = true;
      state.reviewer = String(kept.reviewer || "");
      state.decisions = new Map(kept.decisions.filter(([id]) => itemOf.has(id)));
    } catch {
      state.keep = false;
    }
  }

  // -- drawing -----------------------------------------------------------------------------------------------------

  const at = (id) => document.getElementById(id);
  const swap = (id, ...children) => at(id).replaceChildren(fill(document.createDocumentFragment(), children));

  function frame() {
    document.documentElement.lang = state.language;
    document.title = say("title");
    swap(
      "app",
      el("a", { class: "skip", href: "#detail" }, say("skip")),
      el(
        "header",
        { class: "bar" },
        el("h1", {}, say("title")),
        el("div", { class: "progress", id: "progress" }),
        el(
          "div",
          { class: "tools" },
          button(say("language"), () => setLanguage(state.language === "en" ? "fr" : "en"), { id: "language", lang: state.language === "en" ? "fr" : "en" }),
          button(say("help"), help, { id: "help-button" }, "?"),
          menu(),
          button([el("span", { class: "long" }, say("download")), el("span", { class: "short", "aria-hidden": "true" }, say("download_short"))], download, { class: "button primary", id: "download" }, "d"),
        ),
      ),
      summary(),
      el(
        "div",
        { class: "layout" },
        el(
          "nav",
          { class: "side", "aria-label": say("kind_customer") },
          el(
            "div",
            { class: "filters" },
            el("label", { class: "wide" }, say("search"), searchField()),
            choice("kind", ["all", "customer", "pair"], say("kind"), "kind"),
            choice("status", ["all", "open", "done"], say("state"), "state"),
          ),
          el("p", { class: "found", id: "found", role: "status" }),
          el("ul", { class: "items", id: "items" }),
        ),
        el("main", { class: "detail", id: "detail", tabindex: "-1" }),
      ),
      el("footer", { class: "foot" }, say("privacy")),
      el("div", { class: "toast", id: "toast", role: "status" }),
      el("dialog", { id: "help", "aria-labelledby": "help-title" }),
    );
  }
  function searchField() {
    const oninput = (event) => {
      state.search = event.target.value;
      drawList();
    };
    return el("input", { type: "search", id: "search", value: state.search, autocomplete: "off", spellcheck: "false", oninput });
  }
  function choice(name, options, label, prefix) {
    const onchange = (event) => {
      state[name] = event.target.value;
      drawList();
    };
    return el(
      "label",
      {},
      label,
      el(
        "select",
        { id: `filter-${name}`, onchange },
        options.map((value) => el("option", { value, selected: state[name] === value }, say(`${prefix}_${value}`))),
      ),
    );
  }
  function menu() {
    const toggle = () => {
      const isOpen = at("menu").hidden;
      at("menu").hidden = !isOpen;
      at("menu-button").setAttribute("aria-expanded", String(isOpen));
    };
    const file = el("input", { type: "file", id: "load", accept: ".jsonl", class: "hidden-label", tabindex: "-1", "aria-hidden": "true", onchange: load });
    const onchange = (event) => setKeep(event.target.checked);
    const oninput = (event) => {
      state.reviewer = event.target.value.trim();
      keep();
    };
    return el(
      "div",
      { class: "menu" },
      button(say("menu"), toggle, { id: "menu-button", "aria-expanded": "false", "aria-controls": "menu" }, "▾"),
      el(
        "div",
        { class: "menu-panel", id: "menu", hidden: true },
        el("label", {}, say("reviewer"), el("input", { type: "text", id: "reviewer", value: state.reviewer, maxlength: "80", oninput })),
        el("label", { class: "check" }, el("input", { type: "checkbox", id: "keep", checked: state.keep, onchange }), el("span", {}, say("keep"), el("br"), el("small", {}, say("keep_hint")))),
        button(say("load"), () => file.click(), { id: "load-button" }),
        file,
      ),
    );
  }
  function summary() {
    const facts = Object.fromEntries(Object.entries(data.facts).map(([name, value]) => [name, typeof value === "number" ? integer(value) : value]));
    return el(
      "p",
      { class: "summary" },
      say("summary", facts),
      " ",
      el("span", { id: "shown" }, say("shown", facts)),
      " ",
      say("sources"),
      data.facts.sources.map((source, place) => [place ? ", " : " ", shown(source)]),
      ".",
    );
  }

  function draw() {
    drawProgress();
    drawList();
    drawDetail();
  }
  function drawProgress() {
    const done = el("div", { class: "done" });
    done.style.width = `${(100 * state.decisions.size) / Math.max(data.items.length, 1)}%`;
    swap("progress", el("div", { class: "track", "aria-hidden": "true" }, done), el("span", { id: "progress-text" }, progressText()));
  }
  function drawList() {
    const items = visibleItems();
    swap("found", items.length ? say("n_found", { n: integer(items.length) }) : say(data.items.length ? "nothing" : "empty"));
    swap(
      "items",
      items.map((item) =>
        el(
          "li",
          {},
          el(
            "button",
            { type: "button", class: "item", "data-id": item.id, "aria-current": item.id === state.selected, onclick: () => select(item.id, true) },
            el("span", { class: "item-name" }, shown(item.name)),
            el("span", { class: `pill ${doubtOf(item)}`, "aria-hidden": "true" }, item.kind === "pair" ? say("tag_pair") : bits(item.margin)),
            el("span", { class: "item-sub" }, say("n_records", { n: integer(item.n) }), " · ", subtitle(item)),
            saidOf(item) && el("span", { class: "item-said" }, "✓ ", saidOf(item)),
          ),
        ),
      ),
    );
  }
  function subtitle(item) {
    return item.kind === "pair" ? say("strongest", { bits: bits(-item.margin) }) : say("weakest", { bits: bits(item.margin) });
  }

  function drawDetail() {
    const item = itemOf.get(state.selected);
    if (!item) {
      swap("detail", el("p", { class: "blank" }, say("empty")));
      return;
    }
    swap(
      "detail",
      el(
        "div",
        { class: "head" },
        el(
          "div",
          {},
          el("h2", {}, say(item.kind === "pair" ? "are_one" : "is_one"), " ", shown(item.name)),
          el("p", {}, titleOf(item), " · ", say("n_records", { n: integer(item.n) }), " · ", subtitle(item)),
        ),
        el(
          "div",
          { class: "steps" },
          button(`‹ ${say("back")}`, showList, { class: "button back", id: "back" }),
          button(say("previous"), () => step(-1), { id: "previous" }, "k"),
          button(say("next"), () => step(1), { id: "next" }, "j"),
        ),
      ),
      buttons(item),
      item.records.length < item.n && el("p", { class: "note" }, say("some_records", { shown: item.records.length, n: integer(item.n) })),
      el("ul", { class: "card why" }, item.text[state.language].map((sentence) => el("li", {}, shown(sentence)))),
      valuesTable(item),
      evidence(item),
    );
  }
  function buttons(item) {
    const said = state.decisions.get(item.id);
    const pressed = (verdict) => Boolean(said) && said.verdict === verdict;
    if (state.split) {
      return el(
        "div",
        { class: "decide", role: "group", "aria-label": say("split") },
        button(say("save_split"), () => saveSplit(item), { class: "button primary", id: "save-split" }, "↵"),
        button(say("cancel"), cancelSplit, { id: "cancel-split" }, "Esc"),
      );
    }
    const isSplit = item.kind === "customer" && item.records.length > 2;
    return el(
      "div",
      { class: "decide", role: "group", "aria-label": say("state") },
      button(say("accept"), () => decide(item, "accept"), { id: "accept", "aria-pressed": pressed("accept") }, "a"),
      button(say(isSplit ? "split" : "reject"), () => reject(item), { id: "reject", "aria-pressed": pressed("reject") || pressed("split") }, isSplit ? "s" : "r"),
      button(say("unsure"), () => decide(item, "unsure"), { id: "unsure", "aria-pressed": pressed("unsure") }, "u"),
      said && button(say("clear"), () => decide(item, null), { class: "button quiet", id: "clear" }, "x"),
    );
  }

  // A customer of two records is two; of more, the weakest link tells where to begin.
  function reject(item) {
    if (item.kind === "pair") decide(item, "reject");
    else if (item.records.length === 2) decide(item, "split", [[0], [1]]);
    else {
      const said = state.decisions.get(item.id);
      const groups = said && said.groups ? said.groups : item.groups.some((group) => group.length) ? item.groups : [item.records.map((_, place) => place)];
      state.split = item.records.map((_, place) => Math.max(0, groups.findIndex((group) => group.includes(place))));
      drawDetail();
      at("save-split").focus();
    }
  }
  function saveSplit(item) {
    const groups = [...new Set(state.split)].sort((one, other) => one - other).map((group) => state.split.flatMap((of, place) => (of === group ? [place] : [])));
    if (groups.length < 2) toast(say("one_group"), false);
    else decide(item, "split", groups);
  }
  function cancelSplit() {
    state.split = null;
    drawDetail();
    focusDetail();
  }
  function cycle(place) {
    const used = Math.min(new Set(state.split).size + 1, state.split.length, LETTERS.length);
    state.split[place] = (state.split[place] + 1) % used;
    drawDetail();
    at(`group-${place}`).focus();
  }

  // The side of the weakest link, or the customer, that a record stands on.
  function sideOf(item, place) {
    if (state.split) return state.split[place] === 0 ? "a" : state.split[place] === 1 ? "b" : "";
    const side = item.groups.findIndex((group) => group.includes(place));
    return ["a", "b"][side] || "";
  }
  const badge = (item, place) => el("span", { class: `badge ${sideOf(item, place)}` }, place + 1);

  function valuesTable(item) {
    const records = recordsOf(item);
    const places = data.attributes.map((_, place) => place).filter((place) => records.some((record) => record.values[place][1].length));
    let hasMarks = false;
    const rows = places.map((place) => {
      const cells = records.map((record) => record.values[place]);
      const usual = usualOf(cells);
      return el(
        "tr",
        {},
        el("th", { scope: "row" }, data.attributes[place][state.language]),
        cells.map((cell) => {
          const made = valueCell(cell, usual);
          hasMarks = hasMarks || made.classList.contains("differs") || Boolean(made.querySelector("s"));
          return made;
        }),
      );
    });
    return el(
      "section",
      { class: "card", "aria-labelledby": "values-title" },
      el("h3", { id: "values-title" }, say("values")),
      state.split && el("p", { class: "note" }, say("splitting")),
      el(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "values-title" },
        el(
          "table",
          { class: "values" },
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              el("th", { scope: "col" }, el("span", { class: "hidden-label" }, say("attribute"))),
              records.map((record, place) =>
                el(
                  "th",
                  { scope: "col" },
                  badge(item, place),
                  el("span", { class: "key" }, shown(record.key)),
                  el("div", { class: "source" }, shown(record.source)),
                  item.kind === "customer" && el("div", { class: "source" }, say("belongs", { p: percent(record.p) })),
                  state.split && groupButton(place),
                ),
              ),
            ),
          ),
          el("tbody", {}, rows),
        ),
      ),
      hasMarks && el("p", { class: "note" }, say("legend", { mark: "≠" })),
    );
  }
  function groupButton(place) {
    const letter = LETTERS[state.split[place]];
    return el(
      "div",
      { class: "group" },
      button(say("group", { letter }), () => cycle(place), { id: `group-${place}`, "aria-label": say("change_group", { n: place + 1, letter }) }, place < 9 ? place + 1 : ""),
    );
  }
  // The value that most records hold, of equals the first.
  function usualOf(cells) {
    const counts = new Map();
    for (const [codes, texts] of cells) {
      if (!codes.length) continue;
      const known = counts.get(codes.join()) || { n: 0, texts, codes };
      known.n += 1;
      counts.set(codes.join(), known);
    }
    return [...counts.values()].reduce((best, each) => (best && best.n >= each.n ? best : each), null);
  }
  function valueCell([codes, texts], usual) {
    if (!texts.length) return el("td", { class: "none" }, el("span", { "aria-hidden": "true" }, "–"), el("span", { class: "hidden-label" }, say("no_value")));
    if (!codes.length) return el("td", {}, el("s", { title: say("not_used") }, shown(texts.join(" | "))), el("span", { class: "hidden-label" }, ` (${say("not_used")})`));
    const text = texts.join(" | ");
    const isUsual = !usual || usual.codes.some((code) => codes.includes(code));
    if (isUsual) return el("td", {}, shown(text));
    return el(
      "td",
      { class: "differs" },
      el("span", { class: "mark", "aria-hidden": "true" }, "≠"),
      el("span", { class: "hidden-label" }, `${say("differs")}: `),
      shown(text, differences(text, usual.texts.join(" | "))),
    );
  }
  // Which symbols of a text are not in the longest common subsequence with another one; null where little is common.
  function differences(text, other) {
    const one = Array.from(text);
    const two = Array.from(other);
    if (one.length > 80 || two.length > 80) return null;
    const left = one.map(fold);
    const right = two.map(fold);
    const best = Array.from({ length: left.length + 1 }, () => new Array(right.length + 1).fill(0));
    for (let i = left.length - 1; i >= 0; i -= 1) {
      for (let j = right.length - 1; j >= 0; j -= 1) {
        best[i][j] = left[i] === right[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
      }
    }
    if (best[0][0] < 0.7 * Math.max(left.length, right.length)) return null;
    const marks = left.map(() => true);
    for (let i = 0, j = 0; i < left.length && j < right.length; ) {
      if (left[i] === right[j]) {
        marks[i] = false;
        i += 1;
        j += 1;
      } else if (best[i + 1][j] >= best[i][j + 1]) i += 1;
      else j += 1;
    }
    return marks;
  }

  // -- the graph ---------------------------------------------------------------------------------------------------

  function evidence(item) {
    if (!item.links.length) return el("section", { class: "card" }, el("h3", {}, say("links")), el("p", { class: "note" }, say("no_links")));
    return [
      el(
        "section",
        { class: "card", "aria-labelledby": "links-title" },
        el("h3", { id: "links-title" }, say("links")),
        el("p", { class: "note" }, say("links_hint")),
        el("div", { class: "evidence" }, graph(item), linkList(item)),
      ),
      state.link !== null && waterfall(item, item.links[state.link]),
    ];
  }
  function spread(n, from, to) {
    return Array.from({ length: n }, (_, place) => (n === 1 ? (from + to) / 2 : from + ((to - from) * place) / (n - 1)));
  }
  function layout(item) {
    const n = item.records.length;
    const angles = new Array(n);
    const sides = item.groups.filter((group) => group.length);
    if (sides.length === 2 && sides[0].length + sides[1].length === n) {
      const reach = (side) => Math.min(78, 18 * side.length);
      spread(sides[0].length, 180 - reach(sides[0]), 180 + reach(sides[0])).forEach((angle, place) => (angles[sides[0][place]] = angle));
      spread(sides[1].length, reach(sides[1]), -reach(sides[1])).forEach((angle, place) => (angles[sides[1][place]] = angle));
    } else for (let place = 0; place < n; place += 1) angles[place] = -90 + (360 * place) / n;
    return angles.map((angle) => {
      const turn = (angle * Math.PI) / 180;
      return [220 + 165 * Math.cos(turn), 140 - 108 * Math.sin(turn)];
    });
  }
  function graph(item) {
    const places = layout(item);
    const radius = item.records.length > 16 ? 10 : 15;
    const drawn = item.links.map((link, number) => ({ link, number })).filter(({ link, number }) => link.w > 0 || number === item.weakest || item.records.length <= 8);
    const hasTexts = drawn.length <= 6;
    const order = ({ number }) => (number === state.link ? 2 : number === item.weakest ? 1 : 0);
    const edges = [];
    const texts = [];
    for (const { link, number } of [...drawn].sort((one, other) => order(one) - order(other))) {
      const [x1, y1] = places[link.l];
      const [x2, y2] = places[link.r];
      const isSpecial = number === item.weakest || number === state.link;
      const kind = [link.w > 0 ? "" : "against", number === item.weakest && "weakest", number === state.link && "chosen"].filter(Boolean).join(" ");
      const width = link.w > 0 ? 1.5 + Math.min(link.w, 20) / 5 : 1.2;
      const open = () => chooseLink(number);
      edges.push(svg("line", { class: `edge ${kind}`, x1, y1, x2, y2, "stroke-width": isSpecial ? Math.max(width, 3.5) : width }));
      edges.push(svg("line", { class: "hit", x1, y1, x2, y2, onclick: open }));
      if (hasTexts || isSpecial) texts.push(svg("text", { x: (x1 + x2) / 2, y: (y1 + y2) / 2 }, bits(link.w)));
    }
    const nodes = places.map(([cx, cy], place) => [
      svg("circle", { class: `node ${sideOf(item, place)}`, cx, cy, r: radius }),
      svg("text", { class: "in", x: cx, y: cy + 0.5 }, place + 1),
    ]);
    return svg("svg", { viewBox: "0 0 440 280", role: "img", "aria-label": say("graph_label", { n: item.records.length, m: item.links.length }) }, edges, texts, nodes);
  }
  function linkList(item) {
    const order = item.links.map((_, number) => number);
    // The weakest link of a customer, the strongest between two, comes first.
    if (item.weakest >= 0) order.splice(0, 0, ...order.splice(item.weakest, 1));
    const isShort = !state.allLinks && order.length > LINKS_SHOWN + 1;
    const largest = Math.max(...item.links.map((link) => Math.abs(link.w)), 1);
    const rows = (isShort ? order.slice(0, LINKS_SHOWN) : order).map((number) => {
      const link = item.links[number];
      const meter = el("i", { class: link.w > 0 ? "" : "against" });
      meter.style.width = `${(100 * Math.abs(link.w)) / largest}%`;
      return el(
        "li",
        {},
        el(
          "button",
          { type: "button", id: `link-${number}`, "aria-expanded": number === state.link, "aria-label": `${say("link", { l: link.l + 1, r: link.r + 1 })}: ${say("bits", { bits: bits(link.w) })}`, onclick: () => chooseLink(number) },
          el("span", {}, badge(item, link.l), badge(item, link.r), number === item.weakest && el("span", { class: "tag" }, say(item.kind === "pair" ? "the_strongest" : "the_weakest")), link.parts === null && el("span", { class: "note" }, say("equal_content"))),
          el("span", { class: "meter", "aria-hidden": "true" }, meter),
          el("span", {}, say("bits", { bits: bits(link.w) })),
        ),
      );
    });
    return el(
      "ul",
      { class: "links" },
      rows,
      isShort && el("li", {}, button(say("all_links", { n: integer(order.length) }), showAllLinks, { class: "button quiet", id: "all-links" })),
    );
  }
  function showAllLinks() {
    state.allLinks = true;
    drawDetail();
    at(`link-${itemOf.get(state.selected).weakest}`)?.focus();
  }
  function chooseLink(number) {
    state.link = state.link === number ? null : number;
    drawDetail();
    (at(`link-${number}`) || at("detail")).focus({ preventScroll: true });
    at("falls")?.scrollIntoView({ block: "nearest" });
  }

  function waterfall(item, link) {
    const heading = el(
      "div",
      { class: "falls-head" },
      el("div", {}, el("h3", { id: "falls-title" }, say("waterfall", { l: link.l + 1, r: link.r + 1 })), el("p", { class: "note" }, say("waterfall_hint"))),
      button(say("close"), () => chooseLink(state.link), { class: "button quiet", id: "close-falls" }),
    );
    if (link.parts === null) return el("section", { class: "card", id: "falls" }, heading, el("p", { class: "falls" }, say("waterfall_equal", { bits: bits(link.w) })));
    const parts = [{ name: say("before"), level: "", bits: data.prior }];
    const missing = [];
    link.parts.forEach(([level, value], place) => {
      const comparison = data.comparisons[place];
      const label = level < 0 ? "" : comparison.levels[level][state.language];
      if (level < 0) missing.push(comparison[state.language]);
      else parts.push({ name: comparison[state.language], level: label, bits: value });
    });
    if (link.moved >= 0.05) parts.push({ name: say("moved"), level: "", bits: link.moved });
    if (link.or) parts.push({ name: settings.words[state.language][link.or] || link.or, level: "", bits: link.taken });
    let sum = 0;
    const ends = parts.map((part) => (sum += part.bits));
    const low = Math.min(0, ...ends);
    const high = Math.max(0, ...ends);
    const across = (value) => (100 * (value - low)) / (high - low || 1);
    const row = (part, from, to, kind) => {
      const zero = el("b");
      zero.style.left = `${across(0)}%`;
      const bar = el("i", { class: kind });
      bar.style.left = `${across(Math.min(from, to))}%`;
      bar.style.width = `${across(Math.max(from, to)) - across(Math.min(from, to))}%`;
      return el(
        "tr",
        { class: kind === "total" ? "total" : "" },
        el("th", { scope: "row" }, part.name, " ", el("span", { class: "level" }, part.level)),
        el("td", { class: "number" }, bits(part.bits)),
        el("td", { class: "wide" }, el("div", { class: "lane", "aria-hidden": "true" }, zero, bar)),
      );
    };
    return el(
      "section",
      { class: "card", id: "falls", "aria-labelledby": "falls-title" },
      heading,
      el(
        "div",
        { class: "falls" },
        el(
          "table",
          {},
          el("thead", { class: "hidden-label" }, el("tr", {}, el("th", { scope: "col" }, say("part")), el("th", { scope: "col" }, say("bits", { bits: "" })), el("th", { scope: "col" }, say("sum")))),
          el(
            "tbody",
            {},
            parts.map((part, place) => row(part, ends[place] - part.bits, ends[place], part.bits < 0 ? "against" : "")),
            row({ name: say("total"), level: "", bits: link.w }, 0, link.w, "total"),
          ),
        ),
        missing.length > 0 && el("p", { class: "note" }, say("missing", { text: missing.join(", ") })),
      ),
    );
  }

  // -- moving about ------------------------------------------------------------------------------------------------

  function select(id, byHand = false) {
    Object.assign(state, { selected: id, link: null, allLinks: false, split: null });
    document.body.dataset.view = "detail";
    draw();
    document.querySelector(".item[aria-current=true]")?.scrollIntoView({ block: "nearest" });
    focusDetail();
    if (byHand || matchMedia("(max-width: 860px)").matches) scrollTo({ top: 0, behavior: "instant" });
  }
  const focusDetail = () => at("detail").focus({ preventScroll: true });
  function step(by) {
    const items = visibleItems();
    const place = items.findIndex((item) => item.id === state.selected);
    const next = items[Math.min(Math.max(place + by, 0), items.length - 1)];
    if (next) select(next.id);
  }
  function showList() {
    document.body.dataset.view = "list";
    document.querySelector(".item[aria-current=true]")?.focus();
  }
  function setLanguage(language) {
    state.language = language;
    frame();
    draw();
    at("language").focus();
  }
  function toast(text, canUndo) {
    swap("toast", shown(text), canUndo && button(say("clear"), undo, { id: "undo" }, "z"));
  }
  function help() {
    const rows = [
      [["j", "k"], "key_next"], [["a"], "key_accept"], [["r", "s"], "key_reject"], [["u"], "key_unsure"], [["x"], "key_clear"],
      [["w"], "key_waterfall"], [["/"], "key_search"], [["d"], "key_download"], [["?"], "key_help"], [["Esc"], "key_escape"],
    ];
    const onchange = (event) => (state.shortcuts = event.target.checked);
    swap(
      "help",
      el("h2", { id: "help-title" }, say("help_title")),
      el("dl", {}, rows.map(([keys, code]) => [el("dt", {}, keys.map((key) => [el("kbd", {}, key), " "])), el("dd", {}, say(code))])),
      el("label", { class: "check" }, el("input", { type: "checkbox", id: "shortcuts", checked: state.shortcuts, onchange }), say("single_keys")),
      button(say("close"), () => at("help").close(), { class: "button primary", id: "close-help" }),
    );
    at("help").showModal();
  }

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    a: (item) => decide(item, "accept"),
    r: (item) => reject(item),
    s: (item) => reject(item),
    u: (item) => decide(item, "unsure"),
    x: (item) => state.decisions.has(item.id) && decide(item, null),
    z: () => undo(),
    w: (item) => item.weakest >= 0 && chooseLink(item.weakest),
    d: () => download(),
    "/": () => {
      document.body.dataset.view = "list";
      at("search").focus();
    },
    "?": () => help(),
  };
  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || at("help").open) return;
    if (event.key === "Escape") {
      escape(event.target);
      return;
    }
    if (event.target.closest("input, select, textarea")) return;
    const item = itemOf.get(state.selected);
    if (!state.shortcuts || !item) return;
    let act = null;
    if (state.split) {
      if (/^[1-9]$/.test(event.key) && Number(event.key) <= state.split.length) act = () => cycle(Number(event.key) - 1);
      if (event.key === "Enter" && !event.target.closest("button")) act = () => saveSplit(item);
    } else act = Object.hasOwn(KEYS, event.key) ? () => KEYS[event.key](item) : null;
    if (act) {
      event.preventDefault();
      act();
    }
  }
  function escape(target) {
    if (!at("menu").hidden) at("menu-button").click();
    else if (state.split) cancelSplit();
    else if (target.id === "search") focusDetail();
    else if (state.link !== null) chooseLink(state.link);
    else swap("toast");
  }

  restore();
  document.body.dataset.view = "list";
  frame();
  draw();
  document.addEventListener("keydown", onKey);
  addEventListener("beforeunload", (event) => {
    if (!state.isSaved) event.preventDefault();
  });
})();
