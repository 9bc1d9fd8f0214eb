import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';
import { forgetSessionKey } from '~/api/key';
import { addresses } from './addresses';

/** Goes to the sign-in page, and from there back to where one was. Nothing of the session stays behind. */
export function useLeave(): () => void {
  const router = useRouter();
  const queries = useQueryClient();
  return useCallback(() => {
    if (router.state.location.pathname === addresses.signIn) return;
    forgetSessionKey();
    const next = router.state.location.href;
    void router.navigate({ to: addresses.signIn, search: { next: next === '/' ? undefined : next } }).then(() => queries.clear());
  }, [router, queries]);
}
