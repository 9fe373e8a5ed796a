import { followsTheReference } from './reference.js';

followsTheReference('assignment');
