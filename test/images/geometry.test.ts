import test from 'ava';
import { cropOffset, resizedSize } from '../../workers/images/geometry.js';

test('the shorter side takes the given length and the longer one is rounded down', (t) => {
  t.deepEqual(resizedSize({ width: 500, height: 375 }, 256), { width: 341, height: 256 });
  t.deepEqual(resizedSize({ width: 375, height: 500 }, 256), { width: 256, height: 341 });
  t.deepEqual(resizedSize({ width: 100, height: 100 }, 256), { width: 256, height: 256 });
});

test('a central crop starts at half of the rest, halves going to the even neighbour', (t) => {
  t.deepEqual(
    [256, 257, 258, 259, 224, 225, 227].map((length) => cropOffset(length, 224)),
    // Python: [round((n - 224) / 2) for n in …]
    [16, 16, 17, 18, 0, 0, 2],
  );
});
