import { Anchor, Group, List, SegmentedControl, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Mistake } from '~/api/problem';
import { useFormat, useText } from '~/text/text';
import { read } from './read';
import { isObject, sectionNames, type Sections } from './sections';
import { TextEditor } from './TextEditor';
import { write } from './write';

interface Props {
  sections: Sections;
  mistakes: readonly Mistake[];
  onChange: (sections: Sections) => void;
  /** Whether what is typed can be read. */
  onReadable: (readable: boolean) => void;
}

const names: readonly string[] = sectionNames;

/** All sections as a text, JSON or YAML, with what is wrong at its place. */
export function RawSections({ sections, mistakes, onChange, onReadable }: Props) {
  const t = useText().configuration.raw;
  const f = useFormat();
  const [language, setLanguage] = useState<'json' | 'yaml'>('yaml');
  const [typed, setTyped] = useState<string>();
  const [goTo, setGoTo] = useState<{ at: number }>();
  const text = typed ?? write(sections, language);
  const got = useMemo(() => understood(text, language), [text, language]);

  const change = (next: string) => {
    setTyped(next);
    const result = understood(next, language);
    onReadable('sections' in result);
    if ('sections' in result) onChange(result.sections);
  };
  const problems = useMemo(() => {
    if (!('sections' in got)) return [{ at: got.at, says: got.says(t) }];
    return mistakes.map(({ field = '', message }) => ({ at: placeOf(field, got.places), says: `${field}: ${message}` }));
  }, [got, mistakes, t]);
  const marks = useMemo(() => problems.map(({ at }) => at), [problems]);
  return (
    <Stack gap="sm">
      <Group justify="flex-end">
        <SegmentedControl
          aria-label={t.language}
          value={language}
          data={[
            { value: 'yaml', label: 'YAML' },
            { value: 'json', label: 'JSON' },
          ]}
          disabled={!('sections' in got)}
          onChange={(next) => {
            setTyped(undefined);
            setLanguage(next === 'json' ? 'json' : 'yaml');
          }}
        />
      </Group>
      {problems.length > 0 && (
        <div role="alert" aria-label={t.problems}>
          <Text fw={600} size="sm">
            {t.problems}
          </Text>
          <List size="sm">
            {problems.map(({ at, says }) => (
              <List.Item key={`${at} ${says}`}>
                <Anchor component="button" type="button" size="sm" onClick={() => setGoTo({ at })}>
                  {t.line(f.number(text.slice(0, at).split('\n').length))}
                </Anchor>
                : {says}
              </List.Item>
            ))}
          </List>
        </div>
      )}
      <TextEditor label={t.label} text={text} language={language} marks={marks} goTo={goTo} onChange={change} />
    </Stack>
  );
}

type Wrong = ReturnType<typeof useText>['configuration']['raw'];
type Understood = { sections: Sections; places: ReadonlyMap<string, number> } | { at: number; says: (t: Wrong) => string };

function understood(text: string, language: 'json' | 'yaml'): Understood {
  const got = read(text, language);
  if ('wrong' in got) return { at: got.at, says: (t) => t.wrong[got.wrong] };
  const { value, places } = got;
  if (!isObject(value)) return { at: 0, says: (t) => t.wrong.object };
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) return { at: places.get(unknown) ?? 0, says: (t) => t.unknown(unknown) };
  // A section without anything in it is one that is not said.
  return { sections: Object.fromEntries(Object.entries(value).filter(([, said]) => said !== null)), places };
}

/** Where a path stands, or the nearest above it that stands somewhere. */
function placeOf(path: string, places: ReadonlyMap<string, number>): number {
  for (let here = path; here !== ''; here = here.slice(0, Math.max(here.lastIndexOf('.'), here.lastIndexOf('['), 0))) {
    const at = places.get(here);
    if (at !== undefined) return at;
  }
  return 0;
}
