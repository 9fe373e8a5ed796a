import { Writable } from 'node:stream';
import test from 'ava';
import { ignoreBrokenPipe } from '../../pipeline/cli/broken-pipe.js';

test('a pipe or a terminal that was closed is no error, a full disk is', (t) => {
  const stream = new Writable();
  ignoreBrokenPipe(stream);
  const fail = (code: string) => () =>
    stream.emit('error', Object.assign(new Error(`write ${code}`), { code }));
  t.notThrows(fail('EPIPE'));
  t.notThrows(fail('EIO'));
  t.throws(fail('ENOSPC'), { message: 'write ENOSPC' });
});
