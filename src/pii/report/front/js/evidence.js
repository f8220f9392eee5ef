// Indicators, robustness, findings of the audit, method and provenance.

function heading(key) {
  return make("h2", { tabindex: "-1" }, say(key));
}

function renderIndicators() {
  const rows = leaves.map((node, leaf) => ({ node, leaf, values: toNumbers(record.values[leaf]) }));
  const parents = [...new Set(leaves.map((node) => pillarOf(node)))];
  const heads = ["indicator", "distribution", "low", "median", "high", "coverage", "weight", "treated"];
  const row = ({ node, leaf, values }) => {
    const there = [...values].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
    const middle = there.length ? (there[(there.length - 1) >> 1] + there[there.length >> 1]) / 2 : NaN;
    const measured = there.length - record.imputed[leaf].length;
    const { source, direction, treated, standing, note } = nodes[node];
    return make("tr", {},
      make("th", { scope: "row" }, labelOf(node), make("small", {}, [unitText(node), say(direction > 0 ? "more.better" : "less.better"), source, standing ? say(`standing.${standing}`) : "", origins ? unsettledOf(node) : ""].filter(Boolean).join(" · "))),
      make("td", {}, distribution(node, there, middle)),
      [there[0], middle, there[there.length - 1]].map((value) => make("td", { class: "number" }, plain(value ?? NaN))),
      make("td", { class: "number" }, percent(measured / count, 0), record.imputed[leaf].length ? make("small", {}, say("imputed.count", record.imputed[leaf].length)) : null),
      make("td", { class: "number" }, percent(nodes[node].effective, 2)),
      make("td", note ? { title: inLanguage(note), lang: Object.keys(note)[0] } : {}, make("span", { lang: state.language }, treated ? spoken(treated) : say("as.is"))));
  };
  const caption = say("indicators.caption", leaves.length, count);
  fill("indicators", heading("indicators"),
    scrolled(make("table", { id: "indicator-rows" }, captioned(caption),
      make("thead", {}, make("tr", {}, heads.map((key) => make("th", { scope: "col", class: ["indicator", "distribution", "treated"].includes(key) ? null : "number" }, say(key))))),
      parents.map((parent) => make("tbody", {},
        parent > 0 ? make("tr", {}, make("th", { colspan: heads.length, scope: "rowgroup", class: "band" }, labelOf(parent))) : null,
        rows.filter((one) => pillarOf(one.node) === parent).map(row)))), caption),
    make("p", { class: "note" }, say("indicators.note")));
}

/** The group of the second level that a node is in, or the highest below the index. */
function pillarOf(node) {
  let at = node;
  while (nodes[at].level > 2 || (nodes[at].leaf && nodes[at].level > 0)) at = nodes[at].parent;
  return at;
}

function distribution(node, there, middle) {
  const [low, high] = [there[0], there[there.length - 1]];
  return make("svg", { width: "100%", height: 24, class: "spread", role: "img", "aria-label": say("distribution.said", labelOf(node), plain(low ?? NaN), plain(middle), plain(high ?? NaN)) },
    make("line", { x1: 0, x2: "100%", y1: 12, y2: 12, class: "axis" }),
    ticks(there, low, high, 24),
    there.length ? make("line", { x1: dots(middle, low, high), x2: dots(middle, low, high), y1: 2, y2: 22, class: "mean" }) : null);
}

/** What the study says of each ranked unit, in the order of the ranked ones. */
function studyRows() {
  const { study } = record, own = study.ranks[Object.keys(study.ranks)[0]];
  const at = new Map(study.units.map((code, position) => [code, position]));
  return ranked.map((unit) => {
    const row = at.get(record.units.codes[unit]);
    return row === undefined ? undefined : { row, low: own.low[row], high: own.high[row], median: own.median[row] };
  });
}

function renderRobustness() {
  const { study, bounds } = record;
  const parts = [heading("robustness"), ...[...lacks("study"), ...lacks("bounds")].map((words) => make("p", { class: "note" }, words))];
  if (study || bounds) parts.push(...robustTable(study, bounds));
  if (study?.drivers.length) parts.push(...driverTable(study));
  else parts.push(...lacks("drivers").map((words) => make("p", { class: "note" }, words)));
  fill("robustness", parts);
}

