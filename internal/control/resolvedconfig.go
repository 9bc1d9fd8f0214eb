package control

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
	"github.com/lockstep-dev/lockstep/internal/matrix"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// ResolvedQuery says whose configuration, as it reaches programs, is meant.
type ResolvedQuery struct {
	Project, Environment string
	Service              string // "": all
	Version              string // a number, latest or running; "": running, or latest where nothing runs
	Reveal               bool   // with the values of secrets; it is noted who asked
}

// resolved is a configuration as it is kept in memory: without the value of
// any secret.
type resolved struct {
	environmentID string
	doc           lockstep.ResolvedConfig
	secrets       map[string]map[string]lockstep.SecretText // by service and key
	tag, revealed string                                    // without, and with secrets
	size          int
}

func (r *resolved) tagFor(q ResolvedQuery) string {
	if q.Reveal {
		return r.revealed
	}
	return r.tag
}

// ResolvedConfig reads what programs get, and a tag that is another one
// whenever that is. An answer that the asker knows by its tag is not made
// again: then there is only the tag. Hot reads come from memory.
func (c *Control) ResolvedConfig(ctx context.Context, by By, q ResolvedQuery, known func(tag string) bool) (*lockstep.ResolvedConfig, string, error) {
	r, err := c.resolved(ctx, q)
	if err != nil {
		return nil, "", err
	}
	return c.resolvedAnswer(ctx, by, q, r, known)
}

// withoutNews is how often a configuration is looked at anew where events do
// not come through.
const withoutNews = time.Second

// AwaitConfig is ResolvedConfig as soon as the asker does not know it. Where
// ctx ends first, there is only the tag: it bounds the waiting, and not the
// reading, which has a time of its own, so that who comes as a server stops
// is answered, too.
func (c *Control) AwaitConfig(ctx context.Context, by By, q ResolvedQuery, known func(tag string) bool) (*lockstep.ResolvedConfig, string, error) {
	read := func() (*resolved, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), readConfigIn)
		defer cancel()
		return c.resolved(own, q)
	}
	r, err := read()
	if err != nil {
		return nil, "", err
	}
	look := time.NewTicker(withoutNews)
	defer look.Stop()
	for known(r.tagFor(q)) {
		// The signal is taken before the look, so that nothing falls between.
		changed, live := c.configs.changed(r.environmentID)
		next, err := read()
		if err != nil {
			return nil, "", err
		}
		if r = next; !known(r.tagFor(q)) {
			break
		}
		tick := look.C
		if live {
			tick = nil
		}
		select {
		case <-ctx.Done():
			return nil, r.tagFor(q), nil
		case <-changed:
		case <-tick:
		}
	}
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), readConfigIn)
	defer cancel()
	return c.resolvedAnswer(own, by, q, r, known)
}

func (c *Control) resolvedAnswer(ctx context.Context, by By, q ResolvedQuery, r *resolved, known func(string) bool) (*lockstep.ResolvedConfig, string, error) {
	switch {
	case known(r.tagFor(q)):
		return nil, r.tagFor(q), nil
	case !q.Reveal:
		return &r.doc, r.tag, nil
	}
	// What is revealed is read together with what it is revealed of.
	type answer struct {
		doc lockstep.ResolvedConfig
		tag string
	}
	out, err := revealing(ctx, c, func(tx Tx) (answer, error) {
		r, err := c.resolve(tx, q)
		if err != nil {
			return answer{}, err
		}
		doc, err := c.revealResolved(ctx, tx, by, r)
		return answer{doc, r.revealed}, err
	})
	if err != nil {
		return nil, "", err
	}
	return &out.doc, out.tag, nil
}

// resolved is a configuration from memory, or read into it.
func (c *Control) resolved(ctx context.Context, q ResolvedQuery) (*resolved, error) {
	q.Reveal = false
	return c.configs.of(ctx, q, func(ctx context.Context) (*resolved, error) {
		return view(ctx, c, func(tx Tx) (*resolved, error) { return c.resolve(tx, q) })
	})
}

// resolve reads a configuration.
func (c *Control) resolve(tx Tx, q ResolvedQuery) (*resolved, error) {
	env, err := environment(tx, q.Project, q.Environment)
	if err != nil {
		return nil, err
	}
	var active lockstep.RevisionContent
	if env.ActiveID != "" {
		revision, err := tx.Revision(env.ActiveID)
		if err != nil {
			return nil, err
		}
		active = revision.Content
	}
	out := &resolved{
		environmentID: env.ID,
		doc:           lockstep.ResolvedConfig{Project: env.Project, Environment: env.Name, EnvironmentID: env.ID, Release: active.Release, Services: map[string]lockstep.ResolvedService{}},
		secrets:       map[string]map[string]lockstep.SecretText{},
	}
	if q.Version == "running" || q.Version == "" && env.ActiveID != "" {
		if env.ActiveID == "" {
			return nil, lockstep.Errorf(lockstep.CodeNotFound, "nothing runs in %s yet: ask for version latest", env.Name)
		}
		out.doc.Config, out.doc.Runs = active.Config, true
		for _, s := range active.Services {
			out.add(s.Name, s.Env, s.SecretEnv, s.FileEnv)
		}
	} else if err := c.resolveRecorded(tx, env, q, active.Release, out); err != nil {
		return nil, err
	}
	if q.Service != "" {
		only, ok := out.doc.Services[q.Service]
		if !ok {
			return nil, notFound("service", q.Service, slices.Sorted(maps.Keys(out.doc.Services)))
		}
		out.doc.Services = map[string]lockstep.ResolvedService{q.Service: only}
		out.secrets = map[string]map[string]lockstep.SecretText{q.Service: out.secrets[q.Service]}
	}
	return out, out.seal()
}

