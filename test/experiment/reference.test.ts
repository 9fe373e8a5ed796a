import test from 'ava';
import { experimentHelp, experimentKeys } from '../../pipeline/experiment/reference.js';

test('every key of an experiment file is documented', (t) => {
  const keys = experimentKeys();
  t.true(keys.length > 20);
  for (const { path, doc } of keys) t.not(doc, '', path);
});

test('the help of experiment files names nested keys and defaults', (t) => {
  const help = experimentHelp();
  t.regex(help, /^ {2}models\[\]\.preprocess +how image files become its input/m);
  t.regex(help, /^ {2}shardSeconds .*\(default: 60\)$/m);
  t.regex(help, /^ {2}grid\.temperature .*\(default: \[1,2,5,10,20,50,100,200,500,1000\]\)$/m);
});
