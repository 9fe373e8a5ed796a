import { alignedTable } from '../../pipeline/bench/aligned-table.js';
import type { Precision } from '../../workers/devices/device.js';
import type { Measurements } from './measure.js';

export interface DeviceResult extends Measurements {
  readonly device: string;
  readonly precision: Precision;
  /** The largest error over what is allowed, or null where there is none. */
  readonly share: number | null;
  /** What went wrong with parity, or null. */
  readonly problem: string | null;
}

/** Images a second of PyTorch on the same GPU. */
export interface PeerResult {
  readonly network: string;
  readonly how: string;
  readonly imagesPerSecond: number;
}

/** What the numbers depend on. */
export interface Surroundings {
  readonly date: string;
  readonly gpus: readonly string[];
  readonly versions: string;
  readonly command: string;
}

/** Everything as Markdown. */
export function checkTable(
  { date, gpus, versions, command }: Surroundings,
  results: readonly DeviceResult[],
  peers: readonly PeerResult[],
): string {
  const parity = alignedTable(
    [
      { title: 'device', align: 'left' },
      { title: 'precision', align: 'left' },
      { title: 'largest error over tolerance', align: 'right' },
    ],
    results.map(({ device, precision, share, problem }) => [
      device,
      precision,
      problem ?? share?.toPrecision(2) ?? '–',
    ]),
  );
  const speed = alignedTable(
    [
      { title: 'device', align: 'left' },
      { title: 'precision', align: 'left' },
      { title: 'network', align: 'left' },
      { title: 'batch', align: 'right' },
      { title: 'perturbation', align: 'right' },
      { title: 'scoring', align: 'right' },
      { title: 'whole score', align: 'right' },
    ],
    results.flatMap(({ device, precision, measured }) =>
      measured.map(({ network, batch, perturbation, scoring, whole }) => [
        device,
        precision,
        network,
        String(batch),
        ...[perturbation, scoring, whole].map(digits),
      ]),
    ),
  );
  const notes = results.flatMap(({ device, precision, notes: left }) =>
    left.map((note) => `- ${device} ${precision}: ${note}`),
  );
  const peerTable =
    peers.length === 0
      ? []
      : [
          '## PyTorch on the same GPU, images a second\n',
          alignedTable(
            [
              { title: 'network', align: 'left' },
              { title: 'how', align: 'left' },
              { title: 'images/s', align: 'right' },
            ],
            peers.map(({ network, how, imagesPerSecond }) => [network, how, digits(imagesPerSecond)]),
          ),
        ];
  return [
    `# GPU check of ${date}\n`,
    `${gpus.join('; ')}. ${versions}. Command: \`${command}\`.\n`,
    '## Parity with float64\n',
    parity,
    '## Images a second\n',
    speed,
    ...(notes.length === 0 ? [] : [`${notes.join('\n')}\n`]),
    ...peerTable,
  ].join('\n');
}

const digits = (rate: number): string => (rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3));
