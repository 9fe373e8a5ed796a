/**
 * The files that take longest, longest first. They are begun before all others: one that is begun last would keep one core busy
 * while the other has nothing left to do.
 */
const longest = [
  'run/kill',
  'run/several-processes',
  'run/fake-devices',
  'engines/webgpu',
  'drills/interleavings',
  'run/run',
  'engines/parity',
  'run/changed-images',
  'run/tfjs',
  'run/bound-scores',
  'run/growth',
  'run/deployed',
  'run/mendable',
  'engines/tfjs/golden',
  'run/memory',
  'cli/doctor',
  'launch/launch-local',
  'compare-runs/compare-runs',
  'engines/tfjs/rules',
  'resume/resume',
  'micro-benchmark/write',
  'report/page',
  'reproduce/reproduce',
  'scoring/grid',
  'library/listeners',
  'import/long-graphs',
  'bench/networks',
  'gpu-check/whole-run',
  'run/sets',
  'run/layer-norms',
  'run/allocation-failure',
];

/** @param {string} file its path @returns {number} its place among the longest, or behind all of them */
const place = (file) => {
  const at = longest.findIndex((name) => file.endsWith(`/test/${name}.test.js`));
  return at < 0 ? longest.length : at;
};

export default {
  files: ['dist/test/**/*.test.js'],
  require: ['./dist/test/plain-children.js'],
  environmentVariables: { GRODIN_CACHE: 'off', GRODIN_REPORT: 'off', ORT_DISABLE_TELEMETRY: '1' },
  timeout: '5m',
  workerThreads: false,
  // Processes that tests start wait for disks and for each other: more tests at once than CI has cores keep those busy.
  concurrency: 3,
  sortTestFiles: (a, b) => place(a) - place(b) || a.localeCompare(b),
};
