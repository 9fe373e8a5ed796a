import test from 'ava';
import { imageSide } from '../../manifests/micro-benchmark/canvas.js';
import { glassBlur } from '../../manifests/micro-benchmark/glass-blur.js';
import {
  classesOf,
  drawPhotograph,
  drawRendition,
} from '../../manifests/micro-benchmark/photograph-splits.js';
import { randomFor } from '../../manifests/micro-benchmark/random.js';
import { renditions } from '../../manifests/micro-benchmark/renditions.js';
import { drawsFor } from '../../workers/images/corruptions/draws.js';
import { glassBlur as glassBlurCorruption } from '../../workers/images/corruptions/glass-blur.js';

const [bird, butterfly] = classesOf('clean');

test('C is blurred as the corruption of CIFAR-10-C blurs at severity 5 with the same draws', async (t) => {
  const values: number[] = [];
  for (const index of [0, 1, 2]) {
    const image = drawPhotograph('clean', bird!, index);
    const own = glassBlur(Uint8Array.from(image), randomFor(2021, 'glass blur', index));
    const random = randomFor(2021, 'glass blur', index);
    const draws = {
      ...drawsFor({ seed: 0, corruption: 'glass_blur', severity: 5, id: '' }),
      uniforms: (count: number) => Float64Array.from({ length: count }, () => random.next()),
    };
    const { data } = await glassBlurCorruption.apply(
      { data: image, width: 32, height: 32 },
      { form: 'cifar-10-c', severity: 5 },
      { draws, textures: [] },
    );
    own.forEach((level, at) => {
      values.push(Math.abs(level - data[at]!));
    });
  }
  t.true(values.every((difference) => difference <= 1));
  // Where an area is flat, the original's last bit may lose it a level, which C does not follow.
  t.true(values.filter((difference) => difference > 0).length < values.length / 20);
});

test('an image depends on its split, class and index, and not on what was drawn before', (t) => {
  const first = drawPhotograph('clean', bird!, 7);
  const others = [
    drawPhotograph('clean', bird!, 8),
    drawPhotograph('clean', butterfly!, 7),
    drawPhotograph('train', bird!, 7),
    drawPhotograph('mistakes', bird!, 7),
  ];
  t.deepEqual(drawPhotograph('clean', bird!, 7), first);
  for (const other of others) t.notDeepEqual(other, first);
});

test('random draws are the same on every machine', (t) => {
  const random = randomFor(2021, 'clean', 'bird', 0);
  t.deepEqual([random.integer(0, 999), random.integer(0, 999), random.integer(0, 999)], [456, 242, 735]);
});

test('random keys that differ by one digit or by where a word ends give unrelated draws', (t) => {
  const firsts = [
    randomFor(1, 'a', 0),
    randomFor(1, 'a', 1),
    randomFor(2, 'a', 0),
    randomFor(1, 'a0', ''),
    randomFor(1, 'b', 0),
  ].map((random) => random.next());
  t.is(new Set(firsts).size, firsts.length);
});

test('gaussian draws have mean 0 and standard deviation 1', (t) => {
  const random = randomFor('gaussian');
  const draws = Array.from({ length: 20_000 }, () => random.gaussian());
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
  t.true(Math.abs(mean) < 0.03, `mean ${mean}`);
  t.true(Math.abs(variance - 1) < 0.03, `variance ${variance}`);
});

test('every class in every rendition is a picture with contrast', (t) => {
  for (const object of classesOf('clean')) {
    for (const [index, { name }] of renditions.entries()) {
      const image = drawRendition(object, index);
      t.is(image.length, imageSide * imageSide * 3);
      t.true(Math.max(...image) - Math.min(...image) > 60, `${object.name} as ${name} is nearly flat`);
    }
  }
});

test('glass blur leaves a flat image as it is', (t) => {
  const flat = new Uint8Array(imageSide * imageSide * 3).fill(93);
  t.deepEqual(glassBlur(flat, randomFor('flat')), flat);
});

test('glass blur moves pixels by a step or two and keeps the picture', (t) => {
  const clean = drawPhotograph('clean', bird!, 0);
  const blurred = glassBlur(clean, randomFor('glass'));
  const mean = (image: Uint8Array) => image.reduce((sum, value) => sum + value, 0) / image.length;
  t.notDeepEqual(blurred, clean);
  t.true(Math.abs(mean(blurred) - mean(clean)) < 1.5);
});

test('glass blur carries a lone bright pixel two steps at most, and its blur two pixels further on each pass', (t) => {
  const dark = new Uint8Array(imageSide * imageSide * 3);
  const centre = 16;
  dark.fill(255, (centre * imageSide + centre) * 3, (centre * imageSide + centre) * 3 + 3);
  const blurred = glassBlur(dark, randomFor('lone pixel'));
  t.true(blurred.some((value) => value > 60));
  for (let i = 0; i < blurred.length; i += 3) {
    const [x, y] = [(i / 3) % imageSide, Math.floor(i / 3 / imageSide)];
    const reached = Math.max(Math.abs(x - centre), Math.abs(y - centre)) <= 2 + 2 * 2;
    if (!reached) t.is(blurred[i], 0, `at ${x}, ${y}`);
  }
});
