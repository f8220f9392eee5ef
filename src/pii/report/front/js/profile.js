// One unit, or two side by side: where it stands on every node, what it is best and worst at, what is missing.

function openProfile(at) {
  finish();
  state.unit = at;
  if (state.against === at) state.against = -1;
  renderProfile();
  keep();
  document.getElementById("profile").scrollIntoView();
  document.querySelector("#profile h2").focus({ preventScroll: true });
  announce(say("profile.of", nameOf(at)));
}

function chooser(id, label, chosen, none, choose) {
  const order = ranked.map((_, at) => at).sort((a, b) => nameOf(a).localeCompare(nameOf(b), state.language));
  return make("label", {}, label, make("select", { id, onchange: (event) => choose(Number(event.target.value)) },
    none ? make("option", { value: -1, selected: chosen < 0 }, say("nobody")) : null,
    order.map((at) => make("option", { value: at, selected: at === chosen }, nameOf(at)))));
}

function renderProfile() {
  const { unit, against } = state;
  if (!count) { fill("profile", heading("profile"), make("p", {}, say("nobody.ranked"))); return; }
  fill("profile",
    heading("profile"),
    make("div", { class: "tools" },
      chooser("unit", say("unit"), unit, false, (at) => { state.unit = at; renderProfile(); refocus("unit"); keep(); announce(say("profile.of", nameOf(at))); }),
      chooser("against", say("beside"), against, true, (at) => { state.against = at; renderProfile(); refocus("against"); keep(); announce(at < 0 ? say("nobody") : say("profile.of", nameOf(at))); })),
    make("div", { class: "heads" }, card(unit, "one"), against >= 0 ? card(against, "two") : null),
    make("h3", {}, say("strips")),
    strips(unit, against),
    standing(unit, against),
    make("div", { class: "two" },
      [["strengths", say("strengths")], ["weaknesses", say("weaknesses")]].map(([kind, title]) => make("div", {}, make("h3", {}, title),
        [unit, ...(against >= 0 ? [against] : [])].map((at) => [against >= 0 ? make("h4", {}, nameOf(at)) : null, extremes(kind, at)])))),
    make("div", { class: "two" },
      make("div", {}, make("h3", {}, say("missing")), [unit, ...(against >= 0 ? [against] : [])].map((at) => missing(at, against >= 0))),
      make("div", {}, make("h3", {}, say("peers")), peers(unit))),
    origins ? [make("h3", {}, say("origins")), [unit, ...(against >= 0 ? [against] : [])].map((at) => resting(at, against >= 0))] : null,
    make("h3", {}, say("moved.since")),
    movement(unit));
}

function card(at, kind) {
  const place = record.places[0][at], region = regionOf(ranked[at]);
  const study = record.study && studyRows()[at];
  return make("div", { class: `card ${kind}` },
    make("h3", {}, nameOf(at)),
    make("p", { class: "big" }, say("rank.of", shownPlace(place), builtPlaces(0).filter((one) => !Number.isNaN(one)).length)),
    make("p", {}, say("score"), " ", make("strong", {}, shown(scoresOf(0)[at])), study ? ` (${shown(record.study.scores.low[study.row])}–${shown(record.study.scores.high[study.row])})` : "", study ? ` · ${say("interval")} ${ends(study.low, study.high)}` : "", region ? ` · ${known("region", region)}` : ""));
}

const dots = (value, low, high) => `${(100 * (value - low)) / (high - low || 1)}%`;

/** A tick for each value, all in one path that is as wide as its place. */
function ticks(values, low, high, height) {
  const middle = height / 2, span = high - low || 1;
  const path = [...values].filter((value) => !Number.isNaN(value)).map((value) => `M${((1000 * (value - low)) / span).toFixed(1)} ${middle - 5}v10`).join("");
  return make("svg", { viewBox: `0 0 1000 ${height}`, preserveAspectRatio: "none", width: "100%", height }, make("path", { d: path, class: "tick" }));
}

