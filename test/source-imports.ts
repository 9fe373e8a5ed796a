import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
  isCallExpression,
  isIdentifier,
  isPropertyAccessExpression,
  isTemplateExpression,
  isVariableDeclaration,
  type Node,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

/** What a text of code that stands for a file can't be told to be. */
export const untold = 'a file that only its running tells';

/** What the files of the package are imported by from outside: its name, and what may follow it. */
export type OwnNames = Readonly<Record<string, string>>;

/** The package's own names, each with the source that it stands for. */
export function ownNames(root: string): OwnNames {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const sources = Object.entries<unknown>(exports).flatMap(([key, target]) => {
    const file = typeof target === 'object' ? Reflect.get(target ?? {}, 'default') : null;
    return typeof file === 'string'
      ? [[join(name, key), file.replace(/^\.\/dist\//, '').replace(/js$/, 'ts')]]
      : [];
  });
  return Object.fromEntries(sources);
}

/**
 * The files of ours that sources import in any way, or start, as the compiler's own parser reads them: whatever names a file
 * by a path that starts at the source, and whatever the package is asked for by its own name.
 * @param sources texts, by path below the root
 * @returns paths below the root, by the source's path
 */
export function importsOf(
  root: string,
  sources: Readonly<Record<string, string>>,
  names: OwnNames,
): ReadonlyMap<string, readonly string[]> {
  const config = join(root, 'sources.tsconfig.json');
  const files = new Map(Object.entries(sources).map(([name, text]) => [join(root, name), text]));
  const compilerOptions = { noResolve: true, noLib: true, types: [] };
  const content = JSON.stringify({ compilerOptions, files: [...files.keys()] });
  const readFile = (file: string) => (file === config ? content : files.get(file));
  const fileExists = (file: string) => (readFile(file) === undefined ? undefined : true);
  const compiler = new API({ cwd: root, fs: { readFile, fileExists } });
  try {
    const project = compiler.updateSnapshot({ openProjects: [config] }).getProject(config);
    const found = new Map<string, readonly string[]>();
    for (const file of files.keys()) {
      const source = project?.program.getSourceFile(file);
      if (source === undefined) throw new Error(`${file} was not read`);
      const named = [...namedIn(source, names)].map((target) =>
        target.startsWith('.') ? relative(root, join(dirname(file), target)) : target,
      );
      found.set(relative(root, file), named);
    }
    return found;
  } finally {
    compiler.close();
  }
}

/** Files as a source names them, by a path from itself or from the root, by the names of their sources. */
function namedIn(source: Node, names: OwnNames): ReadonlySet<string> {
  const found = new Set<string>();
  const loaders = new Set(['require']);
  const visit = (node: Node): void => {
    const text = textOf(node);
    if (isVariableDeclaration(node) && isIdentifier(node.name) && makesLoader(node.initializer))
      loaders.add(node.name.text);
    if (text !== null && /^\.\.?\/.*\.[cm]?[jt]s$/.test(text)) found.add(text.replace(/js$/, 'ts'));
    else if (text !== null && isOwn(text, names) && isAsked(node.parent, loaders))
      found.add(names[text] ?? text);
    else if (isUntold(node)) found.add(untold);
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function textOf(node: Node): string | null {
  const isText =
    node.kind === SyntaxKind.StringLiteral || node.kind === SyntaxKind.NoSubstitutionTemplateLiteral;
  return isText && 'text' in node && typeof node.text === 'string' ? node.text : null;
}

/** A path of a program that starts at the source and is put together. */
function isUntold(node: Node): boolean {
  if (!isTemplateExpression(node) || !/^\.\.?\//.test(node.head.text)) return false;
  return /\.[cm]?[jt]s$/.test(node.templateSpans.at(-1)?.literal.text ?? '');
}

/** The name of the package, or of a part that it has or has not. */
function isOwn(text: string, names: OwnNames): boolean {
  const [own = ''] = Object.keys(names);
  return text === own || text.startsWith(`${own}/`);
}

/** Whether what a text names is asked for there, rather than called by its name. */
function isAsked(parent: Node, loaders: ReadonlySet<string>): boolean {
  if (isCallExpression(parent)) {
    const { expression: called } = parent;
    if (isIdentifier(called)) return loaders.has(called.text);
    if (isPropertyAccessExpression(called))
      return isIdentifier(called.name) && called.name.text === 'resolve';
    return called.kind === SyntaxKind.ImportKeyword || makesLoader(called);
  }
  const asking = parent.kind === SyntaxKind.LiteralType ? parent.parent : parent;
  return [
    SyntaxKind.ImportDeclaration,
    SyntaxKind.ExportDeclaration,
    SyntaxKind.ExternalModuleReference,
    SyntaxKind.ImportType,
  ].includes(asking.kind);
}

function makesLoader(node: Node | undefined): boolean {
  if (node === undefined || !isCallExpression(node)) return false;
  return isIdentifier(node.expression) && node.expression.text === 'createRequire';
}
