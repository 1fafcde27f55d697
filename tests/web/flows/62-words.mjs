// Every page in a longer language, in both looks, at a desk and on a tablet: no word is cut, none is left untranslated.
import { rmSync, writeFileSync } from 'node:fs';
import { pseudoPages, wordFaults } from '../support/pseudo.mjs';

/** What stands on the pages and is nobody's to translate: names, prompts, files, models, units, addresses. */
const DATA = [
  'DreamOmni2 Studio', 'Orchid Kestrel', 'Small House', 'Nightjar', 'Mia Okafor', 'Jon Lindqvist', '[\\w.]+@\\w+\\.lan', 'starter', '\\blarger( \\d+)?\\b', '\\bscene\\b', 'contact sheets', 'English', 'Deutsch', 'Resolve', 'Premiere',
  '\\b(kB|MB|GB|TB|min|PNG|JPEG|WebP|MP4|AV1|SHA-256|ONNX Runtime|Apache-2\\.0|MIT|fps|CPU|GPU|Linux|Chrome)\\b',
  '\\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\w*\\b', '\\b[a-z_]+\\.[a-z_]+\\b', '\\w+\\.png', 'https?://\\S+', 'render\\w*_\\w+',
];
const LOOKS = [['suite', 1280, 720], ['desk', 1280, 720], ['suite', 820, 1180], ['desk', 820, 1180]];

/** Looks at the page in front of the person in every look; `data` adds what else may stand there. */
async function judge(person, name, faults, data = []) {
  for (const [theme, width, height] of LOOKS) {
    await person.page.setViewportSize({ width, height });
    await person.page.evaluate((next) => (document.documentElement.dataset.theme = next), theme);
    await person.page.waitForTimeout(120);
    for (const fault of await wordFaults(person, [...data, ...DATA])) faults.set(fault, [...(faults.get(fault) ?? []), `${name} ${width}`]);
    if (process.env.WORD_SHOTS) await person.page.screenshot({ path: `${process.env.WORD_SHOTS}/${name.replaceAll(/\W+/g, '-')}-${theme}-${width}.png` });
  }
  await person.page.setViewportSize({ width: 1280, height: 720 });
}

function settle(faults) {
  const list = [...faults].map(([fault, places]) => `${fault} (${[...new Set(places)].slice(0, 3).join(', ')})`);
  if (process.env.WORD_SHOTS) writeFileSync(`${process.env.WORD_SHOTS}/faults.txt`, list.join('\n'), { flag: 'a' });
  if (list.length) throw new Error(`${list.length} words are cut, spilt or untranslated:\n  ${list.join('\n  ')}`);
}

let pages = '';

export default [
  ['in a longer language no word of the work is cut or left untranslated', async (t) => {
    pages ||= await pseudoPages();
    const mia = t.house.owner;
    const { body: jobs } = await mia.api('GET', `/workspaces/${t.house.ws}/jobs?state=all&limit=200`);
    const { body: assets } = await mia.api('GET', `/workspaces/${t.house.ws}/assets?limit=50`);
    const quote = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const data = [...new Set([...jobs.items.flatMap((one) => [one.recipe.prompt, one.recipe.prompt.trim()]), ...assets.items.map((one) => one.name)])].sort((a, b) => b.length - a.length).map(quote);
    const pia = await t.arrive({ dist: pages, storage: await mia.context.storageState() });
    pia.expecting(/status of 40[0-9]/);
    const faults = new Map();
    const look = (name) => judge(pia, name, faults, data);
    const work = `/w/${t.house.ws}`;
    const { body: renders } = await mia.api('GET', `/workspaces/${t.house.ws}/renders?limit=50`);
    const [a, b] = renders.items.filter((one) => one.kind === 'picture');
    const visits = [
      ['generate', `${work}/generate`, '#prompt'], ['gallery', `${work}/gallery`, '[data-tile]'], ['gallery empty', `${work}/gallery?q=zzzzqqqq`, '.empty h1, .empty h2'],
      ['bin', `${work}/gallery?bin=1`, '.tools'], ['render', `${work}/r/${a.id}`, 'aside .recipe'], ['clip', `${work}/r/${t.house.clip}`, '.transport'],
      ['compare', `${work}/compare?a=${a.id}&b=${b.id}`, '.room img'], ['compare empty', `${work}/compare`, '.empty'], ['queue', `${work}/queue`, 'tbody tr'], ['people', `${work}/people`, 'tbody tr'], ['about', `${work}/about`, 'dd'], ['log', `${work}/log`, 'tbody tr'],
      ['profile', '/profile', 'tbody tr'], ['health', '/admin/health', 'tbody tr'], ['models', '/admin/models', 'article'], ['audit', '/admin/audit', 'tbody tr'], ['accounts', '/admin/people', 'tbody tr'], ['nowhere', '/nowhere', '.empty'],
    ];
    for (const [name, path, there] of visits) {
      await pia.go(path);
      await pia.page.locator(there).first().waitFor();
      await look(name);
    }
    await pia.go(`${work}/gallery`);
    await pia.page.locator('[data-tile]').first().focus();
    await pia.page.keyboard.press('x');
    await look('gallery selected');
    await pia.page.keyboard.press('Control+k');
    await pia.page.locator('dialog [role=option]').first().waitFor();
    await look('palette');
    await pia.page.keyboard.press('Escape');
    await pia.page.keyboard.press('?');
    await pia.page.locator('dialog kbd').first().waitFor();
    await look('keys');
    await pia.page.keyboard.press('Escape');
    await pia.page.locator('header [aria-haspopup=menu]').last().click();
    await look('menu');
    settle(faults);
  }],

  ['in a longer language no word of the doors and the first run is cut or left untranslated', async (t) => {
    pages ||= await pseudoPages();
    const faults = new Map();
    const out = await t.arrive({ dist: pages });
    await out.go('/sign-in');
    await out.page.locator('form').waitFor();
    await judge(out, 'sign-in', faults);
    const bare = t.more();
    await bare.start();
    const pia = await t.arrive({ dist: pages, studio: bare });
    // The server goes away and comes back locked while the page is open.
    pia.expecting(/status of (401|422|503)|ERR_CONNECTION_REFUSED/);
    const look = (name) => judge(pia, name, faults);
    await pia.go('/');
    await pia.page.locator('form').waitFor();
    await look('set-up code');
    await pia.page.locator('input').fill(await bare.setupCode());
    await pia.page.locator('.primary').click();
    const next = async (name, ...values) => {
      await pia.page.locator('li[aria-current=step]').waitFor();
      await look(name);
      for (const [at, value] of values.entries()) await pia.page.locator('form input:not([type=radio])').nth(at).fill(value);
      await pia.page.locator('form .primary').click();
    };
    await next('set-up studio', 'Small House', 'it@small.lan');
    await next('set-up owner', 'Mia Okafor', 'mia@small.lan', 'a sentence is a good password');
    await next('set-up address');
    await next('set-up workspace', 'Nightjar');
    await next('set-up keys', 'kestrels hover over the old quarry', 'kestrels hover over the old quarry');
    await pia.page.locator('.sheet code').waitFor({ timeout: 30_000 });
    await look('set-up recovery key');
    await pia.page.locator('form .ghost').click();
    await pia.page.locator('.device').waitFor();
    await look('set-up device');
    await bare.stop();
    await bare.start();
    await pia.go('/');
    await pia.page.locator('form input[type=password]').waitFor();
    await look('locked');
    settle(faults);
  }],
];

process.on('exit', () => pages && rmSync(pages, { recursive: true, force: true }));
