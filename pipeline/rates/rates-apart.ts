import { fileURLToPath } from 'node:url';
import type { ModelRate, RatesOrder } from '../../workers/measure-rate.js';
import { workApart } from '../processes/work-apart.js';

/** As `measureRates`, in a process of its own: engines take room, which the process that plans a large sweep needs for its rows. */
export function ratesApart(...order: RatesOrder): AsyncGenerator<ModelRate, void, undefined> {
  const program = fileURLToPath(new URL('./main.js', import.meta.url));
  // The process is of this very version of the package.
  return workApart(program, 'rates', order, {}) as AsyncGenerator<ModelRate, void, undefined>;
}
