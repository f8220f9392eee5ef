// What moved since the last edition, as far as the two compare.

const earlierOf = (kind, node) => (record.earlier?.compares && record.earlier[kind][node] ? toNumbers(record.earlier[kind][node]) : null);

/** Places gained on a node since the earlier edition, of every ranked unit; null where there is none to compare with. */
function placesMoved(node) {
  const before = earlierOf("places", node);
  return before && builtPlaces(node).map((place, at) => before[at] - place);
}

function scoresMoved(node) {
  const before = earlierOf("scores", node);
  return before && scoresOf(node).map((score, at) => score - before[at]);
}

function changeNotes() {
  const { earlier } = record;
  if (!earlier) return lacks("earlier");
  if (!earlier.compares) return [say("systems.differ", inLanguage(earlier.title), earlier.systems[0] || say("none"), earlier.systems[1] || say("none"))];
  return [say(earlier.same_scheme ? "change.note" : "change.schemes", inLanguage(earlier.title))];
}

/** What the page has not been given, for a part of it. */
const lacks = (what) => record.lacks.filter((one) => one.what === what).map(inLanguage);
