import { readFile } from 'node:fs/promises';
import test from 'ava';

/** Types that a reader sees through: the compiler shows what they amount to. */
const seenThrough = ['RowIn'];

for (const entry of ['index', 'compile', 'metrics'])
  test(`every type that a signature of ${entry} reaches is exported there too`, async (t) => {
    const file = new URL(`../../pipeline/${entry}.d.ts`, import.meta.url);
    const names = await exportedBy(file);
    t.true(names.size >= 4);
    const missing: string[] = [];
    for (const [name, from] of names) {
      const declared = await declarationOf(name, from);
      for (const other of declared.reaches)
        if (!names.has(other) && !seenThrough.includes(other)) missing.push(`${name} → ${other}`);
    }
    t.deepEqual(missing, []);
  });

test('no declaration that the library reaches imports one of another package', async (t) => {
  const reached = new Set<string>();
  const packages = new Set<string>();
  const visit = async (file: URL): Promise<void> => {
    if (reached.has(file.href)) return;
    reached.add(file.href);
    const text = withoutComments(await readFile(file, 'utf8'));
    for (const [, from = ''] of text.matchAll(/(?:from |import\(|import )["']([^"']+)["']/g))
      if (from.startsWith('.')) await visit(declarations(from, file));
      else packages.add(from);
  };
  for (const entry of ['index', 'compile', 'metrics'])
    await visit(new URL(`../../pipeline/${entry}.d.ts`, import.meta.url));
  t.true(reached.size > 50);
  t.deepEqual([...packages], []);
});

test('nothing that only the project itself uses is exported', async (t) => {
  const names = await exportedBy(new URL('../../pipeline/index.d.ts', import.meta.url));
  const internal = [
    'runBy',
    'runWithoutReducingBy',
    'modelToCompile',
    'parametersOf',
    'Supervision',
    'ParameterDecisions',
    'Lowerings',
  ];
  t.deepEqual(
    internal.filter((name) => names.has(name)),
    [],
  );
});

/** The names that a module exports, each with the module that it comes from. */
async function exportedBy(file: URL): Promise<ReadonlyMap<string, URL>> {
  const text = withoutComments(await readFile(file, 'utf8'));
  const names = new Map<string, URL>();
  for (const [, list = '', from] of text.matchAll(/export (?:type )?\{([^}]*)\}(?: from '([^']+)')?/g))
    for (const name of namesIn(list))
      names.set(
        name,
        from === undefined ? ((await importsOf(text, file)).get(name) ?? file) : declarations(from, file),
      );
  for (const [, from = ''] of text.matchAll(/export \* from '([^']+)'/g))
    for (const [name, where] of await exportedBy(declarations(from, file))) names.set(name, where);
  for (const [, name = ''] of text.matchAll(declaring)) names.set(name, file);
  return names;
}

const declaring =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:interface|type|class|function\*?|const) (\w+)/gm;

interface Declaration {
  /** Names of types that its text speaks of, and that are not the language's. */
  readonly reaches: readonly string[];
}

async function declarationOf(name: string, file: URL): Promise<Declaration> {
  const text = withoutComments(await readFile(file, 'utf8'));
  const start = new RegExp(
    `^(?:export )?(?:declare )?(?:interface|type|class|function\\*?|const) ${name}\\b`,
    'm',
  ).exec(text);
  if (start === null) {
    const further = (await exportedBy(file)).get(name);
    if (further === undefined || further.href === file.href)
      throw new Error(`${name} is not declared in ${file.href}`);
    return declarationOf(name, further);
  }
  const imported = await importsOf(text, file);
  const own = new Set(
    [...text.matchAll(/^(?:export )?(?:declare )?(?:interface|type|class) (\w+)/gm)].map(
      ([, one = '']) => one,
    ),
  );
  const words =
    bodyAt(text, start.index)
      .replaceAll(/'[^']*'/g, '')
      .match(/\b[A-Z]\w*/g) ?? [];
  return {
    reaches: [...new Set(words)].filter((word) => word !== name && (imported.has(word) || own.has(word))),
  };
}

/** A declaration as far as it goes: to the brace that closes it, or the semicolon that ends it. */
function bodyAt(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if ('{(['.includes(sign)) depth += 1;
    if ('})]'.includes(sign)) depth -= 1;
    if (
      depth === 0 &&
      (sign === ';' || (sign === '}' && /^(export )?(declare )?(interface|class)/.test(text.slice(start))))
    )
      return text.slice(start, at + 1);
  }
  return text.slice(start);
}

async function importsOf(text: string, file: URL): Promise<ReadonlyMap<string, URL>> {
  const found = new Map<string, URL>();
  for (const [, list = '', from = ''] of text.matchAll(/^import (?:type )?\{([^}]*)\} from '([^']+)'/gm))
    for (const name of namesIn(list)) if (from.startsWith('.')) found.set(name, declarations(from, file));
  return found;
}

function declarations(from: string, file: URL): URL {
  return new URL(from.replace(/\.js$/, '.d.ts'), file);
}

function namesIn(list: string): readonly string[] {
  return list
    .split(',')
    .map((one) =>
      one
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    )
    .filter((name) => name !== '');
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '');
}
