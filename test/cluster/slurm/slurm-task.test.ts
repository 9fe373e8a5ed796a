import test from 'ava';
import { memoryBound } from '../../../pipeline/setup/memory-bound.js';
import { nameSettingsAsOptions } from '../../../stages/setting.js';
import { slurmCores, slurmMemory } from '../../../workers/slurm-task.js';

nameSettingsAsOptions();

const MIB = 2 ** 20;
const job = {
  SLURM_JOB_ID: '7',
  SLURM_CPUS_PER_TASK: '4',
  SLURM_CPUS_ON_NODE: '16',
  SLURM_GPUS_ON_NODE: '2',
};

test('cores are those of the task, and nothing is read outside of jobs', (t) => {
  t.is(slurmCores(job), 4);
  t.is(slurmCores({ SLURM_JOB_ID: '7', SLURM_CPUS_ON_NODE: '16' }), null);
  t.is(slurmCores({ SLURM_CPUS_PER_TASK: '4' }), null);
  t.is(slurmMemory({ SLURM_MEM_PER_NODE: '4000' }), null);
});

test('memory is that of the node, or that of a core or a GPU times theirs; 0 is no bound', (t) => {
  t.is(slurmMemory({ ...job, SLURM_MEM_PER_NODE: '4000' }), 4000 * MIB);
  t.is(slurmMemory({ ...job, SLURM_MEM_PER_CPU: '500' }), 4 * 500 * MIB);
  t.is(slurmMemory({ ...job, SLURM_CPUS_PER_TASK: undefined, SLURM_MEM_PER_CPU: '500' }), 16 * 500 * MIB);
  t.is(slurmMemory({ ...job, SLURM_MEM_PER_GPU: '8000' }), 2 * 8000 * MIB);
  t.is(slurmMemory({ ...job, SLURM_MEM_PER_NODE: '0' }), null);
  t.is(slurmMemory({ ...job, SLURM_MEM_PER_NODE: 'all' }), null);
  t.is(slurmMemory(job), null);
});

test('a run on the CPU is bounded by what its task has, less a share, unless something else was asked for', (t) => {
  const notes: string[] = [];
  const bound = (
    memory: number | null,
    asked: number | null | undefined,
    device: string,
    given: number | null,
  ) =>
    memoryBound(
      { memory },
      asked,
      { devices: [{ name: device, which: null }] },
      (text) => notes.push(text),
      given,
    );
  t.is(bound(null, undefined, 'cpu', 10_000 * MIB), 9_000 * MIB);
  t.is(bound(null, undefined, 'tfjs', 1_000 * MIB), 744 * MIB);
  t.deepEqual(notes, [
    'memory: this task has 10.5 GB, of which scoring may take 9.4 GB; --memory says otherwise',
    'memory: this task has 1.0 GB, of which scoring may take 781 MB; --memory says otherwise',
  ]);
  t.is(bound(null, undefined, 'cpu', null), null);
  t.is(bound(null, undefined, 'cuda', 10_000 * MIB), null);
  t.is(bound(5, undefined, 'cpu', 10_000 * MIB), 5);
  t.is(bound(5, null, 'cpu', 10_000 * MIB), null);
  t.is(bound(null, 7, 'cpu', 10_000 * MIB), 7);
  t.is(notes.length, 2);
});
