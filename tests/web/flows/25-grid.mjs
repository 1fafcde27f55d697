// A grid: axes, a fault that names its cell, the sheet as it comes into being, compare, and the sheet as a picture.
import { readFileSync } from 'node:fs';

export default [
  ['a grid is one job: axes, estimate, a fault by its cell, the sheet, two cells compared, one picture of all', async (t) => {
    const mia = t.house.owner;
    mia.expecting(/status of 422/);
    await mia.go(`/w/${t.house.ws}/generate`);
    await mia.page.locator('#prompt').fill('a red boat on the sea');
    await mia.button('Grid').click();
    await mia.see('3 cells');
    await mia.page.getByRole('combobox', { name: 'Rows' }).selectOption('guidance');
    const rows = mia.page.getByRole('group', { name: 'Rows' });
    await mia.axe('generate: grid');
    await mia.shoot('grid');
    await rows.getByRole('textbox').fill('99');
    await rows.getByRole('button', { name: 'Add a value to the Rows' }).click();
    await mia.page.locator('.grid .say.wrong', { hasText: 'In the cell' }).waitFor();
    await mia.axe('generate: grid with a fault');
    await rows.getByRole('button', { name: 'Take away 99' }).click();
    await mia.page.locator('.grid .say', { hasText: '6 cells' }).waitFor();
    for (const name of ['Width', 'Height']) {
      const side = mia.page.getByRole('spinbutton', { name, exact: true });
      await side.fill(name === 'Width' ? '256' : '144');
      await side.press('Tab');
    }
    await mia.page.locator('#prompt').focus();
    await mia.page.keyboard.press('Control+Enter');
    await mia.link('Open the sheet').click();
    await mia.page.waitForURL(/\/sheet\/job_/);
    const id = new URL(mia.page.url()).pathname.split('/').pop();
    await mia.page.locator('thead th').nth(2).waitFor();
    await mia.axe('sheet: coming into being');
    await mia.page.locator('header .ok').waitFor({ timeout: 120_000 });
    if ((await mia.page.locator('.cell a').count()) !== 6) throw new Error('not every cell is a render');
    const { body: job } = await mia.api('GET', `/workspaces/${t.house.ws}/jobs/${id}`);
    const recipes = await Promise.all(job.grid.cells.map(async (render) => (await mia.api('GET', `/workspaces/${t.house.ws}/renders/${render}`)).body.recipe));
    const told = recipes.map((one) => `${one.seed} ${one.guidance}`);
    if (new Set(told).size !== 6 || recipes[0].seed !== 1 || recipes[5].seed !== 3) throw new Error(`the cells' recipes are ${told.join(', ')}`);
    await mia.axe('sheet: done');
    await mia.shoot('sheet');
    await mia.page.evaluate(() => (document.documentElement.dataset.theme = 'desk'));
    await mia.axe('sheet: desk');
    await mia.shoot('sheet-desk');
    await mia.page.evaluate(() => (document.documentElement.dataset.theme = 'suite'));
    const [saved] = await Promise.all([mia.page.waitForEvent('download'), mia.link('Download the sheet').click()]);
    const png = readFileSync(await saved.path());
    if (png.readUInt32BE(16) < 3 * 200 || png.readUInt32BE(20) < 2 * 100) throw new Error('the sheet is too small for its cells');
    if (process.env.SCREENSHOTS) await saved.saveAs(`${process.env.SCREENSHOTS}/sheet-file.png`);
    await mia.page.locator('.cell input').nth(0).check({ force: true });
    await mia.page.locator('.cell input').nth(5).check({ force: true });
    await mia.link('Compare').click();
    await mia.page.waitForURL(/compare\?a=ren_/);
    await mia.go(`/w/${t.house.ws}/sheet/job_00000000000000000000000000`);
    mia.expecting(/status of 404/);
    await mia.see('No such sheet');
    await mia.go(`/w/${t.house.ws}/generate`);
    await mia.button('Grid').click();
    await mia.page.locator('.shapes label').first().click();
  }],

  ['a fault of a grid names its cell in German too', async (t) => {
    const mia = t.house.owner;
    mia.expecting(/status of 422/);
    const speak = async (language, seen) => {
      await mia.go('/profile');
      await mia.page.locator('.pair label', { hasText: language }).click();
      await mia.see(seen);
    };
    await speak('Deutsch', 'Angemeldete Geräte');
    await mia.go(`/w/${t.house.ws}/generate`);
    await mia.page.locator('#prompt').fill('a red boat on the sea');
    const grid = mia.button('Raster');
    const was = await grid.getAttribute('aria-pressed');
    if (was !== 'true') await grid.click();
    await mia.page.getByRole('combobox', { name: 'Zeilen' }).selectOption('guidance');
    const rows = mia.page.getByRole('group', { name: 'Zeilen' });
    await rows.getByRole('textbox').fill('99');
    await rows.getByRole('button', { name: 'Wert zu den Zeilen dazu' }).click();
    await mia.page.locator('.grid .say.wrong', { hasText: /In der Zelle .*Führung 99: Die Führung muss/ }).waitFor();
    await rows.getByRole('button', { name: '99 wegnehmen' }).click();
    if (was !== 'true') await grid.click();
    await speak('English', 'Signed-in devices');
  }],
];
