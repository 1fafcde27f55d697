import { expect, it } from 'vitest';
import { blurBackground, blurCells } from './blur';

it('reads the colours as the server wrote them', () => {
  const red = btoa(String.fromCharCode(0xf8, 0x00).repeat(12));
  expect(blurCells(red)).toEqual(Array(12).fill([255, 0, 0]));
  expect(blurBackground(red)).toBe('linear-gradient(rgb(255 0 0),rgb(255 0 0),rgb(255 0 0))');
});

it('shows nothing rather than nonsense', () => {
  expect(blurBackground('')).toBe('');
  expect(blurBackground('not base64!')).toBe('');
  expect(blurBackground(btoa('short'))).toBe('');
});
