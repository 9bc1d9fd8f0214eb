import type { en } from './en';

/** Every text there is. English defines what they are; another language has to have them all, or does not compile. */
export type Texts = typeof en;

export const languages = { en: 'English', id: 'Bahasa Indonesia' } as const;
export type Language = keyof typeof languages;
