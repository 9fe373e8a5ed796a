import { reduceOptions } from '../task-run.js';
import { quoted } from './bash-text.js';
import { programLines, sayFunction, scriptHead, slurmFolder } from './script-head.js';
import type { SlurmJob } from './slurm-job.js';

/** The batch script of the job that makes tables and report when all tasks have ended, whatever with; its arguments are the jobs of the arrays. */
export function reduceScript({ name, out, tasks, reduce, program, run }: SlurmJob): string {
  return [
    ...scriptHead(out, reduce, {
      name: `${name}-reduce`,
      log: 'reduce-%j.log',
      about: [
        'Tables and report of a run, when the tasks that score have ended, well or not. Its arguments are the jobs of their arrays:',
        'sbatch --dependency=afterany:123 reduce.sh 123. Written by grodin submit slurm.',
      ],
      options: [],
    }),
    ...programLines(program),
    reduceBody(out, tasks, reduceOptions(run)),
  ].join('\n');
}

/** What the script does, in bash. */
function reduceBody(out: string, tasks: number, options: readonly string[]): string {
  return `out=${quoted(out)}
logs=${quoted(slurmFolder(out))}

${sayFunction}

refused=''
for job in "$@"; do
  for ((task = 0; task < ${tasks}; task++)); do
    code=$(cat "$logs/\${job}_$task.exit" 2>/dev/null)
    case $code in
      0) ;;
      75) say "task \${job}_$task ended with work left (exit code 75): $logs/\${job}_$task.log" ;;
      '') say "task \${job}_$task was ended before it could say how: $logs/\${job}_$task.log" ;;
      2) refused=1; say "task \${job}_$task was refused (exit code 2): $logs/\${job}_$task.log" ;;
      *) say "task \${job}_$task failed (exit code $code): $logs/\${job}_$task.log" ;;
    esac
  done
done

"\${grodin[@]}" reduce "$out"${options.map((word) => ` ${quoted(word)}`).join('')}
status=$?
if [ "$status" != 0 ]; then
  "\${grodin[@]}" status "$out"
  # The same again would be refused again.
  [ "$status" = 2 ] && [ -e "$out/revisions/0001.json" ] && refused=1
  then='to go on'
  [ -n "$refused" ] && then='first mend what was refused, or submit with other options; where it is mended'
  say "no tables: grodin reduce ended with exit code $status, see above; $then: grodin submit slurm --resume --out $(printf %q "$out")"
fi
exit "$status"
`;
}
