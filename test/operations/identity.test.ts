import { followsTheReference } from './reference.js';

followsTheReference('identity');
