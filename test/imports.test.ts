import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { importsOf, ownNames, untold } from './source-imports.js';

/** The folders of the project, each built on those before it. */
const floors = ['stages', 'manifests', 'workers', 'pipeline', 'scripts'];
const root = fileURLToPath(new URL('../../', import.meta.url));
const names = ownNames(root);

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports = await allImports();

/** Ways to import or start a file, each with the file if it is another than `pipeline/run.ts`. */
const forms: readonly (readonly [form: string, text: string, file?: string])[] = [
  ['by name', "import { run } from '../pipeline/run.js';"],
  ['for its types', "import type { Run } from '../pipeline/run.js';"],
  ['in several lines', "import {\n  run,\n  type Run,\n} from\n  '../pipeline/run.js';"],
  ['for its effects alone', "import '../pipeline/run.js';"],
  ['with double quotes', 'import "../pipeline/run.js"'],
  ['by exporting it again', "export {\n  run,\n  type Run,\n} from '../pipeline/run.js';"],
  ['by exporting all of it', "export * from '../pipeline/run.js';"],
  ['when it is needed', "const { run } = await import('../pipeline/run.js');"],
  ['when it is needed, in several lines', "await import(\n  '../pipeline/run.js'\n);"],
  ['when it is needed, by a template', 'await import(`../pipeline/run.js`);'],
  ['as the type of a value', "let run: typeof import('../pipeline/run.js');"],
  ['behind a comment', "/* the run */ import { run } from '../pipeline/run.js';"],
  ['with a comment before its name', "import { run } from /* the run */ '../pipeline/run.js';"],
  ['with a comment inside the call', "await import(/* the run */ '../pipeline/run.js');"],
  ['as CommonJS has it', "import run = require('../pipeline/run.js');"],
  ['by a function that was made for it', "createRequire(import.meta.url)('../pipeline/run.js');"],
  ['by its address', "new Worker(new URL('../pipeline/run.js', import.meta.url));"],
  ['by a path that is put together', "fork(join(import.meta.dirname, '../pipeline/run.js'));"],
  ['behind a text that looks like a comment', "const all = '/*'; import('../pipeline/run.js'); // */"],
  ['by the name of the package', "import { run } from 'grodin';", 'pipeline/index.ts'],
  ['by a part of the package', "export * from 'grodin/metrics';", 'pipeline/metrics.ts'],
  ['by a part of the package, when it is needed', "await import('grodin/compile');", 'pipeline/compile.ts'],
  ['by the name of the package, as CommonJS has it', "require('grodin');", 'pipeline/index.ts'],
  [
    'by the name of the package, by a function that was made for it',
    "createRequire(import.meta.url)('grodin');",
    'pipeline/index.ts',
  ],
  [
    'by the name of the package, by a function kept for it',
    "const load = createRequire(import.meta.url);\nload('grodin');",
    'pipeline/index.ts',
  ],
  ['by the name of the package, as a type', "let run: typeof import('grodin').run;", 'pipeline/index.ts'],
  ['by a part that the package has not', "import 'grodin/run';", 'grodin/run'],
  [
    'from the tests',
    "import { temporaryFolder } from '../test/temporary-folder.js';",
    'test/temporary-folder.ts',
  ],
  ['by a name that is put together', 'await import(`../pipeline/$' + '{name}.js`);', untold],
];

const formsSeen = importsOf(
  root,
  Object.fromEntries(forms.map(([, text], at) => [`stages/${at}.ts`, `import test from 'ava';\n${text}\n`])),
  names,
);

for (const [at, [form, , file = 'pipeline/run.ts']] of forms.entries())
  test(`a file that is imported ${form} is seen`, (t) => {
    t.deepEqual(formsSeen.get(`stages/${at}.ts`), [file]);
  });

test('a comment that shows an import is none, nor is the name of the package one where it is a text', (t) => {
  const text =
    "// import '../pipeline/run.js';\n/**\n * import '../pipeline/run.js';\n */\nprogram.name('grodin');\nnamed('grodin');\n";
  t.deepEqual(importsOf(root, { 'stages/a.ts': text }, names).get('stages/a.ts'), []);
});

test('no floor imports from one that is built on it, nor from what is on none', (t) => {
  const height = (file: string): number => {
    // Only scripts may start what they are told to.
    const floor = file === untold ? 'scripts' : file.split('/')[0];
    const at = floors.indexOf(floor ?? '');
    return at < 0 ? floors.length : at;
  };
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
  const sources: Record<string, string> = {};
  for (const floor of floors)
    for (const name of await readdir(join(root, floor), { recursive: true }))
      if (name.endsWith('.ts')) sources[join(floor, name)] = await readFile(join(root, floor, name), 'utf8');
  return [...importsOf(root, sources, names)].flatMap(([from, targets]) =>
    targets.map((to) => ({ from, to })),
  );
}
