/**
 * Loaded into every process and thread of a run (`node --import`): while the file that GRODIN_DRILL_SLOW names is there, each
 * shard is held for a while (GRODIN_DRILL_PAUSE, milliseconds) before it is put in its place, so that there is somebody to strike without much to compute.
 */
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { listenToSteps } from '../../../manifests/output/step.js';

const { GRODIN_DRILL_SLOW: file, GRODIN_DRILL_PAUSE: milliseconds = '2000' } = process.env;

if (file !== undefined)
  listenToSteps(async (name) => {
    if (/^(?:rename|link) [0-9a-f]{16,}.*\.arrow/.test(name) && existsSync(file))
      await pause(Number(milliseconds));
  });