/** A row a node: every unit a tick, the mean a line, the unit a dot and the other a diamond. */
function strips(unit, against) {
  const chosen = [0, ...columnNodes()].filter((node, at, all) => all.indexOf(node) === at);
  const low = Math.min(0, ...chosen.map((node) => summary(scoresOf(node)).low)), high = Math.max(...chosen.map((node) => summary(scoresOf(node)).high), low + 1);
  const top = Math.min(high <= 100 && low >= 0 ? 100 : high);
  const mark = (at, scores, kind) => (at < 0 || Number.isNaN(scores[at]) ? null : kind === "one"
    ? make("circle", { cx: dots(scores[at], low, top), cy: 14, r: 6, class: "one" })
    : make("svg", { x: dots(scores[at], low, top), y: 14, overflow: "visible" }, make("polygon", { points: "0,-7 7,0 0,7 -7,0", class: "two" })));
  const rows = chosen.map((node) => {
    const scores = scoresOf(node), { mean } = summary(scores);
    const words = [unit, against].filter((at) => at >= 0).map((at) => `${nameOf(at)} ${shown(scores[at])}`).join(", ");
    return make("div", { class: `strip level-${nodes[node].level}` },
      make("span", { class: "strip-name" }, labelOf(node)),
      make("svg", { height: 28, width: "100%", role: "img", "aria-label": `${labelOf(node)}: ${words}, ${say("mean.short")} ${shown(mean)}` },
        make("line", { x1: 0, x2: "100%", y1: 14, y2: 14, class: "axis" }),
        ticks(scores, low, top, 28),
        Number.isNaN(mean) ? null : make("line", { x1: dots(mean, low, top), x2: dots(mean, low, top), y1: 3, y2: 25, class: "mean" }),
        mark(unit, scores, "one"), mark(against, scores, "two")),
      make("span", { class: "strip-score" }, shown(scores[unit], 1), against >= 0 ? make("span", { class: "two-text" }, ` ${shown(scores[against], 1)}`) : null));
  });
  return make("div", { class: "strips" }, rows,
    make("p", { class: "note" }, say("strips.note", plain(low), plain(top)), " ", make("span", { class: "key one" }), nameOf(unit), against >= 0 ? [" ", make("span", { class: "key two" }), nameOf(against)] : null, " ", make("span", { class: "key mean" }), say("mean.short")));
}

/** Score and place by node, with the mean and the leader. */
function standing(unit, against) {
  const two = against >= 0;
  const heads = ["node", "score", "rank", ...(two ? ["beside.score", "beside.rank"] : []), "mean.short", "to.mean", "leader", "to.leader"];
  const moved = record.earlier?.compares;
  const rows = groups.map((node) => {
    const scores = scoresOf(node), places = builtPlaces(node), about = summary(scores);
    const gap = scores[unit] - about.mean;
    return make("tr", { class: `level-${nodes[node].level}` },
      make("th", { scope: "row" }, labelOf(node)),
      make("td", { class: "number" }, shown(scores[unit])), make("td", { class: "number" }, `${shownPlace(places[unit])} / ${about.n}`),
      two ? [make("td", { class: "number two-text" }, shown(scores[against])), make("td", { class: "number two-text" }, shownPlace(places[against]))] : null,
      make("td", { class: "number" }, shown(about.mean)), make("td", { class: `number ${gap < 0 ? "down" : "up"}` }, signed(gap)),
      make("td", {}, about.leader < 0 ? say("none") : `${nameOf(about.leader)} ${shown(scores[about.leader])}`), make("td", { class: "number" }, about.leader < 0 ? say("none") : signed(scores[unit] - scores[about.leader])),
      moved ? make("td", { class: "number" }, moveMark(placesMoved(node)?.[unit] ?? NaN)) : null);
  });
  const caption = say("standing.caption", nameOf(unit));
  return scrolled(make("table", { id: "standing" }, captioned(caption),
    make("thead", {}, make("tr", {}, [...heads, ...(moved ? ["change"] : [])].map((key) => make("th", { scope: "col", class: ["node", "leader"].includes(key) ? null : "number" }, key.startsWith("beside.") ? say(key, nameOf(against)) : say(key))))),
    make("tbody", {}, rows)), caption);
}