let robustSort = ["rank", 1];
function robustTable(study, bounds) {
  const of = study ? studyRows() : ranked.map(() => undefined);
  const bound = new Map((bounds?.units || []).map((code, row) => [code, { best: bounds.best[row], worst: bounds.worst[row], tier: bounds.tiers[row] }]));
  const rows = ranked.map((unit, at) => ({ at, rank: record.places[0][at], draws: of[at], possible: bound.get(record.units.codes[unit]) })).filter((row) => row.rank !== null);
  const first = (row, k) => (row.draws ? study.acceptability[row.draws.row].slice(0, k).reduce((sum, share) => sum + share, 0) : NaN);
  const top = Math.max(3, Math.round(count / 10));
  const columns = [
    { key: "rank", head: say("rank"), number: true, value: (row) => row.rank, cell: (row) => shownPlace(row.rank) },
    { key: "name", head: say("unit"), rowHead: true, value: (row) => nameOf(row.at), cell: (row) => nameOf(row.at) },
    study && { key: "low", head: say("interval.level", percent(study.level, 0)), number: true, value: (row) => row.draws?.low ?? NaN, cell: (row) => (row.draws ? ends(row.draws.low, row.draws.high) : say("none")) },
    study && { key: "median", head: say("median"), number: true, value: (row) => row.draws?.median ?? NaN, cell: (row) => shownPlace(row.draws?.median ?? NaN) },
    bounds && { key: "possible", head: say("possible"), number: true, value: (row) => row.possible?.best ?? NaN, cell: (row) => (row.possible ? ends(row.possible.best, row.possible.worst) : say("none")) },
    { key: "chart", still: true, head: say("picture"), value: (row) => row.rank, cell: (row) => rankBar(row) },
    study && { key: "first", head: say("first"), number: true, down: true, value: (row) => first(row, 1), cell: (row) => percent(first(row, 1), 0) },
    study && { key: "top", head: say("top", top), number: true, down: true, value: (row) => first(row, top), cell: (row) => percent(first(row, top), 0) },
    bounds && { key: "tier", head: say("tier"), number: true, value: (row) => row.possible?.tier ?? NaN, cell: (row) => row.possible?.tier ?? say("none") },
  ].filter(Boolean);
  const said = [];
  if (study) said.push(say("study.said", study.draws.toLocaleString(state.language), study.choices.map(choiceName).join(", "), study.seed, percent(study.level, 0)) + (study.stable ? "" : ` ${say("unstable")}`));
  if (bounds) said.push(say("bounds.said", bounds.spread === null ? say("none") : percent(bounds.spread, 0)) + (bounds.proven ? "" : ` ${say("unproven")}`));
  const box = make("div", { id: "robust-table" });
  const draw = () => box.replaceChildren(sortable({ id: "robust-rows", caption: say("robust.caption"), columns, rows, sort: robustSort, resort: (sort) => { robustSort = sort; draw(); box.querySelector(`[data-key="${sort[0]}"]`).focus(); } }).element);
  draw();
  return [...said.map((words) => make("p", {}, words)), box, make("p", { class: "note" }, make("span", { class: "key bar" }), say("key.interval"), " ", make("span", { class: "key thin" }), say("key.possible"), " ", make("span", { class: "key one" }), say("rank"))];
}

const choiceName = ([title, stage]) => known("choice", title === stage ? stage : title);

function rankBar({ at, rank, draws, possible }) {
  const x = (place) => `${(100 * (place - 0.5)) / count}%`;
  const words = [draws ? `${say("interval")} ${ends(draws.low, draws.high)}` : "", possible ? `${say("possible")} ${ends(possible.best, possible.worst)}` : ""].filter(Boolean).join(", ");
  return make("svg", { width: "100%", height: 18, class: "ranks", role: "img", "aria-label": `${nameOf(at)}: ${words}` },
    possible ? make("line", { x1: x(possible.best), x2: x(possible.worst), y1: 9, y2: 9, class: "possible" }) : null,
    draws?.low ? make("line", { x1: x(draws.low - 0.3), x2: x(draws.high + 0.3), y1: 9, y2: 9, class: "interval" }) : null,
    make("circle", { cx: x(rank), cy: 9, r: 4, class: "one" }));
}

function driverTable(study) {
  const bar = (low, high, total) => make("svg", { width: "100%", height: 18, class: "ranks", "aria-hidden": "true" },
    make("line", { x1: 0, x2: `${100 * Math.min(Math.max(total, 0), 1)}%`, y1: 9, y2: 9, class: "interval" }),
    low === null ? null : make("line", { x1: `${100 * Math.max(low, 0)}%`, x2: `${100 * Math.min(high, 1)}%`, y1: 9, y2: 9, class: "whisker" }));
  const caption = say("drivers.caption");
  return [make("h3", {}, say("drivers")), make("p", {}, say("drivers.said")),
    scrolled(make("table", { id: "driver-rows" }, captioned(caption),
      make("thead", {}, make("tr", {}, ["driver", "driver.alone", "driver.all", "driver.interval", "picture"].map((key, at) => make("th", { scope: "col", class: at && at < 4 ? "number" : null }, say(key))))),
      make("tbody", {}, study.drivers.map(([name, alone, total, low, high]) => make("tr", {}, make("th", { scope: "row" }, known("choice", name)), make("td", { class: "number" }, shown(alone, 2)), make("td", { class: "number" }, shown(total, 2)), make("td", { class: "number" }, low === null ? say("none") : `${shown(low, 2)}–${shown(high, 2)}`), make("td", {}, bar(low, high, total)))))), caption)];
}

