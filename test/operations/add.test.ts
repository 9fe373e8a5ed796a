import { followsTheReference } from './reference.js';

followsTheReference('add');
