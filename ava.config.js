/**
 * The files that take longest, longest first. They are begun before all others: one that is begun last would keep one core busy
 * while the other has nothing left to do.
 */
const longest = [
  'launch/launch-local',
  'scoring/lowerings',
  'run/several-processes',
  'run/fake-devices',
  'engines/webgpu',
  'resume/resume',
  'run/tfjs',
  'drills/interleavings',
  'engines/parity',
  'engines/tfjs/golden',
  'micro-benchmark/write',
  'engines/tfjs/rules',
  'run/allocation-failure',
  'run/changed-images',
  'run/bound-scores',
  'library/documents',
  'run/run',
  'scoring/grid',
  'cli/doctor',
  'run/growth',
  'compare-runs/compare-runs',
  'run/summaries',
  'run/kill',
  'reproduce/reproduce',
  'run/layer-norms',
  'run/mendable',
  'report/page',
  'cluster/kubernetes/pods',
  'bench/networks',
  'run/sets',
  'run/deployed',
  'large-run/large-run',
  'scoring/golden-parameters',
  'library/package',
  'run/memory',
  'import/long-graphs',
  'run/end-early',
  'run/retry-errors',
  'cli/score',
  'gpu-check/whole-run',
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
