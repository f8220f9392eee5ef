// Where single cells come from: those that are not final or have a footnote, and ranks without what is not final.

const { origins } = record;

/** Items by a key, in the order in which keys come. */
function gathered(items, keyOf) {
  const found = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (found.has(key)) found.get(key).push(item);
    else found.set(key, [item]);
  }
  return found;
}

const cellsOfUnit = gathered(origins?.cells ?? [], ([unit]) => unit);
const cellsOfColumn = gathered(origins?.cells ?? [], ([, column]) => origins.columns[column].code);

function columnName(at) {
  const column = origins.columns[at];
  return nodeOf.has(column.code) ? labelOf(nodeOf.get(column.code)) : inLanguage(column);
}

const originWords = ({ status, ...said }) => [known("status", status), said.source, said.date, said.supplier, said.evidence].filter(Boolean).join(" · ");
const originOf = ([, , , origin]) => origins.origins[origin];
const countsSaid = (counts) => Object.entries(counts).filter(([status]) => status !== "final").map(([status, n]) => `${n} ${known("status", status)}`).join(", ");

/** How many values of an indicator are not final, by status. */
function unsettledOf(node) {
  const statuses = gathered((cellsOfColumn.get(nodes[node].code) ?? []).map((cell) => originOf(cell).status), (status) => status);
  return countsSaid(Object.fromEntries([...statuses].map(([status, cells]) => [status, cells.length])));
}

/** What of a unit rests on values that are not final, and its cells that are not, or have a footnote. */
function resting(at, named) {
  const cells = cellsOfUnit.get(ranked[at]) ?? [], share = origins.shares?.[at];
  const place = origins.places?.[at] ?? null;
  return [named ? make("h4", {}, nameOf(at)) : null,
    share ? make("p", {}, place === null ? say("origins.lost", percent(share)) : say("origins.share", percent(share), shownPlace(place), shownPlace(record.places[0][at]))) : null,
    cells.length ? make("ul", {}, cells.map((cell) => make("li", {}, columnName(cell[1]), ` ${plain(cell[2])} `, make("small", {}, [originWords(originOf(cell)), originOf(cell).footnote].filter(Boolean).join(" · "))))) : make("p", { class: "note" }, say("origins.none"))];
}

/** All such cells by column and origin, and ranks with and without those that are not final. */
function originTables() {
  if (!origins) return [];
  const counts = countsSaid(origins.counts);
  const parts = [make("h3", {}, say("origins")), make("p", {}, counts ? say("origins.counts", counts) : say("origins.none"))];
  if (origins.cells.length) {
    const alike = [...gathered(origins.cells, ([, column, , origin]) => `${column} ${origin}`).values()].sort((a, b) => a[0][1] - b[0][1]);
    const names = (cells) => cells.map(([unit]) => nameOfUnit(unit)).join(", ");
    const caption = say("origins.caption");
    parts.push(scrolled(make("table", { id: "origin-rows" }, captioned(caption),
      make("thead", {}, make("tr", {}, ["origins.column", "origins.where", "origins.footnote", "origins.who"].map((key) => make("th", { scope: "col" }, say(key))))),
      make("tbody", {}, alike.map((cells) => make("tr", {}, make("th", { scope: "row" }, columnName(cells[0][1])), make("td", {}, originWords(originOf(cells[0]))), make("td", {}, originOf(cells[0]).footnote ?? ""),
        make("td", {}, cells.length > 5 ? make("details", {}, make("summary", {}, say("origins.units", cells.length)), names(cells)) : names(cells)))))), caption));
  }
  if (origins.why) parts.push(make("p", { class: "note" }, say("origins.why"), " ", make("span", { lang: "en" }, origins.why)));
  const left = Object.keys(origins.left_out);
  if (left.length) parts.push(make("p", {}, say("origins.left", left.map((code) => labelOf(nodeOf.get(code))).join("; "))));
  if (origins.shares) parts.push(ranksWithout());
  return parts;
}

function ranksWithout() {
  const rows = ranked.map((_, at) => ({ at, rank: record.places[0][at], share: origins.shares[at], without: origins.places[at] }))
    .filter((row) => row.share !== null).sort((a, b) => b.share - a.share || a.rank - b.rank);
  const caption = say("origins.ranks");
  return scrolled(make("table", { id: "origin-ranks" }, captioned(caption),
    make("thead", {}, make("tr", {}, ["unit", "origins.part", "rank", "origins.without"].map((key, at) => make("th", { scope: "col", class: at ? "number" : null }, say(key))))),
    make("tbody", {}, rows.map((row) => make("tr", {}, make("th", { scope: "row" }, nameOf(row.at)), make("td", { class: "number" }, percent(row.share)), make("td", { class: "number" }, shownPlace(row.rank)), make("td", { class: "number" }, row.without === null ? say("unranked") : shownPlace(row.without)))))), caption);
}
