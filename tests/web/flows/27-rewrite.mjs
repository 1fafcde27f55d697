// A model with a rewriter: the prompt as it was trained to read it is suggested, changed, used, and kept with the render.
import { cpSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PASSPHRASE, setUp } from '../support/people.mjs';

const models = fileURLToPath(new URL('../../data/packages/', import.meta.url));
const SAID = 'Ein roter Fuchs im Schnee, früh am Morgen.';

export default [
  ['a prompt is rewritten for the model: suggested, left, taken, changed, and told with the render', async (t) => {
    const studio = t.more();
    await studio.start();
    mkdirSync(`${studio.data}/models`, { recursive: true });
    cpSync(`${models}dreamomni2`, `${studio.data}/models/dreamomni2`, { recursive: true });
    const mia = await t.arrive({ studio });
    mia.expecting(/status of 401/);
    const ws = await setUp(mia, studio, 'Fox and Snow');
    await mia.go(`/w/${ws}/generate`);
    const prompt = mia.page.locator('#prompt');
    await prompt.fill('ein Fuchs');
    const model = mia.page.getByRole('combobox', { name: 'Model' });
    // Its name comes first, and it is not what somebody begins with who has never chosen it.
    await model.waitFor();
    if ((await model.inputValue()) !== 'starter') throw new Error(`one begins with ${await model.inputValue()}`);
    if (await mia.button('Rewrite for the model').count()) throw new Error('the starter is said to have a rewriter');
    await model.selectOption('dreamomni2');
    await mia.axe('generate: a model with a rewriter');
    await mia.button('Rewrite for the model').click();
    const suggestion = mia.field('Suggested by the rewriter');
    await suggestion.waitFor({ timeout: 60_000 });
    if ((await suggestion.inputValue()) !== SAID) throw new Error(`the rewriter says "${await suggestion.inputValue()}"`);
    await mia.axe('generate: a suggestion');
    await mia.button('Keep my words').click();
    await mia.button('Rewrite for the model').click();
    await suggestion.waitFor({ timeout: 60_000 });
    await mia.button('Use this text').click();
    const told = mia.field('Told to the model');
    await told.fill(`${SAID} 35 mm.`);
    await prompt.fill('ein Fuchs im Wald');
    await mia.see('Not used: the prompt has changed since.');
    await prompt.fill('ein Fuchs');
    await mia.see('In place of the prompt; the recipe keeps both.');
    await mia.axe('generate: a text that the model is told');
    for (const name of ['Width', 'Height']) {
      const side = mia.page.getByRole('spinbutton', { name, exact: true });
      await side.fill(name === 'Width' ? '64' : '48');
      await side.press('Tab');
    }
    await mia.page.reload();
    await told.waitFor();
    await prompt.focus();
    await mia.page.keyboard.press('Control+Enter');
    const made = mia.page.locator('.stage .slot a').first();
    await made.waitFor({ timeout: 180_000 });
    const id = (await made.getAttribute('href')).split('/').pop();
    // A fresh tab of this browser begins with what was used last.
    await mia.page.evaluate(() => sessionStorage.clear());
    await mia.go(`/w/${ws}/generate`);
    await model.waitFor();
    if ((await model.inputValue()) !== 'dreamomni2') throw new Error(`what was used last is forgotten: ${await model.inputValue()}`);
    const { body } = await mia.api('GET', `/workspaces/${ws}/renders/${id}`);
    if (body.recipe.prompt !== 'ein Fuchs' || body.recipe.rewritten !== `${SAID} 35 mm.`) throw new Error(`the recipe is ${JSON.stringify(body.recipe)}`);
    await mia.go(`/w/${ws}/r/${id}`);
    await mia.see(`${SAID} 35 mm.`);
    const { body: log } = await mia.api('GET', `/workspaces/${ws}/audit`);
    if (log.items.filter((line) => line.action === 'rewrite.ended').length !== 2) throw new Error('the log does not know of both rewrites');

    // The studio dies while somebody waits for one.
    mia.expecting(/Failed to load resource|ERR_|status of (410|50)/);
    await mia.go(`/w/${ws}/generate`);
    await prompt.fill('ein Fuchs');
    let asked = null;
    await mia.page.route('**/rewrites/*', (route) => (asked = route));
    await mia.page.getByRole('button', { name: /^Rewrite/ }).click();
    for (let tries = 0; !asked && tries < 100; tries += 1) await mia.page.waitForTimeout(50);
    await studio.kill();
    await mia.page.unroute('**/rewrites/*');
    await studio.start();
    await mia.page.getByRole('textbox', { name: 'Passphrase' }).fill(PASSPHRASE, { timeout: 30_000 });
    await mia.button('Unlock').click();
    await mia.see('forgot this rewrite; the prompt is as it was');
    if ((await prompt.inputValue()) !== 'ein Fuchs') throw new Error('the prompt is gone');
    await mia.page.getByRole('button', { name: /^Rewrite/ }).click();
    await suggestion.waitFor({ timeout: 60_000 });
  }],
];
