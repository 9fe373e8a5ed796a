import type { SplitSpeed } from '../../workers/doctor/splits.js';
import { alignColumns } from '../cli/columns.js';
import { type Advice, type DeviceReport, largestShare } from './doctor.js';

/** What doctor found, for a reader: a table of devices, then what is to be said of each, then what to use. */
export function doctorText(
  reports: readonly DeviceReport[],
  splits: readonly SplitSpeed[],
  advice: Advice | null,
): string {
  const networks = [...new Set(reports.flatMap(({ speed }) => speed.map(({ network }) => network)))];
  const heading = ['device', 'state', 'engine', 'precision', 'error/allowed', ...networks];
  const rows = reports.map((report) => {
    const { device, state, engine, precision, speed } = report;
    const share = largestShare(report);
    return [
      device,
      state,
      engine === null ? '–' : `${engine.name} ${engine.version} ${engine.provider}`,
      precision,
      share === null ? '–' : share.toPrecision(2),
      ...networks.map((network) => {
        const rate = speed.find((one) => one.network === network)?.imagesPerSecond ?? null;
        return rate === null ? '–' : `${rate >= 100 ? rate.toFixed(0) : rate.toPrecision(2)} images/s`;
      }),
    ];
  });
  const notes = reports.flatMap(notesOn);
  return [
    alignColumns([heading, ...rows]),
    ...(notes.length === 0 ? [] : ['\n', ...notes.map((note) => `${note}\n`)]),
    splitsText(splits),
    ...(advice === null ? [] : [`\nUse --device ${advice.device} (${advice.why}).\n`]),
  ].join('');
}

function notesOn({ device, problem, parity, nodes, speed, precisions }: DeviceReport): string[] {
  const notes: string[] = [];
  if (problem !== null) notes.push(problem.message);
  for (const { network, worst } of parity)
    if (worst.share > 1)
      notes.push(
        `disagrees with float64 in ${network}: ${worst.what} is ${worst.value}, not ${worst.reference}`,
      );
  if (parity.length > 0) notes.push(`${parity.length} golden networks were compared with float64`);
  if (nodes !== null) {
    const left = Object.entries(nodes.leftToCpu).map(([operation, count]) => `${count} ${operation}`);
    const names = left.length === 0 ? 'none' : left.join(', ');
    notes.push(`nodes that it leaves to the CPU, of ${nodes.nodes}: ${names}`);
  }
  for (const { network, split } of speed)
    if (split !== null)
      notes.push(
        `${network} was timed on ${counted(split.workers, 'worker')} with ${counted(split.threads, 'thread')} each, ` +
          'all at the same time, as a run has by default',
      );
  for (const { network, leftOut } of speed)
    if (leftOut !== null) notes.push(`${network} was left out: ${leftOut}`);
  if (precisions.length > 0) notes.push(`--precision takes ${precisions.join(' and ')} too`);
  return notes.map((note) => `${device}: ${note}`);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function splitsText(splits: readonly SplitSpeed[]): string {
  if (splits.length === 0) return '';
  const all = splits.map(
    ({ workers, threads, imagesPerSecond }) => `${workers}×${threads} ${imagesPerSecond.toFixed(0)} images/s`,
  );
  const best = splits.reduce((a, b) => (b.imagesPerSecond > a.imagesPerSecond ? b : a));
  return `cpu: workers × threads: ${all.join(', ')}; use --workers ${best.workers}\n`;
}
