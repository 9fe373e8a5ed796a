import type { ModelRate, RatesOrder } from '../../workers/measure-rate.js';
import { ownProgram } from '../processes/own-program.js';
import { workApart } from '../processes/work-apart.js';

/** As `measureRates`, in a process of its own: engines take room, which the process that plans a large sweep needs for its rows. */
export function ratesApart(...order: RatesOrder): AsyncGenerator<ModelRate, void, undefined> {
  const program = ownProgram('./main.js', import.meta.url, 'pipeline/rates/main.js');
  // The process is of this very version of the package.
  return workApart(program, 'rates', order, {}) as AsyncGenerator<ModelRate, void, undefined>;
}
