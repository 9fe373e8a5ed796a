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

for (const { form, text } of [
  { form: 'by name', text: "import { run } from '../pipeline/run.js';" },
  { form: 'for its types', text: "import type { Run } from '../pipeline/run.js';" },
  { form: 'in several lines', text: "import {\n  run,\n  type Run,\n} from\n  '../pipeline/run.js';" },
  { form: 'for its effects alone', text: "import '../pipeline/run.js';" },
  { form: 'with double quotes', text: 'import "../pipeline/run.js"' },
  { form: 'by exporting it again', text: "export {\n  run,\n  type Run,\n} from '../pipeline/run.js';" },
  { form: 'by exporting all of it', text: "export * from '../pipeline/run.js';" },
  { form: 'when it is needed', text: "const { run } = await import('../pipeline/run.js');" },
  { form: 'when it is needed, in several lines', text: "await import(\n  '../pipeline/run.js'\n);" },
  { form: 'when it is needed, by a template', text: 'await import(`../pipeline/run.js`);' },
  { form: 'as the type of a value', text: "let run: typeof import('../pipeline/run.js');" },
])
  test(`a file that is imported ${form} is seen`, (t) => {
    t.deepEqual(filesImportedBy(`import test from 'ava';\n${text}\n`), ['../pipeline/run.ts']);
  });

test('a comment that shows an import is none', (t) => {
  const comments = "// import '../pipeline/run.js';\n/**\n * import '../pipeline/run.js';\n */\n";
  t.deepEqual(filesImportedBy(comments), []);
});

test('no floor imports from one that is built on it', (t) => {
  const height = (file: string): number => floors.indexOf(file.split('/')[0] ?? '');
  t.true(imports.length > 1000, 'the imports were read');
  t.deepEqual(
    imports.filter(({ from, to }) => height(to) > height(from)).map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});

test('no two folders import from each other, but for one and a folder inside it', (t) => {
  const pairs = new Map<string, Import>();
  for (const one of imports) pairs.set(`${dirname(one.from)} → ${dirname(one.to)}`, one);
  const mutual = [...pairs.values()].filter(({ from, to }) => {
    const [a, b] = [dirname(from), dirname(to)];
    return !areNested(a, b) && pairs.has(`${b} → ${a}`);
  });
  t.deepEqual(
    mutual.map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});

test('nothing that the public functions are made of imports one of them: only the program does', (t) => {
  const upwards = imports.filter(
    ({ from, to }) =>
      dirname(to) === 'pipeline' && from.startsWith('pipeline/') && !/^pipeline\/(?:cli\/|[^/]+$)/.test(from),
  );
  t.deepEqual(
    upwards.map(({ from, to }) => `${from} → ${to}`),
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

function areNested(a: string, b: string): boolean {
  return `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);
}

async function allImports(): Promise<readonly Import[]> {
  const found: Import[] = [];
  for (const floor of floors)
    for (const name of await readdir(join(root, floor), { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const from = join(floor, name);
      for (const target of filesImportedBy(await readFile(join(root, from), 'utf8')))
        found.push({ from, to: relative(root, join(root, dirname(from), target)) });
    }
  return found;
}

/** The files of ours that a source text imports in any way, relative to its folder, by the names of their sources. */
function filesImportedBy(text: string): readonly string[] {
  const code = text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  return [...code.matchAll(/\b(?:from|import)\s*(?:\(\s*)?(['"`])(\.[^'"`]+)\.js\1/g)].map(
    ([, , target = '']) => `${target}.ts`,
  );
}
