/** The program of a process that times passes for the one that started it, see rates-apart.ts. */
import '../../workers/engines/no-telemetry.js';
import type { RatesOrder } from '../../workers/measure-rate.js';
import { doWork } from '../processes/do-work.js';

doWork(async (_, order) => {
  const { measureRates } = await import('../../workers/measure-rate.js');
  // Both sides are of one version of this package.
  return measureRates(...(order as RatesOrder));
});
