import type { SeededRandom } from '../seeded-random.js';
import {
  classes,
  newName,
  newSet,
  rowsFrom,
  setsIn,
  type World,
  type WorldModel,
  type WorldSet,
} from './world.js';

/** One way in which an experiment, or what it reads, changes. */
export interface Change {
  readonly name: string;
  /** @returns false where there is nothing to change in this way */
  readonly apply: (world: World, random: SeededRandom) => boolean | undefined;
  /** Whether a run may refuse to go on without `--rescore`. */
  readonly mayRefuse?: true;
  /** Whether more may be scored than what had no scores of its content yet. */
  readonly mayScoreAnew?: true;
  /** What it changes of what a set is known by: of a set that has both changed at once the scores are not found. */
  readonly of?: 'names' | 'rows';
}

const changed =
  <Of>(
    list: (world: World) => readonly Of[],
    apply: (one: Of, world: World, random: SeededRandom) => boolean | undefined,
  ) =>
  (world: World, random: SeededRandom): boolean | undefined => {
    const all = list(world);
    return all.length === 0 ? false : apply(random.pick(all), world, random);
  };

const models = (world: World): readonly WorldModel[] => world.models;
const outliers = (world: World): readonly WorldSet[] => world.outliers;
const split = ({ inDomain, outliers }: World): readonly WorldSet[] =>
  [inDomain, ...outliers].filter(({ validation }) => validation !== undefined);

/** Ones that sets under way read. */
function imageIn(world: World, random: SeededRandom) {
  const used = setsIn(world).flatMap(({ rows }) => rows.map(({ image }) => image));
  return world.images[random.pick(used)];
}

/** Whether a set is named by another, or by a group. */
function isNamed({ inDomain, outliers, groups }: World, name: string): boolean {
  return (
    [inDomain, ...outliers].some(({ selectOn }) => selectOn === name) ||
    groups.some(({ sets }) => sets.includes(name))
  );
}

function renameSet(world: World, from: string, to: string): void {
  for (const set of setsIn(world)) {
    if (set.name === from) set.name = to;
    if (set.selectOn === from) set.selectOn = to;
  }
  for (const group of world.groups) group.sets = group.sets.map((name) => (name === from ? to : name));
}

function shuffle<Of>(list: Of[], random: SeededRandom): void {
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [list[at], list[other]] = [list[other] as Of, list[at] as Of];
  }
}

function copyOf<Of>(value: Of): Of {
  return structuredClone(value);
}

