import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { preparePasses } from '../../pipeline/bench/prepare-passes.js';
import { readModel } from '../../pipeline/model/read-model.js';
import { cpuLowerings, type Lowerings, portableLowerings } from '../../stages/lowerings/lowerings.js';
import { otherForms } from '../../stages/lowerings/other-forms.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { compileScoring } from '../../stages/scoring/compile-passes.js';
import { ratioSpread } from '../../workers/bench/measurement-spread.js';
import { feedsOf } from '../../workers/bench/pass.js';
import { type Rounds, timeInTurn } from '../../workers/bench/time-in-turn.js';
import { runOnHost } from '../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import type { Figure } from './figure.js';

/** The forms that are timed, as the table calls them: those of the CPU provider with one choice made otherwise. */
const otherwise: Readonly<Record<string, Lowerings>> = {
  'BatchNormalization kept': cpuWith('normalization: kept'),
  'ReLU before the max-pool': cpuWith('rectifiedPool: kept'),
  'sums over positions reduced': cpuWith('positionSum: reduced'),
  'values spread by broadcasting': cpuWith('spread: broadcast'),
  "max-pool's gradient by comparison": cpuWith('maxPoolGradient: compared'),
  'strided 1×1 convolutions transposed': cpuWith('stridedPointwise: transposed'),
  'transposed convolutions as they are': cpuWith('transposedConvolution: as-is'),
  'direct products alone': cpuWith('norms: rank-one, direct'),
  'no shifted Gram matrices': cpuWith('norms: rank-one, direct, gram'),
  'the portable forms': portableLowerings,
};

function cpuWith(form: string): Lowerings {
  const lowerings = otherForms(cpuLowerings)[form];
  if (lowerings === undefined) throw new TypeError(`the CPU provider has no other form "${form}"`);
  return lowerings;
}

/** A scoring pass with each choice of forms made otherwise, over one with the forms that the CPU provider gets. */
export async function loweringFigures(
  network: string,
  file: string,
  { batch, threads, ...rounds }: Rounds & { readonly batch: number; readonly threads: number },
): Promise<Figure[]> {
  return withTemporaryFolder(async (folder) => {
    const model = await readModel(file);
    const { passes } = await preparePasses(file, model, folder, batch, {});
    const [scoring] = passes.filter(({ kind }) => kind === 'scoring');
    if (scoring === undefined) throw new TypeError('no scoring pass was prepared');
    const feeds = feedsOf(scoring);
    const subjects = [];
    for (const [index, [name, lowerings]] of Object.entries({
      default: cpuLowerings,
      ...otherwise,
    }).entries()) {
      const path = join(folder, `form-${index}.onnx`);
      await writeFile(path, encodeModel(compileScoring(model, { batch, lowerings })));
      const session = await onnxRuntimeCpu.open(path, { threads });
      subjects.push({ name, session, run: () => runOnHost(onnxRuntimeCpu, session, feeds) });
    }
    const times = await timeInTurn(subjects, rounds);
    for (const { session } of subjects) await session.dispose();
    const usual = times.get('default') ?? [];
    return Object.keys(otherwise).map((name): Figure => {
      const spread = ratioSpread(times.get(name) ?? [], usual);
      return {
        figure: `${network}: a scoring pass with ${name}, over the usual one`,
        required: '',
        measured: spread.median,
        spread,
        floor: null,
        unit: '×',
      };
    });
  });
}
