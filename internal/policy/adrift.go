package policy

import "fmt"

// Adrift is a live address of which nobody knows where it leads: a switch to
// one environment failed after the move and could not be taken back.
type Adrift struct {
	Host    string // the address
	Current string // the environment that is recorded as current
	To      string // the one that the address may lead to instead
}

// settled keeps what routes an environment from deciding, on the side, which
// of two has the users: to route the current one would take the address back
// from where they are, and to route the other would drop its claim. Whoever
// knows that the address has to go to what is current, and cannot switch
// because nothing is ready there, forces a deployment to it.
func settled(q Question) *Reason {
	if q.Adrift == nil || q.Environment == nil {
		return nil
	}
	a := q.Adrift
	where := fmt.Sprintf("a switch to %s failed and could not be taken back, so that %s may lead to %s or to %s", a.To, a.Host, a.Current, a.To)
	deploys := (q.Action == Deploy || q.Action == Promote) && q.Environment.Name == a.Current
	if deploys && q.Force {
		return reason(ReasonForced, "%s; this takes it to %s (forced: %s)", where, a.Current, q.Reason)
	}
	text := where + ", and this would move users on the side: lead it to one of them first, with lockstep switch " + a.Current + " or lockstep switch " + a.To
	if deploys {
		text += "; where neither is possible, --force with a --reason takes it to " + a.Current
	}
	return reason(ReasonAdrift, "%s", text)
}