/** What a run goes on with, and what a new run would be. */
export const changes: readonly Change[] = [
  {
    name: 'a model more',
    apply: (world, random) => {
      if (world.models.length > 2) return false;
      const name = newName(world, 'net');
      const network = random.pick(['statistic', 'tied'] as const);
      const weights = 10 + world.names;
      world.models.push({ name, file: `${name}.onnx`, network, weights, metadata: 0, mean: 0.5 });
    },
  },
  {
    name: 'the same model under a second name',
    apply: (world, random) => {
      if (world.models.length > 2) return false;
      world.models.push({ ...copyOf(random.pick(world.models)), name: newName(world, 'net') });
    },
  },
  {
    name: 'a model less',
    apply: (world, random) => {
      if (world.models.length < 2) return false;
      const [gone] = world.models.splice(random.below(world.models.length), 1);
      world.ensembles = world.ensembles.filter((one) => !one.models.includes(gone?.name ?? ''));
    },
  },
  {
    name: 'a model of another name',
    apply: changed(models, (model, world) => {
      const name = newName(world, 'net');
      for (const ensemble of world.ensembles)
        ensemble.models = ensemble.models.map((one) => (one === model.name ? name : one));
      model.name = name;
    }),
  },
  {
    name: 'two models that change names',
    mayRefuse: true,
    apply: ({ models: [a, b] }) => {
      if (a === undefined || b === undefined) return false;
      [a.name, b.name] = [b.name, a.name];
      return true;
    },
  },
  {
    name: 'models in another order',
    apply: (world, random) => {
      shuffle(world.models, random);
    },
  },
  {
    name: 'a model in a file of another name',
    apply: changed(models, (model, world) => {
      model.file = `${newName(world, 'file')}.onnx`;
    }),
  },
  {
    name: 'other weights',
    mayRefuse: true,
    apply: changed(models, (model) => {
      model.weights += 1;
    }),
  },
  {
    name: 'former weights',
    mayRefuse: true,
    apply: changed(models, (model) => {
      model.weights -= 1;
      return model.weights >= 0;
    }),
  },
  {
    name: 'other metadata of a model',
    mayRefuse: true,
    apply: changed(models, (model) => {
      model.metadata += 1;
    }),
  },
  {
    name: 'another preprocessing',
    mayRefuse: true,
    apply: changed(models, (model) => {
      model.mean = model.mean === 0.5 ? 0.4 : 0.5;
    }),
  },
  {
    name: 'other detectors of one model',
    apply: changed(models, (model, { keys }, random) => {
      if (random.chance(0.3)) delete model.detectors;
      else model.detectors = keys.detectors.filter(() => random.chance(0.6));
    }),
  },
  {
    name: 'an ensemble more',
    apply: (world) => {
      if (world.models.length < 2 || world.keys.logits === false) return false;
      world.ensembles.push({
        name: newName(world, 'ensemble'),
        models: world.models.slice(0, 2).map(({ name }) => name),
      });
      return true;
    },
  },
  { name: 'an ensemble less', apply: ({ ensembles }) => ensembles.pop() !== undefined },
  {
    name: 'an outlier set more',
    apply: (world, random) => {
      if (world.outliers.length > 3) return false;
      const rows = rowsFrom(random.below(40), 3 + random.below(4));
      world.outliers.push({ ...newSet(newName(world, 'set'), rows), validation: 1 + random.below(2) });
    },
  },
  {
    name: 'an outlier set with the rows of another',
    apply: changed(outliers, (set, world) => {
      if (world.outliers.length > 3) return false;
      const name = newName(world, 'set');
      const { corruption: _, severity: __, ...like } = copyOf(set);
      world.outliers.push({ ...like, ...newSet(name, like.rows) });
    }),
  },
  {
    name: 'an outlier set of the manifest of another',
    apply: changed(outliers, (set, world) => {
      if (world.outliers.length > 3) return false;
      const { corruption: _, severity: __, ...like } = copyOf(set);
      world.outliers.push({ ...like, ...newSet(newName(world, 'set'), like.rows), manifest: like.manifest });
    }),
  },
  {
    name: 'an outlier set less',
    apply: (world, random) => {
      const free = world.outliers.filter(({ name }) => !isNamed(world, name));
      if (world.outliers.length < 2 || free.length === 0) return false;
      const gone = random.pick(free);
      world.outliers = world.outliers.filter((set) => set !== gone);
    },
  },
  {
    name: 'outlier sets in another order',
    apply: (world, random) => {
      shuffle(world.outliers, random);
    },
  },
  {
    name: 'a set of another name',
    of: 'names',
    apply: changed(setsIn, (set, world) => {
      renameSet(world, set.name, newName(world, 'set'));
    }),
  },
  {
    name: 'two sets that change names',
    of: 'names',
    mayRefuse: true,
    apply: (world) => {
      const [a, b] = world.outliers;
      if (a === undefined || b === undefined) return false;
      const [first, second] = [a.name, b.name];
      renameSet(world, first, 'between');
      renameSet(world, second, first);
      renameSet(world, 'between', second);
      return true;
    },
  },
  {
    name: 'a manifest of another name',
    apply: changed(setsIn, (set, world) => {
      set.manifest = `${newName(world, 'list')}.csv`;
    }),
  },
  {
    name: 'rows more at the end',
    of: 'rows',
    apply: changed(setsIn, (set, _, random) => addRows(set, random, set.rows.length)),
  },
  {
    name: 'rows more at the beginning',
    of: 'rows',
    apply: changed(setsIn, (set, _, random) => addRows(set, random, 0)),
  },
  {
    name: 'rows less',
    of: 'rows',
    mayRefuse: true,
    mayScoreAnew: true,
    apply: changed(setsIn, (set, _, random) => {
      if (set.rows.length < 4) return false;
      set.rows = set.rows.toSpliced(random.below(set.rows.length), 1);
    }),
  },
  {
    name: 'rows in another order',
    of: 'rows',
    apply: changed(setsIn, (set, _, random) => {
      set.rows = [...set.rows];
      shuffle(set.rows, random);
    }),
  },
  {
    name: 'other labels',
    of: 'rows',
    apply: changed(setsIn, (set, _, random) => {
      if (set.ownClasses) return false;
      set.rows = set.rows.map((row) =>
        row.label === null || random.chance(0.5) ? row : { ...row, label: (row.label + 1) % classes },
      );
    }),
  },
  {
    name: 'no labels',
    of: 'rows',
    apply: changed(setsIn, (set) => {
      if (set.ownClasses) return false;
      set.rows = set.rows.map((row) => ({ ...row, label: null }));
    }),
  },
  {
    name: 'labels again',
    of: 'rows',
    apply: changed(setsIn, (set) => {
      if (set.ownClasses) return false;
      set.rows = set.rows.map((row) => ({ ...row, label: row.image % classes }));
    }),
  },
  {
    name: 'other ids',
    of: 'rows',
    mayRefuse: true,
    apply: changed(setsIn, (set, world) => {
      const prefix = newName(world, 'id');
      set.rows = set.rows.map((row) => ({ ...row, id: `${prefix}-${row.image}` }));
    }),
  },
  {
    name: 'photographs told',
    of: 'rows',
    mayRefuse: true,
    mayScoreAnew: true,
    apply: changed(setsIn, (set) => {
      set.rows = set.rows.map((row) => ({ ...row, base: `photograph-${row.image}` }));
    }),
  },
  {
    name: 'photographs told that several rows share',
    of: 'rows',
    mayRefuse: true,
    mayScoreAnew: true,
    apply: changed(setsIn, (set) => {
      set.rows = set.rows.map((row) => ({ ...row, base: `photograph-${row.image >> 1}` }));
    }),
  },
  {
    name: 'an image of other content',
    mayScoreAnew: true,
    apply: (world, random) => {
      const image = imageIn(world, random);
      if (image) image.content += 1;
      return image !== undefined;
    },
  },
  {
    name: 'an image touched',
    apply: (world, random) => {
      const image = imageIn(world, random);
      if (image) image.touched += 1;
      return image !== undefined;
    },
  },
  {
    name: 'a broken image',
    mayScoreAnew: true,
    apply: (world, random) => {
      const image = imageIn(world, random);
      if (image) image.isBroken = true;
      return image !== undefined;
    },
  },
  {
    name: 'broken images mended',
    mayScoreAnew: true,
    apply: ({ images }) => {
      if (!images.some(({ isBroken }) => isBroken)) return false;
      for (const image of images) image.isBroken = false;
      return true;
    },
  },
  {
    name: 'an ε more',
    apply: ({ keys: { grid } }, random) => add(grid.epsilon, random.pick([0.001, 0.003, 0.004])),
  },
  { name: 'an ε less', apply: ({ keys: { grid } }, random) => drop(grid.epsilon, random) },
  {
    name: 'ε in another order',
    apply: ({ keys: { grid } }, random) => {
      shuffle(grid.epsilon, random);
    },
  },
  {
    name: 'a temperature more',
    apply: ({ keys: { grid } }, random) => add(grid.temperature, random.pick([2, 5, 100])),
  },
  { name: 'a temperature less', apply: ({ keys: { grid } }, random) => drop(grid.temperature, random) },
  {
    name: 'a detector more',
    apply: ({ keys }, random) =>
      add(
        keys.detectors,
        random.pick(['MSP', 'ODIN', 'ML', 'G', 'SG', 'Energy', 'Entropy', 'Margin', 'GEN', 'S', 'TempScale']),
      ),
  },
  {
    name: 'a detector less',
    apply: (world, random) => {
      if (!drop(world.keys.detectors, random)) return false;
      for (const model of world.models)
        if (model.detectors)
          model.detectors = model.detectors.filter((name) => world.keys.detectors.includes(name));
      return true;
    },
  },
  {
    name: 'detectors in another order',
    apply: ({ keys }, random) => {
      shuffle(keys.detectors, random);
    },
  },
  {
    name: 'another validation split',
    mayRefuse: true,
    apply: changed(split, (set) => {
      set.validation = set.validation === 2 ? 1 : 2;
    }),
  },
  {
    name: 'another number of test images',
    apply: changed(outliers, (set) => {
      if (set.test === undefined) set.test = 1;
      else delete set.test;
    }),
  },
  {
    name: 'another seed',
    mayRefuse: true,
    apply: ({ keys }) => {
      keys.seed = 1 - keys.seed;
    },
  },
  {
    name: 'another batch size',
    mayRefuse: true,
    apply: ({ keys }, random) => {
      keys.batchSize = random.pick([1, 2]);
    },
  },
  {
    name: 'other resamplings',
    apply: ({ keys }) => {
      keys.resamplings.deviation += 1;
    },
  },
  {
    name: 'another alpha',
    apply: ({ keys }, random) => {
      keys.alpha = random.pick([0.1, 0.2]);
    },
  },
  {
    name: 'larger or smaller shards',
    apply: ({ keys }, random) => {
      keys.shardSeconds = random.pick([1e-7, 1e-5, 1]);
    },
  },
  {
    name: 'other logits kept',
    apply: ({ keys, ensembles }, random) => {
      keys.logits = random.pick([true, 'summaries', ...(ensembles.length === 0 ? [false] : [])]);
    },
  },
  {
    name: 'norms of layers',
    mayRefuse: true,
    apply: ({ keys }) => {
      keys.layerNorms = !keys.layerNorms;
    },
  },
  {
    name: 'another perturbation space',
    mayRefuse: true,
    apply: ({ keys }) => {
      keys.perturbation = {
        space: keys.perturbation?.space === 'normalized' ? 'pixel' : 'normalized',
      };
    },
  },
  {
    name: 'own classes',
    mayRefuse: true,
    apply: changed(outliers, (set) => {
      if (set.rows.some(({ label }) => label === null)) return false;
      if (set.ownClasses) delete set.ownClasses;
      else set.ownClasses = true;
    }),
  },
  {
    name: 'another corruption of a set',
    mayRefuse: true,
    apply: changed(outliers, (set, _, random) => {
      const corrupt = random.pick([null, 'brightness:1', 'brightness:3', 'gaussian_noise:2']);
      delete set.corruption;
      delete set.severity;
      if (corrupt === null) delete set.corrupt;
      else set.corrupt = corrupt;
    }),
  },
  {
    name: 'a corrupted set more, of the manifest of another',
    apply: (world, random) => {
      if (world.outliers.length > 3) return false;
      const corrupt = random.pick(['brightness:2', 'contrast:1', 'gaussian_noise:3']);
      const { manifest, rows } = random.pick([world.inDomain, ...world.outliers]);
      world.outliers.push({
        ...newSet(newName(world, 'set'), copyOf(rows)),
        manifest,
        validation: 1,
        corrupt,
      });
    },
  },
  {
    name: 'a set said to be of a corruption',
    apply: changed(outliers, (set, world, random) => {
      delete set.corruption;
      delete set.severity;
      if (set.corrupt || random.chance(0.3)) return;
      const severity = 1 + random.below(5);
      if (world.outliers.some((other) => other.corruption === 'fog' && other.severity === severity)) return;
      Object.assign(set, { corruption: 'fog', severity });
    }),
  },
  {
    name: 'another preprocessing of a set',
    mayRefuse: true,
    apply: changed(outliers, (set) => {
      if (set.preprocess) delete set.preprocess;
      else set.preprocess = { interpolation: 'bicubic' };
    }),
  },
  {
    name: 'a group more',
    apply: (world) => {
      world.groups.push({ name: newName(world, 'group'), sets: world.outliers.map(({ name }) => name) });
    },
  },
  {
    name: 'a group less',
    apply: (world) => {
      const free = world.groups.findIndex(
        ({ name }) => !world.outliers.some(({ selectOn }) => selectOn === name),
      );
      return free >= 0 && world.groups.splice(free, 1).length > 0;
    },
  },
  {
    name: 'an outlier set selected on another',
    mayRefuse: true,
    apply: (world, random) => {
      const tuned = world.outliers.filter(({ validation }) => validation !== undefined);
      const set = random.pick(world.outliers);
      const others = [...tuned, ...world.groups].filter(({ name }) => name !== set.name);
      if (others.length === 0) return false;
      const other = random.pick(others);
      if (isNamed(world, set.name) || random.chance(0.5)) set.selectOn = other.name;
      else {
        set.selectOn = other.name;
        delete set.validation;
      }
      return true;
    },
  },
  {
    name: 'an outlier set selected on itself',
    mayRefuse: true,
    apply: changed(outliers, (set) => {
      if (set.selectOn === undefined) return false;
      delete set.selectOn;
      set.validation ??= 1;
    }),
  },
  {
    name: 'a validation set for outliers more',
    apply: (world, random) => {
      if (world.validationSets.length > 1) return false;
      const name = newName(world, 'set');
      world.validationSets.push(newSet(name, rowsFrom(random.below(40), 2)));
      random.pick(world.outliers).selectOn = name;
    },
  },
  {
    name: 'a covariate-shifted set more',
    apply: (world, random) => {
      if (world.covariateShifted.length > 0) return false;
      world.covariateShifted.push(newSet(newName(world, 'set'), rowsFrom(random.below(40), 3)));
    },
  },
  {
    name: 'a covariate-shifted set less',
    apply: ({ covariateShifted }) => covariateShifted.pop() !== undefined,
  },
  {
    name: 'an outlier set becomes a covariate-shifted one',
    apply: (world) => {
      const [set] = world.outliers.filter(
        ({ name, selectOn }) => selectOn === undefined && !isNamed(world, name),
      );
      if (set === undefined || world.outliers.length < 2 || world.covariateShifted.length > 0) return false;
      world.outliers = world.outliers.filter((one) => one !== set);
      const { validation: _, corruption: __, severity: ___, ...rest } = set;
      world.covariateShifted.push(rest);
      return true;
    },
    mayRefuse: true,
  },
  {
    name: 'the run directory elsewhere',
    apply: (world) => {
      world.out = newName(world, 'run');
    },
  },
  {
    name: 'the data elsewhere',
    apply: (world) => {
      world.place = newName(world, 'place');
    },
  },
];

function addRows(set: WorldSet, random: SeededRandom, at: number): boolean {
  const images = new Set(set.rows.map(({ image }) => image));
  const more = rowsFrom(random.below(40), 1 + random.below(2)).filter(({ image }) => !images.has(image));
  const [like] = set.rows;
  if (set.rows.length > 9 || more.length === 0 || like === undefined) return false;
  const told = more.map((row) => ({
    ...row,
    label: like.label === null || set.ownClasses ? like.label : row.label,
    id: like.id === null ? null : `new-${row.image}`,
    base: like.base === null ? null : `photograph-${row.image}`,
  }));
  set.rows = set.rows.toSpliced(at, 0, ...told);
  return true;
}

function add<Of>(list: Of[], value: Of): boolean {
  if (list.includes(value)) return false;
  list.push(value);
  return true;
}

function drop<Of>(list: Of[], random: SeededRandom): boolean {
  return list.length > 1 && list.splice(random.below(list.length), 1).length > 0;
}
