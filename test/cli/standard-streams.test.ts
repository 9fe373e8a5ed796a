import { Writable } from 'node:stream';
import test from 'ava';
import { standardStreams } from '../../pipeline/cli/standard-streams.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';

nameSettingsAsOptions();

/** A stream that keeps what is written to it, and fails from the moment that `fault` is set. */
class Kept extends Writable {
  text = '';
  fault: string | null = null;

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error) => void): void {
    if (this.fault === null) this.text += chunk;
    done(
      this.fault === null ? undefined : Object.assign(new Error(`write ${this.fault}`), { code: this.fault }),
    );
  }
}

test('a pipe or a terminal that was closed is no error', async (t) => {
  for (const fault of ['EPIPE', 'EIO']) {
    const [out, err] = [new Kept(), new Kept()];
    out.fault = fault;
    const streams = standardStreams('grodin', out, err);
    streams.out('results\n');
    t.is(await streams.end(0), 0);
    t.is(err.text, '');
  }
});

test('results that find no room on the disk are told in one line, and are a failure', async (t) => {
  const [out, err] = [new Kept(), new Kept()];
  out.fault = 'ENOSPC';
  const streams = standardStreams('grodin', out, err);
  streams.out('results\n');
  t.is(await streams.end(0), 1);
  t.is(
    err.text,
    'grodin: standard output: no space left on the disk; make room and run the same command again (ENOSPC)\n',
  );
});

test('notes that can not be written change nothing', async (t) => {
  const [out, err] = [new Kept(), new Kept()];
  err.fault = 'ENOSPC';
  const streams = standardStreams('grodin', out, err);
  streams.err('note\n');
  streams.out('results\n');
  t.is(await streams.end(0), 0);
  t.is(out.text, 'results\n');
});

test('what a terminal would obey is written out in results and notes', async (t) => {
  const [out, err] = [new Kept(), new Kept()];
  const streams = standardStreams('grodin', out, err);
  streams.out('a\x1b[2Jb\r\n');
  streams.err('\x9b31m\u202egnp.exe\n');
  await streams.end(0);
  t.is(out.text, 'a\\x1b[2Jb\\r\n');
  t.is(err.text, '\\x9b31m\\u202egnp.exe\n');
});
