import { followsTheReference } from './reference.js';

followsTheReference('batch-normalization');
