/** The process in which `start` writes the images of the micro-benchmark: a signal ends it at once. */
import { join } from 'node:path';
import { partialFolder } from '../manifests/micro-benchmark/contents.js';
import { writeMicroBenchmark } from '../manifests/micro-benchmark/write.js';
import { serveGuard } from '../pipeline/cli/guarded.js';

serveGuard(
  async () => [
    (program, line) => {
      program
        .command('write-images')
        .argument('<dir>')
        .action(async (data: string) => {
          line.writesIn(join(data, partialFolder));
          await writeMicroBenchmark(data);
        });
    },
  ],
  process.argv[2] ?? null,
);
