import test from 'ava';
import { equalMemberNotes } from '../../pipeline/inputs/equal-members.js';
import { preprocessPresets } from '../../workers/images/presets.js';

const model = (name: string, sha256: string, preset: string) => ({
  name,
  identity: { sha256, preprocess: preprocessPresets[preset]! },
});
const models = [
  model('a', '01', 'imagenet'),
  model('b', '01', 'imagenet'),
  model('c', '02', 'imagenet'),
  model('d', '01', 'cifar10'),
];

test('members that are one file, preprocessed alike, are noted, ensemble by ensemble', (t) => {
  const ensembles = [
    { name: 'twins', models: ['a', 'b', 'c'] },
    { name: 'others', models: ['b', 'c', 'd'] },
  ];
  const notes = equalMemberNotes({ experiment: { ensembles }, models });
  t.is(notes.length, 1);
  t.regex(
    notes[0]!,
    /^ensemble "twins": its members "a" and "b" are one file, preprocessed alike; they agree/,
  );
  t.deepEqual(equalMemberNotes({ experiment: {}, models }), []);
});
