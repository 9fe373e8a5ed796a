import { setting } from '../../stages/setting.js';
import type { SplitSpeed } from '../../workers/doctor/splits.js';
import { type Advice, type DeviceReport, largestShare } from '../doctor/examine.js';
import { alignColumns } from './columns.js';
import { wrapWords } from './wrap-words.js';

/** What doctor found, and whom it is told. */
export interface DoctorAccount {
  readonly reports: readonly DeviceReport[];
  readonly splits: readonly SplitSpeed[];
  readonly advice: Advice | null;
  /** Columns of the terminal that what follows the table is broken for; else each note is one line. */
  readonly width?: number | undefined;
}

/** What doctor found, for a reader: a table of devices, then what is to be said of each, then what to use. */
export function doctorText({ reports, splits, advice, width = Infinity }: DoctorAccount): string {
  const networks = [...new Set(reports.flatMap(({ speed }) => speed.map(({ network }) => network)))];
  const heading = ['device', 'state', 'engine', 'error', ...networks.map(shortName)];
  const rows = reports.map((report) => {
    const { device, state, engine, speed } = report;
    const share = largestShare(report);
    return [
      device,
      state,
      engine === null ? '–' : `${engine.name} ${engine.version}`,
      share === null ? '–' : share.toPrecision(2),
      ...networks.map((network) => {
        const rate = speed.find((one) => one.network === network)?.imagesPerSecond ?? null;
        return rate === null ? '–' : rate >= 100 ? rate.toFixed(0) : rate.toPrecision(2);
      }),
    ];
  });
  const blocks = reports.map((report) => {
    const notes = report.device === 'cpu' ? [...notesOn(report), ...splitNotes(splits)] : notesOn(report);
    return [
      wrapWords(`${report.device}: ${report.description}`, width, '', '    '),
      problemText(report, width),
      ...notes.map((note) => wrapWords(note, width, '  ', '    ')),
    ].join('');
  });
  return [
    alignColumns([heading, ...rows]),
    '\n',
    ...legend(reports, networks).map((line) => wrapWords(line, width, '', '    ')),
    ...blocks,
    advice === null ? '' : `\n${wrapWords(`Use --device ${advice.device} (${advice.why}).`, width)}`,
  ].join('');
}

/** A network's name without its input size. */
function shortName(network: string): string {
  return network.replace(/ \(.*\)$/, '');
}

function legend(reports: readonly DeviceReport[], networks: readonly string[]): string[] {
  const lines: string[] = [];
  if (reports.some(({ parity }) => parity.length > 0))
    lines.push('error: the largest difference from float64, in parts of what is allowed');
  const speeds = reports.flatMap(({ speed }) => speed);
  const [first] = speeds;
  if (first !== undefined) {
    const shared = speeds.some(({ split }) => split !== null) ? ', of all workers together' : '';
    lines.push(`${networks.join(', ')}: images a second, whole scores in batches of ${first.batch}${shared}`);
  }
  return lines.length === 0 ? [] : [...lines, ''];
}

function notesOn(report: DeviceReport): string[] {
  const { state, parity, nodes, speed, precision, precisions } = report;
  const notes: string[] = [...report.notes];
  for (const { network, worst } of parity)
    if (worst.share > 1)
      notes.push(
        `disagrees with float64 in ${network}: ${worst.what} is ${worst.value}, not ${worst.reference}`,
      );
  if (parity.length > 0)
    notes.push(`compared with float64 in ${precision}: ${counted(parity.length, 'golden network')}`);
  if (nodes !== null) {
    const left = Object.entries(nodes.leftToCpu).map(([operation, count]) => `${count} ${operation}`);
    const names = left.length === 0 ? 'none' : left.join(', ');
    notes.push(`nodes that it leaves to the CPU, of ${nodes.nodes}: ${names}`);
  }
  notes.push(...timingNotes(report));
  for (const { network, leftOut } of speed)
    if (leftOut !== null) notes.push(`${network} was left out: ${leftOut}`);
  if (state === 'works' && precisions.length > 0)
    notes.push(`--precision takes ${precisions.join(' and ')} too`);
  return notes;
}

/** On how many workers it was timed, where they share the cores. */
function timingNotes({ speed }: DeviceReport): string[] {
  const texts = speed.flatMap(({ network, split }) =>
    split === null
      ? []
      : [{ network, on: `${counted(split.workers, 'worker')} × ${counted(split.threads, 'thread')}` }],
  );
  return [...new Set(texts.map(({ on }) => on))].map((on) => {
    const networks = texts.filter((one) => one.on === on).map(({ network }) => shortName(network));
    return `timed on the workers that a run has by default, ${on} at the same time: ${networks.join(', ')}`;
  });
}

/** What went wrong, without the device, which the heading above it names; then what can be done about it. */
function problemText({ device, problem }: DeviceReport, width: number): string {
  if (problem === null) return '';
  const prefix = `${setting('device', device)}: `;
  const { message } = problem;
  const [what = '', ...remedies] = (
    message.startsWith(prefix) ? message.slice(prefix.length) : message
  ).split('; ');
  return [
    wrapWords(what, width, '  ', '    '),
    // A command that is broken into lines can't be copied.
    ...remedies.map((remedy) => `    ${remedy}\n`),
  ].join('');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function splitNotes(splits: readonly SplitSpeed[]): string[] {
  if (splits.length === 0) return [];
  const all = splits.map(
    ({ workers, threads, imagesPerSecond }) => `${workers}×${threads} ${imagesPerSecond.toFixed(0)} images/s`,
  );
  const best = splits.reduce((a, b) => (b.imagesPerSecond > a.imagesPerSecond ? b : a));
  return [`workers × threads: ${all.join(', ')}; use --workers ${best.workers}`];
}
