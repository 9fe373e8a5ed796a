import { call, setting } from '../../stages/setting.js';
import { lowProcessLimit } from '../processes/process-limit.js';
import type { FailedAttempt } from './attempts.js';

/** A shard that was given up. */
export interface LostShard {
  /** As a reader of messages can find it: with model, set and images. */
  readonly name: string;
  readonly failed: readonly FailedAttempt[];
}

/** How an attempt failed that found no memory for a single image. @param how as the engine says it */
export function tooLargeText(how: string): string {
  return `out of memory with one image at a time (${how})`;
}

/** How many shards a report names; the others are only counted. */
const NAMED = 3;

/**
 * What to do about each kind of failure.
 * @param limit of processes and threads, where it is low
 */
export function remedyFor(kind: FailedAttempt['kind'], how = '', limit = lowProcessLimit()): string {
  // What the system answers where no process can be started.
  if (/\bEAGAIN\b/.test(how)) return 'allow more processes and threads with ulimit -u';
  const elsewhere = `another ${setting('device')}`;
  switch (kind) {
    case 'thrown':
      return 'fix what the errors name';
    case 'too-large':
      return `leave more memory to it (fewer ${setting('workers')}, nothing else beside it), or take ${elsewhere} with more`;
    case 'died':
      return (
        (limit === null ? '' : `allow more processes and threads than ${limit} with ulimit -u, or `) +
        `take less memory (${setting('memory')}, ${setting('workers')}) if it ran out, or ${elsewhere}`
      );
    case 'hung':
      return `raise ${setting('deadline')} if the device is only slow, or take ${elsewhere}`;
  }
}

/** Why a wave could not be finished, in one line: which shards, how they failed, how often, and what to do. */
export function failureReport(lost: readonly LostShard[]): string {
  const named = lost.slice(0, NAMED).map(({ name, failed }) => `${name} ${attemptsText(failed)}`);
  if (lost.length > NAMED) named.push(`and ${lost.length - NAMED} more`);
  const remedies = new Set(lost.flatMap(({ failed }) => failed.map(({ kind, how }) => remedyFor(kind, how))));
  const advice = [...remedies].join('; ');
  return (
    `${lost.length} ${lost.length === 1 ? 'shard' : 'shards'} of this wave could not be scored, all others are done and ` +
    `kept: ${named.join('; ')}; ` +
    `${advice}; then ${call('again')}, which tries ${lost.length === 1 ? 'it' : 'them'} again`
  );
}

/** For example `failed 3 times: signal SIGABRT on cpu:1 (2 times), signal SIGABRT on cpu:0`. */
function attemptsText(failed: readonly FailedAttempt[]): string {
  const counts = new Map<string, number>();
  for (const { how, device } of failed) {
    const text = `${how} on ${device}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const each = [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`));
  return `failed ${failed.length === 1 ? 'once' : `${failed.length} times`}: ${each.join(', ')}`;
}
