import { readFile } from 'node:fs/promises';
import { decodeModel } from '../../stages/onnx/decode.js';
import type { Model } from '../../stages/onnx/model.js';

/** The scores of all images at one temperature and step; every list has one entry for each image. */
export interface GoldenCell {
  readonly temperature: number;
  /** Step of each channel in the network's input space. */
  readonly epsilon: readonly number[];
  readonly predicted: readonly number[];
  /** Null where they are those of the first cell. */
  readonly logits: readonly (readonly number[])[] | null;
  readonly logOdds: readonly number[];
  readonly logS: readonly number[];
  readonly logSG: readonly number[];
  readonly logG: readonly number[];
  readonly logSGByRole: Readonly<Record<string, readonly number[]>>;
}

/** What scripts/golden/networks.py writes beside each network: what PyTorch's float64 autograd says of it. */
export interface Golden {
  readonly network: string;
  /** [C, H, W] */
  readonly shape: readonly [number, number, number];
  readonly seeds: readonly number[];
  readonly cells: readonly GoldenCell[];
}

/** Where the golden networks lie: in the project's folder and in the installed package alike. */
export const goldenFolder: URL = new URL('../../../test/golden/', import.meta.url);

/** All golden networks of whole models: with BatchNorm kept and, for most of them, folded too. */
export const goldenNetworks = [
  'residual',
  'residual-folded',
  'bottleneck',
  'bottleneck-folded',
  'wide',
  'wide-folded',
  'grouped',
  'grouped-folded',
  'small-gamma',
  'small-gamma-folded',
  'mixed',
  'mixed-folded',
  'perceptron',
  'perceptron-folded',
  'softmax',
  'softmax-folded',
  'tied',
  'tied-folded',
  'copies',
  'statistic',
  'confident-40',
  'confident-110',
  'confident-150',
  'modern',
  'modern-folded',
  'transformer',
  'transformer-folded',
  'attention',
  'attention-folded',
  'windows',
  'windows-v2',
] as const;

export async function readGolden(network: string): Promise<Golden> {
  return JSON.parse(await readFile(new URL(`${network}.json`, goldenFolder), 'utf8'));
}

export async function readGoldenModel(network: string): Promise<Model> {
  return decodeModel(await readFile(new URL(`${network}.onnx`, goldenFolder)));
}
