import { followsTheReference } from './reference.js';

followsTheReference('global-average-pool');
