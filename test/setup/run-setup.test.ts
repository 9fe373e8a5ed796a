import test from 'ava';
import { resolveSetup } from '../../pipeline/setup/run-setup.js';
import { DeviceError } from '../../stages/errors.js';
import { deviceKinds } from '../../workers/devices/index.js';

test('the setup of a run can be sent to another process, for every kind of device and precision', async (t) => {
  let crossed = 0;
  for (const { name, precisions, choice } of deviceKinds)
    for (const precision of precisions) {
      const device = choice?.accepts('0') ? `${name}:0` : name;
      try {
        const setup = await resolveSetup({ device: 'cpu', workers: null }, { device, precision });
        t.deepEqual(structuredClone(setup), setup, `${device} ${precision}`);
        crossed += 1;
      } catch (error) {
        // Its libraries are not installed.
        if (!(error instanceof DeviceError)) throw error;
      }
    }
  // The CPU, and CUDA in each of its precisions, which needs no GPU to be planned for.
  t.true(crossed >= 4);
});
