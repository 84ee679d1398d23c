const plots = JSON.parse(document.getElementById("plots-data").textContent);
const layers = JSON.parse(document.getElementById("layers-data").textContent);
const root = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

// The system's theme until the reader chooses one; paper is always light.
function useTheme(dark) {
  root.dataset.theme = dark ? "dark" : "light";
}
useTheme(prefersDark.matches);

function colours(dark) {
  const text = dark ? "#e8e8e8" : "#1b1b1b", line = dark ? "#3c4046" : "#d4d4d4";
  return {
    background: null,
    font: "system-ui, 'DejaVu Sans', sans-serif",
    axis: { labelColor: text, titleColor: text, gridColor: line, domainColor: text, tickColor: text, titleFontWeight: "normal" },
    legend: { labelColor: text, titleColor: text, titleFontWeight: "normal", titleLimit: 400, labelLimit: 300 },
    header: { labelColor: text, titleColor: text },
    title: { color: text },
    text: { color: text },
    view: { stroke: line, fill: dark ? "#33373d" : null }, // on which the darkest colour still shows
  };
}

// What a plot is like where there are `width` pixels for it.
function fitted(id, width) {
  const spec = { ...plots[id] };
  if (spec.facet) {
    const maps = new Set(spec.data.values.map(({ row }) => row)).size, most = Math.max(1, Math.floor(width / 240));
    spec.columns = Math.ceil(maps / Math.ceil(maps / most)); // lines of equal length
  }
  if (spec.usermeta) wrap(spec, Math.max(1, Math.floor(width / spec.usermeta.column)));
  return spec;
}
// Breaks the graph into lines of that many columns. A line is as high as it has lanes.
function wrap(spec, columns) {
  const { depths, column, lane, gap } = spec.usermeta, tops = [0];
  for (let i = 0; i < depths.length; i += columns) tops.push(tops.at(-1) + Math.max(...depths.slice(i, i + columns)) + 1 + gap / lane);
  spec.width = Math.min(columns, depths.length) * column;
  showLines(spec, tops, columns, 0, tops.length - 1);
}
function showLines(spec, tops, columns, first, end) {
  spec.height = (tops[end] - tops[first]) * spec.usermeta.lane;
  spec.params = Object.entries({ columns, tops, first, end }).map(([name, value]) => ({ name, value }));
}

const menuWidth = 44; // of the plot library's, beside a plot
// Plots are drawn when they come near the window, so that a page with many opens at once.
const drawn = new Map();
async function draw(element, dark) {
  const id = element.dataset.plot;
  drawn.set(element, dark);
  const { view } = await window.vegaEmbed(element, fitted(id, element.parentElement.clientWidth - menuWidth), {
    mode: "vega-lite", renderer: "canvas", config: colours(dark), downloadFileName: id,
    actions: { export: true, source: false, compiled: false, editor: false },
  });
  view.addEventListener("click", (_, item) => {
    if (item?.mark.marktype !== "line" && item?.datum?.row !== undefined) goTo(rowOf(item.datum.row).id);
  });
  element.style.minHeight = 0;
  element.dataset.ready = "yes";
}
const places = [...document.querySelectorAll("[data-plot]")];
const isDark = () => root.dataset.theme === "dark";
const near = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting && drawn.get(entry.target) === undefined) draw(entry.target, isDark());
  }
}, { rootMargin: "400px" });
for (const place of places) near.observe(place);
function redraw(dark) {
  for (const place of places) {
    if (drawn.has(place) && drawn.get(place) !== dark) draw(place, dark);
  }
}
document.getElementById("theme").addEventListener("click", () => {
  useTheme(!isDark());
  redraw(isDark());
});
prefersDark.addEventListener("change", (event) => {
  useTheme(event.matches);
  redraw(event.matches);
});
// Plots in lines are broken anew when the window has got another width, and rests.
const inLines = places.filter((place) => plots[place.dataset.plot].usermeta || plots[place.dataset.plot].facet);
let width = innerWidth, resting;
addEventListener("resize", () => {
  clearTimeout(resting);
  resting = setTimeout(() => {
    if (width === innerWidth) return;
    width = innerWidth;
    for (const place of inLines) if (drawn.has(place)) draw(place, isDark());
  }, 200);
});

// On paper each plot is drawn anew, as wide as a page of A4 or Letter, in vectors, and the graph in pieces of a page at most.
// Nothing in it waits for a timer or the network, so that it is done before the page is laid out.
const paperWidth = 670, paperHeight = 820;
function onPaper(spec) {
  const element = document.createElement("div");
  window.vegaEmbed(element, spec, { mode: "vega-lite", renderer: "svg", config: colours(false), actions: false });
  return element;
}
addEventListener("beforeprint", () => {
  for (const place of places) {
    const spec = fitted(place.dataset.plot, paperWidth), paper = document.createElement("div");
    paper.className = "paper";
    if (spec.width === "container") spec.width = paperWidth;
    if (spec.usermeta) for (const piece of pieces(spec)) paper.append(onPaper(piece));
    else paper.append(onPaper(spec));
    place.after(paper);
  }
});
addEventListener("afterprint", () => {
  for (const paper of document.querySelectorAll(".paper")) paper.remove();
});
function pieces(spec) {
  const made = [], [columns, tops] = spec.params.map((param) => param.value);
  for (let first = 0, end; first < tops.length - 1; first = end) {
    for (end = first + 1; end < tops.length - 1 && (tops[end + 1] - tops[first]) * spec.usermeta.lane <= paperHeight; ) ++end;
    const piece = { ...spec };
    showLines(piece, tops, columns, first, end);
    made.push(piece);
  }
  return made;
}

