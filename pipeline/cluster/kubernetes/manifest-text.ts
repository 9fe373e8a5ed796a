import type { IJob } from 'kubernetes-models/batch/v1/Job';
import { Document, isMap, isScalar } from 'yaml';
import type { KubernetesJob } from './kubernetes-job.js';
import { reduceJob } from './reduce-job.js';
import { tasksJob } from './tasks-job.js';

/** A comment before a key. */
type Comment = readonly [path: readonly (string | number)[], text: string];

const ofTasks = (job: KubernetesJob): readonly Comment[] => [
  [['spec', 'completionMode'], 'Each index is one grodin run; no index owns any shard.'],
  [['spec', 'parallelism'], 'Pods that run at a time.'],
  [
    ['spec', 'backoffLimitPerIndex'],
    'How often an index is tried again; a wait in vain for what others are at counts too.',
  ],
  [['spec', 'maxFailedIndexes'], 'When more have failed, all others are ended.'],
  [
    ['spec', 'podFailurePolicy', 'rules', 0, 'action'],
    'Evicted, preempted, lost with its node: replaced, and not counted.',
  ],
  [
    ['spec', 'podFailurePolicy', 'rules', 1, 'action'],
    'Refused what it was given: another try would be too. Everything else is counted and tried again.',
  ],
  [
    ['spec', 'suspend'],
    job.queue === undefined
      ? 'true: nothing starts before this is false (kubectl patch job NAME -p \'{"spec":{"suspend":false}}\').'
      : 'Kueue lets it go when the queue has room.',
  ],
  [
    ['spec', 'template', 'spec', 'terminationGracePeriodSeconds'],
    'TERM has a task drop the shards in flight, which takes seconds.',
  ],
];

const ofReduce: readonly Comment[] = [
  [
    ['spec', 'template', 'spec', 'initContainers'],
    'Jobs do not wait for each other: this container ends when all scores of the experiment are there,\nor, to be tried again, when nobody has worked on them for long.',
  ],
];

/** Both jobs of a run as one file for kubectl: YAML, with comments for who reads and edits it. */
export function manifestText(job: KubernetesJob): string {
  const head = [
    `A run of grodin: a job of ${job.tasks} ${job.tasks === 1 ? 'task' : 'tasks'} that divide the shards by files in the run directory, and a job`,
    'that makes tables and report. Written by grodin submit kubernetes; it may be edited, and submitted by: kubectl create -f FILE',
  ];
  return [
    ...head.map((line) => `# ${line}\n`),
    documentText(tasksJob(job), ofTasks(job)),
    '---\n',
    documentText(reduceJob(job), ofReduce),
  ].join('');
}

function documentText(job: IJob, comments: readonly Comment[]): string {
  // As kubectl reads it: what older YAML takes for something else than text is in quotes.
  const document = new Document(job, { version: '1.1', aliasDuplicateObjects: false });
  for (const [path, text] of comments) comment(document, path, text);
  return document.toString({ lineWidth: 0, directives: false });
}

function comment(document: Document, path: readonly (string | number)[], text: string): void {
  const key = path.at(-1);
  const map = document.getIn(path.slice(0, -1), true);
  const pair = isMap(map)
    ? map.items.find((item) => isScalar(item.key) && item.key.value === key)
    : undefined;
  if (pair === undefined || !isScalar(pair.key))
    throw new RangeError(`nothing to comment at ${path.join('.')}`);
  pair.key.commentBefore = text
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n');
}
