import { failedToLoad } from './stops.js';

const serve = async (): Promise<void> => {
  await import('../../workers/engines/no-telemetry.js');
  const { commandsFor } = await import('./commands/all.js');
  const { serveGuard } = await import('./guarded.js');
  serveGuard(commandsFor, process.argv[2] ?? null);
};
await serve().catch((error: unknown) => process.exit(failedToLoad('grodin')(error)));
