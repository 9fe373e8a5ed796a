import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { IResourceRequirements } from 'kubernetes-models/v1/ResourceRequirements';
import type { PodResources, PodSettings } from './kubernetes-job.js';

/** What a container of a pod does, and with what. */
export interface ContainerContents {
  readonly name: string;
  /** Arguments of `grodin`. */
  readonly words: readonly string[];
  readonly resources: PodResources;
  /** Further resources by name, such as GPUs. */
  readonly devices?: Readonly<Record<string, number>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A container that runs `grodin`. */
export function container(pod: PodSettings, contents: ContainerContents): IContainer {
  const { name, words, resources, devices = {}, env = {} } = contents;
  const made: IContainer = { name, image: pod.image };
  if (pod.command !== undefined) made.command = pod.command.map(unexpanded);
  made.args = words.map(unexpanded);
  const variables = Object.entries({ ...env, ...pod.env });
  if (variables.length > 0)
    made.env = variables.map(([key, value]) => ({ name: key, value: unexpanded(value) }));
  made.resources = requirements(resources, devices);
  made.volumeMounts = pod.claims.map(({ name: volume, mount, readOnly }) =>
    readOnly
      ? { name: volumeName(volume), mountPath: mount, readOnly }
      : { name: volumeName(volume), mountPath: mount },
  );
  made.securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  return made;
}

/** A pod of some containers, which is never started again in place: a Job makes another. */
export function podSpec(
  pod: PodSettings,
  { nodeSelector }: Pick<PodResources, 'nodeSelector'>,
  containers: Pick<IPodSpec, 'containers' | 'initContainers'>,
): IPodSpec {
  const spec: IPodSpec = {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: pod.grace,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    ...containers,
    volumes: [...new Map(pod.claims.map((claim) => [claim.name, claim])).values()].map(({ name }) => ({
      name: volumeName(name),
      persistentVolumeClaim: { claimName: name },
    })),
  };
  if (pod.user !== undefined)
    spec.securityContext = {
      runAsUser: pod.user.uid,
      runAsGroup: pod.user.gid,
      ...(pod.user.uid === 0 ? {} : { runAsNonRoot: true }),
      ...spec.securityContext,
    };
  if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...nodeSelector };
  if (pod.tolerations.length > 0) spec.tolerations = pod.tolerations.map((toleration) => ({ ...toleration }));
  if (pod.imagePullSecrets.length > 0) spec.imagePullSecrets = pod.imagePullSecrets.map((name) => ({ name }));
  if (pod.serviceAccount !== undefined) spec.serviceAccountName = pod.serviceAccount;
  return spec;
}

/** Requests and limits are the same: what a pod is given is what `grodin` divides among its workers. */
function requirements(
  { cpus, memory }: PodResources,
  devices: Readonly<Record<string, number>>,
): IResourceRequirements {
  const all = { cpu: `${cpus}`, ...(memory === undefined ? {} : { memory }), ...devices };
  return { requests: { ...all }, limits: { ...all } };
}

/** Kubernetes replaces `$(NAME)` by a variable, unless the dollar is doubled. */
function unexpanded(word: string): string {
  return word.replaceAll('$(', () => '$$(');
}

/** Volumes are called by labels, which have no dots. */
function volumeName(claim: string): string {
  return claim.replaceAll('.', '-').slice(0, 63).replace(/-+$/, '');
}
