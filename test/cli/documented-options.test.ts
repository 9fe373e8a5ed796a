import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { Command } from 'commander';
import { commandsFor } from '../../pipeline/cli/commands/all.js';
import { createProgram } from '../../pipeline/cli/program.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** README, the pages of docs, and the README of every folder. */
async function pages(): Promise<readonly string[]> {
  const folders = ['docs', 'stages', 'manifests', 'workers', 'pipeline', 'scripts'];
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name)),
    ),
  );
  return [
    'README.md',
    ...found
      .flat()
      .filter((name) => name.endsWith('.md') && (basename(name) === 'README.md' || name.startsWith('docs'))),
  ];
}

test('every option that pages show of a command is one of its own', async (t) => {
  const line = { out() {}, err() {}, env: {}, terminal: false, stops: null, writesIn() {} };
  const program = createProgram('0', await commandsFor([]), line);
  const unknown: string[] = [];
  let shown = 0;
  for (const page of await pages()) {
    const text = (await readFile(join(root, page), 'utf8')).replaceAll(/\\\n\s*/g, ' ');
    for (const [, words = ''] of text.matchAll(/\bgrodin ([a-z][^`\n#|;>&]*)/g)) {
      const command = commandOf(program, words.split(/\s+/));
      if (command === null) continue;
      const known = new Set(command.options.flatMap(({ short, long }) => [short, long]));
      for (const [option] of words.matchAll(/(?<![\w-])--?[a-z][a-z-]*(?![\w-])/g)) {
        shown += 1;
        if (!known.has(option) && option !== '--help')
          unknown.push(`${page}: grodin ${words.trim()}: ${option}`);
      }
    }
  }
  t.true(shown > 100, `${shown}`);
  t.deepEqual(unknown, []);
});

/** The command that some words begin with, down to the last subcommand; null where these are no command. */
function commandOf(program: Command, words: readonly string[]): Command | null {
  const found = program.commands.find((one) => one.name() === words[0]);
  if (found === undefined) return null;
  return commandOf(found, words.slice(1)) ?? found;
}
