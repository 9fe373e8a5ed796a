import { followsTheReference } from './reference.js';

followsTheReference('transpose');
