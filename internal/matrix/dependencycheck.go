package matrix

import (
	"regexp"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// checkKeys are the keys of dependencies.<name>.check, and of check in
// databases.<name> and storage.
var checkKeys = keys[lockstep.CheckSpec]{
	{"kind", func(v value, c *lockstep.CheckSpec) { setChoice(v, "kind of check", lockstep.CheckKinds(), &c.Kind) }},
	{"path", func(v value, c *lockstep.CheckSpec) { c.Path, _ = v.requestPath() }},
	{"command", func(v value, c *lockstep.CheckSpec) { c.Command = v.program(value.text) }},
	{"interval", func(v value, c *lockstep.CheckSpec) { setDuration(v, time.Second, maxWait, &c.Interval) }},
	{"timeout", func(v value, c *lockstep.CheckSpec) { setDuration(v, 10*time.Millisecond, time.Minute, &c.Timeout) }},
	{"healthyAfter", func(v value, c *lockstep.CheckSpec) { setPositive(v, 100, &c.HealthyAfter) }},
	{"unhealthyAfter", func(v value, c *lockstep.CheckSpec) { setPositive(v, 100, &c.UnhealthyAfter) }},
	{"user", func(v value, c *lockstep.CheckSpec) { c.User, _ = v.filled() }},
	{"passwordFile", func(v value, c *lockstep.CheckSpec) { c.PasswordFile = v.credential() }},
	{"warn", func(v value, c *lockstep.CheckSpec) { limitKeys.read(v, &c.Warn) }},
}

var limitKeys = keys[lockstep.CheckLimits]{
	{"latencyAbove", func(v value, l *lockstep.CheckLimits) { setDuration(v, time.Millisecond, time.Minute, &l.LatencyAbove) }},
	{"pendingAbove", func(v value, l *lockstep.CheckLimits) { setPositive(v, 1e9, &l.PendingAbove) }},
	{"usedAbove", func(v value, l *lockstep.CheckLimits) { l.UsedAbove, _ = v.memory() }},
	{"hitRatioBelow", func(v value, l *lockstep.CheckLimits) { setPositive(v, 100, &l.HitRatioBelow) }},
	{"replicasBelow", func(v value, l *lockstep.CheckLimits) { setPositive(v, 100, &l.ReplicasBelow) }},
	{"nodesBelow", func(v value, l *lockstep.CheckLimits) { setPositive(v, 1000, &l.NodesBelow) }},
	{"expiresWithin", func(v value, l *lockstep.CheckLimits) {
		setDuration(v, time.Hour, 365*24*time.Hour, &l.ExpiresWithin)
	}},
}

var credentialShape = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

// credential is the name of a file in the server's folder of credentials. It
// is no path, so that a matrix cannot have any file of the server sent away.
func (v value) credential() string {
	s, ok := v.filled()
	if ok && !credentialShape.MatchString(s) {
		v.wrong("put the password into a file in the folder credentials/<project> of the server's data directory, and write the file's name here",
			"the name of a file without a path: letters, digits, dots, hyphens and underscores")
		return ""
	}
	return s
}

// readCheck is the check of a dependency; what it wants of the rest is looked
// at when all of it was read.
func readCheck(v value, r *lockstep.DependencyRecord) {
	var c lockstep.CheckSpec
	v = v.withoutPassword()
	if checkKeys.read(v, &c) {
		r.Check = &c
		v.completeCheck(*r)
	}
}

// withoutPassword reports a password, and leaves it out: as an unknown key it
// would be shown with its line.
func (v value) withoutPassword() value {
	kept := *v.n
	kept.entries = nil
	for _, e := range v.n.entries {
		if e.key.text != "password" {
			kept.entries = append(kept.entries, e)
			continue
		}
		v.d.problems.addHidden(e.key.start, join(v.field, "password"),
			"write it into a file in the folder credentials/<project> of the server's data directory, and name that: passwordFile", "a matrix holds no password")
	}
	return value{v.d, &kept, v.field}
}

func (v value) completeCheck(r lockstep.DependencyRecord) {
	c := *r.Check
	kind := c.Kind
	if kind == "" {
		kind = lockstep.CheckKindOf(r.Endpoint)
	}
	switch {
	case v.n.kind != mapping || v.unclear("kind", c.Kind != ""):
	case kind == lockstep.CheckCommand && !v.has("command"):
		v.wrong("add command: [./check]", "a check of kind command needs a command")
	case c.Command != nil && kind != lockstep.CheckCommand:
		v.wrong("add kind: command", "only a check of kind command has a command")
	case kind == lockstep.CheckCommand:
	case r.Endpoint == "":
		v.wrong("add an endpoint beside check", "there is nothing to check without an endpoint")
	case kind == "":
		v.wrong("add kind: tcp, or another", "the endpoint does not say what kind of check this is")
	case c.PasswordFile != "" && kind == lockstep.CheckTCP:
		v.wrong("remove it, or name another kind", "a check of kind tcp uses no password")
	}
}

// unclear says that a key is there and was wrong.
func (v value) unclear(key string, read bool) bool { return !read && v.has(key) }

func checkTree(c lockstep.CheckSpec) branch {
	b := branch{}
	b.put("kind", string(c.Kind))
	b.put("path", c.Path)
	b.put("command", anyList(c.Command))
	b.put("interval", duration(c.Interval))
	b.put("timeout", duration(c.Timeout))
	b.put("healthyAfter", c.HealthyAfter)
	b.put("unhealthyAfter", c.UnhealthyAfter)
	b.put("user", c.User)
	b.put("passwordFile", c.PasswordFile)
	limits := branch{}
	limits.put("latencyAbove", duration(c.Warn.LatencyAbove))
	limits.put("pendingAbove", c.Warn.PendingAbove)
	limits.put("usedAbove", c.Warn.UsedAbove)
	limits.put("hitRatioBelow", c.Warn.HitRatioBelow)
	limits.put("replicasBelow", c.Warn.ReplicasBelow)
	limits.put("nodesBelow", c.Warn.NodesBelow)
	limits.put("expiresWithin", duration(c.Warn.ExpiresWithin))
	b.put("warn", limits)
	return b
}
