import type { Wave } from '../../../workers/store/planned-shard.js';
import { taskRunOptions } from '../task-run.js';
import { commandLine, quoted, sbatchLine } from './bash-text.js';
import { programLines, sayFunction, scriptHead, slurmFolder } from './script-head.js';
import type { SlurmJob } from './slurm-job.js';

/**
 * Seconds before the time limit at which a task that is still at its shards drops them, so that it can put itself into the
 * queue again while the job still runs: a job that has met its limit stays out of it.
 */
const DROP_SECONDS = 30;

/**
 * Rests, in seconds, between questions to a Slurm that does not answer, as while its controller starts anew: ten minutes together,
 * for which a task keeps its node.
 */
const RESTS = [2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60, 60, 60] as const;
/** How often Slurm may refuse to requeue a job of which it says that it runs. */
const MOST_REFUSALS = 5;
/** Less than the KillWait, usually 30 s, after which Slurm kills what it has told to end. */
const KILL_SECONDS = 20;

/** The shortest warning that leaves a shard any time. */
export const leastWarning = 2 * DROP_SECONDS;

/**
 * The batch script of an array, each task of which is one `grodin run`.
 * @param wave the last wave that is scored, and the only one of the array's name; null for both
 */
export function tasksScript(job: SlurmJob, wave: Wave | null): string {
  const { name, experiment, out, tasks, concurrent, warning, resources, program, run } = job;
  const array = `0-${tasks - 1}${concurrent === null ? '' : `%${concurrent}`}`;
  const words = [...['run', experiment, '--out', out], ...taskRunOptions(run, wave)];
  return [
    ...scriptHead(out, resources, {
      name: wave === null ? name : `${name}-wave-${wave}`,
      log: '%A_%a.log',
      about: [
        `An array of ${tasks} ${tasks === 1 ? 'task' : 'tasks'}: each is one grodin run, and all divide the shards of ${wave === 1 ? "the run's first wave" : 'the run'} among themselves by`,
        'files in the run directory; no index owns any. Written by grodin submit slurm; it may be edited, and submitted by sbatch.',
      ],
      options: [
        sbatchLine('array', array),
        '# Some time before the time limit this shell alone gets USR2.',
        sbatchLine('signal', `B:USR2@${warning}`),
      ],
    }),
    ...programLines(program),
    tasksBody(job, commandLine(words)),
  ].join('\n');
}

/** Tasks of a small array may begin in the same moment; of a large one each waits up to so many seconds. */
const smallArray = 20;
const longestSpread = 30;

/** Has the tasks of a large array read the run directory one after the other. */
function spreadLines(tasks: number): string {
  if (tasks < smallArray) return '';
  const seconds = Math.min(longestSpread, Math.ceil(tasks / 10));
  return `# Not all tasks at once on the shared file system.\nsleep $((RANDOM % ${seconds + 1})) &\nwait $!\n`;
}

