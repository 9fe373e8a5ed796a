import test from 'ava';
import { planMeans } from '../../pipeline/plan/means.js';
import { DeviceError } from '../../stages/errors.js';
import { deviceKinds } from '../../workers/devices/index.js';

test('what a run is run with crosses to another process, for every kind of device and precision', async (t) => {
  let crossed = 0;
  for (const { name, precisions, choice } of deviceKinds)
    for (const precision of precisions) {
      const device = choice?.accepts('0') ? `${name}:0` : name;
      try {
        const means = await planMeans({ device: 'cpu', workers: null }, { device, precision });
        t.deepEqual(structuredClone(means), means, `${device} ${precision}`);
        crossed += 1;
      } catch (error) {
        // Its libraries are not installed.
        if (!(error instanceof DeviceError)) throw error;
      }
    }
  // The CPU, and CUDA in each of its precisions, which needs no GPU to be planned for.
  t.true(crossed >= 4);
});
