package matrix

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Desired is what a matrix asks for, with every default in it. It is for
// reading: environments share the maps and slices that they have in common.
type Desired struct {
	Project      string                 `json:"project"`
	Pipeline     []string               `json:"pipeline"`
	Services     []lockstep.ServiceSpec `json:"services"`            // sorted by name; for a release. Artifact and Env are empty
	Artifacts    map[string]string      `json:"artifacts,omitempty"` // by service: a path on the machine of whoever wrote it
	Recipes      []lockstep.Recipe      `json:"recipes,omitempty"`   // sorted by name
	Environments []DesiredEnvironment   `json:"environments"`        // in the order of the file
}

// DesiredEnvironment is one environment. Config holds the variables of
// each service, and overrides where the environment says them.
type DesiredEnvironment struct {
	Name        string                   `json:"name"`
	Type        lockstep.EnvironmentType `json:"type"`
	Description string                   `json:"description,omitempty"`
	Spec        lockstep.EnvironmentSpec `json:"spec"`
	Config      lockstep.ConfigDocument  `json:"config"`
}

func resolve(doc *document) Desired {
	out := Desired{Project: doc.project, Services: []lockstep.ServiceSpec{}, Environments: []DesiredEnvironment{}}
	for _, s := range doc.services {
		out.Services = append(out.Services, releaseSpec(s))
		if s.artifact != "" {
			if out.Artifacts == nil {
				out.Artifacts = map[string]string{}
			}
			out.Artifacts[s.name] = s.artifact
		}
	}
	slices.SortFunc(out.Services, func(a, b lockstep.ServiceSpec) int { return strings.Compare(a.Name, b.Name) })
	said := make(map[string]*strategies, len(doc.strategies))
	for _, s := range doc.strategies {
		said[s.name] = s
	}
	if len(doc.recipes) > 0 {
		out.Recipes = doc.desiredRecipes()
	}
	for _, e := range doc.environments {
		out.Environments = append(out.Environments, resolveEnvironment(doc, e, said[e.name]))
	}
	if doc.pipeline != nil {
		out.Pipeline = texts(doc.pipeline)
	} else {
		out.Pipeline = defaultPipeline(out.Environments)
	}
	return out
}

// releaseSpec is a service as a release freezes it.
func releaseSpec(s *service) lockstep.ServiceSpec {
	spec := lockstep.ServiceSpec{
		Name: s.name, Image: s.image, Command: s.command, Port: s.port, Routes: []string{"/"},
		Validate: s.validate, User: s.user, StopGrace: s.grace,
	}
	if s.routes != nil {
		spec.Routes = texts(s.routes)
	}
	if len(s.depends) > 0 {
		spec.DependsOn = texts(s.depends)
	}
	if s.health != nil {
		spec.Health = *s.health
	}
	if s.limits != nil {
		spec.Resources = *s.limits
	}
	return spec
}

// defaultPipeline is the environments of the four plain types, from
// development to production whatever the order of the file.
func defaultPipeline(environments []DesiredEnvironment) []string {
	order := lockstep.EnvironmentTypes()
	stages := slices.DeleteFunc(slices.Clone(environments), func(e DesiredEnvironment) bool {
		return e.Type == lockstep.TypePreview || e.Type == lockstep.TypeCustom
	})
	slices.SortStableFunc(stages, func(a, b DesiredEnvironment) int {
		return cmp.Compare(slices.Index(order, a.Type), slices.Index(order, b.Type))
	})
	names := make([]string, len(stages))
	for i, e := range stages {
		names[i] = e.Name
	}
	return names
}

func resolveEnvironment(doc *document, e *environment, said *strategies) DesiredEnvironment {
	out := DesiredEnvironment{
		Name: e.name, Type: e.kind, Description: e.description,
		Spec: lockstep.EnvironmentSpec{
			Runtime: e.runs(doc), Region: e.region,
			Replicas: make(map[string]int, len(doc.services)), Recorded: e.recorded,
		},
	}
	if out.Type == "" {
		out.Type = lockstep.TypeFromName(e.name)
	}
	if e.parent != nil {
		out.Spec.Parent = e.parent.text
	}
	if len(e.domains) > 0 {
		out.Spec.Domains = texts(e.domains)
	}
	resolveStrategy(&out.Spec, e, said)
	out.Spec.Prerequisites, out.Spec.Automation = e.prerequisites.resolved(), lockstep.Automation{Deploy: e.automation.deploy}
	out.Spec.Strategy.Recipes = recipesFor(doc, e)
	for _, h := range e.hooks {
		out.Spec.Hooks = append(out.Spec.Hooks, h.Hook)
	}
	for _, a := range e.alerts {
		out.Spec.Alerts = append(out.Spec.Alerts, a.AlertRule)
	}
	for _, dep := range e.dependencies {
		out.Spec.Dependencies = append(out.Spec.Dependencies, dep.record)
	}
	slices.SortFunc(out.Spec.Dependencies, func(a, b lockstep.DependencyRecord) int { return strings.Compare(a.Name, b.Name) })
	overlays := make(map[string]*service, len(e.overlays))
	for _, o := range e.overlays {
		overlays[o.name] = o
	}
	for _, s := range doc.services {
		over := overlays[s.name]
		out.Spec.Replicas[s.name] = replicasIn(s, over, e.name)
		if c, some := configOf(s, over); some {
			if out.Config.Services == nil {
				out.Config.Services = make(map[string]lockstep.ServiceConfig, len(doc.services))
			}
			out.Config.Services[s.name] = c
		}
	}
	return out
}

// resolveStrategy lays environments.<name> over deployment_strategies.<name>
// over the defaults, key by key.
func resolveStrategy(spec *lockstep.EnvironmentSpec, e *environment, said *strategies) {
	if said == nil {
		said = &strategies{}
	}
	spec.Strategy = e.strategy.spec
	primary := cmp.Or(e.strategy.primary, said.primary)
	alternatives := e.strategy.alternatives
	if alternatives == nil {
		alternatives = said.alternatives
	}
	if primary == "" && alternatives == nil {
		alternatives = []lockstep.Strategy{lockstep.StrategyRecreate}
	}
	spec.Strategy.Primary = cmp.Or(primary, lockstep.StrategyBlueGreen)
	for _, a := range alternatives {
		if a != spec.Strategy.Primary {
			spec.Strategy.Alternatives = append(spec.Strategy.Alternatives, a)
		}
	}
	spec.Validation = cmp.Or(e.validation, said.validation, lockstep.ValidationStandard)
	switch {
	case e.approval != nil:
		spec.ApprovalRequired = *e.approval
	case said.approval != nil:
		spec.ApprovalRequired = *said.approval
	}
}

// configOf is the configuration of one service in one environment: the
// variables that it has everywhere, those that it has there, and what else the
// environment overrides. some is false where that is nothing at all.
func configOf(s, over *service) (c lockstep.ServiceConfig, some bool) {
	if len(s.env) > 0 {
		c.Defaults = s.env
	}
	if over == nil {
		return c, c.Defaults != nil
	}
	if len(over.env) > 0 {
		c.Env = over.env
	}
	c.Command, c.Health, c.Resources = over.command, over.health, over.limits
	c.Validate, c.User = over.validate, over.user
	if over.routes != nil {
		c.Routes = texts(over.routes)
	}
	some = c.Defaults != nil || c.Env != nil || c.Command != nil || c.Routes != nil || c.Health != nil ||
		c.Resources != nil || c.Validate != nil || c.User != ""
	return c, some
}
