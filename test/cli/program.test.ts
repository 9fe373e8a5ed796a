import test from 'ava';
import { Command } from 'commander';
import type { RegisterCommand } from '../../pipeline/cli/command-line.js';
import { commandsFor } from '../../pipeline/cli/commands/all.js';
import { runProgram } from '../../pipeline/cli/program.js';
import { InputError, InterruptedError, ModelError, RunFailedError } from '../../stages/errors.js';

/** A program with one command `work` that throws what it is given. */
async function run(args: readonly string[], thrown?: unknown, env: Readonly<Record<string, string>> = {}) {
  let out = '';
  let err = '';
  const work: RegisterCommand = (program, line) => {
    program
      .command('work')
      .description('does it')
      .action(async () => {
        if (thrown !== undefined) throw thrown;
        line.out('done\n');
      });
  };
  const code = await runProgram(args, [work], {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    env,
    stops: null,
    terminal: false,
    writesIn: () => {},
  });
  return { code, out, err };
}

test('a command that finishes exits with 0', async (t) => {
  t.deepEqual(await run(['work']), { code: 0, out: 'done\n', err: '' });
});

test('each kind of error has its exit code and is told in one line without a stack', async (t) => {
  t.deepEqual(await run(['work'], new RunFailedError('no space left')), {
    code: 1,
    out: '',
    err: 'grodin: no space left\n',
  });
  t.deepEqual(await run(['work'], new InputError('a.json: bad')), {
    code: 2,
    out: '',
    err: 'grodin: a.json: bad\n',
  });
  t.deepEqual(await run(['work'], new ModelError('m.onnx: bad')), {
    code: 2,
    out: '',
    err: 'grodin: m.onnx: bad\n',
  });
  t.deepEqual(await run(['work'], new InterruptedError('stopped; run it again')), {
    code: 75,
    out: '',
    err: 'grodin: stopped; run it again\n',
  });
});

test('an unexpected error is told in one line that says how to see its stack', async (t) => {
  t.deepEqual(await run(['work'], new TypeError('x is\n  not y')), {
    code: 1,
    out: '',
    err: 'grodin: unexpected TypeError: x is not y (this is a bug in grodin; show where with --debug or GRODIN_DEBUG=1)\n',
  });
  t.is((await run(['work'], 'thrown text')).code, 1);
});

test('the stack is shown when asked for, by option or by environment', async (t) => {
  const error = new InputError('a.json: bad');
  const shown = /^grodin: a\.json: bad\nInputError: a\.json: bad\n {4}at /;
  t.regex((await run(['--debug', 'work'], error)).err, shown);
  t.regex((await run(['work', '--debug'], error)).err, shown);
  t.regex((await run(['work'], error, { GRODIN_DEBUG: '1' })).err, shown);
  t.is((await run(['work'], error, { GRODIN_DEBUG: '0' })).err, 'grodin: a.json: bad\n');
});

test('bad usage exits with 2 and suggests what was meant', async (t) => {
  t.deepEqual(await run(['wrok']), {
    code: 2,
    out: '',
    err: "grodin: unknown command 'wrok' (Did you mean work?); see grodin --help\n",
  });
  t.deepEqual(await run(['work', '--debgu']), {
    code: 2,
    out: '',
    err: "grodin: unknown option '--debgu' (Did you mean --debug?); see grodin --help\n",
  });
  t.is((await run(['work', 'more'])).code, 2);
});

test('no command at all prints the help and exits with 2', async (t) => {
  const { code, out, err } = await run([]);
  t.is(code, 2);
  t.is(out, '');
  t.regex(err, /^Usage: grodin /);
});

test('the help goes to standard output and exits with 0', async (t) => {
  const { code, out, err } = await run(['--help']);
  t.is(code, 0);
  t.is(err, '');
  t.regex(out, /^ {2}work +does it$/m);
  t.regex(out, /^Exit codes: 0 done, 1 failed, 2 bad usage or bad input, 75 interrupted but resumable\.$/m);
});

test('a command line loads the command that it begins with, and all of them where it begins with none', async (t) => {
  const loaded = async (...args: string[]) =>
    (await commandsFor(args)).map((register) => {
      const program = new Command();
      register(program, {} as never);
      return program.commands[0]?.name();
    });
  t.deepEqual(await loaded('compile', 'run'), ['compile']);
  t.deepEqual(await loaded('--debug', 'status', '--help'), ['status']);
  const all = [
    'run',
    'status',
    'wait',
    'reduce',
    'report',
    'compare',
    'export',
    'score',
    'preprocess',
    'compile',
    'manifest',
    'submit',
    'doctor',
    'bench',
  ];
  for (const args of [[], ['--help'], ['--help', 'run'], ['help', 'run'], ['rnu'], ['-V']])
    t.deepEqual(await loaded(...args), all, args.join(' '));
});
