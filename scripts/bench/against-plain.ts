import type { ModelFigures, PassFigures } from '../../pipeline/bench/bench-model.js';
import type { Figure } from './figure.js';

/** What is required of each network, in forward passes and MB an image. */
const required: Readonly<
  Record<string, Partial<Record<'whole' | 'perturbation' | 'scoring' | 'memory', number>>>
> = {
  resnet18: { whole: 5.5 },
  resnet50: { whole: 5.5, perturbation: 2.4, scoring: 3.2, memory: 150 },
  'wrn28-10': { whole: 5.3 },
  // 1.6 and 1.35 times their floors.
  'efficientnet-b0': { whole: 7.58 },
  'swin-t': { whole: 7.46 },
  'convnext-t': { whole: 6.3 },
  'vit-b-16': { whole: 5.84 },
};

/** The figures of one network beside plain inference of the same file. */
export function figuresAgainstPlain(network: string, { passes, whole }: ModelFigures): Figure[] {
  const limits = required[network] ?? {};
  const atMost = (limit: number | undefined): string => (limit === undefined ? '' : `≤ ${limit}`);
  const pass = (kind: PassFigures['kind']): PassFigures[] =>
    passes.filter((figures) => figures.kind === kind);
  return [
    {
      figure: `${network}: whole score over plain inference`,
      required: atMost(limits.whole),
      measured: whole.timesPlain.median,
      spread: whole.timesPlain,
      floor: whole.floor,
      unit: '×',
    },
    ...(['perturbation', 'scoring'] as const).flatMap((kind) =>
      pass(kind).map(({ timesPlain, floor }) => ({
        figure: `${network}: ${kind === 'scoring' ? 'each further ε' : kind} over plain inference`,
        required: atMost(limits[kind]),
        measured: timesPlain.median,
        spread: timesPlain,
        floor,
        unit: '×',
      })),
    ),
    ...pass('scoring').map(({ memoryMB }) => ({
      figure: `${network}: peak memory of a scoring pass, an image`,
      required: atMost(limits.memory),
      measured: memoryMB,
      spread: null,
      floor: null,
      unit: 'MB',
    })),
  ];
}
