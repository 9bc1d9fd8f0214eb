import { expect, it } from 'vitest';
import { messages, type Message } from './sse';

function read(...chunks: string[]): Message[] {
  const out: Message[] = [];
  const feed = messages((message) => out.push(message));
  chunks.forEach(feed);
  return out;
}

it('reads what the server writes, however it is cut', () => {
  const text = ': events\n\nid: 7\nevent: step.started\ndata: {"seq":7}\n\n: heartbeat\nid: 9\n\n';
  const whole = read(text);
  expect(whole).toEqual([
    { id: '7', event: 'step.started', data: '{"seq":7}' },
    { id: '9', data: '' },
  ]);
  expect(read(...Array.from(text))).toEqual(whole); // letter by letter
});

it('takes any end of a line, and half of one for no end', () => {
  expect(read('data: a\r', '\ndata: b\r\n\r\n')).toEqual([{ data: 'a\nb' }]);
  expect(read('data: a\r\rdata: b\r\r', '\n')).toEqual([{ data: 'a' }, { data: 'b' }]);
});

it('tells of nothing that is not whole', () => {
  expect(read('id: 1\ndata: {"half"')).toEqual([]);
});
