package lockstep

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Permission is one thing that a role may allow.
type Permission string

// The permissions.
const (
	PermissionRead    Permission = "read"    // everything but the values of secrets
	PermissionWrite   Permission = "write"   // every change that is not one of those below
	PermissionApprove Permission = "approve" // let go, or reject, what waits for an approval
	PermissionReveal  Permission = "reveal"  // the values of secrets
	PermissionTokens  Permission = "tokens"  // who has which token; make and revoke them
	PermissionKeys    Permission = "keys"    // rotate the keys that secrets are sealed with
	PermissionFlags   Permission = "flags"   // which variant of a feature flag somebody gets
)

// Permissions lists them all, in the order in which they are shown.
func Permissions() []Permission {
	return []Permission{
		PermissionRead, PermissionWrite, PermissionApprove, PermissionReveal, PermissionTokens, PermissionKeys, PermissionFlags,
	}
}

// Role is what a token may do; package policy says which permissions it has.
type Role string

// The roles.
const (
	RoleViewer   Role = "viewer"
	RoleOperator Role = "operator"
	RoleAdmin    Role = "admin"
	RoleFlags    Role = "flags" // of apps that evaluate feature flags, and do nothing else
)

// Roles lists them all, in the order in which they are shown.
func Roles() []Role { return []Role{RoleViewer, RoleOperator, RoleAdmin, RoleFlags} }

// TokenHash is what is kept of a token, of a session's cookie and key, and of
// a sign-in code. Each has at least 128 bits of chance, so that a plain hash
// is as good as a slow one.
type TokenHash [sha256.Size]byte

// HashToken is the hash of a token as it is sent.
func HashToken(token string) TokenHash { return sha256.Sum256([]byte(token)) }

func (h TokenHash) String() string { return hex.EncodeToString(h[:]) }

// Token is a name under which somebody calls, and what may be done under it.
// What is sent is shown once, when it is made.
type Token struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Role       Role       `json:"role"`
	CreatedAt  time.Time  `json:"createdAt"`
	CreatedBy  string     `json:"createdBy"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty"` // to the minute
	ExpiresAt  *time.Time `json:"expiresAt,omitempty"`  // absent: never
	RevokedAt  *time.Time `json:"revokedAt,omitempty"`
	RevokedBy  string     `json:"revokedBy,omitempty"`
	Sessions   int        `json:"sessions,omitempty"` // that were begun with it and last; only of a token that is listed
	Hash       TokenHash  `json:"-"`
}

// TokenPrefix begins each token, so that those who look for secrets in texts
// know one.
const TokenPrefix = "lockstep_"

var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)

// ownActors are who does what nobody asks for at that moment.
var ownActors = []string{AutomationActor, "timer", "schedule"}

// CheckTokenName says what is wrong with a token's name.
func CheckTokenName(name string) error {
	if !tokenName.MatchString(name) {
		return Invalid("name", "a token's name has 1 to 64 letters, digits and . _ - @, and begins with a letter or a digit, as in ana or ci-deploy")
	}
	if slices.Contains(ownActors, strings.ToLower(name)) {
		return Invalid("name", "%s is who Lockstep calls itself where nobody asked: choose another name", name)
	}
	return nil
}

// MaxSessions is how many browsers may be signed in with one token. Another
// one ends the session that was not used for longest.
const MaxSessions = 20

// Session is somebody who has signed in by a browser. It has the name and the
// role of the token that it was begun with, and ends with it.
type Session struct {
	ID         TokenHash // of the cookie
	Key        TokenHash // of what has to come beside the cookie
	Token      TokenHash // that it was begun with
	CreatedAt  time.Time
	LastUsedAt time.Time // to the minute
	ExpiresAt  time.Time // whether it is used or not
}
