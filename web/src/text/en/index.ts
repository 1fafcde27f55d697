// English, the first language: its shape is the law for all others.
import { grid } from './grid';
import { look } from './look';
import { make } from './make';
import { models } from './models';
import { problems } from './problems';
import { rooms } from './rooms';
import { run } from './run';
import { start } from './start';

export const en = { ...start, ...make, ...look, ...run, ...rooms, ...models, ...grid, problems };
export type Text = typeof en;
