// What hands expect: dragging a picture to where it is needed, a tab that tells how far the work is, a set-up that goes on.
import { done, order, OWNER, PASSPHRASE, png } from '../support/people.mjs';

export default [
  ['a picture dragged onto Generate, or onto the references, becomes one', async (t) => {
    const jon = await t.arrive({ storage: t.house.artistState });
    await jon.go(`/w/${t.house.ws}/gallery?kind=renders`);
    await jon.page.locator('[data-tile]').first().dragTo(jon.page.locator('.rail').getByRole('link', { name: 'Generate' }));
    await jon.page.waitForURL(/generate/);
    await jon.page.locator('.ref .pic img').waitFor();
    const { body } = await jon.api('GET', `/workspaces/${t.house.ws}/jobs?state=all&limit=200`);
    await jon.go(`/w/${t.house.ws}/generate?job=${body.items.find((one) => one.state === 'done').id}`);
    await jon.page.locator('.stage .slot a').first().dragTo(jon.page.locator('.refs .add'));
    await jon.page.locator('.ref .pic img').nth(1).waitFor();
    await jon.see('2/5');
  }],

  ['an order given while its reference is still on the way is sent when it is there', async (t) => {
    const jon = await t.arrive({ storage: t.house.artistState });
    await jon.go(`/w/${t.house.ws}/generate`);
    await jon.page.locator('.panel .segments label', { hasText: 'Edit' }).first().click();
    await jon.page.locator('#prompt').fill('make the boat blue');
    await jon.page.route('**/assets?**', (route) => setTimeout(() => route.continue(), 1500));
    await jon.page.locator('.refs input[type=file]').setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: await png(jon, 200, 150, 40, 400, 300) });
    await jon.page.locator('#prompt').press('Control+Enter');
    await jon.page.locator('.go .primary', { hasText: 'Bringing it in' }).waitFor();
    await jon.page.waitForURL(/job=/);
    await done(jon, 4);
    await jon.page.unrouteAll({ behavior: 'ignoreErrors' });
  }],

  ['the tab tells how far one’s own work is, on every page', async (t) => {
    const mia = t.house.owner;
    await mia.go(`/w/${t.house.ws}/generate`);
    await order(mia, { prompt: 'a red boat on a slow sea', variations: 4, steps: 40 });
    await mia.link('People').first().click();
    await mia.page.waitForFunction(() => /^\d+ % · People/.test(document.title) && document.querySelector('link[rel=icon]').href.startsWith('data:'));
    await mia.page.waitForFunction(() => /^People/.test(document.title) && document.querySelector('link[rel=icon]').href.endsWith('/mark.svg'), null, { timeout: 60_000 });
    await mia.page.goBack();
    await done(mia, 4);
    await mia.page.getByRole('spinbutton', { name: 'Steps', exact: true }).fill('16');
  }],

  ['a reload in the middle of the set-up goes on where it was; the recovery sheet prints alone', async (t) => {
    const bare = t.more();
    await bare.start();
    const mia = await t.arrive({ studio: bare });
    mia.expecting(/status of 401/);
    await mia.go('/');
    await mia.field('Set-up code').fill(await bare.setupCode());
    await mia.button('Begin').click();
    await mia.field('Name of the studio').fill('Small House');
    await mia.button('Next').click();
    await mia.field('Name', true).fill(OWNER.name);
    await mia.page.reload();
    await mia.see('Who owns it?');
    await mia.button('Back').click();
    if ((await mia.field('Name of the studio').inputValue()) !== 'Small House') throw new Error('the name of the studio is gone after a reload');
    await mia.button('Next').click();
    await mia.field('Name', true).fill(OWNER.name);
    await mia.field('E-mail').fill(OWNER.email);
    await mia.field('Password').fill(OWNER.password);
    await mia.button('Next').click();
    await mia.button('Later').click();
    await mia.button('Later').click();
    await mia.field('Passphrase', true).fill(PASSPHRASE);
    await mia.field('Once more').fill(PASSPHRASE);
    await mia.button('Create the studio').click();
    const key = await mia.page.locator('.sheet code').first().textContent();
    await mia.page.emulateMedia({ media: 'print' });
    const printed = await mia.page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const words = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node.textContent.trim() && node.parentElement.checkVisibility({ visibilityProperty: true })) words.push(node.textContent.trim());
      return words.join('\n');
    });
    if (!printed.includes(key) || !printed.includes('Recovery key of Small House')) throw new Error(`the printed sheet lacks the key or the name: ${printed.slice(0, 200)}`);
    const [ink, paper] = await mia.page.locator('.sheet code').evaluate((code) => [getComputedStyle(code).color, getComputedStyle(code.parentElement).backgroundColor]);
    if (ink !== 'rgb(0, 0, 0)' || paper !== 'rgb(255, 255, 255)') throw new Error(`the key is printed ${ink} on ${paper}`);
    if (/Type back|Next|Print the sheet/.test(printed)) throw new Error('the printed sheet has more than the key on it');
    if (process.env.WORD_SHOTS) await mia.page.screenshot({ path: `${process.env.WORD_SHOTS}/sheet.png` });
    await mia.page.emulateMedia({ media: null });
  }],
];
