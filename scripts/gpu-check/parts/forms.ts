import { withTemporaryFolder } from '../../../manifests/output/temporary-folder.js';
import type { Lowerings } from '../../../stages/lowerings/lowerings.js';
import { ratioSpread } from '../../../workers/bench/measurement-spread.js';
import { feedsOf } from '../../../workers/bench/pass.js';
import { timeInTurn } from '../../../workers/bench/time-in-turn.js';
import { type EngineSession, runOnHost } from '../../../workers/engines/engine.js';
import { leftOut, problem } from '../problems.js';
import { type CheckPart, forBatches, formsOtherwise, networkOf, originOf } from './part.js';
import { writePass } from './passes.js';
import { roundsWithin, runSeconds } from './timing.js';

const pass = 'one-graph' as const;

/** The whole detector in one graph with each choice of forms made otherwise, over the device's own choices. */
export const forms: CheckPart = (context) =>
  forBatches(context, (batch, seconds) =>
    withTemporaryFolder(async (folder) => {
      const { engine, lowerings, task, threads, say } = context;
      const { name: network, model } = networkOf(task);
      const others = formsOtherwise(lowerings, task.choices);
      const began = performance.now();
      const seen = new Set<string>();
      const open = async (label: string, forms: Lowerings): Promise<OpenedForm | null> => {
        const written = await writePass(pass, model, folder, { batch, lowerings: forms }, `${pass}-${label}`);
        // A choice that this network doesn't have, or that comes to the same.
        if (seen.has(written.digest)) return null;
        seen.add(written.digest);
        const session = await engine.open(written.file, { threads });
        const feeds = feedsOf({ kind: 'plain', ...written });
        return { session, run: () => runOnHost(engine, session, feeds) };
      };
      /** Says how much longer or shorter a pass takes with one choice made otherwise; nothing where it is the same graph. */
      const compare = async (
        usual: OpenedForm,
        label: string,
        form: string,
        choice: Lowerings,
        share: number,
      ) => {
        const other = await open(label, choice);
        if (other === null) return;
        try {
          const times = await timeInTurn(
            [
              { name: 'usual', run: usual.run },
              { name: 'other', run: other.run },
            ],
            roundsWithin(share),
          );
          const [base, runs] = [times.get('usual') ?? [], times.get('other') ?? []];
          const over = ratioSpread(runs, base).median;
          const row = { ...originOf(task), network, batch, pass, form };
          say({ part: 'forms', ...row, seconds: runSeconds(runs), over });
        } finally {
          await other.session.dispose();
        }
      };
      const compareAll = async (usual: OpenedForm) => {
        for (const [index, [form, choice]] of others.entries()) {
          const left = seconds - (performance.now() - began) / 1000;
          const of = `forms of ${network}, ${form}, batch ${batch}, in ${task.precision}`;
          if (left <= 0) say(leftOut(of));
          else
            await compare(usual, String(index), form, choice, left / (2 * (others.length - index))).catch(
              (error) => say(problem(of, error, false)),
            );
        }
      };
      const usual = await open('usual', lowerings);
      if (usual !== null) await compareAll(usual).finally(() => usual.session.dispose());
    }),
  );

/** A graph that is open, and one run of it. */
interface OpenedForm {
  readonly session: EngineSession;
  readonly run: () => Promise<unknown>;
}
