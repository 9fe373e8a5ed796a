import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { which } from 'zx';
import { isThere } from '../../../manifests/output/file-system.js';
import { InputError, RunFailedError } from '../../../stages/errors.js';
import { SlurmClient } from './client.js';

/** Nodes of the cluster, all of them on this machine. */
const nodes = ['n1', 'n2'] as const;

/** Cores that each node says to have: more than there may be, since nothing is bound to them. */
const CORES = 2;

/** What the daemons are; Debian has them where a user's PATH does not lead. */
const daemons = ['munged', 'slurmctld', 'slurmd'] as const;

/** A Slurm of this machine's own. */
export interface SlurmCluster {
  readonly client: SlurmClient;
  /** Ends all daemons, and with them what they run. */
  stop(): Promise<void>;
}

/**
 * Starts a Slurm with a controller and two nodes as processes of this user, on ports that are free: partitions `low`, whose jobs
 * are put back into the queue where those of `high` need their nodes.
 * @param folder for its configuration, keys, states and logs
 * @throws InputError where Slurm is not installed, or does not start
 */
export async function startCluster(folder: string): Promise<SlurmCluster> {
  const programs = await findDaemons();
  const bound = await boundToThis();
  await mkdir(join(folder, 'state'), { recursive: true });
  const socket = join(folder, 'munge.socket');
  const config = join(folder, 'slurm.conf');
  await writeFile(join(folder, 'munge.key'), randomBytes(1024), { mode: 0o600 });
  await writeFile(config, await slurmConfig(folder, socket));
  const env = { ...withoutSlurm(process.env), SLURM_CONF: config };
  const running: ChildProcess[] = [];
  const start = (name: string, program: string, ...args: readonly string[]): void => {
    const log = openSync(join(folder, `${name}.out`), 'a');
    const [file = program, ...all] = [...bound, program, ...args];
    running.push(spawn(file, all, { env, stdio: ['ignore', log, log] }));
    closeSync(log);
  };
  const client = new SlurmClient(env);
  const stop = async (): Promise<void> => {
    await client.killAll();
    for (const child of running.reverse()) await ended(child);
  };
  try {
    start(
      'munged',
      programs.munged,
      ...['--foreground', '--force', `--key-file=${join(folder, 'munge.key')}`, `--socket=${socket}`],
      ...[`--pid-file=${join(folder, 'munged.pid')}`, `--log-file=${join(folder, 'munged.log')}`],
      `--seed-file=${join(folder, 'munged.seed')}`,
    );
    await until('munged answers', () => isThere(socket), folder);
    start('slurmctld', programs.slurmctld, '-D', '-f', config);
    for (const node of nodes) start(node, programs.slurmd, '-D', '-N', node, '-f', config);
    await until('both nodes are idle', async () => (await client.idleNodes()) === nodes.length, folder);
    return { client, stop };
  } catch (error) {
    await stop();
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`no Slurm could be started on this machine: ${why}`, { cause: error });
  }
}

async function findDaemons(): Promise<Readonly<Record<(typeof daemons)[number], string>>> {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const find = async (name: string): Promise<string> => {
    const found = await which(name, { nothrow: true, path });
    if (found !== null) return found;
    throw new InputError(
      `${name}: is not on this machine, so that no Slurm can be started; install it, on Debian by: apt-get install slurm-wlm munge`,
    );
  };
  const [munged, slurmctld, slurmd] = await Promise.all(daemons.map(find));
  return { munged: munged ?? '', slurmctld: slurmctld ?? '', slurmd: slurmd ?? '' };
}

/** What a daemon is started by so that it ends with this process, however that ends; nothing where there is no such program. */
async function boundToThis(): Promise<readonly string[]> {
  const setpriv = await which('setpriv', { nothrow: true });
  return setpriv === null ? [] : [setpriv, '--pdeathsig', 'KILL'];
}

async function slurmConfig(folder: string, socket: string): Promise<string> {
  const host = hostname().split('.')[0] ?? '';
  const user = userInfo().username;
  const [controller = 0, ...ports] = await freePorts(1 + nodes.length);
  return `ClusterName=drill
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
# Who is put back into the queue waits for so long.
AuthInfo=socket=${socket},cred_expire=5
StateSaveLocation=${join(folder, 'state')}
SlurmdSpoolDir=${join(folder, 'spool-%n')}
SlurmctldPidFile=${join(folder, 'slurmctld.pid')}
SlurmdPidFile=${join(folder, '%n.pid')}
SlurmctldLogFile=${join(folder, 'slurmctld.log')}
SlurmdLogFile=${join(folder, '%n.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0
${nodes.map((node, at) => `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports[at]} CPUs=${CORES} RealMemory=4000`).join('\n')}
PartitionName=low Nodes=ALL Default=YES PriorityTier=1 MaxTime=60
PartitionName=high Nodes=ALL PriorityTier=2 MaxTime=60
`;
}

/** Ports that nobody listens on, all different. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.flatMap((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? [address.port] : [];
  });
  for (const server of servers) server.close();
  return ports;
}

/** Variables without those of a job that this process may itself be in. */
function withoutSlurm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^S(LURM|BATCH|RUN)_/.test(name)),
  );
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([exit, pause(5_000, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await exit;
}

async function until(what: string, isSo: () => Promise<boolean>, folder: string): Promise<void> {
  for (const end = performance.now() + 30_000; performance.now() < end; await pause(100))
    if (await isSo()) return;
  const log = await readFile(join(folder, 'slurmctld.log'), 'utf8').catch(() => '');
  throw new RunFailedError(
    `Slurm did not start: ${what} was waited for in vain; ${log.trim().split('\n').slice(-3).join('; ')}`,
  );
}
