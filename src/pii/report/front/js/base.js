// What every part uses: the record, the state, elements made without markup, one place to speak from.

const record = JSON.parse(document.getElementById("record").textContent);
const nodes = record.nodes;
const ranked = record.ranked; // positions of the ranked units among all
const count = ranked.length;
const children = nodes.map(() => []);
nodes.forEach((node, at) => { if (node.parent >= 0) children[node.parent].push(at); });
const leaves = nodes.flatMap((node, at) => (node.leaf ? [at] : []));
const groups = nodes.flatMap((node, at) => (node.leaf ? [] : [at]));
const leafAt = new Map(leaves.map((at, position) => [at, position]));
const groupAt = new Map(groups.map((at, position) => [at, position]));
const nodeOf = new Map(nodes.map((node, at) => [node.code, at]));
const unitOf = new Map(ranked.map((unit, at) => [record.units.codes[unit], at]));

const toNumbers = (values) => Float64Array.from(values, (value) => (value === null ? NaN : value));
const bases = record.bases.map((base) => ({
  ...base,
  scores: base.scores.map(toNumbers),
  groups: base.groups.map(toNumbers),
}));

const state = {
  language: record.language,
  region: "",
  query: "",
  sort: ["rank", 1],
  base: 0,
  mean: "",
  weights: new Map(), // node -> points, of those that were moved
  unit: 0,
  against: -1,
  node: 0,
};

/** The score of every ranked unit on a node, as built. */
function scoresOf(node) {
  return nodes[node].leaf ? bases[0].scores[leafAt.get(node)] : bases[0].groups[groupAt.get(node)];
}

/** An element; `on...` are listeners, `null` and `false` attributes are left out, children that are text stay text. */
function make(tag, attributes = {}, ...inside) {
  const svg = SVG_TAGS.has(tag);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false || value === undefined) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...inside.flat(Infinity).filter((child) => child !== null && child !== undefined).map((c) => (c.nodeType ? c : String(c))));
  return made;
}
const SVG_TAGS = new Set(["svg", "g", "path", "rect", "circle", "line", "text", "title", "polygon"]);

function fill(id, ...inside) {
  document.getElementById(id).replaceChildren(...inside.flat(Infinity).filter(Boolean));
}

let speaking = 0;
/** Say something to those who do not see it; the last of several at once is said. */
function announce(words) {
  clearTimeout(speaking);
  speaking = setTimeout(() => { document.getElementById("live").textContent = words; }, 150);
}
