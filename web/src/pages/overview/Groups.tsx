import { useDebouncedCallback } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue } from 'react';
import type { Approval } from '~/api/queries/approvals';
import type { Card } from '~/api/queries/overview';
import { Icon } from '~/parts/icons';
import { SearchBox } from '~/parts/SearchBox';
import { useFormat, useText } from '~/text/text';
import type { Arrangement } from './arrange';
import { EnvironmentCard } from './EnvironmentCard';
import { Heading } from './Heading';
import { ManyEnvironments } from './ManyEnvironments';
import classes from './Overview.module.css';

const few = 48; // as many cards as can still be taken in; more are rows
const worthFiltering = 9;

/** What stands outside the pipeline: by what it is for, or in rows of which only the seen ones are there. */
export function Groups({ arrangement: { groups, rest }, approvals }: { arrangement: Arrangement; approvals: readonly Approval[] }) {
  const t = useText().overview;
  const f = useFormat();
  const navigate = useNavigate();
  const { q = '' } = useSearch({ from: '/shell/' });
  const sought = useDeferredValue(q);
  // Letters show at once; a new address is news to every link of the page, and comes when the word is typed.
  const find = useDebouncedCallback((q: string | undefined) => void navigate({ to: '.', search: (before) => ({ ...before, q }), replace: true, resetScroll: false }), 150);
  if (groups.length === 0) return null;
  const found = groups.map(({ group, cards }) => ({ group, all: cards.length, cards: cards.filter((card) => fits(card, sought)) })).filter(({ cards }) => cards.length > 0);
  const count = (cards: readonly Card[], all: number) => (cards.length === all ? f.number(all) : t.count(f.number(cards.length), f.number(all)));
  return (
    <>
      {rest >= worthFiltering && (
        <SearchBox type="search" label={t.filter.label} placeholder={t.filter.hint} leftSection={<Icon name="filter" />} value={q} maw={420} onSearch={find} />
      )}
      {found.length === 0 && <p className={classes.level}>{t.filter.none}</p>}
      <div className={classes.groups}>
        {found.map(({ group, all, cards }) => {
          const rows = rest > few && cards.length > worthFiltering;
          return (
            <Heading key={group} title={t.groups[group]} count={count(cards, all)} wide={rows ? 6 : cards.length}>
              {rows ? <ManyEnvironments label={t.groups[group]} cards={cards} /> : <Cards cards={cards} approvals={approvals} />}
            </Heading>
          );
        })}
      </div>
    </>
  );
}

export function Cards({ cards, approvals }: { cards: readonly Card[]; approvals: readonly Approval[] }) {
  return (
    <ul className={classes.cards}>
      {cards.map((card) => (
        <li key={card.id}>
          <EnvironmentCard environment={card} approvals={approvals} />
        </li>
      ))}
    </ul>
  );
}

/** Every word has to be found somewhere. */
export function fits({ name, type, role, status, version, region, parent, tags, health }: Card, sought: string): boolean {
  const text = [name, type, role, status, version, region, parent, health?.status, ...(tags ?? [])].join(' ').toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
