package policy

import (
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// GoneSecret is a secret's value that cannot be had any more.
type GoneSecret struct {
	lockstep.SecretRef
	RevokedAt *time.Time // nil: the secret itself is gone
	RevokedBy string
}

func (g GoneSecret) String() string {
	if g.RevokedAt == nil {
		return fmt.Sprintf("%s version %d (removed)", g.Key, g.Version)
	}
	return fmt.Sprintf("%s version %d (revoked on %s by %s)", g.Key, g.Version, g.RevokedAt.UTC().Format("2006-01-02 15:04 UTC"), g.RevokedBy)
}

// secretsThere refuses before anything happens what would not get its secrets.
func secretsThere(q Question) *Reason {
	if len(q.Gone) == 0 || q.Live != nil && q.Live.Drill { // which runs no hooks
		return nil
	}
	names := make([]string, len(q.Gone))
	for i, g := range q.Gone {
		names[i] = g.String()
	}
	say := "deploy with the newest configuration (--with-config latest)"
	if q.Action == Rollback || q.Action == Restore {
		say = "to return with the newest values of just these, ask for it (--secrets current)"
	}
	if q.Live != nil && q.Environment != nil {
		return reason(ReasonSecretGone, "its hooks need what is gone: %s; deploy %s with the newest configuration first (--with-config latest)",
			strings.Join(names, ", "), q.Environment.Name)
	}
	return reason(ReasonSecretGone, "it needs what is gone: %s; %s", strings.Join(names, ", "), say)
}
