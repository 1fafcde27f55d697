// Profile, admin, palette, keys, languages, tablet.
import { readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { tarOf } from '../support/packages.mjs';

export default [
  ['profile: name, look, language, password, token, device', async (t) => {
    const mia = t.house.owner;
    await mia.go('/profile');
    await mia.see('Signed-in devices');
    await mia.axe('profile');
    await mia.field('What for').fill('contact sheets');
    await mia.button('Make a token').click();
    await mia.see('Copy it now; it is never shown again.');
    await mia.axe('profile: token');
    await mia.page.locator('.pair label', { hasText: 'Desk, light' }).click();
    await mia.page.waitForFunction(() => document.documentElement.dataset.theme === 'desk');
    await mia.axe('profile: desk');
    await mia.page.locator('.pair label', { hasText: 'Deutsch' }).click();
    await mia.see('Angemeldete Geräte');
    await mia.axe('profile: German');
    for (const [page, words] of [['generate', 'Zuletzt gemacht'], ['gallery', 'Favoriten'], ['people', 'Was jede Rolle darf'], ['queue', 'Schlange']]) {
      await mia.go(`/w/${t.house.ws}/${page}`);
      await mia.page.getByText(words).or(mia.page.getByLabel(words)).first().waitFor();
      await mia.axe(`${page}: desk, German`);
    }
    await mia.go('/profile');
    await mia.page.locator('.pair label', { hasText: 'English' }).click();
    await mia.page.locator('.pair label', { hasText: 'Suite, dark' }).click();
    await mia.page.waitForFunction(() => document.documentElement.dataset.theme === 'suite');
  }],

  ['admin: health, models with test, audit with filter and verify, people', async (t) => {
    const mia = t.house.owner;
    await mia.go('/admin/health');
    await mia.see('Checks');
    await mia.axe('admin: health');
    await mia.link('Models').click();
    await mia.page.locator('article').getByRole('button', { name: 'Test' }).click();
    await mia.page.locator('article table').waitFor({ timeout: 90_000 });
    const verdicts = await mia.page.locator('article table td:nth-child(2)').allInnerTexts();
    if (verdicts.length < 3 || verdicts.some((verdict) => !/^Passed/.test(verdict.trim()))) throw new Error(`the starter: ${verdicts.join(', ')}`);
    await mia.axe('admin: models');
    await mia.link('Audit').click();
    await mia.page.locator('tbody tr').first().waitFor();
    await mia.button('Verify the chain').click();
    await mia.page.locator('.notice.good').waitFor();
    await mia.axe('admin: audit');
    await mia.field('Action').fill('member.');
    await mia.button('Filter').click();
    await mia.page.waitForURL(/action=member/);
    await mia.page.locator('nav[aria-label=Admin]').getByRole('link', { name: 'People' }).click();
    await mia.see('mia@kestrel.lan');
    await mia.axe('admin: people');
    const body = await mia.page.locator('body').innerText();
    if (/red boat on the sea/.test(body)) throw new Error('an operator page shows a prompt');
  }],

  ['a model is brought in: upload, licence, import, test, removal; a broken one is refused with a sentence', async (t) => {
    const mia = t.house.owner;
    mia.expecting(/status of 4(09|22)/);
    await mia.go('/admin/models');
    await mia.see('Bring a model in');
    const files = mia.page.locator('section[aria-labelledby=m-bring] input[type=file]');
    const rows = mia.page.locator('section[aria-labelledby=m-bring] li');
    await files.setInputFiles({ name: 'house-style.tar', mimeType: 'application/x-tar', buffer: await tarOf('scene', 'Use it kindly.') });
    await mia.button('Read the licence').click({ timeout: 60_000 });
    await mia.see('Use it kindly.');
    await mia.axe('admin: licence of a model');
    await mia.shoot('model-licence');
    await mia.field('Name in this studio').fill('starter');
    await mia.button('Accept and import').click();
    await mia.page.locator('dialog .problem').waitFor();
    await mia.field('Name in this studio').fill('house-style');
    await mia.page.getByLabel('Seal the weights').check();
    await mia.button('Accept and import').click();
    await mia.see('house-style is here and can be used.');
    const article = mia.page.locator('article', { hasText: 'house-style' });
    await article.getByText('weights sealed').waitFor();
    await article.getByRole('button', { name: 'Test' }).click();
    await article.locator('table').waitFor({ timeout: 90_000 });
    await article.getByText('Passed').first().waitFor();
    await files.setInputFiles({ name: 'broken.tar', mimeType: 'application/x-tar', buffer: Buffer.alloc(4096, 7) });
    await rows.locator('.notice.bad').waitFor();
    await mia.axe('admin: models, one brought in and one refused');
    await mia.shoot('models');
    await mia.page.evaluate(() => (document.documentElement.dataset.theme = 'desk'));
    await mia.axe('admin: models, desk');
    await mia.shoot('models-desk');
    await mia.page.evaluate(() => (document.documentElement.dataset.theme = 'suite'));
    for (let left = await rows.count(); left > 0; left -= 1) {
      await rows.first().getByRole('button', { name: /off the list/ }).click();
      await rows.nth(left - 1).waitFor({ state: 'detached' });
    }
    await article.getByRole('button', { name: 'Remove house-style' }).click();
    await mia.axe('admin: remove a model');
    await mia.page.locator('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await article.waitFor({ state: 'detached' });
    const { body } = await mia.api('GET', '/studio/audit?action=model.');
    const told = body.items.map((one) => one.action).slice(0, 5).reverse().join(' ');
    if (told !== 'model.licence_accepted model.imported model.tested model.refused model.removed') throw new Error(`the log says: ${told}`);
  }],

  ['a package without reference cases says that there is nothing to compare with', async (t) => {
    const mia = t.house.owner;
    mia.expecting(/status of 409 .*models.bare.test/);
    await mia.go('/admin/models');
    await mia.see('Bring a model in');
    const rows = mia.page.locator('section[aria-labelledby=m-bring] li');
    const files = mia.page.locator('section[aria-labelledby=m-bring] input[type=file]');
    await files.setInputFiles({ name: 'bare.tar', mimeType: 'application/x-tar', buffer: await tarOf('scene', 'Use it kindly.', { without: 'reference' }) });
    await mia.button('Read the licence').click({ timeout: 60_000 });
    await mia.field('Name in this studio').fill('bare');
    await mia.button('Accept and import').click();
    await mia.see('bare is here and can be used.');
    const article = mia.page.locator('article', { hasText: 'bare' });
    await article.getByRole('button', { name: 'Test' }).click();
    await article.locator('.notice', { hasText: 'reference cases' }).waitFor({ timeout: 90_000 });
    if (await article.locator('table').count()) throw new Error('it counts as tested');
    await article.getByRole('button', { name: 'Remove bare' }).click();
    await mia.page.locator('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await article.waitFor({ state: 'detached' });
    // Its import stays on the list, and does not say that a removed model can be used.
    if (await rows.getByText('can be used').count()) throw new Error('a model that was removed is said to be here');
    await mia.button('Take bare.tar off the list').click();
  }],

  ['an upload that meets a full disk says how much room is missing, and goes on by itself when there is some', async (t) => {
    const mia = t.house.owner;
    mia.expecting(/status of 503/);
    await mia.go('/admin/models');
    await mia.see('Bring a model in');
    let late = null;
    await mia.page.route('**/part?*', (route) => (late = route));
    const files = mia.page.locator('section[aria-labelledby=m-bring] input[type=file]');
    const row = mia.page.locator('section[aria-labelledby=m-bring] li', { hasText: 'full.tar' });
    await files.setInputFiles({ name: 'full.tar', mimeType: 'application/x-tar', buffer: await tarOf('scene', 'Use it kindly.') });
    await row.getByText('Coming in').waitFor();
    for (let tries = 0; !late && tries < 100; tries += 1) await mia.page.waitForTimeout(50);
    const folder = join(t.house.studio.data, 'imports', readdirSync(join(t.house.studio.data, 'imports'))[0]);
    renameSync(join(folder, 'full.tar'), join(folder, 'aside'));
    symlinkSync('/dev/full', join(folder, 'full.tar'));
    await late.continue();
    await mia.page.unroute('**/part?*');
    await row.getByText('MiB must be free').waitFor();
    await row.getByText('Coming in').waitFor();
    await mia.axe('admin: an upload on a full disk');
    await mia.shoot('model-disk-full');
    rmSync(join(folder, 'full.tar'));
    renameSync(join(folder, 'aside'), join(folder, 'full.tar'));
    await row.getByRole('button', { name: 'Read the licence' }).waitFor({ timeout: 30_000 });
    if (await row.getByText('MiB must be free').count()) throw new Error('the disk is still said to be full');
    await row.getByRole('button', { name: 'Cancel the import of full.tar' }).click();
    await row.getByRole('button', { name: /off the list/ }).click();
    await row.waitFor({ state: 'detached' });
  }],

  ['an import is cancelled while it comes in, and nothing of it stays', async (t) => {
    const mia = t.house.owner;
    // The part that was on its way is refused, and the page need not say so.
    mia.expecting(/status of 409/);
    await mia.go('/admin/models');
    await mia.see('Bring a model in');
    const received = () => readdirSync(join(t.house.studio.data, 'imports')).length;
    let late = null;
    await mia.page.route('**/part?*', (route) => (late = route));
    const files = mia.page.locator('section[aria-labelledby=m-bring] input[type=file]');
    const row = mia.page.locator('section[aria-labelledby=m-bring] li', { hasText: 'slow.tar' });
    await files.setInputFiles({ name: 'slow.tar', mimeType: 'application/x-tar', buffer: await tarOf('scene', 'Use it kindly.') });
    await row.getByText('Coming in').waitFor();
    for (let tries = 0; !late && tries < 100; tries += 1) await mia.page.waitForTimeout(50);
    if (received() !== 1) throw new Error('nothing was being received');
    await row.getByRole('button', { name: 'Cancel the import of slow.tar' }).click();
    await mia.see('The import of slow.tar is cancelled.');
    await row.getByText('Cancelled', { exact: true }).waitFor();
    await mia.axe('admin: an import cancelled');
    if (received() !== 0) throw new Error('what was received stays on the disk');
    const refused = mia.page.waitForResponse((answer) => answer.url().includes('/part?'));
    await late.continue();
    if ((await refused).status() !== 409) throw new Error('a cancelled import still takes parts');
    await mia.page.unroute('**/part?*');
    await row.getByRole('button', { name: /off the list/ }).click();
    await row.waitFor({ state: 'detached' });
    const { body } = await mia.api('GET', '/studio/audit?action=model.');
    if (body.items[0].action !== 'model.import_cancelled') throw new Error(`the log says ${body.items[0].action}`);
  }],

  ['palette and key sheet, by keys only', async (t) => {
    const mia = t.house.owner;
    await mia.go(`/w/${t.house.ws}/gallery`);
    await mia.page.locator('[data-tile]').first().waitFor();
    await mia.page.keyboard.press('Control+k');
    await mia.page.locator('dialog [role=option]').first().waitFor();
    await mia.axe('palette');
    await mia.page.keyboard.type('queue');
    await mia.page.keyboard.press('Enter');
    await mia.page.waitForURL(/queue$/);
    await mia.page.keyboard.press('?');
    await mia.page.locator('dialog kbd').first().waitFor();
    await mia.axe('key sheet');
    await mia.page.keyboard.press('Escape');
    await mia.page.keyboard.press('Alt+1');
    await mia.page.waitForURL(/generate/);
    await mia.go('/nowhere/at/all');
    await mia.see('No such page');
    await mia.axe('no such page');
  }],

  ['a tablet, and Tab alone reaches the work', async (t) => {
    const mia = t.house.owner;
    await mia.page.setViewportSize({ width: 834, height: 1112 });
    for (const page of ['generate', 'gallery', 'queue', 'people']) {
      await mia.go(`/w/${t.house.ws}/${page}`);
      await mia.page.locator('#room > *').first().waitFor();
      const wide = await mia.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) throw new Error(`${page} is ${wide} px too wide on a tablet`);
      await mia.axe(`${page}: tablet`);
    }
    await mia.page.setViewportSize({ width: 1280, height: 720 });
    await mia.go(`/w/${t.house.ws}/generate`);
    await mia.page.locator('#prompt').waitFor();
    for (let press = 0; press < 60; press += 1) {
      await mia.page.keyboard.press('Tab');
      if (await mia.page.evaluate(() => document.activeElement?.id === 'prompt')) return;
    }
    throw new Error('Tab never reached the prompt');
  }],
];
