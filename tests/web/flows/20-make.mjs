// Making: pictures, a clip with a reference, cancelling, wildcards, refusals.
import { done, order, png } from '../support/people.mjs';

export default [
  ['four pictures from words, with the unknown word underlined', async (t) => {
    const mia = t.house.owner;
    await mia.go(`/w/${t.house.ws}/generate`);
    await mia.page.locator('#prompt').fill('a red boat on the xylofrob at sunset');
    await mia.page.locator('.mirror u', { hasText: 'xylofrob' }).waitFor();
    await mia.axe('generate: unknown word');
    await order(mia, { prompt: 'a red boat on the sea at sunset', variations: 4 });
    await mia.page.locator('.stage .head .running, .stage .head .ok').first().waitFor({ timeout: 60_000 });
    await mia.axe('generate: running');
    await done(mia, 4);
    await mia.axe('generate: done');
  }, true],

  ['a wildcard stands for one prompt per choice', async (t) => {
    const mia = t.house.owner;
    const before = (await mia.api('GET', `/workspaces/${t.house.ws}/jobs?state=all&limit=200`)).body.items.length;
    await order(mia, { prompt: 'a {red|yellow} boat at night', variations: 1 });
    await mia.page.waitForFunction(([ws, count]) => fetch(`/api/v1/workspaces/${ws}/jobs?state=all&limit=200`).then((a) => a.json()).then((a) => a.items.length === count), [t.house.ws, before + 2]);
    await done(mia, 1);
  }],

  ['a clip with a reference that was brought in', async (t) => {
    const mia = t.house.owner;
    await mia.page.locator('.refs input[type=file]').setInputFiles({ name: 'ochre.png', mimeType: 'image/png', buffer: await png(mia, 200, 150, 40) });
    await mia.page.locator('.ref .pic img').waitFor();
    await mia.field('Role of reference 1').selectOption('palette');
    await order(mia, { prompt: 'two boats under the moon', task: 'Clip', frames: 12, variations: 1, width: 256, height: 144 });
    await done(mia, 1, 180_000);
    t.house.clip = (await mia.page.locator('.stage .slot a').first().getAttribute('href')).split('/').pop();
    await mia.button('Take out reference 1').click();
    await mia.page.locator('.panel .segments label', { hasText: 'Picture' }).first().click();
    await mia.page.locator('.shapes label').first().click();
  }, true],

  ['cancel, and put it back', async (t) => {
    const mia = t.house.owner;
    await order(mia, { prompt: 'snow mountains at dawn', variations: 8, steps: 40 });
    await mia.page.locator('.stage .head').getByRole('button', { name: 'Cancel' }).click();
    await mia.page.locator('.stage .head', { hasText: 'Cancelled' }).waitFor();
    await mia.axe('generate: cancelled, with undo');
    const first = mia.page.url();
    await mia.button('Put it back').click();
    await mia.page.waitForFunction((url) => location.href !== url, first);
    await mia.page.locator('.stage .head').getByRole('button', { name: 'Cancel' }).click();
    await mia.page.locator('.stage .head', { hasText: 'Cancelled' }).waitFor();
    const { body } = await mia.api('GET', `/workspaces/${t.house.ws}/jobs?state=active`);
    if (body.items.length) throw new Error('something still runs after the cancel');
    await mia.page.getByRole('spinbutton', { name: 'Steps', exact: true }).fill('12');
  }],

  ['what is not a picture is refused with a sentence', async (t) => {
    const mia = t.house.owner;
    mia.expecting(/status of 4(00|13|15|22)/);
    await mia.page.locator('.refs input[type=file]').setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('\x89PNG\r\n\x1a\n nothing behind it', 'latin1') });
    await mia.page.locator('.ref .problem').waitFor();
    await mia.axe('generate: refused reference');
    await mia.button('Take out reference 1').click();
  }],

  ['the queue says where everyone is', async (t) => {
    const mia = t.house.owner;
    await order(mia, { prompt: 'two boats under the moon', variations: 8, steps: 30 });
    await order(mia, { prompt: 'a green square', variations: 1 });
    await mia.link('Queue').first().click();
    await mia.page.locator('ol.line li').first().waitFor();
    await mia.page.locator('ol.line li .waiting').first().waitFor();
    await mia.axe('queue: busy');
    while (await mia.page.locator('ol.line li').count()) {
      await mia.page.locator('ol.line li').last().getByRole('button', { name: 'Cancel' }).click({ timeout: 3000 }).catch(() => {});
      await mia.page.waitForTimeout(300);
    }
    await mia.see('Nobody is waiting');
    await mia.axe('queue: empty');
  }],
];
