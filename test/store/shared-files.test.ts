import fs from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createExclusively } from '../../manifests/output/atomic-file.js';
import { persistently, readListed } from '../../manifests/output/shared-files.js';
import { Leases } from '../../pipeline/store/lease.js';
import { temporaryFolder } from '../temporary-folder.js';

type Called = (...args: unknown[]) => Promise<unknown>;
const all = fs.promises as unknown as Record<string, Called>;

/** Has calls of a function of Node.js fail as a network file system might, until it is put back. */
function failing(
  t: ExecutionContext,
  name: 'readFile' | 'link' | 'open',
  code: string,
  times: number,
  afterwards = false,
): { readonly failed: () => number } {
  const original = all[name]!;
  let failed = 0;
  all[name] = async (...args) => {
    const isConcerned = String(args[0]).includes('grodin-') && failed < times;
    if (!isConcerned) return original.apply(fs.promises, args);
    failed += 1;
    // Its answer may be lost after it has done what it was asked to.
    if (afterwards) await original.apply(fs.promises, args);
    throw Object.assign(new Error(code), { code });
  };
  syncBuiltinESMExports();
  t.teardown(() => {
    all[name] = original;
    syncBuiltinESMExports();
  });
  return { failed: () => failed };
}

test.serial(
  'a file that is listed is waited for where it is found late, and one that is not is missed at once',
  async (t) => {
    const folder = await temporaryFolder(t);
    const file = join(folder, 'late');
    await writeFile(file, 'there');
    const { failed } = failing(t, 'readFile', 'ENOENT', 4);
    t.is((await readListed(file)).toString(), 'there');
    t.is(failed(), 4);
    const started = performance.now();
    await t.throwsAsync(readListed(join(folder, 'gone')), { code: 'ENOENT' });
    t.true(performance.now() - started < 5_000);
  },
);

test.serial('faults that pass are passed over, others are not', async (t) => {
  const file = join(await temporaryFolder(t), 'stale');
  await writeFile(file, 'there');
  failing(t, 'readFile', 'ESTALE', 2);
  t.is((await readListed(file)).toString(), 'there');
  let asked = 0;
  await t.throwsAsync(
    persistently(async () => {
      asked += 1;
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    }),
    { code: 'ENOSPC' },
  );
  t.is(asked, 1);
});

for (const code of ['EEXIST', 'EIO'])
  test.serial(`who has made a file and is told ${code} has made it all the same`, async (t) => {
    const folder = await temporaryFolder(t);
    failing(t, 'link', code, 2, true);
    t.true(await createExclusively(join(folder, 'a'), 'text'));
  });

for (const code of ['EEXIST', 'EIO'])
  test.serial(`who has claimed a lease and is told ${code} has it all the same`, async (t) => {
    const folder = join(await temporaryFolder(t), 'leases');
    const leases = new Leases(folder);
    failing(t, 'link', code, 1, true);
    t.is((await leases.claim('a')).kind, 'mine');
    const other = new Leases(folder);
    t.is((await other.claim('a')).kind, 'held');
    await other.close();
    await leases.close();
    await t.throwsAsync(access(folder), { code: 'ENOENT' });
  });

test.serial('a lease is got through a server that is away for a moment', async (t) => {
  const leases = new Leases(join(await temporaryFolder(t), 'leases'));
  failing(t, 'open', 'EIO', 2);
  t.is((await leases.claim('a')).kind, 'mine');
  await leases.close();
});
