package control

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// securityChecks are all there are. Each is pure: facts in, findings out, or
// why it could not be made.
var securityChecks = []struct {
	name, title string
	look        func(f securityFacts, now time.Time) (found []lockstep.SecurityFinding, unknown string)
}{
	{"certificates", "TLS certificates of the domains are valid and not about to end", checkCertificates},
	{"plain-http", "Domains are served over HTTPS", checkPlainHTTP},
	{"secret-age", "Values of secrets are younger than 90 days", checkSecretAge},
	{"secret-revoked", "Nothing runs with a value that was revoked", checkRevoked},
	{"secret-newest", "What runs has the newest values of its secrets", checkNewest},
	{"plain-secret", "What is called a password, a secret or a key is kept as one", checkPlainSecrets},
	{"service-user", "Services run as a user of their own", checkUsers},
	{"limits", "Services have a limit of memory", checkLimits},
	{"debug", "Debugging is off", checkDebug},
	{"approval", "Deployments to production want a second person", checkApproval},
}

func production(f securityFacts) bool { return f.env.Type == lockstep.TypeProduction }

// harder is one severity in production, and another elsewhere.
func harder(f securityFacts, there, elsewhere lockstep.Severity) lockstep.Severity {
	if production(f) {
		return there
	}
	return elsewhere
}

// The ends of certificates that matter: they are renewed long before.
const (
	certificateSoon = 14 * 24 * time.Hour
	certificateNow  = 3 * 24 * time.Hour
)

func checkCertificates(f securityFacts, now time.Time) (out []lockstep.SecurityFinding, unknown string) {
	if len(f.env.Spec.Domains) == 0 {
		return nil, ""
	}
	if f.unseen != "" {
		return nil, f.unseen
	}
	for _, c := range f.seen.Certificates {
		why := ""
		if c.Problem != "" {
			why = ": " + c.Problem
		}
		finding := lockstep.SecurityFinding{Subject: c.Domain, Do: "look at `lockstep info`: the domain has to lead here, and the authority has to reach it; it is tried again by itself"}
		switch {
		case c.Until != nil && !c.Until.After(now):
			finding.Severity, finding.Message = lockstep.SeverityCritical, "the certificate has ended on "+c.Until.UTC().Format("2006-01-02")+why
		case c.State == lockstep.CertificateFailed:
			finding.Severity, finding.Message = lockstep.SeverityHigh, "there is no valid certificate"+why
		case c.Until != nil && c.Until.Before(now.Add(certificateNow)):
			finding.Severity, finding.Message = lockstep.SeverityHigh, "the certificate ends on "+c.Until.UTC().Format("2006-01-02 15:04 UTC")+why
		case c.Until != nil && c.Until.Before(now.Add(certificateSoon)):
			finding.Severity, finding.Message = lockstep.SeverityMedium, "the certificate ends on "+c.Until.UTC().Format("2006-01-02")+why
		default:
			continue
		}
		out = append(out, finding)
	}
	return out, ""
}

func checkPlainHTTP(f securityFacts, _ time.Time) (out []lockstep.SecurityFinding, unknown string) {
	if len(f.env.Spec.Domains) == 0 {
		return nil, ""
	}
	if f.unseen != "" {
		return nil, f.unseen
	}
	for _, domain := range f.env.Spec.Domains {
		if !slices.ContainsFunc(f.seen.Certificates, func(c lockstep.Certificate) bool { return c.Domain == domain }) {
			out = append(out, lockstep.SecurityFinding{
				Severity: harder(f, lockstep.SeverityHigh, lockstep.SeverityMedium), Subject: domain, Message: "it is served over plain HTTP",
				Do: "let the agent speak HTTPS (--edge-tls), or end TLS in front of it",
			})
		}
	}
	return out, ""
}

func checkSecretAge(f securityFacts, now time.Time) (out []lockstep.SecurityFinding, unknown string) {
	for _, s := range f.secrets {
		versions := f.versions[s.ID]
		if len(versions) == 0 || versions[0].RevokedAt != nil || now.Sub(versions[0].CreatedAt) <= lockstep.SecretMaxAge {
			continue
		}
		text := fmt.Sprintf("its value is %d days old", int(now.Sub(versions[0].CreatedAt).Hours()/24))
		if s.Newest == 1 {
			text += " and was never replaced"
		}
		out = append(out, lockstep.SecurityFinding{
			Severity: harder(f, lockstep.SeverityMedium, lockstep.SeverityLow), Subject: slotOfPlace(s.Place), Message: text,
			Do: "make a new one where it comes from, and `lockstep vars set` it",
		})
	}
	return out, ""
}

// sides are the revisions that run.
func (f securityFacts) sides() []lockstep.Revision {
	var out []lockstep.Revision
	for _, r := range []*lockstep.Revision{f.active, f.warm} {
		if r != nil {
			out = append(out, *r)
		}
	}
	return out
}

