import test from 'ava';
import { archivedPath, itemPath, locationOf } from '../../manifests/location.js';

test('a path with bytes of an archive, or a number of an image in a file of many, tells both apart', (t) => {
  t.deepEqual(locationOf(archivedPath('/sets/val.tar', 1536, 77)), {
    file: '/sets/val.tar',
    part: { kind: 'bytes', offset: 1536, length: 77 },
  });
  t.deepEqual(locationOf(itemPath('/sets/fog.npy', 49_999)), {
    file: '/sets/fog.npy',
    part: { kind: 'item', index: 49_999, column: null },
  });
  t.deepEqual(locationOf('a#1.PARQUET#2'), {
    file: 'a#1.PARQUET',
    part: { kind: 'item', index: 2, column: null },
  });
  t.deepEqual(locationOf(itemPath('/sets/a.parquet', 2, 'left/#1 .npy')), {
    file: '/sets/a.parquet',
    part: { kind: 'item', index: 2, column: 'left/#1 .npy' },
  });
});

for (const path of [
  '/sets/fog.npy',
  '/sets/photo#3',
  '/sets/photo.jpg#3',
  '/sets/photo.jpg#1+2',
  '/sets/val.tar#3',
  '/sets/fog.npy#1+2',
  '/sets/fog.npy#-1',
  '/sets/fog.npy#1.5',
  '/sets/fog.npy#90071992547409931',
  '/sets/fog.npy#3/photo.png',
  '/sets/fog.npy#3:left',
  '/sets/a.parquet#3:',
  '/sets/a.parquet#3:%',
])
  test(`${path} is the path of an image file`, (t) => {
    t.deepEqual(locationOf(path), { file: path, part: null });
  });
