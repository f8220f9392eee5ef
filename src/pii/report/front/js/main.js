// The page as a whole: drawn at once, again in another language, and when the address changes.

const SECTIONS = {
  ranking: renderRanking, explorer: renderExplorer, profile: renderProfile, map: renderMap, indicators: renderIndicators,
  robustness: renderRobustness, audit: renderAudit, method: renderMethod, provenance: renderProvenance,
};

function render() {
  const { about } = record;
  document.documentElement.lang = state.language;
  document.title = inLanguage(about.title);
  document.getElementById("title").textContent = inLanguage(about.title);
  document.getElementById("subtitle").textContent = say("subtitle", count, record.units.codes.length, leaves.length);
  const warning = document.getElementById("synthetic");
  warning.hidden = !about.synthetic;
  warning.textContent = say("synthetic");
  document.querySelectorAll("[data-say]").forEach((element) => { element.textContent = say(element.dataset.say); });
  document.querySelectorAll("[data-label]").forEach((element) => element.setAttribute("aria-label", say(element.dataset.label)));
  document.querySelectorAll("[data-language]").forEach((button) => button.setAttribute("aria-pressed", button.dataset.language === state.language));
  // A link to a section must not take away the state that stands after the #.
  fill("sections", Object.keys(SECTIONS).map((id) => make("li", {}, make("a", { href: `#${id}`, onclick: (event) => { event.preventDefault(); go(id); } }, say(`nav.${id}`)))));
  draw();
}

let waiting = [];
/** Draw the ranking at once, and the other sections one by one, so that the page answers meanwhile. */
function draw() {
  waiting = Object.keys(SECTIONS);
  const next = () => {
    if (!waiting.length) return;
    SECTIONS[waiting.shift()]();
    if (waiting.length) setTimeout(next);
    else window.pii.drawn += 1;
  };
  next();
}

/** Draw what still waits. */
function finish() {
  if (waiting.length) window.pii.drawn += 1;
  waiting.splice(0).forEach((id) => SECTIONS[id]());
}

function go(id) {
  finish();
  const section = document.getElementById(id);
  section.scrollIntoView();
  section.querySelector("h2").focus({ preventScroll: true });
}

document.querySelectorAll("[data-language]").forEach((button) => button.addEventListener("click", () => {
  state.language = button.dataset.language;
  render();
  keep();
  announce(say("language.changed"));
}));
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
window.addEventListener("hashchange", () => {
  const before = state.language;
  readFragment();
  if (state.language !== before) { render(); return; }
  finish();
  ["explorer", "profile", "map"].forEach((id) => SECTIONS[id]()); // what a link can change
  window.pii.drawn += 1;
});
// What is folded away would not be printed.
const folded = [];
window.addEventListener("beforeprint", () => {
  finish();
  document.querySelectorAll("#audit details, #method details").forEach((one) => {
    if (!one.open) folded.push(one);
    one.open = true;
  });
});
window.addEventListener("afterprint", () => folded.splice(0).forEach((one) => { one.open = false; }));

// For tests and for other programs on the page: what was drawn from, and what the explorer has computed.
window.pii = { record, state, drawn: 0, explored: () => { const found = explored(); return { scores: Object.fromEntries(nodes.map((node, at) => [node.code, [...found.scores[at]]])), places: [...found.places], refused: found.refused.length }; } };

state.unit = first();
readFragment();
render();
if (location.hash.slice(1) in SECTIONS) go(location.hash.slice(1));
