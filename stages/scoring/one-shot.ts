export { compileOneShot } from './compile.js';
