import { followsTheReference } from './reference.js';

followsTheReference('average-pool');
