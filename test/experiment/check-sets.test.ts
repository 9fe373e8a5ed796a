import test from 'ava';
import { type CheckedSets, checkSets } from '../../pipeline/experiment/check-sets.js';
import { selectionPools } from '../../pipeline/experiment/sets.js';
import { InputError } from '../../stages/errors.js';

const tuned = (name: string) => ({ name, validation: 6 });
const on = (name: string, selectOn: string) => ({ name, selectOn });
const inDomain = tuned('in');

function refused(sets: Partial<CheckedSets>): string {
  try {
    checkSets('e.json', { inDomain, outliers: [tuned('O')], ...sets });
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('sets select on their own rows, those of another set, of a validation set, or of a group together', (t) => {
  const sets = {
    inDomain: on('in', 'in-val'),
    validationSets: [{ name: 'in-val' }, { name: 'far-val' }],
    outliers: [
      tuned('O'),
      on('A', 'O'),
      on('B', 'far-val'),
      { ...tuned('fog-1'), selectOn: 'fog' },
      { ...tuned('fog-2'), selectOn: 'fog' },
      on('fog-3', 'fog'),
    ],
    groups: [{ name: 'fog', sets: ['fog-1', 'fog-2', 'fog-3'] }],
  };
  t.notThrows(() => checkSets('e.json', sets));
  const pools = selectionPools(sets);
  t.deepEqual(pools.inDomain, ['in-val']);
  t.deepEqual(Object.fromEntries(pools.outliers), {
    O: ['O'],
    A: ['O'],
    B: ['far-val'],
    'fog-1': ['fog-1', 'fog-2'],
    'fog-2': ['fog-1', 'fog-2'],
    'fog-3': ['fog-1', 'fog-2'],
  });
});

const refusals: readonly (readonly [what: string, sets: Partial<CheckedSets>, message: string])[] = [
  [
    'a set without rows to select on',
    { outliers: [{ name: 'O' }] },
    'e.json: outliers[0]: found neither "validation" nor "selectOn"; give the number of rows to choose epsilon and ' +
      'temperature on, or the name of the set to choose them on',
  ],
  [
    'a name that is misspelt',
    { outliers: [tuned('Textures'), on('A', 'Texture')] },
    'e.json: outliers[1].selectOn: found "Texture", which has no validation rows; did you mean "Textures"?',
  ],
  [
    'a set that itself selects on another',
    { outliers: [tuned('O'), on('Textures', 'O'), on('B', 'Textures')] },
    'e.json: outliers[2].selectOn: found "Textures", which has no validation rows; name one of "validationSets", a group, or an ' +
      'outlier set with "validation"',
  ],
  [
    'the in-domain set for an outlier set',
    { outliers: [on('O', 'in')] },
    'e.json: outliers[0].selectOn: found "in", which has no validation rows; name one of "validationSets", a group, or an ' +
      'outlier set with "validation"',
  ],
  [
    'its own name',
    { outliers: [{ ...tuned('O'), selectOn: 'O' }] },
    `e.json: outliers[0].selectOn: found the set's own name; drop it`,
  ],
  [
    'a group without validation rows',
    { outliers: [on('O', 'g')], groups: [{ name: 'g', sets: ['O'] }] },
    'e.json: outliers[0].selectOn: found "g", a group none of whose sets has "validation"; give it to some of them',
  ],
  [
    'an outlier set for the in-domain set',
    { inDomain: on('in', 'O') },
    'e.json: inDomain.selectOn: found "O", which is none of "validationSets"; list it there',
  ],
  [
    'in-domain rows that nothing reads',
    { inDomain: { ...inDomain, selectOn: 'v' }, validationSets: [{ name: 'v' }] },
    'e.json: inDomain.selectOn: found beside "validation", whose rows nothing would read; drop one of the two',
  ],
  [
    'outlier rows that nothing reads',
    { outliers: [{ ...tuned('O'), selectOn: 'A' }, tuned('A')] },
    'e.json: outliers[0].validation: found beside "selectOn", and nothing selects on these rows; drop it',
  ],
  [
    'a validation set that nothing reads',
    { validationSets: [{ name: 'v' }] },
    'e.json: validationSets[0].name: nothing selects on "v"; drop it, or name it in "selectOn"',
  ],
  [
    'a validation set in both roles',
    { inDomain: on('in', 'v'), outliers: [on('O', 'v')], validationSets: [{ name: 'v' }] },
    'e.json: validationSets[0].name: "v" is what inDomain and an outlier set select on; give them a set each',
  ],
  [
    'a group of a set that there is not',
    { outliers: [tuned('NINCO')], groups: [{ name: 'near', sets: ['NINCOO'] }] },
    'e.json: groups[0].sets[0]: found "NINCOO", which is no outlier set; did you mean "NINCO"?',
  ],
  [
    'a set that is twice in a group',
    { groups: [{ name: 'near', sets: ['O', 'O'] }] },
    'e.json: groups[0].sets[1]: found "O" twice; drop one',
  ],
  [
    'a corruption without its severity',
    { outliers: [{ ...tuned('O'), corruption: 'fog' }] },
    'e.json: outliers[0].corruption: found without "severity"; give both or none',
  ],
  [
    'a severity that is there twice',
    {
      outliers: ['a', 'b'].map((name) => ({ ...tuned(name), corruption: 'fog', severity: 2 })),
    },
    'e.json: outliers[1].severity: found the corruption and severity of "a"; drop one',
  ],
  [
    'another severity than the images are given',
    {
      outliers: [
        { ...tuned('O'), corruption: 'fog', severity: 2, corrupt: { corruption: 'fog', severity: 3 } },
      ],
    },
    'e.json: outliers[0].corruption: found "fog" of severity 2, but the images are given fog:3; make them agree',
  ],
  [
    'a corruption of the in-domain set',
    { inDomain: { ...inDomain, corruption: 'fog', severity: 1 } },
    'e.json: inDomain.corruption: found of the in-domain set; drop it',
  ],
];
for (const [what, sets, message] of refusals)
  test(`${what} is refused, with what to do`, (t) => {
    t.is(refused(sets), message);
  });
