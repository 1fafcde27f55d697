// From a bare server to the first picture, then out and in again.
import { PASSPHRASE, OWNER } from '../support/people.mjs';

export default [
  ['first run: code, six steps, recovery key, one real picture', async (t) => {
    const mia = await t.arrive();
    t.house.owner = mia;
    mia.expecting(/status of 4[0-9][0-9]/);
    await mia.go('/');
    await mia.see('A new studio');
    await mia.axe('set-up: code');
    await mia.field('Set-up code').fill('AAAA-AAAA');
    await mia.button('Begin').click();
    await mia.page.getByRole('alert').waitFor();
    await mia.axe('set-up: wrong code');
    await mia.field('Set-up code').fill(await t.studio.setupCode());
    await mia.button('Begin').click();
    await mia.see('What is the studio called?');
    await mia.axe('set-up: studio');
    await mia.field('Name of the studio').fill('Orchid Kestrel');
    await mia.field('Contact for people who need help').fill('it@kestrel.lan');
    await mia.button('Next').click();
    await mia.field('Name', true).fill(OWNER.name);
    await mia.field('E-mail').fill(OWNER.email);
    await mia.field('Password').fill(OWNER.password);
    await mia.axe('set-up: owner');
    await mia.button('Next').click();
    await mia.see('Where it is found');
    await mia.axe('set-up: address');
    await mia.button('Later').click();
    await mia.field('Name of the workspace').fill('Nightjar');
    await mia.axe('set-up: workspace');
    await mia.button('Next').click();
    await mia.field('Passphrase', true).fill(PASSPHRASE);
    await mia.field('Once more').fill(PASSPHRASE);
    await mia.axe('set-up: keys');
    await mia.button('Create the studio').click();
    await mia.see('Your recovery key');
    await mia.axe('set-up: recovery key');
    const key = await mia.page.locator('.sheet code').first().textContent();
    t.house.recovery = key;
    await mia.field('Type back its last eight characters').fill('nonsense');
    await mia.button('Next').click();
    await mia.see('That is not how the key ends.');
    await mia.field('Type back its last eight characters').fill(key.slice(-8));
    await mia.button('Next').click();
    await mia.see('One real picture');
    await mia.button('Make one small picture').click();
    await mia.page.getByText('It works: this picture was made here.').waitFor({ timeout: 90_000 });
    await mia.axe('set-up: device');
    // The house of these stories is furnished by its people; samples have a story of their own.
    await mia.page.getByRole('checkbox', { name: 'With sample pictures' }).uncheck();
    await mia.button('Enter the studio').click();
    await mia.page.waitForURL(/\/w\/ws_[^/]+\/generate/);
    t.house.ws = new URL(mia.page.url()).pathname.split('/')[2];
  }, true],

  ['a set-up that is done does not come back', async (t) => {
    const visitor = await t.arrive();
    await visitor.go('/setup');
    await visitor.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  }],

  ['sign out, a wrong password, and back to the place that was asked for', async (t) => {
    const visitor = await t.arrive();
    visitor.expecting(/status of 401/);
    await visitor.go(`/w/${t.house.ws}/queue`);
    await visitor.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await visitor.axe('sign-in');
    await visitor.field('E-mail').fill(OWNER.email);
    await visitor.field('Password').fill('not the password at all');
    await visitor.button('Sign in').click();
    await visitor.page.getByRole('alert').waitFor();
    await visitor.axe('sign-in: refused');
    await visitor.field('Password').fill(OWNER.password);
    await visitor.button('Sign in').click();
    await visitor.page.waitForURL(/\/queue$/);
    await visitor.button('You: Mia Okafor').click();
    await visitor.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await visitor.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await visitor.go(`/w/${t.house.ws}/gallery`);
    await visitor.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  }],
];
