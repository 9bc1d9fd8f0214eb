package verdict

// WithProbes adds what synthetic requests showed to the verdict on users'.
// Either can fail a canary. The probes let it pass only where users' requests
// do not suffice for a verdict: they say nothing of paths that nobody probes.
// The two are never added up, because both sides get the same probes and
// different shares of the users.
func WithProbes(users, probes Verdict) Verdict {
	probes.Reason = "synthetic requests: " + probes.Reason
	switch {
	case users.Outcome == Fail:
		return users
	case probes.Outcome == Fail:
		return probes
	case users.Outcome == Pass:
		return users
	case probes.Outcome == Pass:
		probes.Reason += " (users: " + users.Reason + ")"
		return probes
	}
	users.Reason += "; " + probes.Reason
	return users
}
