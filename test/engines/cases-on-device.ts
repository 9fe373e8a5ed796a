/** Runs golden cases of operations on a device, in a process of their own: what is wrong, as JSON. */

import { loweringsOf } from '../../workers/devices/device.js';
import { deviceKind } from '../../workers/devices/index.js';
import { caseDisagreements } from '../../workers/parity/compare-case.js';
import { goldenCases } from '../../workers/parity/operation-cases.js';

const [name = '', ...cases] = process.argv.slice(2);
const kind = deviceKind(name);
const engine = await kind.load({ name, which: null }, 'fp32');
const lowerings = loweringsOf(kind, 'fp32');
const wrong: string[] = [];
for (const one of cases) {
  const [rule = '', title = ''] = one.split(': ');
  const golden = goldenCases(rule).find((found) => found.title === title);
  if (golden === undefined) wrong.push(`${one}: there is no such case`);
  else
    for (const line of await caseDisagreements(engine, golden, { lowerings, threads: 1 }))
      wrong.push(`${one}: ${line}`);
}
console.log(JSON.stringify(wrong));