// The table: a click on a column's head sorts by that column, a second click in the other direction.
const body = document.querySelector("#layers tbody");
const worstFirst = [...body.rows], rows = [...worstFirst];
const inOrder = [...worstFirst].sort((a, b) => a.dataset.i - b.dataset.i);
const rowOf = (i) => inOrder[i];
const heads = [...document.querySelectorAll("#layers th")];
const orders = [[document.getElementById("worst-first"), worstFirst], [document.getElementById("in-order"), inOrder]];
const value = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
};
function compare(x, y) {
  if (typeof x === "number" && typeof y === "number") return x - y;
  if (typeof x === "number") return 1; // undefined values come first
  if (typeof y === "number") return -1;
  return x.localeCompare(y);
}
function closeAll() {
  for (const button of body.querySelectorAll("button.open[aria-expanded=true]")) toggle(button.closest("tr"), false);
}
function show(order) {
  closeAll();
  rows.splice(0, rows.length, ...order);
  body.append(...rows);
  for (const head of heads) head.removeAttribute("aria-sort");
  for (const [button, its] of orders) button.setAttribute("aria-pressed", String(its === order));
}
for (const [button, order] of orders) button.addEventListener("click", () => show(order));
heads.forEach((head, column) => head.firstElementChild.addEventListener("click", () => {
  const sorted = head.getAttribute("aria-sort"), numbers = rows[0]?.cells[column].classList.contains("n");
  const down = sorted ? sorted === "ascending" : numbers;
  show([...inOrder].sort((a, b) => (down ? -1 : 1) * compare(value(a, column), value(b, column))));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
}));

const filter = document.getElementById("filter"), differing = document.getElementById("differing"), shown = document.getElementById("shown");
let counted = "";
function applyFilter() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  closeAll();
  for (const row of rows) {
    const layer = layers[row.dataset.i];
    const text = (row.textContent + " " + layer.name).toLowerCase();
    const differs = (layer.isolated.differ ?? 0) + layer.accumulated.differ > 0;
    const visible = words.every((word) => text.includes(word)) && (differs || !differing.checked);
    row.hidden = !visible;
    if (visible) ++count;
  }
  counted = count === rows.length ? `${count} layers` : `${count} of ${rows.length} layers`;
  shown.textContent = counted;
}
filter.addEventListener("input", applyFilter);
differing.addEventListener("change", applyFilter);
applyFilter();

// A row opens to show a layer's cause, the command that explains it, and its other figures.
function make(tag, text, className) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}
function table(title, entries) {
  const made = make("table");
  made.createCaption().textContent = title;
  for (const [label, figure] of entries) {
    const row = made.insertRow();
    row.insertCell().textContent = label;
    const cell = row.insertCell();
    cell.className = "n";
    cell.textContent = typeof figure === "number" ? Number(figure.toPrecision(6)) : figure;
  }
  return made;
}
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // where the browser has no such clipboard, or forbids it
    getSelection().selectAllChildren(button.parentElement.querySelector("code"));
    if (!document.execCommand("copy")) return;
  }
  button.textContent = shown.textContent = "copied";
  setTimeout(() => {
    button.textContent = "copy";
    shown.textContent = counted;
  }, 2000);
}
function command(text) {
  const line = make("div", "", "command"), button = make("button", "copy");
  button.type = "button";
  button.setAttribute("aria-label", "copy the command");
  button.addEventListener("click", () => copy(text, button));
  line.append(button, make("code", text));
  return line;
}
for (const code of document.querySelectorAll(".next code")) code.replaceWith(command(code.textContent));
function details(layer) {
  const cell = make("td");
  cell.colSpan = heads.length;
  cell.append(make("p", `${layer.name} (${layer.dtype})`));
  const said = [["Fails", layer.fails], ["Causes", layer.causes], ["Confidence in the rules of A / B", layer.known], ["Where", layer.where]];
  for (const [label, text] of said) if (text && text !== "-") cell.append(make("p", `${label}: ${text}`));
  if (layer.explain) cell.append(make("p", "This command explains the first element that differs in isolation:"), command(layer.explain));
  cell.append(table("isolated", Object.entries(layer.isolated)), table("accumulated", Object.entries(layer.accumulated)));
  if (layer.histogram.length) cell.append(table(`B - A, ${layer.unit}, accumulated`, layer.histogram.map(([d, n]) => [(d > 0 ? "+" : "") + d, n])));
  return cell;
}
function toggle(row, open) {
  const button = row.querySelector("button.open");
  if (open === (button.getAttribute("aria-expanded") === "true")) return;
  button.setAttribute("aria-expanded", String(open));
  if (!open) return row.nextElementSibling.remove();
  const more = make("tr", "", "more");
  more.append(details(layers[row.dataset.i]));
  row.after(more);
}
body.addEventListener("click", (event) => {
  const button = event.target.closest("button.open");
  if (button) toggle(button.closest("tr"), button.getAttribute("aria-expanded") !== "true");
});
for (const row of worstFirst.slice(0, 3)) if (row.classList.contains("fails")) toggle(row, true);

// The address of a row, in the page's own links, from plots and from outside.
function goTo(id) {
  if (location.hash === "#" + id) openAddressed();
  else location.hash = id;
}
function openAddressed() {
  const row = document.getElementById(location.hash.slice(1));
  if (row?.parentElement !== body) return;
  if (row.hidden) {
    filter.value = "", differing.checked = false;
    applyFilter();
  }
  toggle(row, true);
  row.scrollIntoView({ block: "center" });
  row.querySelector("button.open").focus({ preventScroll: true });
}
addEventListener("hashchange", openAddressed);
openAddressed();
