import { publishedCost } from '../../manifests/paper/published.js';
import { shownName, type Table, type TableCell, type TableSection } from '../tables/table.js';
import type { DeviceCosts, ModelCosts } from './device-costs.js';

const columns = [
  { heading: 'Inference, ms', keys: ['inference'] },
  { heading: 'Perturbation, ms', keys: ['perturbation'] },
  { heading: 'Scoring, ms', keys: ['scoring'] },
  { heading: 'Training step, ms', keys: ['training'] },
  { heading: 'Score in inferences', keys: ['inferences'] },
  { heading: 'Score in training steps', keys: ['trainingSteps'] },
] as const;

/**
 * What scores cost on each device of a run, beside section 4.3 of the paper.
 * @returns null where nothing was measured
 */
export function costTable(all: readonly DeviceCosts[]): Table | null {
  if (all.length === 0) return null;
  const { inferences, trainingSteps } = publishedCost;
  return {
    name: 'costs',
    caption: [
      'Cost of a score, perturbation and scoring together, beside an inference and a training step of the same network.',
      'Networks of one structure cost the same, and share a row.',
      `The paper's section 4.3: about ${inferences.join(' to ')} inferences, about ${trainingSteps} training steps.`,
    ],
    figures: 'quantities',
    rowTitles: ['Model'],
    columns,
    sections: all.map((device): TableSection => ({ title: placeText(device), rows: rowsOf(device) })),
    notes: [
      'Milliseconds an image, the fastest of some rounds. Inference: the forward pass of the run. Training step: forward pass, backward pass and the gradients of the ' +
        'mean loss in θ, without the step along them. Times are no part of the results.',
      ...new Set(all.flatMap(alikeNotes)),
      ...all.flatMap(notesOf),
    ],
    data: {
      ...{ line: 'row', row: ['device', 'model'], column: ['figure'], value: 'value' },
      ...{ cellDetails: [], rowDetails: [], table: [] },
    },
    details: [],
  };
}

function placeText(device: DeviceCosts): string {
  const { processor, engine, engineVersion, provider, precision, threads, batch, date } = device;
  const on = `${threads} ${threads === 1 ? 'thread' : 'threads'}, batches of ${batch}, ${precision}`;
  return `On ${device.device} (${processor}; ${engine} ${engineVersion}, ${provider}; ${on}), ${date}:`;
}

/** Networks of one structure share a row. */
function rowsOf({ device, models }: DeviceCosts): TableSection['rows'] {
  return models
    .filter(({ sameAs }) => sameAs === null)
    .map((model) => {
      return {
        headings: [headingOf(alikeIn(models, model.name))],
        keys: [device, model.name],
        cells: [
          ...(['inference', 'perturbation', 'scoring', 'training'] as const).map((key) =>
            cellOf(model[key] === null ? null : 1000 * model[key]),
          ),
          cellOf(model.inferences),
          cellOf(model.trainingSteps),
        ],
        best: null,
        details: [],
      };
    });
}

/** The names of a network and of those of its structure. */
function alikeIn(models: readonly ModelCosts[], name: string): readonly string[] {
  const same = models.filter(({ sameAs }) => sameAs === name).map((model) => model.name);
  return [name, ...same].map(shownName);
}

/** Names that a row of a terminal has room for. */
const roomForNames = 28;

/** All names, or where they are long the first and the number of the others. */
function headingOf(names: readonly string[]): string {
  const [first = '', ...others] = names;
  const all = names.join(', ');
  return others.length === 0 || all.length <= roomForNames ? all : `${first} and ${others.length} alike`;
}

/** Which networks a row is of, where it has not all their names. */
function alikeNotes({ models }: DeviceCosts): string[] {
  return models
    .filter(({ sameAs }) => sameAs === null)
    .map(({ name }) => alikeIn(models, name))
    .filter((names) => headingOf(names) !== names.join(', '))
    .map((names) => `Alike, being of one structure, and measured as one: ${names.join(', ')}.`);
}

function cellOf(value: number | null): TableCell {
  return { value, spread: null, details: [] };
}

function notesOf({ device, models }: DeviceCosts): string[] {
  const what = ({ inference }: ModelCosts): string => (inference === null ? 'nothing' : 'no training step');
  return models
    .filter(({ problem, sameAs }) => problem !== null && sameAs === null)
    .map(
      (model) =>
        `${shownName(model.name)} on ${device}: ${what(model)} could be measured, since ${shownName(model.problem ?? '')}.`,
    );
}
