// Several models: which one is chosen stands first, and its own numbers come with it.
import { cpSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setUp } from '../support/people.mjs';

const packages = fileURLToPath(new URL('../../data/packages/', import.meta.url));

export default [
  ['another model brings its own numbers, and what was set by hand stays as far as it can', async (t) => {
    const studio = t.more();
    await studio.start();
    mkdirSync(`${studio.data}/models`, { recursive: true });
    for (const name of ['sd', 'kontext']) cpSync(`${packages}${name}`, `${studio.data}/models/${name}`, { recursive: true });
    const mia = await t.arrive({ studio });
    mia.expecting(/status of 401/);
    const ws = await setUp(mia, studio, 'Three Models');
    await mia.go(`/w/${ws}/generate`);
    const model = mia.page.getByRole('combobox', { name: 'Model' });
    await model.waitFor();
    const { body } = await mia.api('GET', '/models');
    const own = (name) => body.items.find((one) => one.name === name);
    const number = (name) => mia.page.getByRole('spinbutton', { name, exact: true });
    const shown = async () => Promise.all(['Width', 'Height', 'Steps', 'Guidance'].map(async (name) => Number(await number(name).inputValue())));
    const expect = async (numbers, when) => {
      const found = await shown();
      if (`${found}` !== `${numbers}`) throw new Error(`${when}: ${found} where ${numbers} was to be expected`);
    };
    const advice = ({ defaults }) => [defaults.width, defaults.height, defaults.steps, defaults.guidance];
    for (const name of ['starter', 'sd', 'kontext', 'starter', 'sd']) {
      await model.selectOption(name);
      await expect(advice(own(name)), `${name}, untouched`);
    }
    for (const [name, value] of [['Steps', '7'], ['Width', '248'], ['Height', '104']]) {
      await number(name).fill(value);
      await number(name).press('Tab');
    }
    const { multiple } = own('kontext').sizes;
    const near = (side) => Math.round(side / multiple) * multiple;
    await model.selectOption('kontext');
    await expect([near(248), near(104), 7, own('kontext').defaults.guidance], 'kontext, after a choice by hand');
    await mia.axe('generate: several models');
  }],
];
