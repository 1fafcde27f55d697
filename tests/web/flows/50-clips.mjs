// The frame law on a real clip of this studio and on the clip that carries its frame numbers as blocks.
import { readFileSync } from 'node:fs';

const shown = async (person) => Number(await person.page.locator('[data-frame]').getAttribute('data-frame'));
const settle = async (person, frame) => {
  await person.page.waitForFunction((want) => document.querySelector('[data-frame]')?.dataset.frame === String(want), frame, { timeout: 10_000 });
};

/** Reads the frame number that a block clip carries in ten blocks (laid out by tests/tools/block_clip.rs) off the glass. */
const READ_BLOCKS = `(video, pen, width) => {
  pen.drawImage(video, 0, 0, width, 8);
  let number = 0;
  for (let block = 0; block < 10; block += 1) {
    const x = Math.floor(((20 + 24 * block) / 256) * width);
    number = number * 2 + (pen.getImageData(x, 4, 1, 1).data[1] > 127 ? 1 : 0);
  }
  return number;
}`;

const blocks = (person) => person.page.evaluate(`(() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 256, height: 8 });
  return (${READ_BLOCKS})(document.querySelector('video'), canvas.getContext('2d', { willReadFrequently: true }), 256);
})()`);

async function blockClip(t, file, rate, frames) {
  const mia = t.house.owner;
  const bytes = readFileSync(file);
  await mia.page.route('**/renders/*/clip**', (route) => {
    const range = /bytes=(\d+)-(\d*)/.exec(route.request().headers().range ?? '');
    const from = Number(range?.[1] ?? 0);
    const to = range?.[2] ? Number(range[2]) : bytes.length - 1;
    return route.fulfill({
      status: range ? 206 : 200,
      headers: { 'content-type': 'video/mp4', 'accept-ranges': 'bytes', ...(range ? { 'content-range': `bytes ${from}-${to}/${bytes.length}` } : {}) },
      body: bytes.subarray(from, to + 1),
    });
  });
  const { body } = await mia.api('GET', `/workspaces/${t.house.ws}/renders/${t.house.clip}`);
  await mia.page.route(`**/renders/${t.house.clip}`, (route) => route.fulfill({ json: { ...body, frames, rate } }));
  try {
    await mia.go(`/w/${t.house.ws}/r/${t.house.clip}`);
    await mia.page.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
    await mia.page.locator('.view').click({ position: { x: 300, y: 200 } });
    let wrong = 0;
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const box = await mia.page.getByRole('slider', { name: 'Timeline' }).boundingBox();
    for (let look = 0; look < 40; look += 1) {
      await mia.page.mouse.click(box.x + random() * box.width, box.y + 12);
      await mia.page.waitForTimeout(160);
      if ((await shown(mia)) !== (await blocks(mia))) wrong += 1;
    }
    await mia.page.keyboard.press('End');
    await settle(mia, frames - 1);
    if ((await blocks(mia)) !== frames - 1) wrong += 1;
    for (let step = 2; step < 22; step += 1) {
      await mia.page.keyboard.press('ArrowLeft');
      await settle(mia, frames - step);
      await mia.page.waitForTimeout(60);
      if ((await blocks(mia)) !== frames - step) wrong += 1;
    }
    // While it plays: what the page says must be what the glass shows, in the very same presentation.
    const playing = await mia.page.evaluate(`(async () => {
      const read = ${READ_BLOCKS};
      const video = document.querySelector('video');
      const canvas = Object.assign(document.createElement('canvas'), { width: 256, height: 8 });
      const pen = canvas.getContext('2d', { willReadFrequently: true });
      let seen = 0;
      let off = 0;
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', code: 'Home' }));
      await new Promise((resolve) => setTimeout(resolve, 400));
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'l', code: 'KeyL' }));
      const until = performance.now() + 4000;
      while (performance.now() < until) {
        await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
        const number = read(video, pen, 256);
        await Promise.resolve();
        const said = Number(document.querySelector('[data-frame]').dataset.frame);
        seen += 1;
        // The page writes its number within the same frame; one frame later is still the same presentation.
        if (Math.abs(said - number) > 1) off += 1;
      }
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', code: 'KeyK' }));
      return { seen, off };
    })()`);
    if (playing.seen === 0) throw new Error('no frame was shown while playing');
    console.log(`      ${frames} frames at ${rate.num}/${rate.den}: 61 seeks and steps, ${wrong} wrong; ${playing.seen} frames played, ${playing.off} off`);
    if (wrong || playing.off) throw new Error(`${wrong} of 61 frames wrong after seeks, ${playing.off} of ${playing.seen} while playing`);
  } finally {
    await mia.page.unrouteAll({ behavior: 'ignoreErrors' });
  }
}

export default [
  ['the clip made here plays, steps, loops and downloads', async (t) => {
    const mia = t.house.owner;
    await mia.go(`/w/${t.house.ws}/r/${t.house.clip}`);
    await mia.page.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
    await mia.axe('clip');
    // Keys go on after a click on the picture, which is no control.
    await mia.page.locator('.view').click({ position: { x: 300, y: 200 } });
    await mia.page.keyboard.press('ArrowRight');
    await settle(mia, 1);
    await mia.page.keyboard.press('Shift+ArrowRight');
    await settle(mia, 11);
    await mia.page.keyboard.press('ArrowLeft');
    await settle(mia, 10);
    await mia.page.keyboard.press('o');
    await mia.page.keyboard.press('Home');
    await settle(mia, 0);
    await mia.page.keyboard.press('ArrowRight');
    await mia.page.keyboard.press('ArrowRight');
    await settle(mia, 2);
    await mia.page.keyboard.press('i');
    await mia.page.keyboard.press('l');
    await mia.page.waitForTimeout(1200);
    const during = await shown(mia);
    await mia.page.keyboard.press('k');
    if (during < 2 || during > 10) throw new Error(`the loop left its marks: frame ${during}`);
    await mia.page.keyboard.press('\\');
    await mia.page.keyboard.press('End');
    await settle(mia, 11);
    await mia.page.waitForURL(/frame=11/);
    // The link changed; the player must not.
    await mia.page.keyboard.press('ArrowLeft');
    await settle(mia, 10);
    for (const [path, type] of [['clip?download=true', 'video/mp4'], ['frames.zip', 'application/zip']]) {
      const got = await mia.page.evaluate(async (where) => {
        const answer = await fetch(where);
        return [answer.status, answer.headers.get('content-type'), (await answer.arrayBuffer()).byteLength];
      }, `/api/v1/workspaces/${t.house.ws}/renders/${t.house.clip}/${path}`);
      if (got[0] !== 200 || !got[1].startsWith(type) || got[2] < 1000) throw new Error(`${path} answered ${got.join(' ')}`);
    }
  }],

  ...[['24', { num: 24, den: 1 }], ['23976', { num: 24000, den: 1001 }]].map(([name, rate]) => [
    `frame law: block clip at ${rate.num}/${rate.den} over 40 s`,
    (t) => {
      const file = process.env[`BLOCK_CLIP_${name}`];
      if (!file) throw new Error(`BLOCK_CLIP_${name} must name the clip that the example block_clip writes (960 frames)`);
      return blockClip(t, file, rate, 960);
    },
  ]),
];
