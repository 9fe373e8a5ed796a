import type { ClusterValue } from '../value.js';

/** What values of options and keys may look like: the API server would refuse others, or take them for something else. */

/** Names of jobs, queues and namespaces: labels of DNS. */
export const kubernetesName: ClusterValue = {
  expected: 'a name of small letters, digits and dashes, of at most 63 characters',
  accepts: (text) => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text),
};

/** Names of claims, secrets and service accounts, which may have dots too. */
export const kubernetesLongName: ClusterValue = {
  expected: 'a name of small letters, digits, dashes and dots',
  accepts: (text) => text.length <= 253 && /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(text),
};

export const memoryQuantity: ClusterValue = {
  expected: 'a size with its unit, for example 32Gi or 800Mi',
  accepts: (text) => /^[1-9]\d{0,11}(?:[kMGT]|[KMGT]i)$/.test(text),
};

export const imageName: ClusterValue = {
  expected: 'the name of an image, for example registry.example.org/grodin:0.1.0',
  accepts: (text) => text.length <= 500 && /^[A-Za-z0-9][\w./:@-]*$/.test(text),
};

export const gpuResourceName: ClusterValue = {
  expected: 'a resource as nodes name it, for example nvidia.com/gpu or nvidia.com/mig-1g.10gb',
  accepts: (text) => /^[a-z0-9.-]+\/[A-Za-z0-9][\w.-]*$/.test(text),
};

export const podUser: ClusterValue = {
  expected: 'the numbers of a user and a group, for example 1000:1000',
  accepts: (text) => /^\d{1,9}(?::\d{1,9})?$/.test(text),
};

export const claimText: ClusterValue = {
  expected:
    'a volume claim and the folder that pods see it at, for example results:/data, or images:/images:ro where nothing is written',
  accepts: (text) => parseClaim(text) !== null,
};

/** A claim of a volume, and where pods see it. */
export interface VolumeClaim {
  readonly name: string;
  /** Absolute path in pods, without a slash at its end. */
  readonly mount: string;
  readonly readOnly: boolean;
}

/** Reads `NAME:MOUNT` or `NAME:MOUNT:ro`; null where it is neither. */
export function parseClaim(text: string): VolumeClaim | null {
  const [, name = '', mount = '', readOnly] =
    /^([^:]+):(\/[^:\p{Cc}]*[^:/\p{Cc}])\/?(:ro)?$/u.exec(text) ?? [];
  if (!kubernetesLongName.accepts(name) || /\/\.{0,2}(?:\/|$)/.test(mount)) return null;
  return { name, mount, readOnly: readOnly !== undefined };
}
