package lockstep

// SecretUse is a secret, its values, and who has which.
type SecretUse struct {
	Secret   Secret             `json:"secret"`
	Owner    string             `json:"owner"`    // whose it is, for people: the project's, type's or environment's name
	Versions []SecretVersionUse `json:"versions"` // the newest first
	// Unseen are environments whose host did not answer: what runs there is
	// not listed, only what should.
	Unseen []string `json:"unseen,omitempty"`
}

// SecretVersionUse is who has one value of a secret.
type SecretVersionUse struct {
	SecretVersion
	Instances []SecretInstance `json:"instances"` // that run with it
	Revisions []SecretRevision `json:"revisions"` // that need it, and run, are kept warm, or are on their way
}

// InUse says that taking the value away would take it from somebody.
func (v SecretVersionUse) InUse() bool { return len(v.Instances)+len(v.Revisions) > 0 }

// SecretInstance is an instance that runs with a value.
type SecretInstance struct {
	Environment string   `json:"environment"`
	Service     string   `json:"service"`
	Instance    string   `json:"instance"`
	Variables   []string `json:"variables"` // in which it has the value
}

// SecretRevision is a revision that needs a value.
type SecretRevision struct {
	Environment string             `json:"environment"`
	Revision    string             `json:"revision"` // hash
	Release     string             `json:"release"`
	Role        SecretRevisionRole `json:"role"`
}

// SecretRevisionRole is why a revision counts.
type SecretRevisionRole string

// The roles.
const (
	RoleRuns    SecretRevisionRole = "runs"
	RoleWarm    SecretRevisionRole = "warm"
	RolePending SecretRevisionRole = "pending" // of an operation that waits or runs
)

// SecretRevisionRoles lists them.
func SecretRevisionRoles() []SecretRevisionRole {
	return []SecretRevisionRole{RoleRuns, RoleWarm, RolePending}
}

// SecretRevocation asks for a value to be removed for good.
type SecretRevocation struct {
	Version  int64  `json:"version"`
	SecretID string `json:"secretId,omitempty"` // where secrets of several levels have that key
	Force    bool   `json:"force,omitempty"`    // although somebody has it
}
