"use strict";
// Sorting: the button of a column goes through ascending, descending and the order of the report.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const next = { none: "ascending", ascending: "descending", descending: "none" }[head.getAttribute("aria-sort")];
      heads.forEach((other) => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", next);
      const sign = next === "descending" ? -1 : 1;
      const rows = [...original];
      if (next !== "none") {
        rows.sort((a, b) => compare(a.cells[column], b.cells[column], sign));
      }
      table.classList.toggle("sorted", next !== "none");
      body.append(...rows);
    });
  });
}
function compare(a, b, sign) {
  const [x, y] = [a.dataset.value, b.dataset.value];
  if (x !== undefined && y !== undefined) return sign * (Number(x) - Number(y));
  // Cells without a number come last in either order.
  if (x !== undefined || y !== undefined) return x !== undefined ? -1 : 1;
  return sign * a.textContent.localeCompare(b.textContent);
}
// Filtering: rows that hold every word stay.
for (const input of document.querySelectorAll("input[data-table]")) {
  const rows = [...document.getElementById(input.dataset.table).tBodies[0].rows];
  const status = input.closest("p").querySelector("[role=status]");
  const words = rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(" ").toLowerCase());
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !wanted.every((word) => words[i].includes(word));
      if (!row.hidden) shown += 1;
    });
    status.textContent = wanted.length ? `${shown} of ${rows.length} rows` : "";
  });
}
// Reading figures: what a point says when one hovers over it, point by point with the arrow keys.
for (const figure of document.querySelectorAll("figure")) {
  const [picture, status] = [figure.querySelector("svg"), figure.querySelector(".reading")];
  if (!status) continue;
  const points = [...picture.querySelectorAll("g.point")];
  let at = -1;
  const read = (next) => {
    points[at]?.classList.remove("read");
    at = (next + points.length) % points.length;
    points[at].classList.add("read");
    status.textContent = points[at].querySelector("title").textContent;
  };
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    read(at < 0 && step < 0 ? points.length - 1 : at + step);
  });
  picture.addEventListener("mouseover", (event) => {
    const point = event.target.closest("g.point");
    if (point) read(points.indexOf(point));
  });
}
