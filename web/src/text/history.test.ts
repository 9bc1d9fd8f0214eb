import { expect, it } from 'vitest';
import { sentence } from '~/parts/use-sentence';
import said from '../../../internal/control/testdata/sentences.json';
import { en } from './en';
import { id } from './id';

type Entry = Parameters<typeof sentence>[1];
const all = said as Entry[];

it('says every sentence of the history as the server does', () => {
  expect(all.length).toBeGreaterThan(90);
  for (const entry of all) expect(sentence(en.history, { ...entry, text: 'the fallback' })).toBe(entry.text);
});

it('says each of them in Indonesian, too', () => {
  for (const entry of all) {
    const text = sentence(id.history, { ...entry, text: 'the fallback' });
    expect(text).not.toBe('the fallback');
    expect(text, entry.text).not.toBe(entry.text);
    expect(text).not.toContain('undefined');
  }
});

it('says what the server says where it does not know the sentence', () => {
  expect(sentence(id.history, { sentence: 'other', words: {}, text: 'something.new' })).toBe('something.new');
  expect(sentence(id.history, { text: 'of an older server' })).toBe('of an older server');
});
