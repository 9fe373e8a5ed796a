import { measureParity } from '../../../workers/parity/measure.js';
import { networksToCheck } from '../../../workers/parity/selection.js';
import { tolerances } from '../../../workers/parity/tolerance.js';
import { leftOut, problem } from '../problems.js';
import { type CheckPart, originOf } from './part.js';

/** Whether a device agrees with float64 on the golden networks, the most telling first. */
export const parity: CheckPart = async ({ engine, lowerings, threads, task, seconds, say }) => {
  const began = performance.now();
  const origin = originOf(task);
  for (const [index, network] of networksToCheck.entries()) {
    if (index > 0 && performance.now() - began > 1000 * seconds) {
      const left = networksToCheck.length - index;
      const of = `parity of ${left} golden networks on ${origin.device} in ${task.precision}`;
      say(leftOut(of));
      return;
    }
    try {
      const tolerance = tolerances[task.precision];
      const { worst } = await measureParity(engine, network, { lowerings, threads, tolerance });
      say({ part: 'parity', ...origin, network, ...worst });
    } catch (error) {
      const of = `parity of ${network} on ${origin.device} in ${task.precision}`;
      say(problem(of, error, true));
    }
  }
};