function extremes(kind, at) {
  const own = record[kind][at];
  if (!own.length) return make("p", { class: "note" }, say("nothing"));
  return make("ol", { class: "extremes" }, own.map((leaf) => {
    const node = leaves[leaf], places = builtPlaces(node);
    return make("li", {}, make("span", {}, labelOf(node)), make("span", { class: "figures" },
      say("rank.of", shownPlace(places[at]), summary(scoresOf(node)).n), ` · ${plain(record.values[leaf][at])} ${unitText(node)}`));
  }));
}

const unitText = (node) => [known("unit", nodes[node].unit), nodes[node].per ? `/ ${inLanguage(nodes[node].per)}` : ""].join(" ").trim();

function missing(at, named) {
  const gone = leaves.filter((_, leaf) => record.values[leaf][at] === null);
  const filled = leaves.filter((_, leaf) => record.imputed[leaf].includes(at));
  return [named ? make("h4", {}, nameOf(at)) : null,
    make("p", {}, gone.length || filled.length ? say("missing.said", gone.length, leaves.length, filled.length) : say("missing.none", leaves.length)),
    gone.length ? make("ul", {}, gone.map((node) => make("li", {}, labelOf(node)))) : null,
    filled.length ? make("ul", {}, filled.map((node) => make("li", {}, labelOf(node), " ", make("small", {}, say("imputed"))))) : null];
}

function peers(at) {
  const own = record.peers?.[record.units.codes[ranked[at]]];
  if (!own) return lacks("peers").map((words) => make("p", { class: "note" }, words));
  return make("ol", {}, own.filter((code) => unitOf.has(code)).map((code) => {
    const peer = unitOf.get(code);
    return make("li", {}, make("button", { type: "button", class: "link", onclick: () => { state.against = peer; renderProfile(); keep(); announce(say("profile.of", nameOf(peer))); } }, nameOf(peer)),
      make("span", { class: "figures" }, say("rank.of", shownPlace(record.places[0][peer]), count), ` · ${shown(scoresOf(0)[peer])}`));
  }));
}

/** The nodes whose place or score moved most since the earlier edition. */
function movement(at) {
  const sentence = inLanguage(record.changes?.[record.units.codes[ranked[at]]]);
  const notes = [...(sentence ? [sentence] : []), ...changeNotes()].map((words) => make("p", { class: "note" }, words));
  if (!record.earlier?.compares) return notes;
  const rows = nodes.map((_, node) => ({ node, places: placesMoved(node)?.[at] ?? NaN, score: scoresMoved(node)?.[at] ?? NaN }))
    .filter((row) => !Number.isNaN(row.score) && (nodes[row.node].level < 3 || row.score !== 0));
  const above = rows.filter((row) => !nodes[row.node].leaf && nodes[row.node].level < 3);
  const most = rows.filter((row) => nodes[row.node].leaf).sort((a, b) => Math.abs(b.score) - Math.abs(a.score)).slice(0, 5);
  const caption = say("movement.caption", nameOf(at), inLanguage(record.earlier.title));
  return [scrolled(make("table", {}, captioned(caption),
    make("thead", {}, make("tr", {}, ["node", "change.rank", "change.score"].map((key, column) => make("th", { scope: "col", class: column ? "number" : null }, say(key))))),
    make("tbody", {}, [...above, ...most].map((row) => make("tr", { class: `level-${nodes[row.node].level}` }, make("th", { scope: "row" }, labelOf(row.node)), make("td", { class: "number" }, moveMark(row.places)), make("td", { class: "number" }, signed(row.score)))))), caption), notes];
}
