import test from 'ava';
import { formatDuration, parseDuration } from '../../manifests/input/duration.js';

test('durations are seconds, or have a unit', (t) => {
  const texts = ['90', '90s', '1.5 s', '10min', '10 m', '.5h', '2H'];
  t.deepEqual(texts.map(parseDuration), [90, 90, 1.5, 600, 600, 1800, 7200]);
});

test('what is no duration above 0 is refused', (t) => {
  for (const text of ['', '0', '-1', '10 days', 'soon', '1e3', 'Infinity', '5 min 3 s']) {
    t.is(parseDuration(text), null, text);
  }
});

test('durations are written as they may be read again', (t) => {
  const seconds = [0.5, 3, 60, 90, 600, 3600, 5400];
  t.deepEqual(seconds.map(formatDuration), ['0.5 s', '3 s', '1 min', '90 s', '10 min', '1 h', '90 min']);
  t.deepEqual(
    seconds.map((duration) => parseDuration(formatDuration(duration))),
    seconds,
  );
});
