import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { en } from './en';
import { formats, zones, type Formats, type Zone } from './format';
import type { Language, Texts } from './texts';

interface Speech {
  language: Language;
  texts: Texts;
  formats: Formats;
  speak: (language: Language) => void;
  zone: Zone;
  setZone: (zone: Zone) => void;
}

const place = 'lockstep.language';
const zonePlace = 'lockstep.zone';

const Speaking = createContext<Speech>({ language: 'en', texts: en, formats: formats('en'), speak: () => undefined, zone: 'local', setZone: () => undefined });

function preferred(): Language {
  const kept = localStorage.getItem(place);
  if (kept === 'en' || kept === 'id') return kept;
  return navigator.language.toLowerCase().startsWith('id') ? 'id' : 'en';
}

/** Gives everything below it a language. English is always at hand; another is loaded when it is chosen. */
export function Speak({ children, language: fixed }: { children: ReactNode; language?: Language }) {
  const [language, setLanguage] = useState<Language>(() => fixed ?? preferred());
  const [zone, setZone] = useState<Zone>(() => zones.find((z) => z === localStorage.getItem(zonePlace)) ?? 'local');
  const [other, setOther] = useState<Texts>();
  useEffect(() => {
    document.documentElement.lang = language;
    if (language !== 'en') void import('./id').then(({ id }) => setOther(id));
  }, [language]);
  const speech = useMemo<Speech>(
    () => ({
      language,
      texts: language === 'en' ? en : (other ?? en),
      formats: formats(language, zone),
      speak(next) {
        localStorage.setItem(place, next);
        setLanguage(next);
      },
      zone,
      setZone(next) {
        localStorage.setItem(zonePlace, next);
        setZone(next);
      },
    }),
    [language, zone, other],
  );
  return <Speaking value={speech}>{children}</Speaking>;
}

/** The texts in the language of whoever reads: `const t = useText(); t.overview.title`. */
export function useText(): Texts {
  return use(Speaking).texts;
}

/** How numbers and times are written: `f.bytes(n)`, `f.duration(ms)`, `f.exact(at)`. */
export function useFormat(): Formats {
  return use(Speaking).formats;
}

export function useLanguage(): Pick<Speech, 'language' | 'speak' | 'zone' | 'setZone'> {
  return use(Speaking);
}
