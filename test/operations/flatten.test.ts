import { followsTheReference } from './reference.js';

followsTheReference('flatten');
