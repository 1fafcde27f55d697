// The pictures of the README, taken only when asked for (SCREENSHOTS=docs/screenshots): a studio at work, on a fine screen.
import { done, order, setUp } from '../support/people.mjs';

const PROMPTS = ['snow mountains under a full moon at night', 'a yellow car on a street in the rain', 'a house on a hill at dusk', 'two trees and a star at night', 'a green boat on the sea in fog'];

export default [
  ['the pictures of the README', async (t) => {
    if (!process.env.SCREENSHOTS) return;
    const studio = t.more();
    await studio.start();
    const mia = await t.arrive({ studio, scale: 2 });
    mia.expecting(/status of 401/);
    const ws = await setUp(mia, studio, 'Orchid Kestrel');
    const work = `/w/${ws}`;
    await mia.go(`${work}/generate`);
    for (const prompt of PROMPTS) {
      await order(mia, { prompt, variations: 4 });
      await done(mia, 4);
    }
    await order(mia, { prompt: 'a red boat moves right on the sea at sunset', task: 'Clip', frames: 24, variations: 1, width: 640, height: 360 });
    await done(mia, 1, 180_000);
    const clip = (await mia.page.locator('.stage .slot a').first().getAttribute('href')).split('/').pop();
    await mia.page.locator('.panel .segments label', { hasText: 'Picture' }).first().click();
    await order(mia, { prompt: 'a red boat on the sea at sunset', variations: 4 });
    await done(mia, 4);
    await mia.page.waitForFunction(() => [...document.querySelectorAll('.stage img, .strip img')].every((picture) => picture.complete));
    await mia.shoot('generate');
    const { body } = await mia.api('GET', `/workspaces/${ws}/renders?limit=4`);
    const [a, b] = body.items.map((one) => one.id);
    await mia.go(`${work}/compare?a=${b}&b=${a}`);
    await mia.page.locator('.room.wipe img').nth(1).waitFor();
    await mia.page.waitForTimeout(500);
    await mia.shoot('compare');
    await mia.go(`${work}/gallery`);
    await mia.page.locator('[data-tile] img').nth(12).waitFor();
    await mia.page.waitForTimeout(800);
    await mia.shoot('gallery');
    await mia.go(`${work}/r/${clip}`);
    await mia.page.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
    for (let step = 0; step < 10; step += 1) await mia.page.keyboard.press('ArrowRight');
    await mia.page.locator('[data-frame="10"]').waitFor();
    await mia.shoot('clip');
    await mia.go(`${work}/generate`);
    await order(mia, { prompt: 'a lighthouse on a rock at dawn', variations: 8, steps: 40 });
    await order(mia, { prompt: 'a yellow car on a street at night', variations: 4 });
    await mia.link('Queue').first().click();
    await mia.page.locator('ol.line li .pic img').first().waitFor();
    await mia.page.waitForTimeout(300);
    await mia.shoot('queue');
  }],
];
