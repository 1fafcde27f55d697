// Draws letters.png: ASCII and Latin-1 in JetBrains Mono (SIL Open Font License 1.1), 16 letters a row, 12 by 26 pixels
// each, white on black. Run from web/: node ../src/media/letters.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const font = readFileSync(require.resolve('@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2')).toString('base64');

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();
const png = await page.evaluate(async (font) => {
  const face = new FontFace('Letters', `url(data:font/woff2;base64,${font})`);
  document.fonts.add(await face.load());
  const canvas = Object.assign(document.createElement('canvas'), { width: 192, height: 312 });
  const pen = canvas.getContext('2d');
  pen.fillStyle = 'black';
  pen.fillRect(0, 0, 192, 312);
  pen.fillStyle = 'white';
  pen.font = '500 20px Letters';
  const codes = [...Array(96).keys()].map((at) => at + 0x20).concat([...Array(96).keys()].map((at) => at + 0xa0));
  codes.forEach((code, at) => {
    const x = (at % 16) * 12;
    const y = Math.floor(at / 16) * 26;
    pen.save();
    pen.beginPath();
    pen.rect(x, y, 12, 26);
    pen.clip();
    // The place of DEL holds the box for what is not here.
    if (code === 0x7f) pen.strokeStyle = 'white', pen.strokeRect(x + 2.5, y + 5.5, 7, 14);
    else pen.fillText(String.fromCharCode(code), x, y + 19);
    pen.restore();
  });
  return canvas.toDataURL('image/png').split(',')[1];
}, font);
await browser.close();
writeFileSync(new URL('letters.png', import.meta.url), Buffer.from(png, 'base64'));
