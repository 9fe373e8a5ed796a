import test from 'ava';
import type { FailedAttempt } from '../../pipeline/pool/attempts.js';
import { failureReport, remedyFor, tooLargeText } from '../../pipeline/pool/failure-report.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';

nameSettingsAsOptions();

const crash: FailedAttempt = { kind: 'died', how: 'signal SIGABRT', device: 'cuda:1', certain: true };
const error: FailedAttempt = { kind: 'thrown', how: 'no luck', device: 'cuda:0', certain: true };

test('a failure report says which shard failed, how, where and how often, and what to do', (t) => {
  t.is(
    failureReport([{ name: 'shard a', failed: [crash, { ...crash, device: 'cuda:0' }, crash] }]),
    '1 shard of this wave could not be scored, all others are done and kept: shard a failed 3 times: ' +
      'signal SIGABRT on cuda:1 (2 times), signal SIGABRT on cuda:0; take less memory (--memory, --workers) if it ran ' +
      'out, or another --device; then run the same command again, which tries it again',
  );
});

test('a failure report of many shards names the first three, and has advice for each kind of failure', (t) => {
  const lost = ['a', 'b', 'c', 'd', 'e'].map((id, index) => {
    return { name: `shard ${id}`, failed: index === 4 ? [error] : [crash] };
  });
  const text = failureReport(lost);
  t.regex(text, /^5 shards of this wave .* shard c failed once: signal SIGABRT on cuda:1; and 2 more; /);
  t.regex(text, /take less memory .*; fix what the errors name; then .* tries them again$/);
});

test('where the system starts no more processes, more are to be allowed', (t) => {
  t.regex(
    remedyFor('died', '(signal SIGABRT)', 20),
    /^allow more processes and threads than 20 with ulimit -u, or take less memory/,
  );
  t.regex(remedyFor('died', '(signal SIGABRT)', null), /^take less memory/);
  t.is(remedyFor('died', '(spawn /usr/bin/node EAGAIN)'), 'allow more processes and threads with ulimit -u');
});

test('a shard that finds no memory for a single image needs more, or another device', (t) => {
  const how = tooLargeText('failed to allocate memory for requested buffer of size 8');
  t.regex(
    failureReport([{ name: 'shard a', failed: [{ ...error, kind: 'too-large', how }] }]),
    /failed once: out of memory with one image at a time \(failed to .* size 8\) on cuda:0; leave more memory to it \(fewer --workers, nothing else beside it\), or take another --device with more; then/,
  );
});
