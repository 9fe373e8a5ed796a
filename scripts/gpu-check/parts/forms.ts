import { withTemporaryFolder } from '../../../manifests/output/temporary-folder.js';
import { otherForms } from '../../../stages/lowerings/other-forms.js';
import { feedsOf } from '../../../workers/bench/pass.js';
import { runOnHost } from '../../../workers/engines/engine.js';
import { forBatches, networkOf, originOf, type Part } from './part.js';
import { writePass } from './passes.js';
import { medianRatio, runSeconds, timeInTurn } from './timing.js';

/** Both passes with each choice of forms made otherwise, over the device's own choices. */
export const forms: Part = (means) =>
  forBatches(means, (batch, seconds) =>
    withTemporaryFolder(async (folder) => {
      const { engine, lowerings, task, threads, say } = means;
      const { name: network, model } = networkOf(task);
      const others = otherForms(lowerings);
      const began = performance.now();
      const seen = new Set<string>();
      const open = async (pass: 'perturbation' | 'scoring', label: string, forms: typeof lowerings) => {
        const written = await writePass(pass, model, folder, { batch, lowerings: forms }, `${pass}-${label}`);
        // A choice that this pass doesn't have, or that comes to the same.
        if (seen.has(written.digest)) return null;
        seen.add(written.digest);
        const session = await engine.open(written.file, { threads });
        const feeds = feedsOf({ kind: 'plain', ...written });
        return { session, run: () => runOnHost(engine, session, feeds) };
      };
      for (const pass of ['scoring', 'perturbation'] as const) {
        const usual = await open(pass, 'usual', lowerings);
        if (usual === null) continue;
        try {
          for (const [index, [form, choice]] of Object.entries(others).entries()) {
            const left = seconds - (performance.now() - began) / 1000;
            const of = `forms of ${pass} of ${network}, ${form}, batch ${batch}, in ${task.precision}`;
            if (left <= 0) {
              say({ part: 'problem', of, message: 'left out: the time was over', fails: false });
              continue;
            }
            try {
              const other = await open(pass, String(index), choice);
              if (other === null) continue;
              try {
                const share = left / (2 * (Object.keys(others).length - index));
                const subjects = [
                  { name: 'usual', run: usual.run },
                  { name: 'other', run: other.run },
                ];
                const times = await timeInTurn(subjects, share);
                const [base, runs] = [times.get('usual') ?? [], times.get('other') ?? []];
                say({
                  part: 'forms',
                  ...originOf(task),
                  network,
                  batch,
                  pass,
                  form,
                  seconds: runSeconds(runs),
                  over: medianRatio(runs, base),
                });
              } finally {
                await other.session.dispose();
              }
            } catch (error) {
              const [message = ''] = String(error instanceof Error ? error.message : error).split('\n');
              say({ part: 'problem', of, message: message.slice(0, 300), fails: false });
            }
          }
        } finally {
          await usual.session.dispose();
        }
      }
    }),
  );
