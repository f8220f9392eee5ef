// The library's arithmetic: what is missing drops out, the other weights are scaled up, sums go child by child.

/** What the page can do with a group: kind, exponent, least share of its children; null where its scores are fixed. */
function methodOf(base, node, mean) {
  const own = base.methods[groupAt.get(node)];
  if (!own || mean === "" || !isUpper(node)) return own;
  return ["power", { arithmetic: 1, geometric: 0, harmonic: -1 }[mean], own[2]];
}

/** Whether the mean chosen is for this group: the index and its own groups, as far as they are made of groups. */
const isUpper = (node) => !nodes[node].leaf && nodes[node].level < 2 && children[node].every((child) => !nodes[child].leaf);

/** Score every node for all ranked units; `points` has a weight a node. */
function rollUp(base, points, mean = "") {
  const scores = new Array(nodes.length);
  const refused = [];
  leaves.forEach((node, at) => { scores[node] = base.scores[at]; });
  for (let at = groups.length - 1; at >= 0; at -= 1) {
    const node = groups[at];
    const method = methodOf(base, node, mean);
    if (!method) { scores[node] = base.groups[at]; continue; }
    const x = children[node].map((child) => scores[child]);
    const w = children[node].map((child) => points[child]);
    scores[node] = new Float64Array(count);
    for (let unit = 0; unit < count; unit += 1) {
      const own = x.map((column) => column[unit]);
      if (method[0] === "power" && method[1] <= 0 && own.some((value) => value <= 0)) refused.push([node, unit]);
      const present = own.filter((value) => !Number.isNaN(value)).length / own.length;
      scores[node][unit] = present < method[2] - 1e-12 ? NaN : aggregated(method, own, w);
    }
  }
  return { scores, refused };
}

function aggregated([kind, exponent], x, w) {
  const there = x.filter((value) => !Number.isNaN(value));
  if (kind !== "power") {
    const counted = x.filter((value, at) => w[at] > 0 && !Number.isNaN(value));
    return counted.length ? Math[kind === "minimum" ? "min" : "max"](...counted) : NaN;
  }
  const mean = weightedPower(x, w, exponent);
  return Math.min(Math.max(mean, Math.min(...there)), Math.max(...there)) || (mean === 0 ? 0 : NaN);
}

function weightedPower(x, w, exponent) {
  if (exponent <= 0 ? x.some((value) => value <= 0) : exponent !== 1 && x.some((value) => value < 0)) return NaN;
  let sum = 0, weight = 0;
  x.forEach((value, at) => {
    if (Number.isNaN(value)) return;
    const part = exponent === 1 ? value : exponent === 0 ? Math.log(value) : exponent === -1 ? 1 / value : value ** exponent;
    sum += w[at] * part;
    weight += w[at];
  });
  const mean = sum / weight;
  return exponent === 1 ? mean : exponent === 0 ? Math.exp(mean) : exponent === -1 ? 1 / mean : mean ** (1 / exponent);
}

/** Places from 1 for the highest score, by the scheme's rule for ties; NaN where there is no score. */
function placesOf(scores) {
  const order = [...scores.keys()].filter((at) => !Number.isNaN(scores[at])).sort((a, b) => scores[b] - scores[a]);
  const places = new Float64Array(scores.length).fill(NaN);
  for (let start = 0, run = 1; start < order.length; run += 1) {
    let end = start;
    while (end + 1 < order.length && scores[order[end + 1]] === scores[order[start]]) end += 1;
    const place = {
      competition: start + 1, dense: run, modified_competition: end + 1, average: (start + end) / 2 + 1,
    }[record.about.ties];
    for (let at = start; at <= end; at += 1) places[order[at]] = place;
    start = end + 1;
  }
  return places;
}

const nodePlaces = new Map();
/** Places on a node as built. */
function builtPlaces(node) {
  if (!nodePlaces.has(node)) nodePlaces.set(node, placesOf(scoresOf(node)));
  return nodePlaces.get(node);
}

/** Mean, best unit and extremes of scores. */
function summary(scores) {
  const there = [...scores.keys()].filter((at) => !Number.isNaN(scores[at]));
  const leader = there.reduce((best, at) => (best < 0 || scores[at] > scores[best] ? at : best), -1);
  const mean = there.reduce((sum, at) => sum + scores[at], 0) / there.length;
  const values = there.map((at) => scores[at]);
  return { n: there.length, mean, leader, low: Math.min(...values), high: Math.max(...values) };
}
