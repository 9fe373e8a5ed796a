import { requireExperiment } from './arguments.js';
import type { Experiment } from './experiment/experiment.js';
import { apart, type JobOptions } from './jobs/apart.js';
import type { ForecastSettings, RunForecast } from './jobs/forecast-run.js';
import { checkedOptions } from './options.js';

/** Where and how the run would be run, how to follow the forecast, and how to stop it. */
export interface ForecastOptions extends ForecastSettings, JobOptions {}

/**
 * Counts the passes that are left of an experiment, and times each model's graphs on this machine, in a process of its own.
 * Nothing is written but the graphs that it compiles, which go to the cache for the run to take (`cache: null` for nowhere).
 * What else `run` takes is let through, so that both can be given the same options.
 * @throws InputError, ModelError and DeviceError as `run` would
 * @throws InterruptedError when `signal` was aborted
 */
export async function forecast(experiment: Experiment, options: ForecastOptions): Promise<RunForecast> {
  requireExperiment('forecast', experiment);
  const { signal, onNote, ...given } = checkedOptions('forecast', options);
  const { out, device, precision, workers, memory, rescore, trustImages, cache } = given;
  const settings = { out, device, precision, workers, memory, rescore, trustImages, cache };
  return apart('forecast', [experiment, settings], { signal, onNote });
}
