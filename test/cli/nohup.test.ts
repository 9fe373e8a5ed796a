import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import test from 'ava';

const program = new URL('../../pipeline/cli/nohup.js', import.meta.url).href;

/** What a process says that has this standard input and environment. */
async function says(input: 'r' | 'w', env: NodeJS.ProcessEnv): Promise<string> {
  const text = `import { startedByNohup } from '${program}'; console.log(await startedByNohup());`;
  const stdin = await open('/dev/null', input);
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], {
    stdio: [stdin.fd, 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let out = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  await once(child, 'close');
  await stdin.close();
  return out.trim();
}

test('nohup is known by the shell’s word for what it started', async (t) => {
  t.is(await says('r', { _: '/usr/bin/nohup' }), 'true');
  t.is(await says('r', { _: '/usr/bin/node' }), 'false');
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(
  'nohup is known by an input that can’t be read, which GNU’s puts in a terminal’s place',
  async (t) => {
    t.is(await says('w', { _: '/usr/bin/node' }), 'true');
  },
);
