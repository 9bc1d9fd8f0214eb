/** One message of a stream of server-sent events. */
export interface Message {
  id?: string;
  event?: string;
  data: string;
}

/**
 * Takes a stream apart, as the HTML standard says. Feed it text as it comes; it calls back for each message that is
 * whole. A message with an id and no data is told of too: that is how the server says how far a reader has come.
 */
export function messages(onMessage: (message: Message) => void): (text: string) => void {
  let rest = '';
  let data: string[] = [];
  let id: string | undefined;
  let event: string | undefined;

  const line = (text: string) => {
    if (text === '') {
      if (data.length > 0 || id !== undefined) onMessage({ data: data.join('\n'), ...(id !== undefined && { id }), ...(event !== undefined && { event }) });
      data = [];
      id = event = undefined;
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return; // a comment
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'id') id = value;
    else if (field === 'event') event = value;
  };

  return (text) => {
    rest += text;
    // A carriage return at the very end may be half of a line's end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    lines.forEach(line);
  };
}
