/**
 * What a report does in a browser: its tables are sorted by a click on a heading, and what is folded is opened for the printer.
 * Without it nothing is missing but that.
 */
export const script = `
(() => {
  const numberOf = (cell) => cell === undefined || cell.dataset.v === undefined ? null : Number(cell.dataset.v);
  for (const table of document.querySelectorAll('table.sortable')) {
    const body = table.tBodies[0];
    const original = [...body.rows];
    table.tHead.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (button === null) return;
      const head = button.closest('th');
      const column = head.cellIndex;
      const now = head.getAttribute('aria-sort');
      const next = now === null ? 'descending' : now === 'descending' ? 'ascending' : null;
      for (const other of table.tHead.querySelectorAll('th')) other.removeAttribute('aria-sort');
      const rows = [...original];
      if (next !== null) {
        head.setAttribute('aria-sort', next);
        const sign = next === 'ascending' ? 1 : -1;
        rows.sort((a, b) => {
          const [x, y] = [a.cells[column], b.cells[column]];
          const [u, v] = [numberOf(x), numberOf(y)];
          if (u !== null && v !== null) return sign * (u - v);
          if (u !== null || v !== null) return u === null ? 1 : -1;
          return sign * x.textContent.localeCompare(y.textContent, undefined, { numeric: true });
        });
      }
      body.append(...rows);
    });
  }
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')];
    for (const one of opened) one.open = true;
  });
  addEventListener('afterprint', () => {
    for (const one of opened) one.open = false;
  });
})();
`.trim();
