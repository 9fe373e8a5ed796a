import { groupsBy, table } from './markdown-table.js';
import type {
  FormRow,
  GridRow,
  NodesRow,
  OperationsRow,
  ParityRow,
  PeerRow,
  ProblemRow,
  ProfileRow,
  Row,
  SpeedRow,
  TimedPass,
  ValuesRow,
} from './rows.js';
import { birthsTable, valuesTable } from './values-table.js';

/** What the numbers depend on. */
export interface Surroundings {
  readonly date: string;
  readonly gpus: readonly string[];
  readonly versions: string;
  readonly command: string;
}

/** Everything that was measured so far, as Markdown. */
export function checkTable({ date, gpus, versions, command }: Surroundings, rows: readonly Row[]): string {
  const of = <P extends Row['part']>(part: P) =>
    rows.filter((row): row is Extract<Row, { part: P }> => row.part === part);
  return [
    `# GPU check of ${date}\n`,
    `${gpus.join('; ')}. ${versions}. Command: \`${command}\`.\n`,
    ...section('Agreement with float64', parityTable(of('parity') as ParityRow[])),
    ...section(
      'Operations that agree with float64, case by case',
      operationsTable(of('operations') as OperationsRow[]),
    ),
    ...section('Cases of operations that do not', wrongCases(of('operations') as OperationsRow[])),
    ...section("Every value of the graphs beside the CPU's", valuesTable(of('values') as ValuesRow[])),
    ...section('Where errors of values are born', birthsTable(of('values') as ValuesRow[])),
    ...section('Nodes that the provider leaves to the CPU', nodesTable(of('nodes') as NodesRow[])),
    ...section('Images a second, with all transfers', speedTable(of('speed') as SpeedRow[])),
    ...section('PyTorch on the same device', peersTable(of('peers') as PeerRow[])),
    ...section(
      'Seconds of a pass with one form made otherwise, over the usual',
      formsTable(of('forms') as FormRow[]),
    ),
    ...section('Several ε in one graph', gridTable(of('grid') as GridRow[])),
    ...section('Where the time goes, every kernel waited for', profileTable(of('profile') as ProfileRow[])),
    ...section('What was not measured, or is wrong', problemList(of('problem') as ProblemRow[])),
  ].join('\n');
}

function section(title: string, body: string | null): string[] {
  return body === null ? [] : [`## ${title}\n`, body];
}

function parityTable(rows: readonly ParityRow[]): string | null {
  const groups = groupsBy(rows, ({ device, precision }) => `${device}\t${precision}`);
  return table(
    [
      'device',
      'precision',
      '>golden networks',
      '>beyond tolerance',
      '>largest error over tolerance',
      'where',
    ],
    [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const worst = group.reduce((a, b) => (b.share > a.share ? b : a));
      return [
        [
          first.device,
          first.precision,
          String(group.length),
          String(group.filter(({ share }) => !(share <= 1)).length),
          worst.share.toPrecision(2),
          `${worst.network}, ${worst.what}`,
        ],
      ];
    }),
  );
}

function operationsTable(rows: readonly OperationsRow[]): string | null {
  const groups = groupsBy(rows, ({ device, precision }) => `${device}\t${precision}`);
  const total = (group: readonly OperationsRow[], of: (row: OperationsRow) => number): string =>
    String(group.reduce((sum, row) => sum + of(row), 0));
  return table(
    ['device', 'precision', '>operations', '>cases', '>cases that disagree'],
    [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const counts = [total(group, ({ compared }) => compared), total(group, ({ wrong }) => wrong.length)];
      return [[first.device, first.precision, String(group.length), ...counts]];
    }),
  );
}

function wrongCases(rows: readonly OperationsRow[]): string | null {
  const lines = rows.flatMap(({ device, rule, wrong }) =>
    wrong.map((line) => `- ${device}, ${rule}: ${line}\n`),
  );
  return lines.length === 0 ? null : lines.join('');
}

