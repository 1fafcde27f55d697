// A person at a browser: own context, watched for errors and for any request that leaves the house.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required',
    ],
  });
}

/** Shows a fresh build of the UI without building the binary again: UI_DIST=web/dist. For writing flows, not for CI. */
async function serveDist(context, studio, folder) {
  const types = { js: 'text/javascript', css: 'text/css', html: 'text/html', svg: 'image/svg+xml', woff2: 'font/woff2' };
  await context.route(
    (url) => url.href.startsWith(studio.url) && !/^\/(api\/|healthz|readyz)/.test(url.pathname),
    (route) => {
      const path = `${folder}${new URL(route.request().url()).pathname}`;
      const file = existsSync(path) && statSync(path).isFile() ? path : `${folder}/index.html`;
      return route.fulfill({ body: readFileSync(file), contentType: types[file.split('.').pop()] ?? 'application/octet-stream' });
    },
  );
}

export class Person {
  static async arrive(browser, studio, options = {}) {
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1280, height: 720 },
      deviceScaleFactor: options.scale ?? 1,
      ignoreHTTPSErrors: true,
      locale: options.locale ?? 'en-GB',
      reducedMotion: 'reduce',
      acceptDownloads: true,
      ...(options.storage ? { storageState: options.storage } : {}),
    });
    const person = new Person();
    person.context = context;
    person.studio = studio;
    person.errors = [];
    person.outside = [];
    person.checked = [];
    person.expected = [];
    const dist = options.dist ?? process.env.UI_DIST;
    if (dist) await serveDist(context, studio, dist);
    person.page = await context.newPage();
    person.page.setDefaultTimeout(20_000);
    person.watch(person.page);
    return person;
  }
  watch(page) {
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const text = `${message.text()} ${message.location().url}`;
      if (!this.expected.some((pattern) => pattern.test(text))) this.errors.push(text);
    });
    page.on('pageerror', (error) => this.errors.push(`${error.message} ${error.stack?.split('\n')[1] ?? ''}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(this.studio.url) && !/^(data|blob|about):/.test(url)) this.outside.push(url);
    });
  }
  /** Errors that the next steps provoke on purpose. */
  expecting(...patterns) {
    this.expected.push(...patterns);
  }
  go(path) {
    return this.page.goto(this.studio.url + path);
  }
  button(name, exact = false) {
    return this.page.getByRole('button', { name, exact });
  }
  link(name, exact = false) {
    return this.page.getByRole('link', { name, exact });
  }
  field(name, exact = false) {
    return this.page.getByLabel(name, { exact });
  }
  see(text) {
    return this.page.getByText(text).first().waitFor();
  }
  /** No fault of accessibility in the present state of the page. */
  async axe(state) {
    // A page that is still being fetched has nothing to judge yet; one that stays without a heading is judged as it is.
    await this.page.locator('h1').first().waitFor({ state: 'attached', timeout: 5000 }).catch(() => {});
    await this.page.evaluate(axeSource);
    const found = await this.page.evaluate(async (rules) => {
      const result = await window.axe.run(document, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] });
      return result.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? node.all[0]?.message ?? '')).join(' | ')}`);
    }, RULES);
    this.checked.push(state);
    if (found.length) throw new Error(`axe finds ${found.length} in "${state}":\n  ${found.join('\n  ')}`);
  }
  /** A picture for the README, when asked for: WebP, a tenth of the PNG, packed by the browser itself. */
  async shoot(name) {
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    await this.page.evaluate(() => document.fonts.ready);
    const png = await this.page.screenshot();
    const packed = await this.page.evaluate(async (text) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d').drawImage(bitmap, 0, 0);
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality: 0.82 })).arrayBuffer());
      let out = '';
      for (const byte of bytes) out += String.fromCharCode(byte);
      return btoa(out);
    }, png.toString('base64'));
    writeFileSync(`${folder}/${name}.webp`, Buffer.from(packed, 'base64'));
  }
  /** What the API answers to this person. */
  api(method, path, body) {
    return this.page.evaluate(
      async ([how, where, what]) => {
        const me = await (await fetch('/api/v1/me')).json();
        const answer = await fetch(`/api/v1${where}`, {
          method: how,
          headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': me.csrf },
          ...(what === undefined ? {} : { body: JSON.stringify(what) }),
        });
        const text = await answer.text();
        return { status: answer.status, body: text ? JSON.parse(text) : null };
      },
      [method, path, body],
    );
  }
  /** Nothing left the house and nothing went wrong unseen. */
  clean() {
    if (this.outside.length) throw new Error(`requests left the house: ${this.outside.slice(0, 3).join(', ')}`);
    if (this.errors.length) throw new Error(`the console saw: ${this.errors.slice(0, 3).join(' || ')}`);
  }
  async leave() {
    await this.context.close();
  }
}

export const flowsFolder = fileURLToPath(new URL('../flows/', import.meta.url));
