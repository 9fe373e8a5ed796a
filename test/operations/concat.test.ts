import { followsTheReference } from './reference.js';

followsTheReference('concat');
