import { Option } from 'commander';

/** `--costs`: time the passes of a run on its own device. */
export function costsOption(): Option {
  return new Option(
    '--costs',
    "measure at the end, on the run's device, what a score costs beside an inference and a training step",
  );
}
