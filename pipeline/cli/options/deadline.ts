import { Option } from 'commander';
import { formatDuration } from '../../../manifests/input/duration.js';
import { usualDeadline } from '../../pool/supervisor.js';
import { durationOption } from './numbers.js';

/** `--deadline`: what counts as hung; its value is in seconds. */
export function deadlineOption(): Option {
  return new Option(
    '--deadline <duration>',
    'how long a pass, or opening a graph, may take before it counts as hung and is started anew; with TensorRT, ' +
      'which builds an engine for each graph, more may be needed',
  )
    .argParser(durationOption)
    .default(usualDeadline, formatDuration(usualDeadline));
}
