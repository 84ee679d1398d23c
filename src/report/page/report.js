const plots = JSON.parse(document.getElementById("plots-data").textContent);
const layers = JSON.parse(document.getElementById("layers-data").textContent);
const root = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

// The system's theme until the reader chooses one; paper is always light.
function useTheme(dark) {
  root.dataset.theme = dark ? "dark" : "light";
}
useTheme(prefersDark.matches);

// Plots are drawn when they come near the window, so that a page with many opens at once.
const drawn = new Map();
function colours(dark) {
  const text = dark ? "#e8e8e8" : "#1b1b1b", line = dark ? "#3c4046" : "#d4d4d4";
  return {
    background: null,
    font: "system-ui, 'DejaVu Sans', sans-serif",
    axis: { labelColor: text, titleColor: text, gridColor: line, domainColor: text, tickColor: text, titleFontWeight: "normal" },
    legend: { labelColor: text, titleColor: text, titleFontWeight: "normal", titleLimit: 400, labelLimit: 300 },
    header: { labelColor: text, titleColor: text },
    title: { color: text },
    view: { stroke: line },
  };
}
async function draw(element, dark) {
  const id = element.dataset.plot;
  drawn.set(element, dark);
  await window.vegaEmbed(element, plots[id], {
    mode: "vega-lite", renderer: "canvas", config: colours(dark), downloadFileName: id,
    actions: { export: true, source: false, compiled: false, editor: false },
  });
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
const printing = matchMedia("print");
printing.addEventListener("change", (event) => {
  if (event.matches) for (const place of places) if (drawn.get(place) !== false) draw(place, false);
});
if (printing.matches || location.hash === "#all") for (const place of places) draw(place, isDark());

// The table: a click on a column's head sorts by that column, a second click in the other direction.
const body = document.querySelector("#layers tbody");
const rows = [...body.rows];
const heads = [...document.querySelectorAll("#layers th")];
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
  for (const more of body.querySelectorAll("tr.more")) more.remove();
  for (const button of body.querySelectorAll("button.open")) button.setAttribute("aria-expanded", "false");
}
heads.forEach((head, column) => head.firstElementChild.addEventListener("click", () => {
  const down = head.getAttribute("aria-sort") === "ascending" || (!head.hasAttribute("aria-sort") && rows[0]?.cells[column].classList.contains("n"));
  for (const other of heads) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  rows.sort((a, b) => (down ? -1 : 1) * compare(value(a, column), value(b, column)) || a.dataset.i - b.dataset.i);
  closeAll();
  body.append(...rows);
}));

const filter = document.getElementById("filter"), differing = document.getElementById("differing"), shown = document.getElementById("shown");
function applyFilter() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  closeAll();
  for (const row of rows) {
    const layer = layers[row.dataset.i];
    const text = (row.textContent + " " + layer.name).toLowerCase();
    const differs = (layer.isolated.differ || 0) + layer.accumulated.differ > 0;
    const visible = words.every((word) => text.includes(word)) && (differs || !differing.checked);
    row.hidden = !visible;
    if (visible) ++count;
  }
  shown.textContent = count === rows.length ? `${count} layers` : `${count} of ${rows.length} layers`;
}
filter.addEventListener("input", applyFilter);
differing.addEventListener("change", applyFilter);
applyFilter();

// A row opens to show a layer's other figures.
function table(title, entries) {
  const made = document.createElement("table");
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
body.addEventListener("click", (event) => {
  const button = event.target.closest("button.open");
  if (!button) return;
  const row = button.closest("tr"), open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!open));
  if (open) return row.nextElementSibling.remove();
  const layer = layers[row.dataset.i];
  const more = document.createElement("tr");
  more.className = "more";
  const cell = more.insertCell();
  cell.colSpan = heads.length;
  const name = document.createElement("p");
  name.textContent = `${layer.name} (${layer.dtype})`;
  cell.append(name, table("isolated", Object.entries(layer.isolated)), table("accumulated", Object.entries(layer.accumulated)));
  if (layer.histogram.length) cell.append(table("B - A, accumulated", layer.histogram.map(([d, n]) => [(d > 0 ? "+" : "") + d, n])));
  row.after(more);
});
