/** A stretch of a line in one look. */
export interface Piece {
  text: string;
  /** One of the eight colours of terminals, by name; none is the line's own. */
  color?: Color;
  bold?: boolean;
}

const colors = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
export type Color = (typeof colors)[number];

const escape = String.fromCharCode(27);
const sequence = new RegExp(`${escape}\\[([0-9;]*)m`, 'g');
// Everything else that a terminal would obey is shown as a drawing of itself: nothing that is logged moves anything here.
const control = new RegExp(`[${String.fromCharCode(0)}-${String.fromCharCode(8)}${String.fromCharCode(11)}-${String.fromCharCode(31)}${String.fromCharCode(127)}-${String.fromCharCode(159)}\\u202a-\\u202e\\u2066-\\u2069]`, 'g');

/** Takes a line apart by its colours (SGR). Other sequences and control characters become visible text. */
export function pieces(line: string): Piece[] {
  if (!line.includes(escape)) return [{ text: visible(line) }];
  const out: Piece[] = [];
  let look: Omit<Piece, 'text'> = {};
  let from = 0;
  const put = (text: string) => {
    if (text !== '') out.push({ text: visible(text), ...look });
  };
  for (const match of line.matchAll(sequence)) {
    put(line.slice(from, match.index));
    from = match.index + match[0].length;
    look = styled(look, match[1] ?? '');
  }
  put(line.slice(from));
  return out;
}

function styled(look: Omit<Piece, 'text'>, codes: string): Omit<Piece, 'text'> {
  let next = { ...look };
  const numbers = (codes === '' ? '0' : codes).split(';').map(Number);
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i] ?? 0;
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 22) delete next.bold;
    else if (code === 39) delete next.color;
    else if (code === 38 || code === 48) i += numbers[i + 1] === 5 ? 2 : 4; // 256 or all colours: not of the eight
    else {
      const color = colors[code >= 90 ? code - 90 : code - 30];
      if (color && ((code >= 30 && code <= 37) || (code >= 90 && code <= 97))) next.color = color;
    }
  }
  return next;
}

function visible(text: string): string {
  return text.replace(control, (char) => {
    const code = char.charCodeAt(0);
    if (code < 32) return String.fromCharCode(0x2400 + code);
    return code === 127 ? '␡' : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** A line without its colours: what is copied and downloaded. */
export function plain(line: string): string {
  return line.replace(sequence, '');
}
