import { followsTheReference } from './reference.js';

followsTheReference('max-pool');
