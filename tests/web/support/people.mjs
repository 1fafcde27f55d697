// Who is in these stories, and small things several of them do.
export const PASSPHRASE = 'kestrels hover over the old quarry';
export const OWNER = { name: 'Mia Okafor', email: 'mia@kestrel.lan', password: 'a sentence is a good password' };
export const ARTIST = { name: 'Jon Lindqvist', email: 'jon@kestrel.lan', password: 'another sentence for another door' };

/** Signs in somebody who has an account, at a page. */
export async function signIn(person, who, path) {
  await person.go(path);
  await person.field('E-mail').fill(who.email);
  await person.field('Password').fill(who.password);
  await person.button('Sign in').click();
  await person.page.locator('.shell').waitFor();
}

/** Sets a bare studio up without its pages, and signs its owner in; answers with the workspace. */
export async function setUp(person, studio, name = 'Small House') {
  await person.go('/');
  await person.see('A new studio');
  const done = await person.page.evaluate(async (order) => {
    const answer = await fetch('/api/v1/setup', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(order) });
    return answer.json();
  }, {
    code: await studio.setupCode(), studio_name: name, contact: 'it@small.lan', owner: OWNER,
    unlock: { method: 'passphrase', passphrase: PASSPHRASE }, workspace_name: 'Nightjar',
  });
  await person.go('/sign-in');
  await person.page.locator('.shell, form').first().waitFor();
  if (await person.page.locator('form').count()) await signIn(person, OWNER, '/sign-in');
  return done.me.workspaces[0].id;
}

/** Writes the recipe and orders it. */
export async function order(person, { prompt, task, variations, steps, frames, width, height }) {
  await person.page.locator('#prompt').fill(prompt);
  if (task) await person.page.locator('.panel .segments label', { hasText: task }).first().click();
  if (steps) await set(person, 'Steps', steps);
  if (width) await set(person, 'Width', width);
  if (height) await set(person, 'Height', height);
  if (frames) await set(person, 'Frames', frames);
  if (variations) await person.page.getByRole('radiogroup', { name: 'Variations' }).locator('label').nth(variations - 1).click();
  const before = new URL(person.page.url()).searchParams.get('job');
  await person.page.locator('#prompt').focus();
  await person.page.keyboard.press('Control+Enter');
  await person.page.waitForURL((url) => ![null, before].includes(url.searchParams.get('job')));
  return new URL(person.page.url()).searchParams.get('job');
}

async function set(person, label, value) {
  const field = person.page.getByRole('spinbutton', { name: label, exact: true });
  await field.fill(String(value));
  await field.press('Tab');
}

/** Waits until the job on the light table has ended well. */
export async function done(person, renders, timeout = 120_000) {
  await person.page.locator('.stage .head .ok').waitFor({ timeout });
  await person.page.waitForFunction((count) => document.querySelectorAll('.stage .slot a').length >= count, renders, { timeout: 20_000 });
}

/** A small PNG of one colour, made in the page; as a buffer. */
export async function png(person, red, green, blue, width = 96, height = 64) {
  const text = await person.page.evaluate(([r, g, b, w, h]) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
    const pen = canvas.getContext('2d');
    pen.fillStyle = `rgb(${r} ${g} ${b})`;
    pen.fillRect(0, 0, w, h);
    pen.fillStyle = 'white';
    pen.beginPath();
    pen.arc(w / 2, h / 2, h / 4, 0, 7);
    pen.fill();
    return canvas.toDataURL('image/png').split(',')[1];
  }, [red, green, blue, width, height]);
  return Buffer.from(text, 'base64');
}
