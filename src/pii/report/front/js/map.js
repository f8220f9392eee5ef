// The map: tiles of our own layout, or boundaries that were given; any node in colour, its score in words.

const RAMP = [[238, 245, 240], [185, 217, 208], [123, 181, 181], [63, 133, 150], [29, 86, 110], [11, 43, 69]];

/** A colour of the ramp, which darkens evenly, and the text that can be read on it. */
function colour(share) {
  const at = Math.min(Math.max(share, 0), 1) * (RAMP.length - 1), from = Math.min(Math.floor(at), RAMP.length - 2);
  const mixed = RAMP[from].map((value, channel) => Math.round(value + (at - from) * (RAMP[from + 1][channel] - value)));
  const linear = mixed.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return { back: `rgb(${mixed.join(",")})`, text: 1.05 / (light + 0.05) > (light + 0.05) / 0.05 ? "#ffffff" : "#000000" };
}

function renderMap() {
  const { map } = record;
  fill("map",
    heading("map"),
    make("div", { class: "tools" }, make("label", {}, say("coloured"), make("select", { id: "node", onchange: (event) => { state.node = Number(event.target.value); drawMap(); keep(); announce(labelOf(state.node)); } },
      nodes.map((_, node) => make("option", { value: node, selected: node === state.node }, `${"\u2003".repeat(nodes[node].level)}${labelOf(node)}`))))),
    lacks("map").map((words) => make("p", { class: "warning" }, words)),
    make("div", { class: "two" },
      map ? make("div", {}, make("div", { id: "map-drawn" }), make("p", { class: "note" }, say(map.kind === "tiles" ? "map.tiles" : "map.shapes"))) : null,
      make("div", { id: "map-table" })));
  drawMap();
}

function drawMap() {
  const { map } = record;
  document.getElementById("map-table").replaceChildren(mapTable());
  if (!map) return;
  const scores = scoresOf(state.node), places = builtPlaces(state.node), { low, high } = summary(scores);
  const look = (code) => {
    const at = unitOf.get(code);
    if (at === undefined || Number.isNaN(scores[at])) return { at: at ?? -1, words: say("none"), back: "#ffffff", text: "#333333", gone: true };
    return { at, words: shown(scores[at], 1), place: shownPlace(places[at]), ...colour(high > low ? (scores[at] - low) / (high - low) : 0.5) };
  };
  const legend = make("div", { class: "legend" }, make("span", {}, shown(low, 1)), make("span", { class: "ramp", "aria-hidden": "true" }, RAMP.map((_, at) => painted(make("i"), colour(at / (RAMP.length - 1)).back))), make("span", {}, shown(high, 1)), make("span", { class: "absent" }, say("unmeasured")));
  document.getElementById("map-drawn").replaceChildren(map.kind === "tiles" ? tileGrid(map, look) : shapes(map, look), legend);
}

/** The same in a table: every unit by its score on the node. */
function mapTable() {
  const scores = scoresOf(state.node), places = builtPlaces(state.node);
  const columns = [
    { key: "rank", head: say("rank"), number: true, value: (at) => places[at], cell: (at) => shownPlace(places[at]) },
    { key: "name", head: say("unit"), rowHead: true, value: nameOf, cell: nameOf },
    { key: "score", head: say("score"), number: true, value: (at) => scores[at], cell: (at) => shown(scores[at]) },
  ];
  return sortable({ id: "map-rows", caption: labelOf(state.node), columns, rows: ranked.map((_, at) => at), sort: ["rank", 1] }).element;
}

function painted(element, back, text) {
  element.style.backgroundColor = back;
  if (text) element.style.color = text;
  return element;
}

function tileGrid(map, look) {
  const grid = make("div", { class: "tiles", role: "group", "aria-label": say("map") });
  grid.style.setProperty("--across", Math.max(...map.tiles.map((tile) => tile[1])) + 1);
  // In the order of the page from the north down, as one reads a map.
  [...map.tiles].sort((a, b) => a[2] - b[2] || a[1] - b[1]).forEach(([code, x, y, part]) => {
    const seen = look(code), unit = record.units.codes.indexOf(code);
    const name = unit < 0 ? code : nameOfUnit(unit);
    const tile = part
      ? make("div", { class: "tile part" }, make("span", {}, part), make("small", {}, name))
      : make("button", { type: "button", class: seen.gone ? "tile gone" : "tile", "data-unit": code, disabled: seen.at < 0, onclick: () => openProfile(seen.at), "aria-label": `${name}: ${seen.words}${seen.place ? `, ${say("rank")} ${seen.place}` : ""}` }, make("span", {}, name), make("small", {}, seen.words));
    tile.style.gridColumn = x + 1;
    tile.style.gridRow = y + 1;
    grid.append(painted(tile, seen.back, seen.text));
  });
  return grid;
}

function shapes(map, look) {
  return make("svg", { class: "shapes", viewBox: map.box.join(" "), role: "group", "aria-label": say("map") }, map.shapes.map(([code, path]) => {
    const seen = look(code), unit = record.units.codes.indexOf(code), name = unit < 0 ? code : nameOfUnit(unit);
    const shape = make("path", { d: path, class: seen.gone ? "gone" : null, tabindex: "0", role: "button", "data-unit": code, "aria-label": `${name}: ${seen.words}`, onclick: () => { if (seen.at >= 0) openProfile(seen.at); }, onkeydown: (event) => { if (["Enter", " "].includes(event.key) && seen.at >= 0) { event.preventDefault(); openProfile(seen.at); } } },
      make("title", {}, `${name}: ${seen.words}`));
    shape.style.fill = seen.back;
    return shape;
  }));
}
