import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withSteps } from '../../../manifests/output/step.js';
import type { Experiment } from '../../../pipeline/experiment/experiment.js';
import { checkAllInputs } from '../../../pipeline/inputs/check-inputs.js';
import { holdingStill } from '../../../pipeline/jobs/forecast-run.js';
import { checkFit, openExperiment } from '../../../pipeline/opening/open-run.js';
import { readExperiment } from '../../../pipeline/read-experiment.js';
import { reduceRun } from '../../../pipeline/results/reduce-run.js';
import type { RunOptions } from '../../../pipeline/run.js';
import { chooseSetup, planOnDevices } from '../../../pipeline/setup/choose-setup.js';
import { doneIn, forecastPasses } from '../../../pipeline/status/remaining-passes.js';
import { GrodinError, InputError, InterruptedError } from '../../../stages/errors.js';
import { runDirectory } from '../../../workers/store/run-directory.js';
import type { ShardTask } from '../../../workers/task.js';
import { runInProcess, type ScoringWatch, scoreInProcess } from '../../drills/in-process.js';
import { startRun } from '../../drills/runs.js';
import { SeededRandom } from '../seeded-random.js';
import { type Change, changes } from './changes.js';
import { ScoredPasses } from './passes.js';
import { type Outcome, otherThan, outcomeOf, stateOf } from './results.js';
import { beginning, imagePath, setsIn, type World, WorldFiles } from './world.js';

/** How a run is made of an experiment that has changed. */
const ways = [
  'run',
  'run',
  'run',
  'first wave first',
  'scores first',
  'in shares',
  'stopped first',
  'stopped and left',
  'struck first',
  'killed first',
] as const;

/** A change, and what is done after it. */
export interface Step {
  readonly change: string;
  /** What the change and the run draw from. */
  readonly seed: number;
  /** Null where another change comes before there is a run. */
  readonly way: (typeof ways)[number] | null;
}

/** What a sequence of changes came to. */
export interface Played {
  readonly runs: number;
  /** Changes that were made. */
  readonly changes: number;
  readonly refusals: number;
  readonly passes: number;
  /** Null where all was right. */
  readonly fault: Fault | null;
  /** How many steps were played. */
  readonly steps: number;
}

export interface Fault {
  /** Alike for faults that have one cause. */
  readonly kind: string;
  readonly text: string;
}

/** The steps of a seed. */
export function stepsOf(seed: number, length: number, isQuick = false): readonly Step[] {
  const random = new SeededRandom(seed);
  const own = isQuick ? ways.filter((way) => way !== 'killed first') : ways;
  return Array.from({ length }, (_, at) => ({
    change: random.pick(changes).name,
    seed: random.below(2 ** 31),
    way:
      at === length - 1 || random.chance(0.65)
        ? random.chance(0.9) || isQuick
          ? random.pick(own.slice(0, 9))
          : random.pick(own)
        : null,
  }));
}

