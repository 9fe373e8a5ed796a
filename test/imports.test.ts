import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

/** The folders of the project, each built on those before it. */
const floors = ['stages', 'manifests', 'workers', 'pipeline', 'scripts'];
const root = fileURLToPath(new URL('../../', import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports = await allImports();

test('no floor imports from one that is built on it', (t) => {
  const height = (file: string): number => floors.indexOf(file.split('/')[0] ?? '');
  t.true(imports.length > 1000, 'the imports were read');
  t.deepEqual(
    imports.filter(({ from, to }) => height(to) > height(from)).map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});

test('no two folders import from each other, but one and a folder in it', (t) => {
  const pairs = new Map<string, Import>();
  for (const one of imports) pairs.set(`${dirname(one.from)} → ${dirname(one.to)}`, one);
  const mutual = [...pairs.values()].filter(({ from, to }) => {
    const [a, b] = [dirname(from), dirname(to)];
    return !`${a}/`.startsWith(`${b}/`) && !`${b}/`.startsWith(`${a}/`) && pairs.has(`${b} → ${a}`);
  });
  t.deepEqual(
    mutual.map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});

test('no files import from each other in a circle, not even types', (t) => {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'open') circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (state.has(file)) return;
    state.set(file, 'open');
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of targets.keys()) visit(file, []);
  t.deepEqual(circles, []);
});

async function allImports(): Promise<readonly Import[]> {
  const found: Import[] = [];
  for (const floor of floors)
    for (const name of await readdir(join(root, floor), { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const from = join(floor, name);
      const text = await readFile(join(root, from), 'utf8');
      for (const [, target = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g))
        found.push({ from, to: `${relative(root, join(root, dirname(from), target))}.ts` });
    }
  return found;
}
