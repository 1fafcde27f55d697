// A workspace's own pages, a further workspace, samples, and keys of one's own.
import { signIn, OWNER } from '../support/people.mjs';

export default [
  ['a workspace: about, rename, and its log with people in it, verified', async (t) => {
    const mia = t.house.owner;
    await mia.go(`/w/${t.house.ws}/about`);
    await mia.see('Storage used');
    await mia.page.locator('dd', { hasText: /^\d+(\.\d+)? [kMG]?B$/ }).waitFor();
    await mia.axe('workspace: about');
    await mia.shoot('workspace');
    await mia.page.getByRole('textbox', { name: 'Name' }).fill('Nightjar two');
    await mia.button('Save').click();
    await mia.page.getByRole('heading', { name: 'Nightjar two', level: 1 }).waitFor();
    await mia.page.getByRole('textbox', { name: 'Name' }).fill('Nightjar');
    await mia.button('Save').click();
    await mia.page.getByRole('heading', { name: 'Nightjar', level: 1, exact: true }).waitFor();
    await mia.link('Log', true).click();
    await mia.page.locator('tbody tr').first().waitFor();
    await mia.button('Verify the chain').click();
    await mia.page.locator('.notice.good').waitFor();
    await mia.axe('workspace: log');
    await mia.field('Action').fill('member.');
    await mia.button('Filter').click();
    await mia.page.waitForURL(/action=member/);
    // What is written in the studio's file is told here too, with names in place of ids.
    await mia.page.locator('tbody tr', { hasText: 'member.joined' }).getByText('Jon Lindqvist as artist').waitFor();
    await mia.shoot('workspace-log');
    const foreign = await mia.page.locator('tbody .mono', { hasText: /^session\./ }).count();
    if (foreign) throw new Error('the log of a workspace tells of sessions');
  }],

  ['an artist sees the workspace, not its log, and cannot rename it', async (t) => {
    const jon = await t.arrive({ storage: t.house.artistState });
    await jon.go(`/w/${t.house.ws}/about`);
    await jon.see('Owners and producers can rename it.');
    await jon.axe('workspace: artist');
    if (await jon.link('Log', true).count()) throw new Error('an artist is offered the log');
    await jon.go(`/w/${t.house.ws}/log`);
    await jon.see('The log of a workspace is for its owners and producers.');
    await jon.button('Workspaces').click();
    if (await jon.page.getByRole('menuitem', { name: 'New workspace' }).count()) throw new Error('an artist is offered a new workspace');
  }],

  ['a further workspace by keys, samples in it, and the way back', async (t) => {
    const mia = t.house.owner;
    await mia.go(`/w/${t.house.ws}/gallery`);
    await mia.page.locator('.shell').waitFor();
    await mia.page.keyboard.press('Control+k');
    await mia.page.locator('dialog [role=option]').first().waitFor();
    await mia.page.keyboard.type('new workspace');
    await mia.page.keyboard.press('Enter');
    await mia.page.getByRole('dialog', { name: 'New workspace' }).waitFor();
    await mia.axe('workspace: new');
    await mia.page.keyboard.type('Second unit');
    await mia.page.keyboard.press('Enter');
    await mia.page.waitForURL((url) => /\/about$/.test(url.pathname) && !url.pathname.includes(t.house.ws));
    await mia.page.getByRole('heading', { name: 'Second unit' }).waitFor();
    const second = new URL(mia.page.url()).pathname.split('/')[2];
    await mia.go(`/w/${second}/gallery`);
    await mia.see('An empty wall');
    await mia.axe('gallery: empty, with samples offered');
    await mia.button('Make samples').click();
    await mia.page.locator('[data-tile]').first().waitFor({ timeout: 120_000 });
    // The six pictures come first, the clip is the last and the longest.
    await mia.page.waitForFunction(() => document.querySelectorAll('[data-tile]').length >= 6, null, { timeout: 120_000 });
    await mia.shoot('samples');
    await mia.axe('gallery: samples');
    const { body } = await mia.api('GET', `/workspaces/${second}/renders?limit=20`);
    if (!body.items.every((one) => one.caption?.startsWith('Sample: '))) throw new Error('a sample has no caption');
    const ordered = (await mia.api('GET', `/workspaces/${second}/jobs`)).body.items;
    if (!ordered.some((one) => one.recipe.task === 'clip')) throw new Error('no sample is a clip');
    if (ordered.some((one) => one.state === 'failed')) throw new Error('a sample failed');
    // The clip is not waited for: the stories that follow need the queue.
    for (const one of ordered) if (!one.ended) await mia.api('POST', `/workspaces/${second}/jobs/${one.id}/cancel`);
    const unknown = body.items.flatMap((one) => one.unknown_words);
    if (unknown.length) throw new Error(`the starter does not know ${unknown}`);
    await mia.field('Search').fill('fog');
    await mia.page.waitForFunction(() => document.querySelectorAll('[data-tile]').length === 1);
    await mia.button('Workspaces').click();
    await mia.axe('workspaces: menu');
    await mia.page.getByRole('menuitemradio', { name: 'Nightjar' }).click();
    await mia.page.waitForURL(new RegExp(`${t.house.ws}/gallery`));
  }],

  ['keys of one’s own: a conflict is named, they work, they follow the account, and all go back', async (t) => {
    const mia = t.house.owner;
    await mia.go(`/w/${t.house.ws}/gallery`);
    await mia.page.locator('[data-tile]').first().waitFor();
    await mia.page.keyboard.press('?');
    const sheet = mia.page.getByRole('dialog', { name: 'Keys' });
    const row = (name) => sheet.getByRole('button', { name: `Change the keys of ${name}: `, exact: false });
    // By keys alone: onto the row, Enter, the new key.
    await row('Favourite').focus();
    await mia.page.keyboard.press('Enter');
    await sheet.getByRole('button', { name: 'Press the new key…' }).waitFor();
    await mia.axe('key sheet: waiting for a key');
    await mia.page.keyboard.press('F5');
    await sheet.getByText('belongs to the browser').waitFor();
    await mia.page.keyboard.press('x');
    await sheet.getByText('is used by “Select”').waitFor();
    await mia.axe('key sheet: conflict');
    await mia.shoot('keys');
    await mia.page.keyboard.press('Tab');
    await mia.page.keyboard.press('Enter');
    await sheet.getByRole('button', { name: 'Change the keys of Favourite: X' }).waitFor();
    await sheet.getByRole('button', { name: 'Change the keys of Select: no key' }).waitFor();
    if (!(await row('Favourite').evaluate((node) => node === document.activeElement))) throw new Error('the focus did not come back');
    await row('Search').click();
    await mia.page.keyboard.press('Control+Shift+F');
    await sheet.getByRole('button', { name: 'Change the keys of Search: Ctrl+Shift+F' }).waitFor();
    await mia.axe('key sheet: changed');
    await mia.page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await mia.page.keyboard.press('Control+Shift+F');
    await mia.page.waitForFunction(() => document.activeElement?.id === 'search');
    // Another browser of the same person has them too.
    const again = await t.arrive();
    await signIn(again, OWNER, `/w/${t.house.ws}/gallery`);
    await again.page.locator('[data-tile]').first().focus();
    const told = again.page.waitForRequest((request) => request.method() === 'PATCH' && request.url().includes('/renders/') || request.url().includes('/assets/') && request.method() === 'PATCH');
    await again.page.keyboard.press('x');
    await told;
    await mia.page.keyboard.press('Escape');
    await mia.page.locator('[data-tile]').first().focus();
    await mia.page.keyboard.press('?');
    await sheet.getByRole('button', { name: 'All as before' }).click();
    await sheet.getByRole('button', { name: 'Change the keys of Favourite: S' }).waitFor();
    await sheet.getByRole('button', { name: 'Change the keys of Search: /' }).waitFor();
    await mia.page.keyboard.press('Escape');
  }],
];
