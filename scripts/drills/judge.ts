import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Experiment } from '../../pipeline/experiment/experiment.js';
import type { RunOutcome } from '../../pipeline/run.js';
import { asJson } from '../../pipeline/store/sealed-json.js';
import { GrodinError } from '../../stages/errors.js';
import { canonicalJson } from '../../workers/store/canonical-json.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { runInProcess } from './in-process.js';
import { type Interleaved, interleaveProcesses, type Schedule } from './interleaver.js';
import type { Scenario, Start } from './scenarios.js';

/** What undisturbed runs of experiments give. */
export class Expectations {
  readonly #folder: string;
  readonly #results = new Map<Experiment, Promise<string>>();
  /** Bytes of every shard that any of them made, by id. */
  readonly shards = new Map<string, string>();

  /** @param folder where those runs are made */
  constructor(folder: string) {
    this.#folder = folder;
  }

  resultsOf(experiment: Experiment): Promise<string> {
    let known = this.#results.get(experiment);
    if (known === undefined) {
      known = this.#run(experiment, this.#results.size);
      this.#results.set(experiment, known);
    }
    return known;
  }

  async #run(experiment: Experiment, number: number): Promise<string> {
    const out = join(this.#folder, `alone-${number}`);
    const outcome = await runInProcess(experiment, { out });
    for (const [id, bytes] of await shardBytes(out)) this.shards.set(id, bytes);
    return resultsText(outcome);
  }
}

/** One interleaving of a scenario, and what is wrong with what it came to. */
export interface RunVerdict extends Interleaved<RunOutcome> {
  readonly faults: readonly string[];
}

/**
 * Interleaves a scenario's starts in a fresh directory and checks that each either ends with the results of its own
 * files or says in one line why not, that every shard holds what its name says, and that the directory is of use
 * afterwards.
 */
export async function judge(
  scenario: Scenario,
  out: string,
  schedule: Schedule,
  expected: Expectations,
): Promise<RunVerdict> {
  for (const { experiment } of scenario.starts) await expected.resultsOf(experiment);
  if (scenario.before) await runInProcess(scenario.before.experiment, { out });
  const begin = (start: Start) => () =>
    runInProcess(start.experiment, { out, rescore: start.rescore ?? false });
  const interleaved = await interleaveProcesses(scenario.starts.map(begin), schedule);
  const faults: string[] = [];
  for (const [index, end] of interleaved.ends.entries()) {
    const start = scenario.starts[index];
    if (start === undefined) continue;
    if (end.status === 'fulfilled') {
      if (resultsText(end.value) !== (await expected.resultsOf(start.experiment)))
        faults.push(`start ${index} ended well with other results than its files give`);
    } else if (!(end.reason instanceof GrodinError) || end.reason.message.includes('\n'))
      faults.push(`start ${index} ended with ${end.reason instanceof Error ? end.reason.stack : end.reason}`);
  }
  if (interleaved.ends.every(({ status }) => status === 'rejected'))
    faults.push(
      `no start ended well: ${interleaved.ends.map((end) => end.status === 'rejected' && end.reason.message).join(' | ')}`,
    );
  for (const [id, bytes] of await shardBytes(out)) {
    const other = expected.shards.get(id);
    if (other !== undefined && other !== bytes)
      faults.push(`shard ${id} holds other scores than its name says`);
  }
  const left = (await readdir(out, { recursive: true })).filter((name) => /\.tmp-|^leases/.test(name));
  if (left.length > 0) faults.push(`left behind: ${left.join(', ')}`);
  const [first] = scenario.starts;
  if (first !== undefined) {
    const again = await runInProcess(first.experiment, { out, rescore: true });
    if (resultsText(again) !== (await expected.resultsOf(first.experiment)))
      faults.push('a later run gives other results than its files give');
  }
  return { ...interleaved, faults };
}

async function shardBytes(out: string): Promise<Map<string, string>> {
  const { shards } = runDirectory(out);
  const found = new Map<string, string>();
  for (const name of await readdir(shards).catch(() => []))
    if (name.endsWith('.arrow') && !name.startsWith('.'))
      found.set(name, (await readFile(join(shards, name))).toString('latin1'));
  return found;
}

/** All results as text, but for what says how a run went. */
function resultsText({ selection, metrics, accuracy, errors, tables }: RunOutcome): string {
  return canonicalJson(asJson({ selection, metrics, accuracy, errors, tables }));
}
