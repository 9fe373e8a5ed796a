import { type SplitName, splitNames } from './planned-shard.js';

/**
 * What a shard was scored for, in the words of the experiment that it was scored for first: names are no part of what scores
 * are bound to, so that another experiment may call the same scores otherwise.
 */
export interface ShardSubject {
  readonly model: string;
  /** sha256 (hex) of the model file, followed by the external data that it names. */
  readonly modelSha256: string;
  readonly set: string;
  /** Absent where rows of both splits are in it, which those of one experiment never are. */
  readonly split?: SplitName;
}

const keys = { model: 'model', modelSha256: 'model_sha256', set: 'set', split: 'split' } as const;

/** What the file's metadata says of it. */
export function subjectMetadata(subject: ShardSubject): readonly (readonly [string, string])[] {
  const { model, modelSha256, set, split } = subject;
  const named = { model, modelSha256, set, ...(split === undefined ? {} : { split }) };
  return Object.entries(named).map(([key, value]) => [keys[key as keyof typeof keys], value] as const);
}

/** @returns undefined of files from before they were told */
export function subjectIn(metadata: ReadonlyMap<string, string>): ShardSubject | undefined {
  const [model, modelSha256, set] = [keys.model, keys.modelSha256, keys.set].map((key) => metadata.get(key));
  if (model === undefined || modelSha256 === undefined || set === undefined) return undefined;
  const split = splitNames.find((name) => name === metadata.get(keys.split));
  return { model, modelSha256, set, ...(split === undefined ? {} : { split }) };
}
