import { followsTheReference } from './reference.js';

followsTheReference('mat-mul');
