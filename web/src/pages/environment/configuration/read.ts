import { jsonLanguage } from '@codemirror/lang-json';
import { yamlLanguage } from '@codemirror/lang-yaml';
import type { Json } from './sections';

type SyntaxNode = ReturnType<typeof jsonLanguage.parser.parse>['topNode'];

/** A text that was read: its value, and where each path of it stands. Or what is wrong with it, and where. */
export type Read = { value: unknown; places: ReadonlyMap<string, number> } | { wrong: Mistake; at: number };

class Wrong extends Error {
  readonly why: Mistake;
  readonly at: number;

  constructor(why: Mistake, at: number) {
    super(why);
    this.why = why;
    this.at = at;
  }
}

export type Mistake = 'syntax' | 'tabs' | 'anchors' | 'documents' | 'twice' | 'object';

/** Reads JSON or YAML. Of YAML, what configurations are written in: no anchors, no tags, one document. */
export function read(source: string, language: 'json' | 'yaml'): Read {
  const tree = (language === 'json' ? jsonLanguage : yamlLanguage).parser.parse(source);
  const places = new Map<string, number>();
  try {
    tree.iterate({
      enter: (node) => {
        if (node.type.isError) throw new Wrong(source.slice(0, node.from).split('\n').at(-1)?.includes('\t') ? 'tabs' : 'syntax', node.from);
        if (['Anchor', 'Alias', 'Tag'].includes(node.name)) throw new Wrong('anchors', node.from);
      },
    });
    let top: SyntaxNode | null;
    if (language === 'json') top = inside(tree.topNode)[0] ?? null;
    else {
      const documents = tree.topNode.getChildren('Document');
      if (documents.length > 1) throw new Wrong('documents', documents[1]?.from ?? 0);
      top = documents[0] ? (inside(documents[0])[0] ?? null) : null;
    }
    return { value: top ? valueOf(top, source, '', places) : {}, places };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.why, at: error.at };
    throw error;
  }
}

const noise = new Set(['Comment', ':', ',', '[', ']', '{', '}', '-', '?', 'DirectiveEnd', 'DocEnd', 'BlockLiteralHeader']);

function inside(node: SyntaxNode): SyntaxNode[] {
  const out: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (!noise.has(child.name)) out.push(child);
  return out;
}

function valueOf(node: SyntaxNode, source: string, path: string, places: Map<string, number>): unknown {
  places.set(path, node.from);
  const text = source.slice(node.from, node.to);
  switch (node.name) {
    case 'BlockMapping':
    case 'FlowMapping':
    case 'Object':
      return mapping(node, source, path, places);
    case 'BlockSequence':
    case 'FlowSequence':
    case 'Array':
      return inside(node).map((item, i) => {
        const [of] = item.name === 'Item' ? inside(item) : [item];
        return of ? valueOf(of, source, `${path}[${i}]`, places) : null;
      });
    case 'String':
      return parsed(text, node.from);
    case 'QuotedLiteral':
      return text.startsWith('"') ? parsed(text.replace(/\s*\n\s*/g, ' '), node.from) : text.slice(1, -1).replaceAll("''", "'").replace(/\s*\n\s*/g, ' ');
    case 'BlockLiteral':
      return block(text);
    default:
      return plain(text);
  }
}

function mapping(node: SyntaxNode, source: string, path: string, places: Map<string, number>): Json {
  const out: Json = {};
  for (const pair of inside(node)) {
    const [key, ...values] = inside(pair);
    if (!key) continue;
    const word = key.name === 'Key' ? (inside(key)[0] ?? key) : key;
    const raw = source.slice(word.from, word.to);
    const name = raw.startsWith('"') ? String(parsed(raw, word.from)) : raw.startsWith("'") ? raw.slice(1, -1).replaceAll("''", "'") : raw;
    if (Object.hasOwn(out, name)) throw new Wrong('twice', word.from);
    const here = path === '' ? name : `${path}.${name}`;
    Object.defineProperty(out, name, { value: values[0] ? valueOf(values[0], source, here, places) : null, enumerable: true, writable: true, configurable: true });
    places.set(here, word.from);
  }
  return out;
}

function parsed(text: string, from: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Wrong('syntax', from);
  }
}

/** A text without quotes: what YAML 1.2 takes it for. */
function plain(text: string): unknown {
  const value = text.replace(/\s*\n\s*/g, ' ');
  if (/^(null|~|)$/i.test(value)) return null;
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  return /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(value) ? Number(value) : value;
}

/** The lines below | or >, without their indentation. */
function block(text: string): string {
  const [header = '', ...lines] = text.split('\n');
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length));
  const cut = lines.map((line) => line.slice(Number.isFinite(indent) ? indent : 0));
  const body = header.startsWith('>') ? cut.join('\n').replace(/([^\n])\n(?=[^\n])/g, '$1 ') : cut.join('\n');
  const trimmed = body.replace(/\n+$/, '');
  if (header.includes('-')) return trimmed;
  return header.includes('+') ? body : `${trimmed}\n`;
}