/** What the script does, in bash. @param run the arguments of `grodin` */
function tasksBody({ out, tasks, maxRequeues, warning, resources }: SlurmJob, run: string): string {
  return `max_requeues=${maxRequeues}
# Not SLURM_JOB_ID, which of one of the tasks is the number of the whole array.
task=\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}
out=${quoted(out)}
ended=${quoted(slurmFolder(out))}/$task.exit

${sayFunction}
# What Slurm says of this job: RUNNING, or how it is being ended (cancelled, preempted, at its time limit). Fails without an answer.
state() {
  said=$(scontrol show job --oneliner "$task" 2>&1)
  [[ $said =~ JobState=([A-Z_]+) ]] && state=\${BASH_REMATCH[1]}
}
# Has grodin drop its shards. Not by srun, which kills what it started when it gets TERM itself.
drop() {
  local rest
  for rest in 1 2 4 8 0; do
    if state; then
      [ "$state" = RUNNING ] || return
      scancel --signal=TERM "$task" 2>/dev/null && return
    fi
    sleep "$rest"
  done
}
# At most so many seconds are left from now on.
ends_in() { [ -n "$end" ] && [ "$end" -le $((SECONDS + $1)) ] || end=$((SECONDS + $1)); }
# Puts this task into the queue again, unless Slurm is ending its job; says why where it does not.
requeue() {
  local rest refused=0 over=''
  trap "over=1; ends_in ${KILL_SECONDS}" TERM
  trap 'ends_in ${warning}' USR2
  for rest in ${RESTS.join(' ')} 0; do
    if state; then
      if [ "$state" != RUNNING ]; then
        say "does not go into the queue again by itself: Slurm is ending the job ($state)"
        return
      fi
      # Being requeued means TERM, also for what asked for it.
      if said=$(trap '' TERM; exec scontrol requeue "$task" 2>&1); then
        say 'into the queue again'
        # Slurm ends this shell.
        [ -n "$over" ] || { sleep 60 & wait $!; }
        exit 75
      fi
      refused=$((refused + 1))
    fi
    said=\${said//$'\\n'/; }
    if [ "$rest" = 0 ] || [ "$refused" = ${MOST_REFUSALS} ] || { [ -n "$end" ] && [ $((SECONDS + rest)) -ge "$end" ]; }; then break; fi
    [ "$rest" = ${RESTS[0]} ] && say "can't go into the queue again yet, and tries on: \${said:-scontrol printed nothing}"
    sleep "$rest" &
    wait $!
  done
  say "stays out of the queue with work left: \${said:-scontrol printed nothing}; to go on: grodin submit slurm --resume --out $(printf %q "$out")"
}

child=''
near=''
told=''
end=''
timer=''
dropping=''
on_usr2() {
  signalled=1
  [ -n "$near" ] && return
  near=1
  ends_in ${warning}
  say 'the time limit is near: finishing the shards in flight'
  [ -n "$child" ] && kill -s USR2 "$child" 2>/dev/null
  # A shard that takes too long is dropped ${DROP_SECONDS} s before the limit.
  { sleep ${warning - DROP_SECONDS}; say 'the time limit is there: dropping the shards in flight'; drop; } &
  timer=$!
}
on_term() {
  signalled=1
  told=1
  ends_in ${KILL_SECONDS}
  say 'told to end: dropping the shards in flight'
  # Where Slurm ends the job it tells grodin too; where somebody told this shell alone, grodin does not know yet.
  drop &
  dropping=$!
}
trap on_usr2 USR2
trap on_term TERM

rm -f "$ended"
say "task $task on $HOSTNAME, start $((\${SLURM_RESTART_COUNT:-0} + 1))"
${spreadLines(tasks)}srun --ntasks=1 --cpus-per-task=${resources.cpusPerTask} "\${grodin[@]}" ${run} &
child=$!
# The signal may have come before there was anybody to pass it on to.
[ -n "$near" ] && kill -s USR2 "$child" 2>/dev/null
# wait ends when a signal was trapped, too: what it waits for may still run then.
while
  signalled=''
  wait "$child"
  status=$?
  [ -n "$signalled" ]
do :; done
child=''
for process in $timer $dropping; do kill "$process" 2>/dev/null; done
# What had not begun to listen yet is ended by the signal itself, with all of its work left.
[ -n "$near" ] && [ "$status" = 140 ] && status=75
[ -n "$told" ] && [ "$status" = 143 ] && status=75

case $status in
  0) say 'done: nothing is left for this task' ;;
  75) say 'ended with work left (exit code 75)' ;;
  2) say 'grodin refused what it was given (exit code 2); see above' ;;
  *) say "grodin failed (exit code $status); see above" ;;
esac
# Into the queue again where work is left; last, since that ends this shell.
if [ "$status" = 75 ]; then
  if [ "\${SLURM_RESTART_COUNT:-0}" -lt "$max_requeues" ]; then
    requeue
  else
    say "was in the queue again $max_requeues times already, and stays out of it now"
  fi
fi
# For the job that makes the tables.
echo "$status" > "$ended"
exit "$status"
`;
}
