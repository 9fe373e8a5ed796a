import test from 'ava';
import { groupCores } from '../../../workers/group-cores.js';
import { isInPod } from '../../../workers/pod.js';
import { temporaryFolder } from '../../temporary-folder.js';

test("cores are what a container's limit gives, in both versions of control groups", async (t) => {
  const cores = async (files: Readonly<Record<string, string>>) =>
    groupCores(await temporaryFolder(t, files));
  // Inside of a container its own group is the root.
  const own = { 'proc/self/cgroup': '0::/\n' };
  t.is(await cores({ ...own, 'sys/fs/cgroup/cpu.max': '800000 100000\n' }), 8);
  t.is(await cores({ ...own, 'sys/fs/cgroup/cpu.max': '250000 100000\n' }), 2);
  t.is(await cores({ ...own, 'sys/fs/cgroup/cpu.max': '50000 100000\n' }), 1);
  t.is(await cores({ ...own, 'sys/fs/cgroup/cpu.max': 'max 100000\n' }), null);
  t.is(await cores({}), null);
  // A bound of a group above holds too.
  const nested = {
    'proc/self/cgroup': '0::/pods/pod1/c\n',
    'sys/fs/cgroup/pods/pod1/c/cpu.max': 'max 100000\n',
  };
  t.is(await cores({ ...nested, 'sys/fs/cgroup/pods/pod1/cpu.max': '300000 100000\n' }), 3);
  const former = {
    'proc/self/cgroup': '9:memory:/docker/c\n4:cpuacct,cpu:/docker/c\n0::/docker/c\n',
    'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  };
  t.is(await cores({ ...former, 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '400000\n' }), 4);
  t.is(await cores({ ...former, 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n' }), null);
});

test('a pod is known by the variable that each has', (t) => {
  t.true(isInPod({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }));
  t.false(isInPod({ KUBERNETES_SERVICE_HOST: '' }));
  t.false(isInPod({}));
});
