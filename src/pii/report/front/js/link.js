// What was chosen stands after the # of the address, so that a link keeps it.

function toFragment() {
  const parts = new URLSearchParams();
  parts.set("lang", state.language);
  if (state.unit !== first()) parts.set("unit", record.units.codes[ranked[state.unit]]);
  if (state.against >= 0) parts.set("with", record.units.codes[ranked[state.against]]);
  if (state.node) parts.set("node", nodes[state.node].code);
  if (state.base) parts.set("base", bases[state.base].name);
  if (state.mean) parts.set("mean", state.mean);
  if (state.weights.size) {
    parts.set("w", [...state.weights].map(([node, points]) => `${nodes[node].code}:${points}`).join(","));
  }
  return `#${parts}`;
}

/** Take the state from the address; what it does not know is passed over. */
function readFragment() {
  const text = location.hash.slice(1);
  if (!text.includes("=")) return;
  const parts = new URLSearchParams(text);
  if (["vi", "en"].includes(parts.get("lang"))) state.language = parts.get("lang");
  state.unit = unitOf.get(parts.get("unit")) ?? first();
  state.against = unitOf.get(parts.get("with")) ?? -1;
  state.node = nodeOf.get(parts.get("node")) ?? 0;
  state.base = Math.max(bases.findIndex((base) => base.name === (parts.get("base") || "")), 0);
  state.mean = ["arithmetic", "geometric", "harmonic"].includes(parts.get("mean")) ? parts.get("mean") : "";
  state.weights = new Map();
  for (const part of (parts.get("w") || "").split(",")) {
    const cut = part.lastIndexOf(":");
    const node = nodeOf.get(part.slice(0, cut)), points = Number(part.slice(cut + 1));
    if (node > 0 && cut > 0 && points >= 0 && points <= 100) state.weights.set(node, points);
  }
}

/** The unit that is looked at to begin with: the first in rank. */
const first = () => Math.max([...builtPlaces(0)].indexOf(1), 0);

let keeping = 0;
/** Write the state to the address, not more often than browsers let one. */
function keep() {
  clearTimeout(keeping);
  keeping = setTimeout(() => history.replaceState(null, "", toFragment()), 120);
}
