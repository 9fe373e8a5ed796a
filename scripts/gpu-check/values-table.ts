import { groupsBy, table } from './markdown-table.js';
import type { ValuesRow } from './rows.js';

/** How the values of whole graphs agree with the CPU's, form by form. */
export function valuesTable(rows: readonly ValuesRow[]): string | null {
  return table(
    [
      ...['device', 'precision', 'form', '>golden networks', '>sessions', '>cells'],
      ...['>cells with an error born', '>largest error of logits', 'where'],
    ],
    [...groupsBy(rows, settingOf).values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const worst = group.reduce((a, b) => (b.logits > a.logits ? b : a));
      return [
        [
          ...[first.device, first.precision, first.form],
          String(new Set(group.map(({ network }) => network)).size),
          String(sessionsOf(group)),
          String(group.length),
          String(group.filter(({ born }) => born > 0).length),
          worst.logits.toExponential(1),
          `${worst.network}, session ${worst.session}, T ${worst.temperature}, ε ${Number(worst.epsilon.toPrecision(2))}`,
        ],
      ];
    }),
  );
}

/** The nodes where errors are born, equal ones together, the most frequent first. */
export function birthsTable(rows: readonly ValuesRow[]): string | null {
  const born = rows.flatMap((row) =>
    row.births.map((birth) => ({
      row,
      birth,
      key: [settingOf(row), birth.operation, birth.inputs, birth.attributes.join(', ')].join('\t'),
    })),
  );
  const groups = [...groupsBy(born, ({ key }) => key).values()].toSorted((a, b) => b.length - a.length);
  return table(
    [
      ...['device', 'precision', 'form', 'operation', 'inputs', 'attributes', 'networks'],
      ...['>sessions', '>cells', '>largest error before', '>after'],
    ],
    groups.flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { row, birth } = first;
      const largest = (of: 'before' | 'after') =>
        Math.max(...group.map((one) => one.birth[of])).toExponential(1);
      const inRows = group.map((one) => one.row);
      return [
        [
          ...[row.device, row.precision, row.form, birth.operation],
          ...[birth.inputs.join(' ; '), birth.attributes.join(', ')],
          [...new Set(inRows.map(({ network }) => network))].join(', '),
          String(sessionsOf(inRows)),
          String(new Set(inRows).size),
          ...[largest('before'), largest('after')],
        ],
      ];
    }),
  );
}

const settingOf = ({ device, precision, form }: ValuesRow): string => `${device}\t${precision}\t${form}`;

const sessionsOf = (rows: readonly ValuesRow[]): number =>
  new Set(rows.map(({ network, session }) => `${network}\t${session}`)).size;
