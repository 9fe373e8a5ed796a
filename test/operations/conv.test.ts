import { followsTheReference } from './reference.js';

followsTheReference('conv');
