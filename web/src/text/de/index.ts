// Deutsch.
import type { Text } from '../en';
import { grid } from './grid';
import { look } from './look';
import { make } from './make';
import { models } from './models';
import { problems } from './problems';
import { rooms } from './rooms';
import { run } from './run';
import { start } from './start';

export const de: Text = { ...start, ...make, ...look, ...run, ...rooms, ...models, ...grid, problems };
