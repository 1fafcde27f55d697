// Bad moments: the session ends, the server dies in mid-job and comes back locked, a database is gone.
import { rmSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { done, order, OWNER, PASSPHRASE, signIn } from '../support/people.mjs';

export default [
  ['a session that ends elsewhere: sign in and be where one was', async (t) => {
    const mia = await t.arrive();
    mia.expecting(/status of 401/);
    await signIn(mia, OWNER, `/w/${t.house.ws}/generate`);
    await mia.page.locator('#prompt').fill('words that must not be lost');
    const { body } = await mia.api('GET', '/me/sessions');
    const mine = body.items.find((one) => one.current);
    await t.house.owner.api('DELETE', `/me/sessions/${mine.id}`);
    await mia.see('Your session ended');
    await mia.axe('session ended');
    await mia.field('Password').fill(OWNER.password);
    await mia.button('Sign in').click();
    await mia.page.locator('#prompt').waitFor();
    if ((await mia.page.locator('#prompt').inputValue()) !== 'words that must not be lost') throw new Error('typed words are gone');
  }],

  ['the server dies in mid-job: banner, nothing lost, locked, unlocked, the job ends', async (t) => {
    const mia = t.house.owner;
    mia.expecting(/Failed to load resource|ERR_|status of 50/);
    await mia.go(`/w/${t.house.ws}/generate`);
    const job = await order(mia, { prompt: 'a red circle at dusk', variations: 4, steps: 30 });
    await mia.page.locator('.stage .head .running').waitFor({ timeout: 60_000 });
    await t.studio.kill();
    await mia.page.locator('#prompt').fill('typed while the server was gone');
    await mia.see('The studio does not answer. Nothing you typed is lost');
    await mia.axe('server gone');
    await t.studio.start();
    await mia.page.getByRole('heading', { name: 'The studio is locked' }).waitFor({ timeout: 30_000 });
    await mia.axe('locked');
    await mia.page.getByRole('textbox', { name: 'Passphrase' }).fill('not the passphrase at all');
    await mia.button('Unlock').click();
    await mia.page.getByRole('alert').waitFor();
    await mia.axe('locked: wrong passphrase');
    await mia.page.getByRole('textbox', { name: 'Passphrase' }).fill(PASSPHRASE);
    await mia.button('Unlock').click();
    await mia.page.locator('#prompt').waitFor({ timeout: 30_000 });
    if ((await mia.page.locator('#prompt').inputValue()) !== 'typed while the server was gone') throw new Error('typed words are gone');
    if (!mia.page.url().includes(job)) throw new Error('the page came back at another place');
    await done(mia, 4, 180_000);
  }],

  ['a missing database is recovery, never a fresh wizard', async (t) => {
    await t.studio.stop();
    for (const name of readdirSync(t.studio.data)) if (/^studio\.(db|redb|store)|^studio$/.test(name)) rmSync(join(t.studio.data, name), { recursive: true });
    await t.studio.start();
    const visitor = await t.arrive();
    await visitor.go('/');
    await visitor.see('The studio needs help');
    await visitor.axe('recovery');
    if (await visitor.page.getByText('A new studio').count()) throw new Error('a fresh wizard was offered');
  }],
];
