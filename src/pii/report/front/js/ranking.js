// The ranking: what people come for.

/** The nodes that have a column: groups down to the pillars, fewer where these are many. */
function columnNodes() {
  const down = (level) => groups.filter((node) => nodes[node].level > 0 && nodes[node].level <= level);
  return down(2).length <= 14 ? down(2) : down(1).length <= 14 ? down(1) : [];
}

const regionLabel = () => Object.keys(record.units.labels)[0] || "";
const regionOf = (unit) => (regionLabel() ? record.units.labels[regionLabel()][unit] : "");

function labelName(label) {
  return inLanguage(record.units.label_names[label]) || known("label", label);
}

/** Rows of the ranking: position among all units, and among the ranked ones, -1 for those without a rank. */
function rankingRows() {
  const at = new Map(ranked.map((unit, position) => [unit, position]));
  const rows = record.units.codes.map((code, unit) => ({ unit, at: code in record.units.reasons ? -1 : at.get(unit) ?? -1 }));
  const wanted = fold(state.query);
  return rows.filter(({ unit }) => {
    if (state.region && regionOf(unit) !== state.region) return false;
    const texts = [record.units.names[unit], record.units.english[unit]].map(fold);
    return !wanted || record.units.codes[unit] === state.query.trim() || texts.some((text) => text.includes(wanted));
  });
}

function rankingColumns() {
  const of = (values) => (row) => (row.at < 0 ? NaN : values[row.at]);
  const places = of(toNumbers(record.places[0]));
  const score = (node) => of(scoresOf(node));
  const moved = placesMoved(0);
  const interval = record.study && studyRows();
  const columns = [
    { key: "rank", head: say("rank"), number: true, value: places, name: "rank", text: places, cell: (row) => (row.at < 0 ? say("unranked") : shownPlace(places(row))) },
    {
      key: "name", head: say("unit"), value: (row) => nameOfUnit(row.unit), name: "name", text: (row) => record.units.names[row.unit], rowHead: true,
      cell: (row) => (row.at < 0
        ? [nameOfUnit(row.unit), make("small", {}, spoken(record.units.reasons[record.units.codes[row.unit]]))]
        : make("button", { type: "button", class: "link", title: say("open.profile"), onclick: () => openProfile(row.at) }, nameOfUnit(row.unit))),
    },
    { key: "score", head: say("score"), number: true, down: true, value: score(0), name: nodes[0].code, text: (row) => published(score(0)(row)), cell: (row) => make("strong", {}, shown(score(0)(row))) },
  ];
  if (interval) {
    const own = (row) => (row.at < 0 ? undefined : interval[row.at]);
    columns.splice(1, 0, {
      key: "interval", head: say("interval"), title: say("interval.title", percent(record.study.level, 0)), number: true, value: (row) => own(row)?.low ?? NaN, name: "interval",
      text: (row) => (own(row) ? `${own(row).low}-${own(row).high}` : ""), cell: (row) => (own(row) ? ends(own(row).low, own(row).high) : say("none")),
    });
  }
  if (moved) {
    columns.push({ key: "change", head: say("change"), title: say("change.title", record.earlier.period), number: true, down: true, value: (row) => of(moved)(row), name: "change", text: of(moved), cell: (row) => moveMark(of(moved)(row)) });
  }
  for (const node of columnNodes()) {
    columns.push({
      key: nodes[node].code, title: labelOf(node), number: true, down: true, value: score(node), name: nodes[node].code,
      head: headOf(node), text: (row) => published(score(node)(row)), cell: (row) => shown(score(node)(row)),
    });
  }
  if (regionLabel()) {
    columns.push({ key: "region", head: labelName(regionLabel()), value: (row) => known("region", regionOf(row.unit)), name: regionLabel(), text: (row) => regionOf(row.unit), cell: (row) => known("region", regionOf(row.unit)) });
  }
  return columns;
}

/** A node's head in a narrow column: its code over its title, or the title alone where the code is a word. */
function headOf(node) {
  const { code } = nodes[node];
  const title = titleOf(node);
  return !numbered(code) || title === code ? title : [make("b", {}, code), " ", make("span", { class: "thin" }, title)];
}

const ends = (low, high) => (low === null ? say("none") : low === high ? String(low) : `${low}–${high}`);

/** How far a unit moved: up, down or not, said in words too. */
function moveMark(places) {
  if (Number.isNaN(places)) return say("none");
  if (places === 0) return make("span", { class: "same" }, make("span", { "aria-hidden": "true" }, "–"), make("span", { class: "unseen" }, say("unmoved")));
  const up = places > 0, size = shown(Math.abs(places), places % 1 ? 1 : 0);
  return make("span", { class: up ? "up" : "down" },
    make("span", { "aria-hidden": "true" }, `${up ? "▲" : "▼"} ${size}`),
    make("span", { class: "unseen" }, say(up ? "up.by" : "down.by", size)));
}

function renderRanking() {
  const labels = regionLabel() ? [...new Set(record.units.labels[regionLabel()])].filter(Boolean) : [];
  fill("ranking",
    heading("ranking"),
    make("div", { class: "tools" },
      make("label", {}, say("search"), make("input", { type: "search", id: "query", autocomplete: "off", value: state.query, placeholder: say("search.example"), oninput: (event) => { state.query = event.target.value; drawRanking(true); } })),
      labels.length ? make("label", {}, labelName(regionLabel()), make("select", { id: "region", onchange: (event) => { state.region = event.target.value; drawRanking(true); } },
        make("option", { value: "" }, say("all")),
        labels.map((label) => make("option", { value: label, selected: label === state.region }, known("region", label))))) : null,
      make("button", { type: "button", id: "copy", onclick: () => copy(rankingText("\t"), say("copied")) }, say("copy")),
      make("button", { type: "button", id: "download", onclick: () => download(`${record.about.scheme}-ranking.csv`, rankingText(",")) }, say("download"))),
    make("div", { id: "ranking-table" }),
    rankingNotes());
  drawRanking(false);
}

function rankingNotes() {
  const said = [];
  if (record.study) said.push(say("interval.note", percent(record.study.level, 0), record.study.draws.toLocaleString(state.language)));
  said.push(...lacks("study"), ...changeNotes());
  return said.map((words) => make("p", { class: "note" }, words));
}

let rankingShown = [];
function drawRanking(tell) {
  const columns = rankingColumns();
  const { element, ordered } = sortable({
    id: "ranking-rows", caption: say("ranking.caption", inLanguage(record.about.title), count), columns, rows: rankingRows(), sort: state.sort, empty: say("no.match"),
    resort: (sort) => { state.sort = sort; drawRanking(false); const again = document.querySelector(`#ranking-rows [data-key="${CSS.escape(sort[0])}"]`); again.focus(); announce(say(sort[1] > 0 ? "sorted.up" : "sorted.down", again.firstChild.textContent)); },
  });
  rankingShown = ordered;
  document.getElementById("ranking-table").replaceChildren(element);
  if (tell) announce(say("found", ordered.length));
}

function rankingText(separator) {
  const columns = [{ name: "unit", text: (row) => record.units.codes[row.unit] }, ...rankingColumns()];
  const warning = record.about.synthetic && separator === "," ? `# ${say("synthetic")}\n` : "";
  return warning + asText(columns, rankingShown, separator);
}
