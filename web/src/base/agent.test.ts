import { expect, it } from 'vitest';
import { browserOf } from './agent';

it('tells the browser from those it claims to be', () => {
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
  expect(browserOf(chrome)).toEqual({ browser: 'Chrome', system: 'Linux' });
  expect(browserOf(`${chrome} Edg/156.0`)?.browser).toBe('Edge');
  const safari = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15';
  expect(browserOf(safari)).toEqual({ browser: 'Safari', system: 'macOS' });
});

it('leaves a script its own name', () => {
  expect(browserOf('curl/8.5.0')).toBeNull();
});
