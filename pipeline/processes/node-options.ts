/** Options of Node that are about the program that it runs, and would keep another from starting. */
const ofTheProgram =
  /^(?:-e|-p|-pe|-i|-c|--eval|--print|--interactive|--check|--input-type|--inspect|--test)/;

/**
 * The options of Node that a process of ours is started with: those of this one, such as limits of memory, unless they are
 * about the program that this one runs.
 */
export function nodeOptions(own: readonly string[] = process.execArgv): string[] {
  return own.some((option) => ofTheProgram.test(option)) ? [] : [...own];
}
