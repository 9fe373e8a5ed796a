/**
 * Chooses the images of the outlier sets O and A with the reference network, which the sweep doesn't evaluate,
 * and writes candidates.json. Run it after the reference network was trained anew.
 *
 * O: of each unseen class the images on which the network is most confident, as ImageNet-O was filtered to fool
 * the maximum softmax probability. A: the first in-domain images that it gets wrong, as ImageNet-A.
 *
 * Usage: node dist/scripts/micro-benchmark/choose-candidates.js [REFERENCE=resnet-8-seed-4]
 */
import '../../workers/engines/no-telemetry.js';
import { writeFile } from 'node:fs/promises';
import { InferenceSession } from 'onnxruntime-node';
import { assetFile } from '../../manifests/micro-benchmark/assets.js';
import type { Candidates } from '../../manifests/micro-benchmark/candidates.js';
import { classesOf, drawPhotograph } from '../../manifests/micro-benchmark/photograph-splits.js';
import { mistakes, unseenPerClass } from '../../manifests/micro-benchmark/sets.js';
import { classify } from './classify.js';

/** Candidates drawn of each unseen class. */
const unseenCandidates = 400;

const reference = process.argv[2] ?? 'resnet-8-seed-4';
const session = await InferenceSession.create(assetFile(`models/${reference}.onnx`), {
  intraOpNumThreads: 1,
});
const candidates: Candidates = { reference, O: await fooling(), A: await wrong() };
await writeFile(assetFile('candidates.json'), `${JSON.stringify(candidates)}\n`);

async function fooling(): Promise<Record<string, number[]>> {
  const chosen: Record<string, number[]> = {};
  for (const object of classesOf('unseen')) {
    const images = Array.from({ length: unseenCandidates }, (_, index) =>
      drawPhotograph('unseen', object, index),
    );
    const ranked = (await classify(session, images))
      .map(({ logOdds }, index) => ({ logOdds, index }))
      .sort((a, b) => b.logOdds - a.logOdds || a.index - b.index)
      .slice(0, unseenPerClass);
    chosen[object.name] = ranked.map(({ index }) => index).sort((a, b) => a - b);
    console.log(`O ${object.name}: log-odds of the chosen ${ranked.at(-1)?.logOdds.toFixed(2)} and above`);
  }
  return chosen;
}

async function wrong(): Promise<Record<string, number[]>> {
  const classes = classesOf('mistakes');
  const chosen: Record<string, number[]> = Object.fromEntries(classes.map(({ name }) => [name, []]));
  let found = 0;
  for (let index = 0; found < mistakes; index++) {
    const verdicts = await classify(
      session,
      classes.map((object) => drawPhotograph('mistakes', object, index)),
    );
    for (const [label, object] of classes.entries()) {
      if (verdicts[label]?.predicted === label || found === mistakes) continue;
      chosen[object.name]?.push(index);
      found++;
    }
  }
  for (const [name, indices] of Object.entries(chosen)) console.log(`A ${name}: ${indices.length}`);
  return chosen;
}