function renderAudit() {
  const { audit } = record;
  const parts = [heading("audit"), ...lacks("audit").map((words) => make("p", { class: "note" }, words))];
  if (audit) {
    parts.push(make("p", {}, say("audit.said", audit.count, audit.serious, known("measure", audit.measure))));
    if (audit.first.length) parts.push(make("p", {}, say("audit.first"), " ", audit.first.map((code) => (nodeOf.has(code) ? labelOf(nodeOf.get(code)) : code)).join("; "), "."));
    parts.push(audit.rules.map((rule) => make("details", { class: `finding ${rule.severity}`, open: rule.severity === "serious" },
      make("summary", {}, rule.severity === "serious" ? make("strong", { class: "tag" }, say("serious")) : null, make("span", { class: "topic" }, known("topic", rule.topic)), " ", ruleSays(rule), make("span", { class: "figures" }, say("places", rule.places.length))),
      make("ul", {}, rule.places.map(([place, detail]) => make("li", {}, make("b", {}, placeName(place)), " ", spoken(detail)))),
      make("p", { class: "note" }, say("threshold", inLanguage(rule.source))))));
  }
  fill("audit", parts);
}

const ruleSays = (rule) => (state.language === "en" ? rule.says : known("rule", rule.rule) === rule.rule ? rule.says : known("rule", rule.rule));
const placeName = (place) => place.split(", ").map((code) => (nodeOf.has(code) ? labelOf(nodeOf.get(code)) : code)).join("; ");

function renderMethod() {
  fill("method", heading("method"),
    record.method.map(({ title, said }) => [make("h3", {}, inLanguage(title)), said.filter(inLanguage).map((words) => make("p", {}, spoken(words)))]),
    make("details", {}, make("summary", {}, say("tree")), make("div", { class: "tree" }, tree(0))));
}

function tree(node) {
  const own = nodes[node];
  const line = make("span", {}, labelOf(node), make("small", {}, [own.parent >= 0 ? say("share.said", percent(bases[0].shares[node]), percent(own.effective, 2)) : "", own.leaf ? "" : known("method.aggregate", own.aggregate)].filter(Boolean).join(" · ")));
  return make(node ? "li" : "div", {}, line, children[node].length ? make("ul", {}, children[node].map(tree)) : null);
}

function renderProvenance() {
  const { provenance, about } = record;
  const parts = [heading("provenance"), ...lacks("provenance").map((words) => make("p", { class: "note" }, words))];
  const row = (key, inside) => (inside && inside.length ? [make("dt", {}, say(key)), make("dd", {}, inside)] : []);
  const files = (list) => make("ul", {}, list.map((file) => make("li", {}, file.file, " ", make("code", {}, file.sha256))));
  const from = provenance || {};
  parts.push(make("dl", {},
    row("provenance.scheme", about.scheme + (from.scheme?.sha256 ? ` (sha256 ${from.scheme.sha256})` : "")),
    row("provenance.table", [inLanguage(about.table) ? spoken(about.table) : "", about.period].filter(Boolean).flatMap((one, at) => (at ? [", ", one] : [one]))),
    row("provenance.created", from.created), row("provenance.command", from.command ? [make("code", {}, from.command.join(" "))] : ""),
    row("provenance.versions", [from.pii ? `pii ${from.pii}` : "", from.python ? `Python ${from.python}` : "", ...Object.entries(from.packages || {}).map(([name, version]) => `${name} ${version}`)].filter(Boolean).join(", ")),
    row("provenance.inputs", from.inputs?.length ? [files(from.inputs)] : ""), row("provenance.outputs", from.outputs?.length ? [files(from.outputs)] : ""),
    row("provenance.seed", record.study ? String(record.study.seed) : ""), row("provenance.citation", inLanguage(about.citation) ? [spoken(about.citation)] : "")));
  if (from.command?.length) parts.push(make("p", {}, say("rebuild")));
  const notes = [...about.remarks, ...about.notes].map(spoken);
  if (notes.length) parts.push(make("h3", {}, say("notes")), make("ul", {}, notes.map((words) => make("li", {}, words))));
  parts.push(...originTables());
  fill("provenance", parts);
}
