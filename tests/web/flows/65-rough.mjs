// Rough ground: a slow line, a full disk, files that are none, many tabs at once.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { done, order, OWNER, png, setUp, signIn } from '../support/people.mjs';

/** What a page of the studio may weigh until one can work in it, and the gallery until its first pictures hang. */
const WEIGHT = { generate: 120_000, wall: 100_000, gallery: 350_000 };

/** A line of 1 Mbit/s that takes 150 ms, and how many bytes came over it. */
async function slowLine(person) {
  const wire = await person.context.newCDPSession(person.page);
  const line = { bytes: 0, from: Date.now() };
  wire.on('Network.loadingFinished', (event) => (line.bytes += event.encodedDataLength));
  await wire.send('Network.enable');
  await wire.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 125_000, uploadThroughput: 125_000 });
  line.say = (what) => console.log(`      ${what}: ${(line.bytes / 1000).toFixed(0)} kB, ${((Date.now() - line.from) / 1000).toFixed(1)} s over 1 Mbit/s with 150 ms`);
  return line;
}

/** Pastes files into the page; a size of 0 is a picture that is cut off. */
async function paste(person, files) {
  const bytes = (await png(person, 40, 90, 160, 48, 32)).toString('base64');
  await person.page.evaluate(([text, all]) => {
    const raw = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    for (const { name, type, cut } of all) data.items.add(new File([cut ? raw.slice(0, cut) : raw], name, { type }));
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
  }, [bytes, files]);
}