function nodesTable(rows: readonly NodesRow[]): string | null {
  return table(
    ['device', 'precision', 'network', '>nodes', '>on the CPU', 'which'],
    rows.map(({ device, precision, network, nodes, leftToCpu }) => [
      device,
      precision,
      network,
      String(nodes),
      String(Object.values(leftToCpu).reduce((sum, count) => sum + count, 0)),
      Object.entries(leftToCpu)
        .map(([name, count]) => `${count} ${name}`)
        .join(', ') || 'none',
    ]),
  );
}

const passes: readonly TimedPass[] = ['plain', 'forward', 'perturbation', 'scoring', 'whole', 'one-graph'];

function speedTable(rows: readonly SpeedRow[]): string | null {
  const groups = groupsBy(
    rows,
    ({ device, precision, network, batch }) => `${device}\t${precision}\t${network}\t${batch}`,
  );
  return table(
    [
      ...['device', 'precision', 'network', '>batch'],
      ...['>plain', '>forward', '>perturbation', '>scoring', '>whole score', '>in one graph'],
      '>one graph over plain, in time',
    ],
    [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const seconds = (pass: TimedPass): number =>
        (
          group.find((row) => row.pass === pass && row.alone !== true) ??
          group.find((row) => row.pass === pass)
        )?.seconds.median ?? Number.NaN;
      return [
        [
          first.device,
          first.precision,
          first.network,
          String(first.batch),
          ...passes.map((pass) => digits(first.batch / seconds(pass))),
          times(seconds('one-graph') / seconds('plain')),
        ],
      ];
    }),
  );
}

function peersTable(rows: readonly PeerRow[]): string | null {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (field) => field !== 'part' && rows.some((row) => typeof row[field] !== 'object' || row[field] === null),
  );
  return table(
    fields,
    rows.map((row) => fields.map((field) => shownField(row[field]))),
  );
}

function shownField(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toPrecision(4);
  return value === undefined || value === null ? '' : String(value);
}

function formsTable(rows: readonly FormRow[]): string | null {
  return table(
    ['device', 'precision', 'network', '>batch', 'pass', 'form', '>over the usual'],
    rows.map(({ device, precision, network, batch, pass, form, over }) => [
      device,
      precision,
      network,
      String(batch),
      pass,
      form,
      `${over.toFixed(3)} ×`,
    ]),
  );
}

function gridTable(rows: readonly GridRow[]): string | null {
  return table(
    [
      ...['device', 'precision', 'network', '>batch', 'how', '>images × ε a second'],
      '>largest difference of log norms',
    ],
    rows.map(({ device, precision, network, batch, way, scoresPerSecond, difference, problem }) => [
      device,
      precision,
      network,
      String(batch),
      way,
      scoresPerSecond === null ? (problem ?? '') : digits(scoresPerSecond),
      difference?.toExponential(1) ?? '',
    ]),
  );
}

function profileTable(rows: readonly ProfileRow[]): string | null {
  return table(
    ['device', 'precision', 'network', '>batch', 'pass', 'operation', 'inputs', '>nodes', '>ms', '>share'],
    rows.map(({ device, precision, network, batch, pass, operation, inputs, nodes, ms, share }) => [
      device,
      precision,
      network,
      String(batch),
      pass,
      operation,
      inputs.join(' '),
      String(nodes),
      ms.toPrecision(3),
      `${(100 * share).toFixed(1)} %`,
    ]),
  );
}

function problemList(rows: readonly ProblemRow[]): string | null {
  return rows.length === 0 ? null : `${rows.map(({ of, message }) => `- ${of}: ${message}`).join('\n')}\n`;
}

const digits = (rate: number): string => {
  if (Number.isNaN(rate)) return '';
  return rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3);
};

const times = (ratio: number): string => (Number.isNaN(ratio) ? '' : `${digits(ratio)} ×`);
