package policy

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestWhatNeedsGoneSecretsIsRefused(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	q := deploy()
	q.Gone = []GoneSecret{
		{SecretRef: lockstep.SecretRef{Key: "API_KEY", Version: 2}, RevokedAt: &at, RevokedBy: "eve"},
		{SecretRef: lockstep.SecretRef{Key: "TOKEN", Version: 1}},
	}
	for action, remedy := range map[Action]string{
		Deploy: "--with-config latest", Promote: "--with-config latest", Start: "--with-config latest",
		Scale: "--with-config latest", EnableService: "--with-config latest", Rollback: "--secrets current", Restore: "--secrets current",
	} {
		q.Action = action
		a := Decide(q)
		i := slices.IndexFunc(a.Reasons, func(r Reason) bool { return r.Code == ReasonSecretGone })
		if a.Allowed || i < 0 {
			t.Errorf("%s: %s", action, a)
			continue
		}
		for _, word := range []string{"API_KEY version 2 (revoked on 2026-03-01 09:30 UTC by eve)", "TOKEN version 1 (removed)", remedy} {
			if !strings.Contains(a.Reasons[i].Message, word) {
				t.Errorf("%s does not say %q: %s", action, word, a.Reasons[i].Message)
			}
		}
	}
}
