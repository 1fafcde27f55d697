// Two people at once: invitation, roles, one caption, two looks.
import { ARTIST } from '../support/people.mjs';

export default [
  ['invite and join as a second person', async (t) => {
    const mia = t.house.owner;
    await mia.go(`/w/${t.house.ws}/people`);
    await mia.see('What each role may do');
    await mia.axe('people');
    await mia.button('Invite').click();
    await mia.axe('people: invite');
    await mia.field('Role', true).selectOption('artist');
    await mia.button('Make a link').click();
    const link = await mia.page.locator('dialog code').textContent();
    await mia.axe('people: link');
    await mia.button('Done').click();
    const jon = await t.arrive();
    t.house.artist = jon;
    await jon.page.goto(link);
    await jon.see('Join Nightjar');
    await jon.axe('join');
    await jon.field('Name', true).fill(ARTIST.name);
    await jon.field('E-mail').fill(ARTIST.email);
    await jon.field('Password').fill(ARTIST.password);
    await jon.button('Join').click();
    await jon.page.waitForURL(/generate/);
    await mia.see(ARTIST.name);
    // The same link opens no second time.
    const late = await t.arrive();
    late.expecting(/status of 4/);
    await late.page.goto(link);
    await late.see('This invitation is no longer good');
    await late.axe('join: gone');
    t.house.artistState = await jon.context.storageState();
  }, true],

  ['an artist is told who can change roles', async (t) => {
    const jon = await t.arrive({ storage: t.house.artistState });
    await jon.go(`/w/${t.house.ws}/people`);
    await jon.see('Inviting and changing roles is for owners');
    if (await jon.page.getByLabel('Role of', { exact: false }).count()) throw new Error('an artist is offered to change roles');
    await jon.go('/admin/health');
    await jon.see('For operators of the studio');
    await jon.axe('admin: refused');
  }],

  ['two people write one caption and nobody loses a word', async (t) => {
    const mia = t.house.owner;
    const jon = await t.arrive({ storage: t.house.artistState });
    mia.expecting(/status of 409/);
    jon.expecting(/status of 409/);
    const { body } = await mia.api('GET', `/workspaces/${t.house.ws}/renders?limit=1`);
    const render = body.items[0].id;
    await mia.go(`/w/${t.house.ws}/r/${render}`);
    await jon.go(`/w/${t.house.ws}/r/${render}`);
    await mia.page.locator('#caption').fill('Opening, wide, keep the haze');
    await jon.page.locator('#caption').fill('Try this one darker');
    await mia.button('Save').click();
    await jon.see('Someone changed this caption just now');
    await jon.button('Save').click();
    await jon.see('Someone changed this caption while you wrote.');
    await jon.see('Opening, wide, keep the haze');
    await jon.axe('render: caption in conflict');
    await jon.button('Keep mine').click();
    await mia.page.waitForFunction(() => document.querySelector('#caption')?.value === 'Try this one darker');
  }],
];
