import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { type BenchPass, feedsOf } from './pass.js';
import { type ProfileSummary, parseProfile, summarizeProfile } from './profile-summary.js';

/** Runs of one profile, and those before them that don't count. */
const runs = { counted: 5, warmUp: 2 };

/**
 * Where the time of a pass goes, by ONNX Runtime's own profile.
 * @param options how its graph is opened
 * @param batch images of one run
 */
export async function profilePass(
  pass: BenchPass,
  options: InferenceSession.SessionOptions,
  batch: number,
): Promise<ProfileSummary> {
  return withTemporaryFolder(async (folder) => {
    const session = await InferenceSession.create(pass.file, {
      ...options,
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
    });
    const feeds = Object.fromEntries(
      Object.entries(feedsOf(pass)).map(([name, { data, dims }]) => [
        name,
        new Tensor('float32', data, dims),
      ]),
    );
    for (let run = 0; run < runs.warmUp + runs.counted; run++) await session.run(feeds);
    session.endProfiling();
    await session.release();
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    if (file === undefined) throw new Error('ONNX Runtime wrote no profile');
    return summarizeProfile(parseProfile(await readFile(join(folder, file), 'utf8')), runs.warmUp, batch);
  });
}