// resolveRecorded is what a deployment of what runs would bring with another
// configuration. One that could not be deployed is not delivered either.
func (c *Control) resolveRecorded(tx Tx, env lockstep.Environment, q ResolvedQuery, release string, out *resolved) error {
	number := q.Version
	if number == "" {
		number = "latest"
	}
	version, err := numbered(tx, env, number)
	if err != nil {
		return err
	}
	var services []lockstep.ServiceSpec
	if release != "" {
		r, err := tx.Release(env.ProjectID, release)
		if err != nil {
			return err
		}
		services = r.Services
	} else {
		p, err := tx.Project(env.Project)
		if err != nil {
			return err
		}
		if m, err := matrix.Parse(p.Matrix, "the applied matrix"); err == nil {
			services = m.Desired().Services
		}
	}
	in := setting(env, version.Number)
	in.Release = release
	found, problems := config.Resolve(version.Document, services, in)
	if len(problems) > 0 {
		e := config.Unfit(fmt.Sprintf("configuration %d of %s cannot be delivered", version.Number, env.Name), config.Plain(problems))
		e.Code = lockstep.CodeConflict
		return e
	}
	out.doc.Config = version.Number
	for name, r := range found {
		out.add(name, r.Env, r.SecretEnv, r.Files)
	}
	return nil
}

func (r *resolved) add(service string, env map[string]string, secrets map[string]lockstep.SecretText, files []string) {
	fill := r.filler()
	s := lockstep.ResolvedService{
		Env:     make(map[string]string, len(env)+len(secrets)),
		Secrets: slices.Sorted(maps.Keys(secrets)), Files: slices.Sorted(slices.Values(files)),
	}
	for key, value := range env {
		s.Env[key] = fill(value)
	}
	for key := range secrets {
		s.Env[key] = lockstep.Redacted
	}
	r.doc.Services[service], r.secrets[service] = s, secrets
}

// filler fills the placeholders that are known already, as agents do.
func (r *resolved) filler() func(string) string {
	return strings.NewReplacer("{{environment}}", r.doc.Environment, "{{project}}", r.doc.Project).Replace
}

// seal makes the tags. That of what has secrets in it is made of their
// versions: nobody can guess a value from it.
func (r *resolved) seal() error {
	raw, err := lockstep.Canonical(r.doc)
	if err != nil {
		return fmt.Errorf("configuration of %s: %w", r.doc.Environment, err)
	}
	if r.tag, err = lockstep.Hash(r.doc); err != nil {
		return err
	}
	r.revealed, err = lockstep.Hash(struct {
		Tag     string                                    `json:"tag"`
		Secrets map[string]map[string]lockstep.SecretText `json:"secrets"`
	}{r.tag, r.secrets})
	r.size = len(raw)
	return err
}

// revealResolved is a configuration with the values of its secrets.
func (c *Control) revealResolved(ctx context.Context, tx Tx, by By, r *resolved) (lockstep.ResolvedConfig, error) {
	env, err := tx.Environment("", r.environmentID)
	if err != nil {
		return lockstep.ResolvedConfig{}, err
	}
	q, err := c.facts(tx, policy.Reveal, by.Actor, env)
	if err != nil {
		return lockstep.ResolvedConfig{}, err
	}
	if err := policy.Decide(q).Err(); err != nil {
		return lockstep.ResolvedConfig{}, err
	}
	doc, fill := r.doc, r.filler()
	doc.Services = make(map[string]lockstep.ResolvedService, len(r.doc.Services))
	values, slots := map[lockstep.SecretRef]lockstep.Sensitive{}, map[string]bool{}
	for name, s := range r.doc.Services {
		s.Env = maps.Clone(s.Env)
		for key, text := range r.secrets[name] {
			for _, ref := range text.Refs() {
				if _, opened := values[ref]; opened {
					continue
				}
				if values[ref], err = c.revealSecret(ctx, tx, ref); err != nil {
					return lockstep.ResolvedConfig{}, err
				}
				slots[ref.Key] = true
			}
			if s.Env[key], err = text.With(values).Join(fill); err != nil {
				return lockstep.ResolvedConfig{}, err
			}
		}
		doc.Services[name] = s
	}
	if len(slots) == 0 {
		return doc, nil
	}
	return doc, c.event(tx, lockstep.EventSecretsRevealed, env.ProjectID, env.ID, "", by, map[string]any{"environment": env.Name, "keys": slices.Sorted(maps.Keys(slots))})
}
