import { formatBytes } from '../../manifests/input/bytes.js';
import type { PassCounts } from '../../workers/store/planned-shard.js';
import { nightHours, type RunForecast } from '../jobs/forecast-run.js';
import { memoryPlanText } from '../plan/memory-plan.js';
import { duration } from './progress.js';

/** The forecast for a reader. */
export function dryRunText(forecast: RunForecast): string {
  const rows = forecast.waves.map(({ model, wave, passes, hours, isExact }) =>
    [
      model,
      `${wave}${isExact ? '' : ' (at most)'}`,
      count(passes.perturbation + passes.forwardPerturbation),
      count(passes.scoring),
      count(passes.forward),
      duration(hours * 3600),
    ].join(' | '),
  );
  const total = forecast.waves.reduce((sum, { passes }) => sum + totalOf(passes), 0);
  const { finishedShards: finished, hours, machinesForOneNight: machines } = forecast;
  const isExact = forecast.waves.every((wave) => wave.isExact);
  return [
    '| model | wave | perturbation passes | scoring passes | forward passes | time on this machine |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...rows.map((row) => `| ${row} |`),
    '',
    `${isExact ? 'There are' : 'At most'} ${count(total)} passes of one image each${finished === 0 ? '' : ' left'}, ` +
      `${duration(hours * 3600)} at this machine's measured rate, beside decoding${corrupting(forecast)}.`,
    ...(isExact ? [] : ['Wave 2 depends on the cells that wave 1 chooses, and is usually smaller.']),
    `One night of ${nightHours} h: ${machines} ${machines === 1 ? 'machine like this one is' : 'machines like this one are'} enough; ` +
      `a GPU that is F times as fast counts as F of them.`,
    `${memoryPlanText(forecast.memory)}.`.replace(/^m/, 'M'),
    ...logitText(forecast),
    ...(finished === 0
      ? []
      : [`Finished already, and not counted above: ${finished} ${finished === 1 ? 'shard' : 'shards'}.`]),
    '',
  ].join('\n');
}

/** What is kept of logits, and what it would be by the other setting. */
function logitText({ logitBytes, logitBytesIf: { all, summaries } }: RunForecast): string[] {
  if (logitBytes === 0) return [];
  const other =
    summaries === all
      ? 'ensembles need all of them'
      : `"logits": "summaries" keeps only what detectors and ensembles need of them, ${formatBytes(summaries)}; false none`;
  if (logitBytes === all) return [`Logits of every image are kept: ${formatBytes(all)} on disk (${other}).`];
  return [
    `Of logits only what detectors and ensembles need is kept: ${formatBytes(summaries)} on disk ("logits": "all" keeps those of ` +
      `every image, ${formatBytes(all)}).`,
  ];
}

/** What the hours leave out besides decoding. */
function corrupting({ corruptedSets: sets, corruptionSeconds: seconds }: RunForecast): string {
  return sets === 0
    ? ''
    : ` and corrupting the images of ${sets} ${sets === 1 ? 'set' : 'sets'} (each image once: ${duration(seconds)} of one core; every shard ` +
        'corrupts its own)';
}

function totalOf({ perturbation, scoring, forward, forwardPerturbation }: PassCounts): number {
  return perturbation + scoring + forward + forwardPerturbation;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
