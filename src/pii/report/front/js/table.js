// Tables that sort: a real table with a caption, a button in every head that can sort.

/** A table. Columns: key, head, title, number, value(row) to sort by, cell(row) to show; the sort is [key, 1 or -1]. */
function sortable({ id, caption, columns, rows, sort, resort, empty }) {
  const by = columns.find((column) => column.key === sort[0]) || columns[0];
  const ordered = [...rows].sort((a, b) => compared(by.value(a), by.value(b), sort[1]));
  const head = (column) => {
    const active = column === by;
    const order = active ? (sort[1] > 0 ? "ascending" : "descending") : "none";
    const next = active ? -sort[1] : column.down ? -1 : 1;
    return make("th", { scope: "col", class: column.number ? "number" : null, "aria-sort": resort && !column.still ? order : null },
      resort && !column.still
        ? make("button", { type: "button", class: "sort", title: column.title || null, "data-key": column.key, onclick: () => resort([column.key, next]) },
          column.head, make("span", { class: "arrow", "aria-hidden": "true" }, active ? (sort[1] > 0 ? "▲" : "▼") : "↕"))
        : column.head);
  };
  const body = ordered.map((row) => make("tr", {}, columns.map((column) => {
    const inside = column.cell(row);
    return column.rowHead
      ? make("th", { scope: "row" }, inside)
      : make("td", { class: column.number ? "number" : null }, inside);
  })));
  if (!body.length) body.push(make("tr", {}, make("td", { colspan: columns.length }, empty || say("nothing"))));
  const table = make("table", { id },
    captioned(caption),
    make("thead", {}, make("tr", {}, columns.map(head))),
    make("tbody", {}, body));
  return { element: scrolled(table, caption), ordered };
}

/** A caption that stays in sight where the table is wider than the screen. */
const captioned = (words) => make("caption", {}, make("span", {}, words));

/** A wide thing scrolls by itself, also from the keyboard. */
function scrolled(inside, label) {
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, inside);
}

function compared(a, b, direction) {
  const gone = (value) => value === null || value === undefined || value === "" || Number.isNaN(value);
  if (gone(a) || gone(b)) return gone(a) - gone(b); // what is missing stays at the end
  return direction * (typeof a === "string" ? a.localeCompare(b, "vi") : a - b);
}

/** Rows as text, for a clipboard or a file; formulas of a spreadsheet become text. */
function asText(columns, rows, separator) {
  const cell = (value, number = false) => {
    const text = value === null || value === undefined || Number.isNaN(value) ? "" : String(value);
    const safe = !number && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return separator === "," && /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe.replace(/[\t\n]/g, " ");
  };
  const lines = [columns.map((column) => cell(column.name)), ...rows.map((row) => columns.map((column) => cell(column.text(row), column.number)))];
  return lines.map((line) => line.join(separator)).join("\n") + "\n";
}

function download(name, text) {
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  const link = make("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    announce(said);
    return true;
  } catch {
    announce(say("copy.refused"));
    return false;
  }
}
