/** Settings that messages name: as an option of the command line, and as a caller from code writes it. */
const settings = {
  base: ['--base', 'base'],
  classes: ['--classes', 'classes'],
  classOrder: ['--class-order', 'classOrder'],
  deadline: ['--deadline', 'deadline'],
  detectors: ['--detectors', 'detectors'],
  device: ['--device', 'device'],
  format: ['--format', 'format'],
  imageColumn: ['--image-column', 'imageColumn'],
  labelColumn: ['--label-column', 'labelColumn'],
  devkit: ['--devkit', 'devkit'],
  imageKey: ['--image-key', 'imageKey'],
  labelKey: ['--label-key', 'labelKey'],
  labels: ['--labels', 'labels'],
  literals: ['--literals', 'literals'],
  logits: ['--logits', 'logits'],
  lowerings: ['--lowerings', 'lowerings'],
  memory: ['--memory', 'memory'],
  maxPixels: ['--max-pixels', 'maxPixels'],
  modelName: ['--model-name', 'model'],
  modelOutput: ['--model-output', 'modelOutput'],
  noLabels: ['--no-labels', 'labels: false'],
  out: ['--out', 'out'],
  outliers: ['--outliers', 'outliers'],
  precision: ['--precision', 'precision'],
  preprocess: ['--preprocess FILE.json', 'preprocess'],
  rescore: ['--rescore', 'rescore: true'],
  retryErrors: ['--retry-errors', 'retryErrors: true'],
  root: ['--root', 'root'],
  set: ['--set', 'set'],
  size: ['--size HEIGHTxWIDTH', 'size'],
  temperature: ['--temperature', 'temperature'],
  thumbnails: ['--thumbnails', 'thumbnails'],
  tie: ['--tie', 'tie'],
  trainable: ['--trainable', 'trainable'],
  trustImages: ['--trust-images', 'trustImages: true'],
  untie: ['--untie', 'untie'],
  validation: ['--validation', 'validation'],
  workers: ['--workers', 'workers'],
} as const;

/** What messages advise to do: by a command, and by a function of the library. */
const calls = {
  again: ['run the same command again', 'make the same call again'],
  describeClassifier: ['grodin compile MODEL --describe', 'describeClassifier(MODEL)'],
  doctor: ['grodin doctor', 'doctor()'],
  folderManifest: ['grodin manifest folder ROOT -o FILE', 'folderManifest(ROOT)'],
  imagenetOManifest: ['grodin manifest imagenet-o SOURCE -o FILE', 'imagenetOManifest(SOURCE)'],
  judge: [
    'grodin score MODEL IMAGE --from DIR --detector NAME',
    'judge(MODEL, [IMAGE], { from: DIR, detector: NAME })',
  ],
  listParameters: ['grodin compile MODEL --list-parameters', 'listParameters(MODEL)'],
  reduce: ['grodin reduce DIR', 'reduce(DIR)'],
  run: ['grodin run EXPERIMENT --out DIR', 'run(experiment, { out })'],
  tarManifest: ['grodin manifest tar ARCHIVE -o FILE', 'tarManifest([ARCHIVE])'],
  writeScorer: ['grodin compile MODEL -o FILE', 'writeScorer(MODEL, FILE)'],
} as const;

/** A variable, so that processes which this one starts name settings as it does. */
const variable = 'GRODIN_SETTINGS';
const asOptions = 'options';

/** From now on, messages of this process and of those that it starts are for users of a command line. */
export function nameSettingsAsOptions(): void {
  process.env[variable] = asOptions;
}

/**
 * How whoever reads a message writes a setting: `--device` and `--device cpu` on the command line, `device` and
 * `device: "cpu"` in code, where nobody has said otherwise.
 */
export function setting(name: keyof typeof settings, value?: string): string {
  const [option, key] = settings[name];
  if (isForOptions()) return value === undefined ? option : `${option} ${value}`;
  return value === undefined ? key : `${key}: ${JSON.stringify(value)}`;
}

/** How whoever reads a message does something: by a command, or a function of the library. */
export function call(name: keyof typeof calls): string {
  const [command, code] = calls[name];
  return isForOptions() ? command : code;
}

function isForOptions(): boolean {
  return process.env[variable] === asOptions;
}
