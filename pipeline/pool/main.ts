import { servePool } from './process.js';

servePool();
