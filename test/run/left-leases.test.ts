import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { supervise } from '../../pipeline/pool/supervisor.js';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { runBy } from '../../pipeline/run.js';
import { RunFailedError } from '../../stages/errors.js';
import { smallExperiment } from './small-experiment.js';

test('a run that is given up leaves no lease of its dead pool processes behind', async (t) => {
  const folder = await smallExperiment(t, { images: 6, outliers: ['noisy'] });
  const entry = join(folder, 'pool.mjs');
  const leases = new URL('../../pipeline/store/lease.js', import.meta.url).href;
  await writeFile(
    entry,
    `import { Leases } from '${leases}';
     process.on('message', async ({ order }) => {
       await new Leases(order.out + '/leases').claim('shard');
       process.kill(process.pid, 'SIGKILL');
     });`,
  );
  const experiment = await readExperiment(join(folder, 'experiment.json'));
  const out = join(folder, 'out');
  const dying: typeof supervise = (order, supervision) => supervise(order, { ...supervision, entry });
  await t.throwsAsync(runBy(dying, experiment, { out, cache: null }), { instanceOf: RunFailedError });
  t.false((await readdir(out)).includes('leases'));
});