export default [
  ['a slow line: generate can be used after few bytes', async (t) => {
    const jon = await t.arrive({ storage: t.house.artistState });
    const line = await slowLine(jon);
    await jon.go(`/w/${t.house.ws}/generate`);
    await jon.page.locator('#prompt').fill('a boat');
    await jon.page.locator('.go .primary:enabled').waitFor();
    line.say('generate, first visit');
    // A build that a flow serves by itself (UI_DIST) is not packed.
    if (!process.env.UI_DIST && line.bytes > WEIGHT.generate) throw new Error(`generate weighs ${line.bytes} bytes until it can be used`);
  }],

  ['a slow line: the gallery hangs its first pictures, and the ones in sight come first', async (t) => {
    const jon = await t.arrive({ storage: t.house.artistState });
    const line = await slowLine(jon);
    await jon.go(`/w/${t.house.ws}/gallery`);
    await jon.page.locator('[data-tile]').first().waitFor();
    line.say('gallery, its wall');
    // The pictures weigh what they show; what the page itself weighs is ours.
    if (!process.env.UI_DIST && line.bytes > WEIGHT.wall) throw new Error(`the gallery weighs ${line.bytes} bytes before its first picture`);
    await jon.page.waitForFunction(() => [...document.querySelectorAll('[data-tile]')].filter((tile) => tile.getBoundingClientRect().top < 300).every((tile) => tile.querySelector('img')?.complete));
    line.say('gallery, two rows of pictures');
    if (!process.env.UI_DIST && line.bytes > WEIGHT.gallery) throw new Error(`the gallery weighs ${line.bytes} bytes until its first pictures hang`);
  }],

  ['a slow line: an upload tells how far it is and can be taken back', async (t) => {
    const jon = await t.arrive({ storage: t.house.artistState });
    await jon.go(`/w/${t.house.ws}/gallery`);
    await jon.page.locator('[data-tile]').first().waitFor();
    await slowLine(jon);
    const noise = await jon.page.evaluate(async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 500, height: 400 });
      const pen = canvas.getContext('2d');
      const all = pen.createImageData(500, 400);
      for (let at = 0; at < all.data.length; at += 1) all.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
      pen.putImageData(all, 0, 0);
      return canvas.toDataURL('image/png').split(',')[1];
    });
    await jon.page.locator('.tools input[type=file]').setInputFiles(['one', 'two', 'three'].map((name) => ({ name: `${name}.png`, mimeType: 'image/png', buffer: Buffer.from(noise, 'base64') })));
    await jon.button('Show files').click();
    await jon.page.locator('.bar li', { hasText: /one\.png\s*[1-9]\d? %/ }).waitFor();
    await jon.axe('gallery: uploading');
    await jon.button('Take three.png out').click();
    await jon.button('Take two.png out').click();
    await jon.page.locator('.bar').waitFor({ state: 'detached', timeout: 60_000 });
    const { body } = await jon.api('GET', `/workspaces/${t.house.ws}/assets?limit=5`);
    if (body.items.some((one) => one.name === 'three.png')) throw new Error('a picture that was taken back came in');
  }],

  ['fifty pasted files of which three are none: these are named, the others come in', async (t) => {
    const jon = await t.arrive({ storage: t.house.artistState });
    jon.expecting(/status of 4(00|13|15|22)/);
    await jon.go(`/w/${t.house.ws}/gallery?kind=assets`);
    await jon.page.locator('[data-tile]').first().waitFor();
    const all = Array.from({ length: 47 }, (_, at) => ({ name: `plate ${at}.png`, type: 'image/png' }));
    all.splice(5, 0, { name: 'notes.pdf', type: 'application/pdf' }, { name: 'cut off.png', type: 'image/png', cut: 60 }, { name: 'layers.psd', type: 'image/vnd.adobe.photoshop' });
    await paste(jon, all);
    for (const name of ['notes.pdf', 'cut off.png', 'layers.psd']) await jon.page.locator('.bar .bad', { hasText: name }).waitFor({ timeout: 60_000 });
    await jon.page.getByText('47 pictures brought in, 3 refused.').waitFor({ timeout: 60_000 });
    await jon.axe('gallery: some refused');
    await jon.button('Close').click();
    await jon.page.locator('.bar').waitFor({ state: 'detached' });
  }],

  ['a full disk: said in a sentence, nothing typed is lost, and it goes on when there is room', async (t) => {
    const small = t.more();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', small.home], { stdio: 'ignore' });
    } catch {
      return console.log('      NOT RUN: only root can mount a small disk to fill');
    }
    try {
      await small.start();
      const mia = await t.arrive({ studio: small });
      mia.expecting(/status of (401|503)/);
      const ws = await setUp(mia, small);
      await mia.go(`/w/${ws}/generate`);
      await mia.page.locator('#prompt').fill('a lighthouse that must not be lost');
      await mia.page.locator('.go .primary:enabled').waitFor();
      const ballast = join(small.home, 'ballast');
      // Until nothing fits: the error is the sign.
      const fill = () => {
        const file = openSync(ballast, 'w');
        try {
          for (const block = Buffer.alloc(4096); ; ) writeSync(file, block);
        } catch (full) {
          if (full.code !== 'ENOSPC') throw full;
        } finally {
          closeSync(file);
        }
      };
      fill();
      await mia.page.locator('#prompt').press('Control+Enter');
      // Refused at once, or a moment later by the worker: what little room a database has in hand decides.
      await mia.page.locator('.notice', { hasText: 'The disk of the studio is full' }).first().waitFor();
      await mia.axe('generate: disk full');
      if ((await mia.page.locator('#prompt').inputValue()) !== 'a lighthouse that must not be lost') throw new Error('typed words are gone');
      await mia.page.locator('.refs input[type=file]').setInputFiles({ name: 'sketch.png', mimeType: 'image/png', buffer: await png(mia, 90, 20, 20, 200, 150) });
      await mia.page.locator('.ref .problem', { hasText: 'The disk of the studio is full' }).waitFor();
      rmSync(ballast);
      await mia.button('Try sketch.png again').click();
      await mia.page.locator('.ref .what .faint', { hasText: 'sketch.png' }).waitFor();
      await mia.button('Take out reference 1').click();
      fill();
      await mia.go(`/w/${ws}/gallery`);
      await mia.page.locator('[data-tile]').first().waitFor();
      await paste(mia, [{ name: 'plate.png', type: 'image/png' }]);
      await mia.page.locator('.bar .bad', { hasText: 'The disk of the studio is full' }).waitFor();
      rmSync(ballast);
      await mia.button('Try plate.png again').click();
      await mia.page.locator('[data-tile]').nth(1).waitFor();
      await mia.go(`/w/${ws}/generate`);
      await mia.page.locator('#prompt').press('Control+Enter');
      await done(mia, 4);
    } finally {
      await small.stop();
      execFileSync('umount', ['-l', small.home]);
    }
  }],

  ['eight tabs share one stream, and when its tab closes another goes on with it', async (t) => {
    const mia = await t.arrive();
    // Watched from before the first tab opens its own, which comes some time after its page is to be seen.
    const streams = new Set();
    const opened = (request) => request.url().includes('/api/v1/events') && streams.add(request);
    const ended = (request) => streams.delete(request);
    mia.context.on('request', opened).on('requestfailed', ended).on('requestfinished', ended);
    await signIn(mia, OWNER, `/w/${t.house.ws}/queue`);
    const tabs = [mia.page];
    const theOneWithAStream = () => {
      const open = [...streams].map((request) => request.frame().page()).filter((page) => tabs.includes(page));
      if (open.length !== 1) throw new Error(`${open.length} streams are open in ${tabs.length} tabs`);
      return open[0];
    };
    for (let tab = 1; tab < 8; tab += 1) {
      const page = await mia.context.newPage();
      mia.watch(page);
      await page.goto(`${t.studio.url}/w/${t.house.ws}/queue`);
      await page.locator('.page h1').waitFor();
      tabs.push(page);
    }
    const rows = (page) => page.locator('tbody tr').count();
    const allHear = async (prompt) => {
      const { body: models } = await mia2.api('GET', '/models');
      const { name, defaults } = models.items[0];
      const recipe = { task: 'picture', prompt, references: [], width: defaults.width, height: defaults.height, steps: 4, guidance: defaults.guidance, seed: 1, variations: 1, model: name };
      const answer = await mia2.api('POST', `/workspaces/${t.house.ws}/jobs`, recipe);
      if (answer.status >= 300) throw new Error(`the order was answered with ${answer.status}`);
      for (const page of tabs) await page.locator('tbody tr', { hasText: prompt }).first().waitFor();
    };
    const mia2 = t.house.owner;
    await allHear('a red boat heard in every tab');
    const holder = theOneWithAStream();
    tabs.splice(tabs.indexOf(holder), 1);
    await holder.close();
    await allHear('a blue boat heard after the tab with the stream closed');
    theOneWithAStream();
    console.log(`      8 tabs, 1 stream; ${await rows(tabs[0])} jobs in each of the 7 that stayed`);
  }],
];
