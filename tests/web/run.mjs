// Runs the browser flows in order against a real studio: STUDIO_BINARY=… node tests/web/run.mjs [words of a flow's name]
// Prints "N passed, N failed" at the end. SCREENSHOTS=folder also takes the pictures of the README.
import { readdirSync, mkdirSync, writeFileSync } from 'node:fs';
import { launch, Person, flowsFolder } from './support/person.mjs';
import { Studio } from './support/studio.mjs';

const binary = process.env.STUDIO_BINARY;
if (!binary) {
  console.error('STUDIO_BINARY must name the dreamomni2 binary to test, for example target/release/dreamomni2');
  process.exit(2);
}
if (process.env.SCREENSHOTS) mkdirSync(process.env.SCREENSHOTS, { recursive: true });
const only = process.argv.slice(2).map((word) => word.toLowerCase());
const began = Date.now();
const studio = new Studio(binary);
const browser = await launch();
let passed = 0;
let failed = 0;
let axe = 0;
let hopeless = false;

/** What flows share: the studio of the house, its people, and a way to get more of both. */
const house = {
  studio,
  browser,
  extra: [],
  arrive: (options) => Person.arrive(browser, studio, options),
  more() {
    const studio = new Studio(binary);
    this.extra.push(studio);
    return studio;
  },
};

await studio.start();
for (const file of readdirSync(flowsFolder).filter((name) => name.endsWith('.mjs')).sort()) {
  const { default: flows } = await import(new URL(file, `file://${flowsFolder}`));
  for (const [name, flow, needed] of flows) {
    if (only.length && !needed && !only.some((word) => name.toLowerCase().includes(word))) continue;
    if (hopeless) break;
    const from = Date.now();
    const people = [];
    const t = { ...house, people, arrive: async (options = {}) => people[people.push(await Person.arrive(browser, options.studio ?? studio, options)) - 1], more: () => house.more() };
    t.house = house;
    try {
      await flow(t);
      for (const person of [...people, house.owner].filter(Boolean)) person.clean();
      passed += 1;
      console.log(`ok    ${((Date.now() - from) / 1000).toFixed(1).padStart(6)} s  ${name}`);
    } catch (error) {
      failed += 1;
      // Without the first run there is nobody to tell the other stories of.
      if (needed && !house.ws) hopeless = true;
      console.log(`FAIL  ${((Date.now() - from) / 1000).toFixed(1).padStart(6)} s  ${name}\n      ${String(error.message).split('\n').slice(0, 14).join('\n      ')}`);
      if (process.env.SHOTS_OF_FAILURES) {
        mkdirSync(process.env.SHOTS_OF_FAILURES, { recursive: true });
        for (const [at, person] of [...people, house.owner].filter(Boolean).entries()) {
          await person.page.screenshot({ path: `${process.env.SHOTS_OF_FAILURES}/${name.replaceAll(/\W+/g, '-')}-${at}.png` }).catch(() => {});
        }
        writeFileSync(`${process.env.SHOTS_OF_FAILURES}/studio.log`, studio.log);
      }
      for (const person of [house.owner].filter(Boolean)) person.errors = [];
    }
    for (const person of people) {
      axe += person.checked.length;
      if (person !== house.owner) await person.leave().catch(() => {});
    }
  }
}
axe += house.owner?.checked.length ?? 0;
await browser.close();
for (const one of [studio, ...house.extra]) await one.remove().catch(() => {});
console.log(`\naxe: ${axe} states checked`);
console.log(`${passed} passed, ${failed} failed in ${Math.round((Date.now() - began) / 1000)} s`);
process.exit(failed ? 1 : 0);