func checkRevoked(f securityFacts, _ time.Time) (out []lockstep.SecurityFinding, unknown string) {
	seen := map[lockstep.SecretRef]bool{}
	for _, r := range f.sides() {
		for _, ref := range r.Content.SecretRefs() {
			for _, v := range f.versions[ref.ID] {
				if v.Version != ref.Version || v.RevokedAt == nil || seen[ref] {
					continue
				}
				seen[ref] = true
				out = append(out, lockstep.SecurityFinding{
					Severity: lockstep.SeverityHigh, Subject: ref.Key,
					Message: fmt.Sprintf("revision %s runs with version %d, which was revoked on %s", lockstep.ShortHash(r.Hash), v.Version, v.RevokedAt.UTC().Format("2006-01-02")),
					Do:      "deploy with the newest configuration (--with-config latest); what runs keeps the value, and cannot be started again",
				})
			}
		}
	}
	return out, ""
}

func checkNewest(f securityFacts, _ time.Time) (out []lockstep.SecurityFinding, unknown string) {
	if f.active == nil {
		return nil, ""
	}
	newest := map[string]int64{}
	for _, s := range f.secrets {
		newest[s.ID] = s.Newest
	}
	for _, ref := range f.active.Content.SecretRefs() {
		if n := newest[ref.ID]; n > ref.Version {
			out = append(out, lockstep.SecurityFinding{
				Severity: lockstep.SeverityLow, Subject: ref.Key, Message: fmt.Sprintf("what runs has version %d, and there is %d", ref.Version, n),
				Do: "deploy with the newest configuration (--with-config latest), then revoke the old value",
			})
		}
	}
	return out, ""
}

var secretName = regexp.MustCompile(`(?i)(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)($|_)`)

func checkPlainSecrets(f securityFacts, _ time.Time) (out []lockstep.SecurityFinding, unknown string) {
	winners := config.Winners(f.config.Document)
	for _, slot := range slices.Sorted(maps.Keys(winners)) {
		v := winners[slot]
		plain := !v.Sensitive && v.Value != "" && (v.Type == lockstep.VariableString || v.Type == lockstep.VariableFile || v.Type == "")
		if !plain || !secretName.MatchString(v.Key) || strings.Contains(v.Value, "${") {
			continue
		}
		out = append(out, lockstep.SecurityFinding{
			Severity: harder(f, lockstep.SeverityHigh, lockstep.SeverityMedium), Subject: slot,
			Message: "it is called like a secret, and everybody who may read can read it", Do: "`lockstep vars set` it with --secret, and replace the value where it comes from",
		})
	}
	return out, ""
}

// services are those that run.
func (f securityFacts) services() []lockstep.ServiceSpec {
	if f.active == nil {
		return nil
	}
	return f.active.Content.Services
}

func checkUsers(f securityFacts, _ time.Time) (out []lockstep.SecurityFinding, unknown string) {
	for _, s := range f.services() {
		if s.User == "" && f.env.Spec.Runtime == lockstep.RuntimeProcess {
			out = append(out, lockstep.SecurityFinding{
				Severity: lockstep.SeverityLow, Subject: s.Name, Message: "it runs as the agent's own user, and can reach all that is the agent's",
				Do: "name a `user` for the service in the matrix, where the agent may change to it",
			})
		}
	}
	return out, ""
}

func checkLimits(f securityFacts, _ time.Time) (out []lockstep.SecurityFinding, unknown string) {
	for _, s := range f.services() {
		if s.Resources.Memory == "" {
			out = append(out, lockstep.SecurityFinding{
				Severity: lockstep.SeverityLow, Subject: s.Name, Message: "it may take all of the machine's memory",
				Do: "give the service `resources: {memory: …}` in the matrix",
			})
		}
	}
	return out, ""
}

func checkDebug(f securityFacts, _ time.Time) (out []lockstep.SecurityFinding, unknown string) {
	general, _ := f.config.Document.Sections[lockstep.SectionGeneral].(map[string]any)
	logging, _ := f.config.Document.Sections[lockstep.SectionLogging].(map[string]any)
	if on, _ := general["debugMode"].(bool); on {
		out = append(out, lockstep.SecurityFinding{
			Severity: harder(f, lockstep.SeverityHigh, lockstep.SeverityLow), Subject: "general.debugMode", Message: "it is on",
			Do: "`lockstep config set " + f.env.Name + " general.debugMode=false`, and deploy",
		})
	}
	if level, _ := logging["level"].(string); production(f) && (level == "debug" || level == "trace") {
		out = append(out, lockstep.SecurityFinding{
			Severity: lockstep.SeverityMedium, Subject: "logging.level", Message: "it is " + level + ": logs may have what is nobody's business",
			Do: "`lockstep config set " + f.env.Name + " logging.level=info`, and deploy",
		})
	}
	return out, ""
}

func checkApproval(f securityFacts, _ time.Time) (out []lockstep.SecurityFinding, unknown string) {
	if production(f) && !f.env.Spec.ApprovalRequired {
		out = append(out, lockstep.SecurityFinding{
			Severity: lockstep.SeverityLow, Subject: f.env.Name, Message: "whoever may write may deploy alone",
			Do: "ask for approvals in the matrix: approval_required: true in its deployment strategy",
		})
	}
	return out, ""
}
