import { existsSync } from 'node:fs';
import test from 'ava';
import { DeviceError } from '../../stages/errors.js';
import { type Device, type DeviceKind, deviceText } from '../../workers/devices/device.js';
import { deviceKinds } from '../../workers/devices/index.js';
import { checkDevice } from '../../workers/doctor/check-device.js';
import { networksToCheck } from '../../workers/parity/selection.js';
import { nothingToRunOn, webGpuIsRequired } from './nothing-to-run-on.js';

// Each device is checked in a process of its own, as `grodin doctor` does. On the CPU all golden networks are; elsewhere
// those that a software GPU gets through in seconds, or all with GRODIN_TEST_PARITY=all, which takes it minutes.
const checksAll = process.env.GRODIN_TEST_PARITY === 'all';
const few = ['confident-40', 'softmax'];

/** Kinds that must be there: .ci/run brings what they need. */
const required: Readonly<Record<string, boolean>> = {
  cpu: true,
  webgpu: webGpuIsRequired,
  'tfjs-webgpu': webGpuIsRequired,
};

for (const kind of deviceKinds)
  for (const precision of kind.precisions)
    test.serial(
      `${kind.name} in ${precision} agrees with float64 within its tolerance, where it is`,
      async (t) => {
        t.timeout(checksAll ? 3_600_000 : 600_000);
        const device = await firstDevice(kind);
        if (device instanceof DeviceError)
          return nothingToRunOn(t, device.message, required[kind.name] ?? false);
        const networks = kind.name === 'cpu' || checksAll ? networksToCheck : few;
        const found = await checkDevice({
          device,
          precision,
          networks,
          paritySeconds: Number.POSITIVE_INFINITY,
          speed: [],
          speedSeconds: 0,
          split: null,
        });
        if (found.problem?.missing)
          return nothingToRunOn(t, found.problem.message, required[kind.name] ?? false);
        t.is(found.problem, null);
        t.deepEqual(
          found.parity.map(({ network }) => network),
          networks,
        );
        for (const { network, worst } of found.parity)
          t.true(
            worst.share <= 1,
            `${network}: ${worst.what} is ${worst.value} instead of ${worst.reference}`,
          );
        t.log(
          `${deviceText(device)}: ${networks.length} networks, at most ` +
            `${Math.max(...found.parity.map(({ worst }) => worst.share)).toPrecision(2)} of what is allowed`,
        );
      },
    );

async function firstDevice(kind: DeviceKind): Promise<Device | DeviceError> {
  try {
    const [device] = await kind.all();
    return device ?? new DeviceError(`there is no ${kind.name}`);
  } catch (error) {
    if (error instanceof DeviceError) return error;
    throw error;
  }
}

test('the golden networks lie where the installed package has them', (t) => {
  for (const network of networksToCheck)
    t.true(existsSync(new URL(`../../../test/golden/${network}.onnx`, import.meta.url)), network);
});
