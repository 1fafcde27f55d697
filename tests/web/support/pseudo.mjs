// A language made of English, for tests: longer, accented, and so easy to tell from words that nobody translated.
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const web = fileURLToPath(new URL('../../../web/', import.meta.url));

/** Runs in the page: every letter gets an accent, every vowel is said twice, which makes a sentence a third longer. */
const ACCENT = `const accent = (() => {
  const plain = 'aeiouycdglnrstzAEIOUYCDGLNRSTZ';
  const other = 'àéîöûÿçđğļñŕšţžÀÉÎÖÛŸÇĐĞĻÑŔŠŢŽ';
  const say = (text) => [...text].map((sign) => {
    const at = plain.indexOf(sign);
    return at < 0 ? sign : 'aeiou'.includes(sign) ? other[at] + other[at] : other[at];
  }).join('');
  return function accent(value) {
    if (typeof value === 'string') return say(value);
    if (typeof value === 'function') return (...given) => accent(value(...given));
    if (Array.isArray(value)) return value.map(accent);
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, accent(one)]));
    return value;
  };
})();`;

/** Builds the pages in this language into a temporary folder; answers with the folder. */
export async function pseudoPages() {
  const require = createRequire(join(web, 'package.json'));
  const { build } = await import(pathToFileURL(require.resolve('vite')).href);
  const outDir = mkdtempSync(join(tmpdir(), 'studio-pseudo-'));
  const words = {
    name: 'pseudo',
    transform: (code, id) => (id.endsWith('/src/text/en/index.ts') ? `${code.replace('export const en', 'const plain')}\n${ACCENT}\nexport const en = accent(plain);` : null),
  };
  await build({ root: web, configFile: join(web, 'vite.config.ts'), logLevel: 'error', plugins: [words], build: { outDir, emptyOutDir: true } });
  return outDir;
}

/**
 * What is wrong with the words in sight: `cut` (a word that its box hides), `spilt` (a word that leaves its control),
 * `plain` (words that came from nowhere in the text tree; `known` are the data that may stand there, and what the server says
 * of its machine or its log stands in elements of that name).
 */
export function wordFaults(person, known = []) {
  return person.page.evaluate((patterns) => {
    const data = patterns.map((one) => new RegExp(one, 'gi'));
    const faults = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const tell = (kind, text, element) => faults.push(`${kind}: "${text.slice(0, 60)}" in ${element.tagName.toLowerCase()}.${[...element.classList].filter((one) => !one.startsWith('svelte-')).join('.')}`);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent.trim();
      const parent = node.parentElement;
      if (text.length < 2 || !parent.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || parent.closest('.unseen, script, style, option, textarea, .mirror')) continue;
      const ours = /[àéîöûÿçđğļñŕšţž]/i.test(text);
      if (!ours) {
        const rest = data.reduce((left, one) => left.replace(one, ''), text);
        if (patterns.length && /[A-Za-z]{3,}/.test(rest) && !parent.closest('code, kbd, .mono, .prompt, .detail, .reason, .machine')) tell('plain', text, parent);
      }
      if (!ours && patterns.length) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        const control = parent.closest('button, a, label, td, th, dt, dd, h1, h2, h3, p, legend');
        if (control) {
          const room = control.getBoundingClientRect();
          if (room.width > 1 && (box.right > room.right + 1.5 || box.left < room.left - 1.5)) tell('spilt', text, control);
        }
        for (let above = parent; above && above !== document.body; above = above.parentElement) {
          const style = getComputedStyle(above);
          if (style.position === 'fixed') break;
          const room = above.getBoundingClientRect();
          const hides = (axis) => ['hidden', 'clip'].includes(axis);
          if (hides(style.overflowX) && (box.right > room.right + 1.5 || box.left < room.left - 1.5)) { tell('cut', text, above); break; }
          if (hides(style.overflowY) && style.overflowX !== 'auto' && (box.bottom > room.bottom + 3 || box.top < room.top - 3)) { tell('cut', text, above); break; }
          if (['auto', 'scroll'].includes(style.overflowY)) break;
        }
      }
    }
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide > 0) faults.push(`the page is ${wide} px too wide`);
    return [...new Set(faults)];
  }, known);
}
