import test from 'ava';
import { spreadOf } from '../../workers/bench/measurement-spread.js';
import { parseProfile, summarizeProfile } from '../../workers/bench/profile-summary.js';

const run = (ts: number) => ({ cat: 'Session', name: 'model_run', ts, dur: 1000, args: {} });
const node = (name: string, operation: string, ts: number, dur: number, channels: number) => ({
  cat: 'Node',
  name: `${name}_kernel_time`,
  ts,
  dur,
  args: {
    op_name: operation,
    input_type_shape: [{ float: [2, channels, 4, 4] }, { float: [] }],
    output_type_shape: [{ float: [2, 8, 4, 4] }],
    node_index: '3',
  },
});

const profile = JSON.stringify([
  { cat: 'Session', name: 'session_initialization', ts: 0, dur: 5, args: {} },
  run(100),
  node('first', 'Conv', 110, 9_000_000, 3),
  run(200),
  node('first', 'Conv', 210, 4000, 3),
  { ...node('first', 'Conv', 210, 4000, 3), name: 'first_fence_before' },
  node('second', 'Conv', 220, 2000, 16),
  node('third', 'Conv', 230, 2000, 16),
  run(300),
  node('first', 'Conv', 310, 4000, 3),
  node('second', 'Conv', 320, 2000, 16),
  node('third', 'Conv', 330, 2000, 16),
  node('last', 'Relu', 340, 4000, 8),
]);

test('a profile adds up by operation and by shapes, an image and a run, without the first runs', (t) => {
  // 16 + 4 ms over two runs of five images.
  const { ms, operations, nodes } = summarizeProfile(parseProfile(profile), 1, 5);
  t.is(ms, 2);
  t.deepEqual(operations, [
    { operation: 'Conv', ms: 1.6, share: 0.8 },
    { operation: 'Relu', ms: 0.4, share: 0.2 },
  ]);
  t.deepEqual(
    nodes.map(({ operation, ms: time, nodes: count }) => [operation, time, count]),
    [
      ['Conv', 0.8, 1],
      ['Conv', 0.8, 2],
      ['Relu', 0.4, 1],
    ],
  );
  t.deepEqual(nodes[1]?.inputs, ['2×16×4×4', '1']);
  t.deepEqual(nodes[1]?.outputs, ['2×8×4×4']);
});

test('measurements spread from quartile to quartile around their median', (t) => {
  t.deepEqual(spreadOf([5, 1, 2, 4, 3]), { median: 3, low: 2, high: 4, least: 1 });
  t.deepEqual(spreadOf([7]), { median: 7, low: 7, high: 7, least: 7 });
});
