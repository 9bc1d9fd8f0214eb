package policy

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func quarantined(automatic bool) *lockstep.Quarantine {
	return &lockstep.Quarantine{
		Environment: "production", Version: "2.1.0", RevisionHash: "sha256:0123456789abcdef", Automatic: automatic, By: "bo",
		Reason: "too slow", At: time.Date(2026, 3, 1, 9, 30, 59, 0, time.UTC),
	}
}

func TestQuarantine(t *testing.T) {
	t.Parallel()
	decides(t, []decision{
		{
			"what was rolled back by hand", with(deploy(), func(q *Question) { q.Quarantine = quarantined(false) }),
			"deploy of 2.1.0 to production is refused: 2.1.0 (revision 0123456789ab) was rolled back in production by bo on 2026-03-01 09:30 UTC: too slow; to bring it back, say why (--reason)", lockstep.CodeRefused,
		},
		{
			"what took itself back, at the claim", with(deploy(), func(q *Question) { q.Quarantine, q.Claimed = quarantined(true), true }),
			"deploy of 2.1.0 to production is refused: 2.1.0 (revision 0123456789ab) failed in production and was rolled back on 2026-03-01 09:30 UTC: too slow; to bring it back, say why (--reason)", lockstep.CodeRefused,
		},
		{
			"what was rolled back, with a reason", with(deploy(), func(q *Question) { q.Quarantine, q.Reason = quarantined(false), "faster now" }),
			"deploy of 2.1.0 to production is allowed: 2.1.0 (revision 0123456789ab) was rolled back in production by bo on 2026-03-01 09:30 UTC: too slow; it may run again: faster now", "",
		},
		{
			"a rollback to what was rolled back", with(rollback(), func(q *Question) { q.Quarantine = quarantined(false) }),
			"rollback of production to 2.0.0 is refused: 2.1.0 (revision 0123456789ab) was rolled back in production by bo on 2026-03-01 09:30 UTC: too slow; to bring it back, say why (--reason)", lockstep.CodeRefused,
		},
		{
			"a restore of what was rolled back", with(rollback(), func(q *Question) { q.Action, q.Quarantine, q.Reason = Restore, quarantined(false), "r1 is worse" }),
			"rollback of production to 2.0.0 is allowed: 2.1.0 (revision 0123456789ab) was rolled back in production by bo on 2026-03-01 09:30 UTC: too slow; it may run again: r1 is worse", "",
		},
	})
}
