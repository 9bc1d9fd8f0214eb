import { act, render, screen } from '@testing-library/react';
import { Suspense } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { loads, rooms as files, roomsOf } from '../../build/texts.mjs';

// Rooms that were read stay: each test begins with none.
beforeEach(() => {
  vi.resetModules();
});

it('loads with a part exactly the rooms that it reads', () => {
  const every = loads();
  expect(every.length).toBeGreaterThan(35);
  for (const { from, part, named } of every) expect([from, part, named]).toEqual([from, part, roomsOf(part)]);
  // What comes with the program itself has no other texts than every page's.
  expect(roomsOf('main.tsx')).toEqual([]);
});

it('knows every room there is, in every language', async () => {
  const { rooms, learn, catalogues } = await import('./rooms');
  expect([...rooms].sort()).toEqual([...files].sort());
  for (const [language, all] of [['en', (await import('./en')).en], ['id', (await import('./id')).id]] as const) {
    expect(Object.keys(all).sort()).toEqual([...files].sort());
    await learn(language);
    for (const room of rooms) expect(catalogues[language][room], `${language} ${room}`).toBe(all[room]);
  }
});

it('loads a part and its texts at once, and says nothing before both are there', async () => {
  localStorage.setItem('lockstep.language', 'id');
  const { withTexts } = await import('./with-texts');
  const { known } = await import('./rooms');
  expect(known()).toEqual(['shell', 'parts']); // English, of the program
  let arrive: (module: string) => void = () => undefined;
  const load = vi.fn(() => new Promise<string>((resolve) => (arrive = resolve)));
  const both = withTexts(['releases'], load)();
  expect(load).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(known()).toContain('releases')); // not only after the part
  arrive('the part');
  expect(await both).toBe('the part');
});

it('waits for a room that nobody asked for before, and never shows another language instead', async () => {
  const { Speak, useText } = await import('./text');
  const seen = new Set<string>();
  function Title() {
    const { title } = useText().releases;
    seen.add(title);
    return <h1>{title}</h1>;
  }
  await act(async () => {
    render(
      <Speak language="id">
        <Suspense fallback="…">
          <Title />
        </Suspense>
      </Speak>,
    );
    await Promise.resolve();
  });
  await screen.findByRole('heading', { name: 'Rilis' });
  expect([...seen]).toEqual(['Rilis']);
});

it('speaks another language once all is there that is read', async () => {
  const { Speak, useLanguage, useText } = await import('./text');
  const { learn } = await import('./rooms');
  await learn('en', ['releases', 'tokens']);
  const seen: string[] = [];
  function Titles() {
    const t = useText();
    const { speak } = useLanguage();
    seen.push(`${t.releases.title} ${t.tokens.title}`);
    return <button onClick={() => speak('id')}>{t.shell.language}</button>;
  }
  // Without a Suspense around it: nothing of it may have to wait.
  render(
    <Speak language="en">
      <Titles />
    </Speak>,
  );
  act(() => screen.getByRole('button', { name: 'Language' }).click());
  await screen.findByRole('button', { name: 'Bahasa' });
  expect(new Set(seen)).toEqual(new Set(['Releases Tokens', 'Rilis Token']));
  expect(localStorage.getItem('lockstep.language')).toBe('id');
});
