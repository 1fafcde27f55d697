// Making a picture larger: nothing is offered without an upscaler; one that is brought in enlarges an upload and a render.
import { done, png } from '../support/people.mjs';
import { tarOf } from '../support/packages.mjs';

export default [
  ['an upscaler is brought in and a picture made larger from its page; the render leads back to its source', async (t) => {
    const mia = t.house.owner;
    const files = mia.page.locator('section[aria-labelledby=m-bring] input[type=file]');
    await mia.go('/admin/models');
    await mia.see('There is no upscaler yet.');
    const bytes = (await png(mia, 40, 90, 160, 48, 32)).toString('base64');
    const asset = await mia.page.evaluate(async ([ws, text]) => {
      const body = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const { csrf } = await (await fetch('/api/v1/me')).json();
      const headers = { 'Content-Type': 'image/png', 'X-CSRF-Token': csrf };
      return (await fetch(`/api/v1/workspaces/${ws}/assets?name=small.png`, { method: 'POST', headers, body })).json();
    }, [t.house.ws, bytes]);
    await mia.go(`/w/${t.house.ws}/r/${asset.id}`);
    await mia.button('Use as reference').waitFor();
    if (await mia.button('Upscale').count()) throw new Error('upscaling is offered without an upscaler');

    await mia.go('/admin/models');
    await files.setInputFiles({ name: 'larger.tar', mimeType: 'application/x-tar', buffer: await tarOf('upscale2', 'Use it kindly.') });
    await mia.button('Read the licence').click({ timeout: 60_000 });
    await mia.field('Name in this studio').fill('larger');
    await mia.button('Accept and import').click();
    await mia.see('larger is here and can be used.');
    const article = mia.page.locator('article', { hasText: 'larger' });
    await article.locator('dd', { hasText: '× 2' }).waitFor();
    if (await mia.page.getByText('There is no upscaler yet.').count()) throw new Error('an upscaler is said to be missing');

    await mia.go(`/w/${t.house.ws}/r/${asset.id}`);
    await mia.button('Upscale').click();
    await mia.axe('render: which upscaler');
    await mia.page.getByRole('menuitem', { name: '× 2 to 96 × 64 with larger' }).click();
    await mia.page.waitForURL(/generate\?job=job_/);
    await done(mia, 1);
    if (await mia.button('Change and repeat').count()) throw new Error('an upscale has nothing to change');
    await mia.axe('generate: an upscale');
    const models = mia.page.getByRole('combobox', { name: 'Model' });
    if (await models.locator('option', { hasText: 'larger' }).count()) throw new Error('an upscaler is offered for pictures');
    await mia.page.locator('.stage .slot a').first().click();
    await mia.page.waitForURL(/\/r\/ren_/);
    await mia.see('96 × 64');
    await mia.page.locator('.recipe .refs a').waitFor();
    await mia.axe('render: an upscale');
    await mia.shoot('upscale');
    if (await mia.button('Use this again').count()) throw new Error('an upscale is offered for Generate');
    await mia.page.locator('.recipe .refs a').click();
    await mia.page.waitForURL(new RegExp(asset.id));
    await mia.go('/admin/models');
    await article.getByRole('button', { name: 'Remove larger' }).click();
    await mia.page.locator('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await article.waitFor({ state: 'detached' });
  }],
];
