// Looking: search, filters, selection, bin, uploads, compare, one render.
import { png } from '../support/people.mjs';

const tiles = (person) => person.page.locator('[data-tile]');
const toWall = async (person, ws, query = '') => {
  await person.go(`/w/${ws}/gallery${query}`);
  await person.page.locator('[data-tile], .empty').first().waitFor();
};

export default [
  ['search by words, phrases and signs', async (t) => {
    const mia = t.house.owner;
    await toWall(mia, t.house.ws);
    await mia.page.keyboard.press('/');
    await mia.page.keyboard.type('sea sunset');
    await mia.page.waitForURL(/q=sea/);
    await tiles(mia).first().waitFor();
    await mia.axe('gallery: found');
    await toWall(mia, t.house.ws, '?q=is%3Aclip');
    if ((await tiles(mia).count()) < 1) throw new Error('is:clip finds no clip');
    await toWall(mia, t.house.ws, '?q=zzzzqqqq');
    await mia.see('Nothing found');
    await mia.axe('gallery: nothing found');
    mia.expecting(/status of 4(00|22)/);
    await mia.go(`/w/${t.house.ws}/gallery?q=${encodeURIComponent('is:')}`);
    await mia.page.locator('.notice').first().waitFor();
    await mia.axe('gallery: question not understood');
  }],

  ['fifty pasted files', async (t) => {
    const mia = t.house.owner;
    await toWall(mia, t.house.ws);
    const bytes = (await png(mia, 40, 90, 160, 48, 32)).toString('base64');
    await mia.page.evaluate((text) => {
      const data = new DataTransfer();
      const raw = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      for (let at = 0; at < 50; at += 1) data.items.add(new File([raw], `pasted ${at}.png`, { type: 'image/png' }));
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
    }, bytes);
    await mia.page.locator('.bar').waitFor();
    await mia.page.locator('.bar').waitFor({ state: 'detached', timeout: 60_000 });
    await toWall(mia, t.house.ws, '?kind=assets');
    await mia.see('51 items');
  }],

  ['favourite, into the bin, undo, all by keys', async (t) => {
    const mia = t.house.owner;
    await toWall(mia, t.house.ws, '?kind=renders');
    await tiles(mia).first().focus();
    await mia.page.keyboard.press('ArrowRight');
    await mia.page.keyboard.press('s');
    await mia.page.locator('.badge.fav').first().waitFor();
    await mia.page.keyboard.press('x');
    await mia.see('1 selected');
    await mia.axe('gallery: selected');
    const before = await tiles(mia).count();
    await mia.page.keyboard.press('Delete');
    await mia.see('1 item put into the bin.');
    await mia.axe('gallery: toast');
    await mia.button('Undo').click();
    await mia.page.waitForFunction((count) => document.querySelectorAll('[data-tile]').length === count, before);
    await toWall(mia, t.house.ws, '?bin=1');
    await mia.see('The bin is empty');
    await toWall(mia, t.house.ws, '?fav=1');
    await tiles(mia).first().waitFor();
    await toWall(mia, t.house.ws, '?kind=renders');
    await mia.axe('gallery');
  }],

  ['one render: recipe, surround, downloads, use this again', async (t) => {
    const mia = t.house.owner;
    await toWall(mia, t.house.ws, '?q=sea%20sea&kind=renders');
    await tiles(mia).last().click();
    await mia.page.locator('aside .recipe').waitFor();
    await mia.axe('render');
    await mia.page.keyboard.press('1');
    await mia.page.locator('.viewer.exact').waitFor();
    await mia.page.keyboard.press('u');
    const id = mia.page.url().match(/ren_\w+/)[0];
    for (const recipe of ['&recipe=true', '']) {
      const answer = await mia.page.evaluate(async (path) => {
        const got = await fetch(path);
        return { status: got.status, type: got.headers.get('content-type'), text: new TextDecoder('latin1').decode(await got.arrayBuffer()) };
      }, `/api/v1/workspaces/${t.house.ws}/renders/${id}/picture?size=original${recipe}`);
      if (answer.status !== 200 || answer.type !== 'image/png') throw new Error(`download answered ${answer.status} ${answer.type}`);
      if (answer.text.includes('studio-recipe') !== (recipe !== '')) throw new Error(`the recipe is ${recipe ? 'missing' : 'left in'}`);
    }
    await mia.button('Use this again').click();
    await mia.page.waitForURL(/generate/);
    const prompt = await mia.page.locator('#prompt').inputValue();
    if (!prompt.includes('sea')) throw new Error(`the prompt did not come along: "${prompt}"`);
  }],

  ['compare two: wipe, side by side, flip', async (t) => {
    const mia = t.house.owner;
    const { body } = await mia.api('GET', `/workspaces/${t.house.ws}/renders?limit=50`);
    const [a, b] = body.items.filter((one) => one.kind === 'picture');
    await mia.go(`/w/${t.house.ws}/compare?a=${a.id}&b=${b.id}`);
    await mia.page.locator('.room.wipe img').nth(1).waitFor();
    await mia.axe('compare: wipe');
    await mia.page.keyboard.press('d');
    await mia.page.locator('.room.side').waitFor();
    await mia.axe('compare: side by side');
    await mia.page.keyboard.press('b');
    await mia.page.locator('.room.flip').waitFor();
    await mia.axe('compare: flip');
    await mia.go(`/w/${t.house.ws}/compare`);
    await mia.see('Choose two');
    await mia.axe('compare: empty');
  }],

  ['ten thousand renders draw no more tiles than the screen holds', async (t) => {
    const mia = t.house.owner;
    const items = Array.from({ length: 10_000 }, (_, at) => [`ren_${String(at).padStart(26, '0')}`, 'picture', [1, 1.5, 0.67, 2.39][at % 4], '', false, Date.now() - at * 600_000]);
    const small = await png(mia, 90, 110, 130, 48, 32);
    await mia.page.route('**/api/v1/workspaces/*/gallery**', (route) => route.fulfill({ json: { revision: 1, items, total: items.length } }));
    await mia.page.route('**/renders/*/picture**', (route) => route.fulfill({ contentType: 'image/png', body: small }));
    try {
      await measure(mia, t.house.ws);
    } finally {
      await mia.page.unrouteAll({ behavior: 'ignoreErrors' });
    }
  }],
];

async function measure(mia, ws) {
  await toWall(mia, ws);
  await tiles(mia).first().waitFor();
  const frames = await mia.page.evaluate(async () => {
    const room = document.querySelector('.wall .room');
    const spans = [];
    let last = performance.now();
    for (let jump = 0; jump < 120; jump += 1) {
      room.scrollTop += 260;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      spans.push(now - last);
      last = now;
    }
    room.scrollTop = room.scrollHeight;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { spans: spans.sort((x, y) => x - y), drawn: document.querySelectorAll('[data-tile]').length, last: Math.max(...[...document.querySelectorAll('[data-tile]')].map((tile) => Number(tile.dataset.tile))) };
  });
  const at = (part) => frames.spans[Math.floor(frames.spans.length * part)].toFixed(1);
  console.log(`      scroll of 10,000: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(0.999)} ms; ${frames.drawn} tiles drawn`);
  if (frames.last !== 9999) throw new Error(`the end of the wall shows ${frames.last}`);
  if (frames.drawn > 200) throw new Error(`${frames.drawn} tiles are drawn at once`);
  if (process.env.STRICT_FRAMES && Number(at(0.95)) > 33) throw new Error(`p95 is ${at(0.95)} ms`);
}
