import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { formats, zones, type Formats, type Zone } from './format';
import { prefer, preferred } from './preferred';
import { catalogues, known, learn } from './rooms';
import type { Language, Texts } from './texts';

interface Speech {
  language: Language;
  texts: Texts;
  formats: Formats;
  speak: (language: Language) => void;
  zone: Zone;
  setZone: (zone: Zone) => void;
}

const zonePlace = 'lockstep.zone';

const Speaking = createContext<Speech>({ language: 'en', texts: catalogues.en, formats: formats('en'), speak: () => undefined, zone: 'local', setZone: () => undefined });

/** Gives everything below it a language. Another one is spoken once all is there that has been read so far: no text changes twice. */
export function Speak({ children, language: fixed }: { children: ReactNode; language?: Language }) {
  const [language, setLanguage] = useState<Language>(() => fixed ?? preferred());
  const [zone, setZone] = useState<Zone>(() => zones.find((z) => z === localStorage.getItem(zonePlace)) ?? 'local');
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo<Speech>(
    () => ({
      language,
      texts: catalogues[language],
      formats: formats(language, zone),
      speak(next) {
        void learn(next, known()).then(() => {
          prefer(next);
          setLanguage(next);
        });
      },
      zone,
      setZone(next) {
        localStorage.setItem(zonePlace, next);
        setZone(next);
      },
    }),
    [language, zone],
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