/** Plays steps in a folder of its own. @param seed of the beginning */
export async function play(seed: number, steps: readonly Step[]): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'grodin-edits-'));
  const player = new Player(folder, beginning(new SeededRandom(seed)));
  try {
    let fault = await player.run({ change: 'the beginning', seed, way: 'run' });
    let played = 0;
    for (const step of steps) {
      if (fault !== null) break;
      played += 1;
      player.change(step);
      if (step.way !== null) fault = await player.run(step);
    }
    return { ...player.counts, fault, steps: played };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Player {
  readonly #folder: string;
  readonly #files: WorldFiles;
  readonly #passes = new ScoredPasses();
  readonly #fresh = new Map<string, Promise<Outcome | string>>();
  readonly counts = { runs: 0, changes: 0, refusals: 0, passes: 0 };
  /** As it is, and as it was run last. */
  #world: World;
  #last: World;
  readonly #setsOf = new Map<string, Set<string>>();
  #hasTwins = false;
  #wasStruck = false;
  /** Whether the last run was ended before its end. */
  #isLeft = false;
  /** Where the run directory is. */
  #out: string;
  /** What has changed since. */
  #pending: Change[] = [];

  constructor(folder: string, world: World) {
    this.#folder = folder;
    this.#files = new WorldFiles(folder);
    this.#world = world;
    this.#out = world.out;
    this.#last = structuredClone(world);
  }

  change({ change: name, seed }: Step): void {
    const change = changes.find((one) => one.name === name);
    const before = structuredClone(this.#world);
    if (change === undefined) return;
    if (change.apply(this.#world, new SeededRandom(seed)) === false) {
      this.#world = before;
      return;
    }
    agreeOnRows(before, this.#world);
    this.#pending.push(change);
    this.counts.changes += 1;
  }

  async run(step: Step): Promise<Fault | null> {
    const random = new SeededRandom(step.seed + 1);
    const fresh = await this.#freshOutcome();
    if (typeof fresh === 'string') {
      const fault = /^[^\n]*$/.test(fresh) ? null : { kind: 'crash of a new run', text: fresh };
      // No experiment: as if nothing had been changed.
      this.#goBack();
      return fault;
    }
    await this.#moveOut();
    try {
      return await this.#goOn(step, fresh, random);
    } catch (error) {
      return { kind: kindOf(error), text: textOf(error) };
    }
  }

  /** Gives the run directory the place that it has now. */
  async #moveOut(): Promise<void> {
    const { out } = this.#world;
    if (this.#out !== out && existsSync(join(this.#folder, this.#out)))
      await rename(join(this.#folder, this.#out), join(this.#folder, out));
    this.#out = out;
  }

  #goBack(): void {
    // A run that was left may have scored what is given up now.
    if (!this.#isLeft) this.#pending = [];
    this.#world = { ...structuredClone(this.#last), names: this.#world.names };
  }

  async #goOn(step: Step, fresh: Outcome, random: SeededRandom): Promise<Fault | null> {
    const out = join(this.#folder, this.#world.out);
    const experiment = await readExperiment(await this.#files.write(this.#world));
    this.#noteShared();
    const changesOf = (what: Change['of']): boolean => this.#pending.some(({ of }) => of === what);
    const mayScoreAnew =
      this.#pending.some((change) => change.mayScoreAnew) || (changesOf('names') && changesOf('rows'));
    let rescore = random.chance(0.05);
    const state = await stateOf(out);
    let predicted = await forecastHere(experiment, out, rescore);
    if ((await stateOf(out)) !== state) return { kind: 'a forecast changed the run directory', text: '' };
    if (predicted instanceof InputError) {
      this.counts.refusals += 1;
      if (!this.#pending.some((change) => change.mayRefuse))
        return { kind: `refused: ${shape(predicted.message)}`, text: predicted.message };
      const refused = await refusalOf(() => this.#simply(experiment, { out }));
      if (refused?.message !== predicted.message)
        return {
          kind: 'a forecast refuses otherwise than the run',
          text: `${predicted.message}\n${refused?.message}`,
        };
      if ((await stateOf(out)) !== state) return { kind: 'a refusal changed the run directory', text: '' };
      if (random.chance(0.3)) {
        const { out: place } = this.#world;
        this.#goBack();
        this.#world.out = place;
        return this.run({ ...step, way: 'run' });
      }
      rescore = true;
      predicted = await forecastHere(experiment, out, rescore);
      if (predicted instanceof InputError)
        return { kind: `refused with rescore: ${shape(predicted.message)}`, text: predicted.message };
    }
    const retryErrors = random.chance(0.1);
    this.#passes.begin();
    const struck = await this.#make(step.way ?? 'run', experiment, { out, rescore, retryErrors }, random);
    this.counts.runs += 1;
    const { count } = this.#passes;
    const again = this.#passes.again.filter((one) => !this.#isShared(one));
    this.#passes.end();
    this.counts.passes += count;
    this.#isLeft = step.way === 'stopped and left';
    const { most, isExact } = predicted;
    const found = this.#isLeft ? [] : otherThan(await outcomeOf(out), fresh);
    if (found.length > 0)
      return {
        kind: `other results (${found.map((name) => name.replace(/[:/].*/, '')).at(0)})`,
        text: found.join(', '),
      };
    const wasScored = `${count} passes, where ${isExact ? '' : 'at most '}${most} were predicted`;
    if (count > most && !retryErrors) return { kind: 'more passes than predicted', text: wasScored };
    // One file serves all sets that list the same images in a shard.
    const mayBeLess = struck || retryErrors || this.#isLeft || this.#hasShared();
    if (isExact && count < most && !mayBeLess)
      return { kind: 'fewer passes than predicted', text: wasScored };
    const shown = again
      .slice(0, 3)
      .map(({ model, path, what }) => `${model} on ${path} at ${what}`)
      .join('; ');
    if (again.length > 0 && !mayScoreAnew)
      return {
        kind: 'scored again',
        text: `${again.length} times, ${count} passes: ${shown}`,
      };
    if (this.#isLeft) return null;
    // What a step throws ends no process, whose unfinished files are its own.
    this.#wasStruck ||= step.way === 'struck first';
    const left = (await stateOf(out)).split('\n').filter((line) => /\.tmp-|^leases/.test(line));
    if (left.length > 0 && !this.#wasStruck) return { kind: 'left behind', text: left.join(', ') };
    this.#passes.begin();
    const { nothingToDo } = await runInProcess(experiment, { out }, this.#watch());
    if (!nothingToDo || this.#passes.count > 0) return { kind: 'not finished after its end', text: '' };
    this.#last = structuredClone(this.#world);
    this.#pending = [];
    return null;
  }

  /** Whether several sets have had an image, or several models a network: one may be scored for each of them. */
  #isShared({ path }: { readonly path: string }): boolean {
    const image = path.slice(path.lastIndexOf('/images/') + 1);
    return (this.#setsOf.get(image)?.size ?? 0) > 1 || this.#hasTwins;
  }

  #hasShared(): boolean {
    return this.#hasTwins || [...this.#setsOf.values()].some(({ size }) => size > 1);
  }

  #noteShared(): void {
    for (const { rows, origin } of setsIn(this.#world))
      for (const { image } of rows) {
        const known = this.#setsOf.get(imagePath(image)) ?? new Set();
        this.#setsOf.set(imagePath(image), known.add(origin));
      }
    this.#hasTwins ||= this.#pending.some(({ name }) => name === 'the same model under a second name');
  }

  #watch(): ScoringWatch {
    return { onScored: (task) => this.#passes.note(task) };
  }

  #simply(experiment: Experiment, options: RunOptions): Promise<unknown> {
    return runInProcess(experiment, options, this.#watch());
  }

  /** @returns whether something was ended that may have scored without being heard */
  async #make(
    way: NonNullable<Step['way']>,
    experiment: Experiment,
    options: RunOptions,
    random: SeededRandom,
  ): Promise<boolean> {
    const { out } = options;
    const again = { ...options, rescore: false, retryErrors: false };
    if (way === 'first wave first') await scoreInProcess(experiment, { ...options, wave: 1 }, this.#watch());
    else if (way === 'scores first') {
      await scoreInProcess(experiment, options, this.#watch());
      await reduceRun(runDirectory(out), { workers: 1 });
    } else if (way === 'in shares')
      for (const index of [1, 2])
        await scoreInProcess(
          experiment,
          { ...(index === 1 ? options : again), wave: 1, wait: 0.01, share: { index, count: 2 } },
          this.#watch(),
        );
    else if (way === 'stopped first' || way === 'stopped and left') {
      let left = random.below(6);
      const isStopped = () => left < 0;
      const onScored = (task: ShardTask): void => {
        left -= 1;
        this.#passes.note(task);
      };
      await orEnded(runInProcess(experiment, options, { isStopped, onScored }));
    } else if (way === 'struck first') {
      let left = random.below(200);
      const strike = () => {
        left -= 1;
        if (left === 0) throw new Struck();
      };
      await orEnded(withSteps(strike, () => this.#simply(experiment, options)));
    } else if (way === 'killed first') {
      const log = join(this.#folder, 'steps');
      await rm(log, { force: true });
      await writeFile(log, '');
      const environment = {
        NODE_OPTIONS: `--import ${new URL('../../drills/kill-at.js', import.meta.url).href}`,
        GRODIN_DRILL_LOG: log,
        GRODIN_DRILL_AT: `${1 + random.below(200)}`,
        GRODIN_DRILL_VICTIMS: 'all',
      };
      const file = join(this.#folder, this.#world.place, 'experiment.json');
      await startRun(file, out, environment, options.rescore === true ? ['--rescore'] : []).ended;
    }
    if (way !== 'scores first' && way !== 'stopped and left')
      await this.#simply(experiment, way === 'run' ? options : { ...options, retryErrors: false });
    return way === 'struck first' || way === 'killed first';
  }

  /** What a new run gives, or why there can be none. */
  #freshOutcome(): Promise<Outcome | string> {
    const { out: _, names: __, ...rest } = this.#world;
    const key = JSON.stringify(rest);
    let known = this.#fresh.get(key);
    if (known === undefined) {
      known = this.#runFresh(`fresh-${this.#fresh.size}`);
      this.#fresh.set(key, known);
    }
    return known;
  }

  async #runFresh(name: string): Promise<Outcome | string> {
    const out = join(this.#folder, name);
    try {
      const experiment = await readExperiment(await this.#files.write(this.#world));
      await runInProcess(experiment, { out });
      return await outcomeOf(out);
    } catch (error) {
      return textOf(error);
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }
}

/** What a fault that a harness makes is told by. */
class Struck extends Error {}

/** Waits for what may be ended before its end. */
async function orEnded(running: Promise<unknown>): Promise<void> {
  await running.catch((error: unknown) => {
    if (!(error instanceof Struck || error instanceof InterruptedError || isStruck(error))) throw error;
  });
}

/** Whether it was made by a fault of a harness, whatever it was told as. */
function isStruck(error: unknown): boolean {
  return error instanceof Error && (error.cause instanceof Struck || /struck/i.test(error.message));
}

/** Passes that a run is said to take, or why it refuses. */
async function forecastHere(
  given: Experiment,
  out: string,
  rescore: boolean,
): Promise<{ readonly most: number; readonly isExact: boolean } | InputError> {
  const directory = runDirectory(out);
  try {
    const setup = await chooseSetup(given, {
      ...{ device: undefined, precision: undefined, workers: undefined },
      cache: null,
      onNote: undefined,
    });
    const { experiment } = await planOnDevices(given, directory, setup, null);
    const open = await openExperiment(experiment);
    await checkFit(open, directory, { rescore, note: () => {} });
    const seen = await checkAllInputs(open, false);
    const done = await holdingStill(open, directory, await doneIn(open, directory), seen, () => {});
    const waves = await forecastPasses(open, done);
    const passes = waves.flatMap((wave) => Object.values(wave.passes));
    return {
      most: passes.reduce((sum, count) => sum + count, 0),
      isExact: waves.every((wave) => wave.isExact),
    };
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

async function refusalOf(running: () => Promise<unknown>): Promise<GrodinError | null> {
  return running().then(
    () => null,
    (error: unknown) => {
      if (error instanceof GrodinError) return error;
      throw error;
    },
  );
}

/** Sets of one manifest have its rows: those that changed. */
function agreeOnRows(before: World, after: World): void {
  const former = new Map(setsIn(before).map(({ manifest, rows }) => [manifest, JSON.stringify(rows)]));
  const all = setsIn(after);
  for (const set of all) {
    const alike = all.filter(({ manifest }) => manifest === set.manifest);
    const changed = alike.find(({ rows }) => JSON.stringify(rows) !== former.get(set.manifest));
    if (changed !== undefined) for (const one of alike) one.rows = structuredClone(changed.rows);
  }
}

function textOf(error: unknown): string {
  if (error instanceof GrodinError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function kindOf(error: unknown): string {
  return error instanceof GrodinError ? `failed: ${shape(error.message)}` : `crash: ${shape(String(error))}`;
}

/** A message without what differs from case to case. */
function shape(message: string): string {
  return message.replaceAll(/"[^"]*"|\/[^\s:;]+|[0-9a-f]{12,}|\d+/g, '…').slice(0, 160);
}
