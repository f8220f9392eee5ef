// The explorer: other weights, other methods, and at once what becomes of the ranking.

/** The children of a group that have sliders: groups and what stands beside them, and whatever the index is made of. */
function slid(parent) {
  const own = children[parent];
  return own.length > 1 && (parent === 0 || own.some((child) => !nodes[child].leaf)) ? own : [];
}

const sharePoints = (node) => 100 * bases[state.base].shares[node];
const pointsOf = (node) => state.weights.get(node) ?? sharePoints(node);
const changed = () => state.weights.size > 0 || state.base > 0 || state.mean !== "";

/** Scores and places with the weights and methods chosen. */
function explored() {
  const { scores, refused } = rollUp(bases[state.base], nodes.map((_, node) => pointsOf(node)), state.mean);
  return { scores, refused, places: placesOf(scores[0]) };
}

function renderExplorer() {
  const means = groups.some(isUpper);
  const options = (chosen, pairs) => pairs.map(([value, words]) => make("option", { value, selected: String(chosen) === String(value) }, words));
  fill("explorer",
    heading("explorer"),
    make("p", { class: "lead" }, say("explorer.lead")),
    make("div", { class: "tools" },
      bases.length > 1 ? make("label", {}, say("base"), make("select", { id: "base", onchange: (event) => { state.base = Number(event.target.value); renderExplorer(); refocus("base"); explore(true); } },
        options(state.base, bases.map((base, at) => [at, baseName(base)])))) : null,
      means ? make("label", {}, say("mean"), make("select", { id: "mean", onchange: (event) => { state.mean = event.target.value; renderExplorer(); refocus("mean"); explore(true); } },
        options(state.mean, ["", "arithmetic", "geometric", "harmonic"].map((mean) => [mean, say(`mean.${mean || "own"}`)])))) : null,
      make("button", { type: "button", id: "reset", onclick: reset }, say("reset")),
      make("button", { type: "button", id: "link", onclick: () => { history.replaceState(null, "", toFragment()); copy(location.href, say("link.copied")); } }, say("link"))),
    make("div", { class: "two" },
      make("div", { class: "sliders", id: "sliders" }, sliders(0, false)),
      make("div", {}, make("div", { id: "explored-said", class: "said" }), make("div", { id: "explored" }))));
  explore(false);
}

function refocus(id) {
  document.getElementById(id).focus();
}

function baseName(base) {
  if (!base.name) return say("base.own");
  const [stage, method] = base.name.split(": ");
  const cut = method.indexOf(" (");
  const title = known(`method.${stage}`, cut < 0 ? method : method.slice(0, cut));
  return `${known("stage", stage)}: ${title}${cut < 0 || /[a-z]+ [a-z]/.test(method.slice(cut)) ? "" : method.slice(cut)}`;
}

function sliders(parent, above) {
  const own = slid(parent);
  const fixed = above || !methodOf(bases[state.base], parent, state.mean);
  const deeper = children[parent].filter((child) => below(child));
  if (!own.length && !deeper.length) return null;
  return make("div", { class: "branch" },
    own.length ? make("fieldset", { disabled: fixed },
      make("legend", {}, parent ? labelOf(parent) : say("weights.of", titleOf(0))),
      fixed ? make("p", { class: "note" }, say("fixed")) : null,
      own.map(slider)) : null,
    deeper.map((child) => make("details", { open: nodes[child].level < 2 },
      make("summary", {}, say("weights.below", labelOf(child))),
      sliders(child, fixed))));
}

const below = (node) => !nodes[node].leaf && (slid(node).length > 0 || children[node].some(below));

function slider(node) {
  const id = `w-${node}`;
  const move = (event) => {
    const points = Math.round(10 * Math.min(Math.max(Number(event.target.value), 0), 100)) / 10;
    if (event.target.value === "" || Number.isNaN(points)) return;
    state.weights.set(node, points);
    if (event.target.type === "range") document.getElementById(`${id}-n`).value = points;
    else document.getElementById(id).value = points;
    explore(true);
  };
  const rounded = Math.round(10 * pointsOf(node)) / 10;
  return make("div", { class: "slider" },
    make("label", { for: id }, labelOf(node)),
    make("input", { type: "range", id, min: 0, max: 100, step: "any", value: rounded, "data-node": nodes[node].code, oninput: move }),
    make("input", { type: "number", id: `${id}-n`, min: 0, max: 100, step: "any", value: rounded, "aria-label": say("points", labelOf(node)), oninput: move }),
    make("output", { for: id, id: `${id}-s` }));
}

function reset() {
  state.weights.clear();
  state.base = 0;
  state.mean = "";
  renderExplorer();
  refocus("reset");
  explore(true);
}

function explore(tell) {
  const { scores, refused, places } = explored();
  const built = toNumbers(record.places[0]);
  groups.forEach((parent) => {
    const sum = children[parent].reduce((total, child) => total + pointsOf(child), 0);
    children[parent].forEach((child) => {
      const share = document.getElementById(`w-${child}-s`);
      if (share) share.textContent = sum > 0 ? percent(pointsOf(child) / sum) : say("none");
      const range = document.getElementById(`w-${child}`);
      if (range) range.setAttribute("aria-valuetext", say("points.text", shown(pointsOf(child), 1), share.textContent));
    });
  });
  const rows = ranked.map((unit, at) => ({ at, moved: built[at] - places[at] }));
  const columns = [
    { key: "rank", head: say("rank"), number: true, value: (row) => places[row.at], cell: (row) => shownPlace(places[row.at]) },
    { key: "name", head: say("unit"), rowHead: true, value: (row) => nameOf(row.at), cell: (row) => nameOf(row.at) },
    { key: "score", head: say("score"), number: true, value: (row) => scores[0][row.at], cell: (row) => shown(scores[0][row.at]) },
    { key: "moved", head: say("moved"), number: true, value: (row) => row.moved, cell: (row) => moveMark(row.moved) },
    { key: "built", head: say("rank.built"), number: true, value: (row) => built[row.at], cell: (row) => shownPlace(built[row.at]) },
  ];
  const { element } = sortable({ id: "explored-rows", caption: say(changed() ? "explored.caption" : "explored.same"), columns, rows, sort: ["rank", 1] });
  const kept = document.querySelector("#explored .scroll")?.scrollTop || 0;
  document.getElementById("explored").replaceChildren(element);
  element.scrollTop = kept;
  const moved = rows.filter((row) => row.moved !== 0 && !Number.isNaN(row.moved));
  const furthest = moved.reduce((far, row) => (!far || Math.abs(row.moved) > Math.abs(far.moved) ? row : far), null);
  const leader = [...places].indexOf(1);
  const words = moved.length
    ? say("moved.said", moved.length, count, nameOf(furthest.at), say(furthest.moved > 0 ? "up.by" : "down.by", Math.abs(furthest.moved)), leader < 0 ? say("none") : nameOf(leader))
    : say("moved.none");
  const undefinedAt = new Set(refused.map(([node, unit]) => `${nodes[node].code} ${nameOf(unit)}`));
  document.getElementById("explored-said").replaceChildren(
    make("p", {}, words),
    refused.length ? make("p", { class: "warning" }, say("refused", [...undefinedAt].slice(0, 5).join(", "), undefinedAt.size)) : "");
  document.getElementById("explorer").classList.toggle("unchanged", !changed());
  if (tell) { announce(words); keep(); }
}
