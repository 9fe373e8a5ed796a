import { caseDisagreements } from '../../../workers/parity/compare-case.js';
import { goldenCases } from '../../../workers/parity/operation-cases.js';
import { firstLine, leftOut } from '../problems.js';
import { type CheckPart, originOf } from './part.js';

/** The operation's cases, there and back, and the norm of each parameter: beside PyTorch's float64. */
export const operations: CheckPart = async ({ engine, lowerings, threads, task, seconds, say }) => {
  const began = performance.now();
  const rule = task.network ?? '';
  const origin = originOf(task);
  const cases = goldenCases(rule);
  let compared = 0;
  const wrong: string[] = [];
  for (const golden of cases) {
    if (compared > 0 && performance.now() - began > 1000 * seconds) {
      say(leftOut(`${cases.length - compared} cases of ${rule} on ${origin.device} in ${task.precision}`));
      break;
    }
    compared += 1;
    try {
      const [first] = await caseDisagreements(engine, golden, { lowerings, threads });
      if (first !== undefined) wrong.push(`${golden.title}: ${first}`);
    } catch (error) {
      wrong.push(`${golden.title}: ${firstLine(error)}`);
    }
  }
  say({ part: 'operations', ...origin, rule, compared, wrong });
};
