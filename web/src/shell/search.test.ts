import { expect, it } from 'vitest';
import { asMany, asNumber, asOneOf, parseSearch, stringifySearch } from './search';

it('keeps text text: a version is no number', () => {
  expect(parseSearch('?version=2.0&status=failed&status=running')).toEqual({ version: '2.0', status: ['failed', 'running'] });
});

it('writes what it reads, and leaves out what is not there', () => {
  const search = { q: 'a b&c', only: ['x', 'y'], gone: undefined };
  expect(parseSearch(stringifySearch(search))).toEqual({ q: 'a b&c', only: ['x', 'y'] });
  expect(stringifySearch({ gone: undefined })).toBe('');
});

it('takes what makes no sense for nothing', () => {
  expect(asOneOf('logs', ['health'])).toBeUndefined();
  expect(asNumber('many')).toBeUndefined();
  expect(asMany(undefined)).toEqual([]);
});
