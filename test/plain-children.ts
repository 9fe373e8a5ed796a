/**
 * Loaded by ava before each test file. A process that a test's own process starts would be started with ava's options, which have it
 * read and parse a source map with every module: a seventh of what loading takes, and not how users start it.
 */
process.execArgv = [];
