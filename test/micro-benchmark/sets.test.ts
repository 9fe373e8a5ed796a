import test from 'ava';
import { readCandidates } from '../../manifests/micro-benchmark/candidates.js';
import { inDomainClasses } from '../../manifests/micro-benchmark/in-domain-classes.js';
import { planImages, type SetName } from '../../manifests/micro-benchmark/sets.js';
import { unseenClasses } from '../../manifests/micro-benchmark/unseen-classes.js';

const images = planImages(await readCandidates());
const of = (set: SetName) => images.filter((image) => image.set === set);

test('the sets have the promised sizes', (t) => {
  const sizes = (['clean', 'O', 'R', 'A', 'C'] as const).map((set) => of(set).length);
  t.deepEqual(sizes, [1200, 360, 360, 360, 1200]);
  t.is(new Set(images.map(({ id }) => id)).size, images.length);
});

test('O holds unseen classes only, 45 images of each, without labels', (t) => {
  const unseen = unseenClasses.map(({ name }) => name);
  t.true(unseen.length >= 6);
  t.deepEqual(
    unseen.filter((name) => inDomainClasses.some((seen) => seen.name === name)),
    [],
  );
  for (const name of unseen) t.is(of('O').filter(({ id }) => id.startsWith(`O/${name}/`)).length, 45);
  t.true(of('O').every(({ label }) => label === null));
});

test('the labels of all other sets are the places of their classes', (t) => {
  for (const { set, id, label } of images.filter((image) => image.set !== 'O')) {
    t.is(inDomainClasses[label ?? -1]?.name, id.split('/')[1], `${set}: ${id}`);
  }
});

test('each image of C is made from the clean image that its base names, and no other set shares a base', (t) => {
  t.deepEqual(
    of('C').map(({ base }) => base),
    of('clean').map(({ id }) => id),
  );
  for (const { id, base } of images.filter((image) => image.set !== 'C')) t.is(base, id);
});
