import { useRouter } from '@tanstack/react-router';
import { useMemo } from 'react';
import { places, type Place } from './navigation';

// Every link asks, and routes do not change.
const answered = new WeakMap<object, Map<string, boolean>>();

/** Says of an address whether a page answers to it. */
export function useAnswers(): (address: string) => boolean {
  const router = useRouter();
  return useMemo(() => {
    const known = answered.get(router) ?? new Map<string, boolean>();
    answered.set(router, known);
    return (address: string) => {
      const path = address.split(/[?#]/)[0] ?? address;
      const answers = known.get(path) ?? router.getMatchedRoutes(path)[2] !== undefined;
      known.set(path, answers);
      return answers;
    };
  }, [router]);
}

/** The places of the navigation whose pages there are. */
export function usePlaces(): readonly Place[] {
  const answers = useAnswers();
  return useMemo(() => places.filter((place) => answers(place.address)), [answers]);
}
