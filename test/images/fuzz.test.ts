import test from 'ava';
import { randomFor } from '../../manifests/micro-benchmark/random.js';
import { checkImage } from '../../scripts/fuzz/check-image.js';
import { imageCorpus } from '../../scripts/fuzz/corpus.js';
import { mutatedImage } from '../../scripts/fuzz/mutate.js';

test('whatever is done to an image file, it gives pixels or an image error in one line, and the same twice', async (t) => {
  const corpus = await imageCorpus();
  const outcomes = new Set<string>();
  for (let index = 0; index < 1500; index++) {
    const bytes = mutatedImage(corpus, randomFor('image file', 0, index));
    const truncated = index % 3 === 0 ? 'load' : 'error';
    const { what, complaint } = await checkImage(bytes, truncated);
    if (complaint !== null) t.fail(`case ${index}: ${complaint}`);
    outcomes.add(what.replaceAll(/\d+/g, 'N'));
    if (index % 10 === 0) t.is((await checkImage(bytes, truncated)).what, what, `case ${index}`);
  }
  // The changes reach more than the first check.
  t.true(outcomes.size >= 4);
});

test('the same seed and number give the same file', async (t) => {
  const corpus = await imageCorpus();
  const file = () => mutatedImage(corpus, randomFor('image file', 3, 7));
  t.deepEqual(file(), file());
});
