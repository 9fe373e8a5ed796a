import { Option } from 'commander';
import { formatDuration } from '../../../manifests/input/duration.js';
import { usualWait } from '../../cluster/task-run.js';
import { costsOption } from './costs.js';
import { deviceOption, precisionOption } from './device.js';
import { rescoreOption, trustImagesOption } from './kept-scores.js';
import { durationOption } from './numbers.js';
import { submittedTablesOption } from './tables.js';

/** Options of the `grodin run` of each task, whatever the scheduler, and of the `grodin reduce` behind them. */
export function taskRunOptions(): readonly Option[] {
  return [
    new Option(
      '--wait <duration>',
      `how long a task waits, with nothing else to do, for shards that others are at (default: ${formatDuration(usualWait)})`,
    ).argParser(durationOption),
    deviceOption('cuda with GPUs, else "device", or cpu'),
    precisionOption(),
    new Option(
      '--deadline <duration>',
      'of each grodin run: how long a pass may take (default: 10 min)',
    ).argParser(durationOption),
    rescoreOption(),
    trustImagesOption(),
    costsOption(),
    submittedTablesOption(),
  ];
}
