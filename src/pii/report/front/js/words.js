// Two languages: the words of the page, names of nodes and units, numbers as they are written.

/** A text of the page, with {0}, {1} ... replaced; one that is missing shows its key rather than nothing. */
function say(key, ...values) {
  const found = record.words[key];
  const words = (found && (found[state.language] || found.en)) || key;
  return words.replace(/\{(\d)\}/g, (_, at) => values[at]);
}

const inLanguage = (texts) => (texts ? texts[state.language] ?? texts.en ?? Object.values(texts)[0] ?? "" : "");

/** A text in the page's language; where there is none, in another, and marked as that for those who hear it. */
function spoken(texts) {
  return state.language in texts ? inLanguage(texts) : make("span", { lang: Object.keys(texts)[0] }, inLanguage(texts));
}
const titleOf = (node) => inLanguage({ vi: nodes[node].vi, en: nodes[node].en });

/** The title of a node, after its code where that is a number people know it by, such as P1 or 2.3. */
function labelOf(node) {
  const title = titleOf(node), code = nodes[node].code;
  return numbered(code) && title !== code && !title.startsWith(`${code} `) ? `${code} ${title}` : title;
}

const numbered = (code) => /^[\p{L}]?[\d.]+$/u.test(code);

const nameOfUnit = (unit) => (state.language === "en" ? record.units.english : record.units.names)[unit];
const nameOf = (at) => nameOfUnit(ranked[at]);

/** A word that data brings with it, such as a region's name, where the page knows it in the language. */
function known(family, word) {
  const found = record.words[`${family}.${word}`];
  return found ? inLanguage(found) : word;
}

/** Letters and digits without accents or case, as the library folds names. */
function fold(text) {
  return text.replace(/[đĐðÐ]/g, "d").normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** Rounded half-up as on paper, after twelve digits have taken the noise of binary away. */
function published(value, decimals = record.about.decimals) {
  if (Number.isNaN(value) || value === null || value === undefined) return "";
  const [digits, exponent] = Math.abs(value).toExponential(11).split("e");
  const shift = 11 - Number(exponent) - decimals; // digits after the last one kept
  let whole = BigInt(digits.replace(".", ""));
  if (shift > 0) {
    const unit = 10n ** BigInt(shift);
    whole = (whole + unit / 2n) / unit;
  } else whole *= 10n ** BigInt(-shift);
  const text = whole.toString().padStart(decimals + 1, "0");
  const sign = value < 0 && whole > 0n ? "-" : "";
  return sign + (decimals ? `${text.slice(0, -decimals)}.${text.slice(-decimals)}` : text);
}

const localised = (text) => (state.language === "vi" ? text.replace(".", ",") : text).replace(/^-/, "\u2212");
const shown = (value, decimals) => localised(published(value, decimals)) || say("none");
const signed = (value, decimals) => (Number.isNaN(value) ? say("none") : (value > 0 ? "+" : "") + shown(value, decimals));
const percent = (share, decimals = 1) => (Number.isNaN(share) ? say("none") : `${shown(100 * share, decimals)}\u00a0%`);

/** A value in its own units: four digits that count, whole numbers in full, thousands apart. */
function plain(value) {
  if (value === null || Number.isNaN(value)) return say("none");
  return FORMATS[state.language][Math.abs(value) < 1000 ? 0 : 1].format(value);
}

const FORMATS = Object.fromEntries([["vi", "vi-VN"], ["en", "en-GB"]].map(([language, locale]) => [language,
  [{ maximumSignificantDigits: 4 }, { maximumFractionDigits: 0 }].map((digits) => new Intl.NumberFormat(locale, digits))]));

const shownPlace = (place) => (place === null || Number.isNaN(place) ? say("none") : localised(String(place)));
