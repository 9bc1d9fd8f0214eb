package control

import (
	"slices"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Each check finds its own weak spot, and nothing where there is none.
func TestWeakSpotsAreFound(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(days int) *time.Time { when := now.AddDate(0, 0, days); return &when }
	ref := lockstep.SecretRef{ID: "s1", Key: "API_KEY", Version: 1}
	with := func(s lockstep.ServiceSpec) *lockstep.Revision {
		return &lockstep.Revision{Hash: "0123456789abcdef", Content: lockstep.RevisionContent{Services: []lockstep.ServiceSpec{s}}}
	}
	sound := func() securityFacts {
		return securityFacts{
			env: lockstep.Environment{Name: "production", Type: lockstep.TypeProduction, Spec: lockstep.EnvironmentSpec{
				Runtime: lockstep.RuntimeProcess, Domains: []string{"shop.example"}, ApprovalRequired: true,
			}},
			config: lockstep.ConfigVersion{Document: lockstep.ConfigDocument{Variables: []lockstep.Variable{
				{Key: "DB_PASSWORD", Sensitive: true, Level: lockstep.LevelEnvironment, Type: lockstep.VariableSecret},
				{Key: "TOKENS_PER_DAY", Value: "7", Level: lockstep.LevelEnvironment, Type: lockstep.VariableNumber},
				{Key: "AUTH_TOKEN", Value: "${DB_PASSWORD}", Level: lockstep.LevelEnvironment, Type: lockstep.VariableString},
			}}},
			active:   with(lockstep.ServiceSpec{Name: "web", User: "web", Resources: lockstep.Resources{Memory: "64Mi"}, SecretEnv: map[string]lockstep.SecretText{"K": {{Secret: &ref}}}}),
			secrets:  []lockstep.Secret{{ID: "s1", Place: lockstep.SecretPlace{Key: "API_KEY"}, Newest: 1}},
			versions: map[string][]lockstep.SecretVersion{"s1": {{SecretRef: ref, CreatedAt: *at(-80)}}},
			seen:     Observation{Certificates: []lockstep.Certificate{{Domain: "shop.example", State: lockstep.CertificateIssued, Until: at(60)}}},
		}
	}
	found := func(f securityFacts) (names []string, severities []lockstep.Severity) {
		for _, c := range securityChecks {
			all, _ := c.look(f, now)
			for _, one := range all {
				if one.Subject == "" || one.Message == "" || one.Do == "" {
					t.Errorf("%s says too little: %+v", c.name, one)
				}
				names, severities = append(names, c.name), append(severities, one.Severity)
			}
		}
		return names, severities
	}
	if names, _ := found(sound()); len(names) != 0 {
		t.Fatalf("a sound environment has %v", names)
	}
	for name, tt := range map[string]struct {
		worse func(*securityFacts)
		check string
		want  lockstep.Severity
	}{
		"ended":     {func(f *securityFacts) { f.seen.Certificates[0].Until = at(-1) }, "certificates", lockstep.SeverityCritical},
		"ends soon": {func(f *securityFacts) { f.seen.Certificates[0].Until = at(10) }, "certificates", lockstep.SeverityMedium},
		"ends now":  {func(f *securityFacts) { f.seen.Certificates[0].Until = at(2) }, "certificates", lockstep.SeverityHigh},
		"failed": {func(f *securityFacts) {
			f.seen.Certificates[0] = lockstep.Certificate{Domain: "shop.example", State: lockstep.CertificateFailed}
		}, "certificates", lockstep.SeverityHigh},
		"plain":      {func(f *securityFacts) { f.seen.Certificates = nil }, "plain-http", lockstep.SeverityHigh},
		"old":        {func(f *securityFacts) { f.versions["s1"][0].CreatedAt = *at(-91) }, "secret-age", lockstep.SeverityMedium},
		"revoked":    {func(f *securityFacts) { f.versions["s1"][0].RevokedAt = at(-1) }, "secret-revoked", lockstep.SeverityHigh},
		"not newest": {func(f *securityFacts) { f.secrets[0].Newest = 2 }, "secret-newest", lockstep.SeverityLow},
		"open": {func(f *securityFacts) {
			f.config.Document.Variables[0].Sensitive, f.config.Document.Variables[0].Type, f.config.Document.Variables[0].Value = false, lockstep.VariableString, "x"
		}, "plain-secret", lockstep.SeverityHigh},
		"no user":  {func(f *securityFacts) { f.active.Content.Services[0].User = "" }, "service-user", lockstep.SeverityLow},
		"no limit": {func(f *securityFacts) { f.active.Content.Services[0].Resources.Memory = "" }, "limits", lockstep.SeverityLow},
		"debug": {func(f *securityFacts) {
			f.config.Document.Sections = map[lockstep.ConfigSection]any{lockstep.SectionGeneral: map[string]any{"debugMode": true}}
		}, "debug", lockstep.SeverityHigh},
		"talkative": {func(f *securityFacts) {
			f.config.Document.Sections = map[lockstep.ConfigSection]any{lockstep.SectionLogging: map[string]any{"level": "debug"}}
		}, "debug", lockstep.SeverityMedium},
		"alone": {func(f *securityFacts) { f.env.Spec.ApprovalRequired = false }, "approval", lockstep.SeverityLow},
	} {
		f := sound()
		tt.worse(&f)
		names, severities := found(f)
		if !slices.Equal(names, []string{tt.check}) || severities[0] != tt.want {
			t.Errorf("%s: found %v %v, want %s %s", name, names, severities, tt.check, tt.want)
		}
	}
	unseen := sound()
	unseen.unseen = "its agent does not answer"
	if _, unknown := checkCertificates(unseen, now); unknown == "" {
		t.Error("what nobody saw counts as checked")
	}
}

func TestAReportIsBoundedAndTheWorstComesFirst(t *testing.T) {
	t.Parallel()
	r := lockstep.SecurityReport{Checks: []lockstep.SecurityCheck{{Name: "limits"}, {Name: "debug"}}}
	for range lockstep.MostFindings + 5 {
		r.Findings = append(r.Findings, lockstep.SecurityFinding{Check: "limits", Severity: lockstep.SeverityLow})
	}
	r.Findings = append(r.Findings, lockstep.SecurityFinding{Check: "debug", Severity: lockstep.SeverityHigh})
	r.Settle()
	if len(r.Findings) != lockstep.MostFindings || r.More != 6 || r.Findings[0].Check != "debug" || r.Counts[lockstep.SeverityLow] != lockstep.MostFindings+5 || r.Checks[1].Findings != 1 {
		t.Errorf("%d findings, %d more, %v, %v", len(r.Findings), r.More, r.Counts, r.Checks)
	}
}
