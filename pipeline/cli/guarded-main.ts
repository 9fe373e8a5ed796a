import '../../workers/engines/no-telemetry.js';
import { commands } from './commands/all.js';
import { serveGuard } from './guarded.js';

serveGuard(commands, process.argv[2] ?? null);
