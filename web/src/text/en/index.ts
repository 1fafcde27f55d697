// English, the first language: its shape is the law for all others.
import { look } from './look';
import { make } from './make';
import { problems } from './problems';
import { run } from './run';
import { start } from './start';

export const en = { ...start, ...make, ...look, ...run, problems };
export type Text = typeof en;
