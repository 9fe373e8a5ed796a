import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parseContent } from '../../pipeline/experiment/parse.js';
import { InputError } from '../../stages/errors.js';
import { readFrostTextures } from '../../workers/images/corruptions/frost-textures.js';
import { writeTextures } from '../images/corruptions/write-textures.js';
import { temporaryFolder } from '../temporary-folder.js';

async function parsed(t: ExecutionContext, corrupt: unknown, folder?: string) {
  const place = folder ?? (await temporaryFolder(t));
  await mkdir(place, { recursive: true });
  for (const file of ['net.onnx', 'val.csv']) await writeFile(join(place, file), 'x');
  const set = { name: 'val', manifest: 'val.csv', validation: 3 };
  const content = {
    name: 'small',
    models: [{ name: 'net', file: 'net.onnx', preprocess: 'imagenet-c' }],
    inDomain: set,
    outliers: [{ ...set, name: 'fog', corrupt }],
  };
  const source = { file: 'e.json', folder: place, folderIs: 'the experiment file' };
  return (await parseContent(content, source, ['MSP', 'ODIN', 'ML', 'G', 'SG'])).outliers[0]?.corrupt;
}

test('a set says by which corruption its images are corrupted, in short or in full', async (t) => {
  t.is(await parsed(t, undefined), undefined);
  t.deepEqual(await parsed(t, 'fog:3'), { corruption: 'fog', severity: 3, seed: 0 });
  t.deepEqual(await parsed(t, { corruption: 'fog', severity: 3 }), {
    corruption: 'fog',
    severity: 3,
    seed: 0,
  });
  t.deepEqual(await parsed(t, { corruption: 'fog', severity: 3, seed: 7 }), {
    corruption: 'fog',
    severity: 3,
    seed: 7,
  });
});

test('textures of frost are looked for from the folder of the experiment, and their bytes are told', async (t) => {
  const folder = await temporaryFolder(t);
  await writeTextures(join(folder, 'ice'));
  const { sha256 } = await readFrostTextures(join(folder, 'ice'));
  t.deepEqual(await parsed(t, { corruption: 'frost', severity: 1, textures: 'ice' }, folder), {
    corruption: 'frost',
    severity: 1,
    seed: 0,
    textures: { folder: join(folder, 'ice'), sha256 },
  });
});

test('what is no corruption is refused in one line that says where it stands', async (t) => {
  const refused = async (corrupt: unknown, message: string | RegExp) => {
    const error = await t.throwsAsync(parsed(t, corrupt), { instanceOf: InputError });
    const rest = error.message.replace('e.json: outliers[0].corrupt', '');
    if (typeof message === 'string') t.is(rest, message);
    else t.regex(rest, message);
    t.false(error.message.includes('\n'));
  };
  await refused('fogg:3', ': found "fogg:3"; unknown corruption "fogg"; did you mean "fog"?');
  await refused('fog', /^: found "fog"; found "fog", which is several; name one at one severity/);
  await refused('fog:6', /expected an integer from 1 to 5/);
  await refused(3, /^: found 3; expected a corruption and its severity, for example "glass_blur:5"/);
  await refused({ corruption: 'fog' }, '.severity: missing; expected an integer from 1 to 5');
  await refused(
    { corruption: 'snw', severity: 1 },
    '.corruption: found "snw"; expected the name of a corruption; did you mean "snow"?',
  );
  await refused(
    { corruption: 'fog', severity: 1, texture: 'x' },
    /unknown key "texture"; did you mean "textures"\?/,
  );
  await refused('frost:1', /^: frost needs photographs of frost, .*; name their folder with "textures"$/);
  await refused(
    { corruption: 'fog', severity: 1, textures: 'ice' },
    ': found "textures" "ice", but fog takes no textures; drop it',
  );
  await refused(
    { corruption: 'frost', severity: 1, textures: 'ice' },
    /ice\/frost1\.png: there is no such file/,
  );
});
