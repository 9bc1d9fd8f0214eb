import { use } from 'react';
import { parts } from './en/parts';
import { shell } from './en/shell';
import type { Language, Texts } from './texts';

/** A part of the catalogue that is loaded at once, in one language: `en/overview.ts`. */
export type Room = keyof Texts;

/** What every page needs. English is part of the program: what goes wrong before anything else is loaded has words, too. */
export const always = ['shell', 'parts'] as const satisfies Room[];

const files = import.meta.glob<Partial<Texts>>(['./*/*.ts', '!./*/index.ts', '!./en/shell.ts', '!./en/parts.ts']);
const fileOf = (language: Language, room: Room) => `./${language}/${room.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
const roomOf = (file: string) => file.replace(/^.*\/|\.ts$/g, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) as Room;

/** Every room there is. */
export const rooms: readonly Room[] = [...new Set([...always, ...Object.keys(files).map(roomOf)])];

const said: Record<Language, Partial<Texts>> = { en: { shell, parts }, id: {} };
const coming = new Map<string, Promise<unknown>>();
const failed = new Set<string>();

async function fetched(language: Language, room: Room): Promise<unknown> {
  const file = fileOf(language, room);
  try {
    const words = (await files[file]?.())?.[room];
    if (words === undefined) throw new Error(`there is no text ${file}`);
    Object.assign(said[language], { [room]: words });
  } catch (error) {
    failed.add(file);
    if (said.en[room] === undefined) throw error;
    Object.assign(said[language], { [room]: said.en[room] }); // better said in English than not at all
  }
  return said[language][room];
}

/** Loads rooms in a language; what is there already is not asked for again, what failed is. */
export async function learn(language: Language, which: readonly Room[] = rooms): Promise<void> {
  await Promise.all(
    which.map(async (room) => {
      const file = fileOf(language, room);
      if (failed.delete(file)) coming.delete(file);
      if (said[language][room] === undefined) await request(language, room);
    }),
  );
}

function request(language: Language, room: Room): Promise<unknown> {
  const file = fileOf(language, room);
  const under = coming.get(file) ?? fetched(language, room);
  coming.set(file, under);
  return under;
}

/** The rooms that somebody has read, in whatever language. */
export function known(): Room[] {
  return rooms.filter((room) => Object.values(said).some((texts) => texts[room] !== undefined));
}

/** All texts in a language. A room that is not there is loaded when it is read, and whoever reads it suspends meanwhile. */
function catalogue(language: Language): Texts {
  const texts = {};
  for (const room of rooms) {
    // eslint-disable-next-line react-hooks/rules-of-hooks -- use() may be called under conditions; useText() is a hook, and what it answers is read while rendering
    Object.defineProperty(texts, room, { enumerable: true, get: () => said[language][room] ?? use(request(language, room)) });
  }
  return texts as Texts;
}

export const catalogues: Record<Language, Texts> = { en: catalogue('en'), id: catalogue('id') };
