/** Measures one device in one precision, task by task, in a process of its own; reports each row as it is measured. */

import { DeviceError } from '../../stages/errors.js';
import type { DeviceKind } from '../../workers/devices/device.js';
import { deviceKind } from '../../workers/devices/index.js';
import type { Engine } from '../../workers/engines/engine.js';
import type { DeviceAnswer, DeviceCommand } from './device-messages.js';
import { forms } from './parts/forms.js';
import { grid } from './parts/grid.js';
import { operations } from './parts/operations.js';
import { parity } from './parts/parity.js';
import { type CheckPart, partContext } from './parts/part.js';
import { profile } from './parts/profile.js';
import { speed } from './parts/speed.js';
import { values } from './parts/values.js';
import { firstLine } from './problems.js';
import type { DevicePart } from './rows.js';

const parts: Readonly<Record<DevicePart, CheckPart>> = {
  parity,
  operations,
  values,
  speed,
  forms,
  profile,
  grid,
};

const say = (answer: DeviceAnswer): void => {
  process.send?.(answer);
};

let bound: { readonly kind: DeviceKind; readonly engine: Engine } | null = null;

async function obey(order: DeviceCommand): Promise<void> {
  if ('bind' in order) {
    const kind = deviceKind(order.bind.name);
    const engine = await kind.load(order.bind, order.precision);
    bound = { kind, engine };
    say({ kind: 'bound', engine: `${engine.name} ${engine.version} (${engine.provider})` });
    return;
  }
  if (bound === null) throw new TypeError('a task came before a device');
  const { task, seconds } = order;
  await parts[task.part](
    partContext(bound.kind, bound.engine, task, seconds, (row) => say({ kind: 'row', row })),
  );
  say({ kind: 'done' });
}

process.on('message', (order: DeviceCommand) => {
  obey(order).catch((error: unknown) => {
    say({ kind: 'failed', missing: error instanceof DeviceError, message: firstLine(error) });
  });
});

// Nobody is left to hear of it, for example after a signal.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
