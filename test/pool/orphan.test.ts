import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { isAlive } from '../../manifests/output/living-process.js';
import { temporaryFolder } from '../temporary-folder.js';

const entry = fileURLToPath(new URL('../../pipeline/pool/main.js', import.meta.url));

test('a pool process ends when its supervisor dies, also while it is still loading', async (t) => {
  const folder = await temporaryFolder(t, {
    'supervisor.mjs': `import { fork } from 'node:child_process';
      const pool = fork(${JSON.stringify(entry)}, [], { stdio: 'ignore' });
      process.send(pool.pid);
      setInterval(() => {}, 1000);`,
  });
  for (const delay of [0, 30, 100, 300, 1000]) {
    const supervisor = fork(`${folder}/supervisor.mjs`);
    const [pool] = await once(supervisor, 'message');
    await new Promise((resolve) => setTimeout(resolve, delay));
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    while (await isAlive(Number(pool))) await new Promise((resolve) => setTimeout(resolve, 20));
    t.pass();
  }
});
