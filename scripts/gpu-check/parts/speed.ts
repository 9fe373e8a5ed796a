import { withTemporaryFolder } from '../../../manifests/output/temporary-folder.js';
import { feedsOf, pointOf } from '../../../workers/bench/pass.js';
import { timeInTurn } from '../../../workers/bench/time-in-turn.js';
import { addShares, nodeShares } from '../../../workers/doctor/left-to-cpu.js';
import { type EngineSession, type HostTensor, runOnHost } from '../../../workers/engines/engine.js';
import { gpuProviderOf } from '../../../workers/engines/execution-provider.js';
import { openGraph, passesOf } from '../../../workers/passes/open.js';
import { type CheckPart, forBatches, networkOf, originOf, type PartContext } from './part.js';
import { type PassFile, type PassName, writePass } from './passes.js';
import { roundsWithin, runSeconds, warmUpRounds } from './timing.js';

const names: readonly PassName[] = ['plain', 'forward', 'perturbation', 'scoring', 'one-graph'];

/**
 * Plain inference, the forward pass as compiled, perturbation, scoring, both one after the other and both in one graph, in
 * turn, batch size by batch size.
 */
export const speed: CheckPart = async (context) => {
  let counted = false;
  await forBatches(context, (batch, seconds) =>
    withTemporaryFolder(async (folder) => {
      const { model } = networkOf(context.task);
      const opened = new Map<PassName, OpenedPass>();
      try {
        for (const name of names) {
          const pass = await writePass(name, model, folder, { batch, lowerings: context.lowerings });
          opened.set(name, await open(context, name, pass));
          await timeAlone(context, name, opened.get(name), batch);
        }
        await timeBatch(context, opened, batch, seconds);
      } finally {
        for (const { session } of opened.values()) await session.dispose();
      }
      if (!counted) await countNodes(context, [...opened.values()]);
      counted = true;
    }),
  );
};

/** A first figure of a pass, in case the time ends before all have been timed in turn. */
async function timeAlone(
  { engine, task, say }: PartContext,
  pass: PassName,
  opened: OpenedPass | undefined,
  batch: number,
): Promise<void> {
  if (opened === undefined || pass === 'perturbation') return;
  const run = () => runOnHost(engine, opened.session, opened.feeds);
  const times = await timeInTurn([{ name: pass, run }], roundsWithin(0, 0));
  const seconds = runSeconds(times.get(pass) ?? []);
  const network = task.network ?? 'tiny';
  const { openSeconds } = opened;
  say({ part: 'speed', ...originOf(task), network, batch, pass, seconds, openSeconds, alone: true });
}

interface OpenedPass {
  readonly pass: PassFile;
  readonly session: EngineSession;
  readonly feeds: Readonly<Record<string, HostTensor>>;
  /** With the first run. */
  readonly openSeconds: number;
}

async function open({ engine, threads }: PartContext, name: PassName, pass: PassFile): Promise<OpenedPass> {
  const started = performance.now();
  const session = await openGraph(engine, pass.graph, pass.file, { threads });
  const feeds = feedsOf({ kind: 'plain', ...pass });
  if (name !== 'perturbation') await runOnHost(engine, session, feeds);
  return { pass, session, feeds, openSeconds: (performance.now() - started) / 1000 };
}

async function timeBatch(
  { engine, task, say }: PartContext,
  opened: ReadonlyMap<PassName, OpenedPass>,
  batch: number,
  seconds: number,
): Promise<void> {
  const of = (name: PassName): OpenedPass => {
    const one = opened.get(name);
    if (one === undefined) throw new TypeError(`no pass ${name}`);
    return one;
  };
  const alone = (name: 'plain' | 'forward' | 'one-graph') => {
    const { session, feeds } = of(name);
    return { name, run: () => runOnHost(engine, session, feeds) };
  };
  const [perturbation, scoring] = [of('perturbation'), of('scoring')];
  const passes = passesOf(engine, { perturbation: perturbation.session, scoring: scoring.session });
  const point = pointOf(scoring.pass.sizes);
  const perturbed: number[] = [];
  const scored: number[] = [];
  const times = await timeInTurn(
    [
      alone('plain'),
      alone('forward'),
      alone('one-graph'),
      {
        name: 'whole' as const,
        run: async () => {
          const started = performance.now();
          await passes.withBatch(point.images, async (held) => {
            const direction = await held.perturb(point.temperature);
            const between = performance.now();
            await held.score(direction, point.steps, point.temperature);
            perturbed.push((between - started) / 1000);
            scored.push((performance.now() - between) / 1000);
          });
        },
      },
    ],
    roundsWithin(seconds),
  );
  const rows = [
    ['plain', times.get('plain'), of('plain').openSeconds],
    ['forward', times.get('forward'), of('forward').openSeconds],
    ['perturbation', perturbed.slice(warmUpRounds), perturbation.openSeconds],
    ['scoring', scored.slice(warmUpRounds), scoring.openSeconds],
    ['whole', times.get('whole'), perturbation.openSeconds + scoring.openSeconds],
    ['one-graph', times.get('one-graph'), of('one-graph').openSeconds],
  ] as const;
  const network = task.network ?? 'tiny';
  for (const [pass, runs, openSeconds] of rows)
    say({
      part: 'speed',
      ...originOf(task),
      network,
      batch,
      pass,
      seconds: runSeconds(runs ?? []),
      openSeconds,
    });
}

/** Which nodes ONNX Runtime's GPU providers leave to the CPU; other engines have no such nodes. */
async function countNodes({ engine, task, say }: PartContext, opened: readonly OpenedPass[]): Promise<void> {
  const provider = gpuProviderOf(engine);
  if (provider === null) return;
  const shares = [];
  for (const { pass, feeds } of opened.slice(1))
    shares.push(await nodeShares(pass.file, provider, Number(task.device.which ?? 0), feeds));
  say({ part: 'nodes', ...originOf(task), network: task.network ?? 'tiny', ...addShares(shares) });
}
