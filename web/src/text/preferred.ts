import { languages, type Language } from './texts';

const place = 'lockstep.language';

/** The language that was chosen here, else the browser's where we speak it, else English. */
export function preferred(): Language {
  const kept = localStorage.getItem(place);
  return all.find((each) => each === kept) ?? all.find((each) => navigator.language.toLowerCase().startsWith(each)) ?? 'en';
}

export function prefer(language: Language): void {
  localStorage.setItem(place, language);
}

const all = Object.keys(languages) as Language[];
