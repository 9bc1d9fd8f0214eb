package client

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const (
	tokens  = "/api/system/tokens"
	session = "/api/system/session"
)

// TokenRequest is what a token is made of.
type TokenRequest struct {
	Name      string        `json:"name"`
	Role      lockstep.Role `json:"role"`
	ExpiresIn string        `json:"expiresIn,omitempty"` // 12h, 90d; "": never
}

// CreatedToken is a token, with what is sent: it is told this once.
type CreatedToken struct {
	lockstep.Token
	Text string `json:"token"`
}

// CreateToken makes a token.
func (c *Client) CreateToken(ctx context.Context, req TokenRequest) (CreatedToken, error) {
	return post[CreatedToken](ctx, c, tokens, nil, req)
}

// Tokens lists the tokens by name; those that were revoked only where they
// are asked for.
func (c *Client) Tokens(ctx context.Context, revoked bool) ([]lockstep.Token, error) {
	q := url.Values{}
	if revoked {
		q.Set("revoked", "true")
	}
	list, err := get[List[lockstep.Token]](ctx, c, tokens, q)
	return list.Items, err
}

// RevokeToken ends a token, by ID or name, with its sessions.
func (c *Client) RevokeToken(ctx context.Context, ref string) (lockstep.Token, error) {
	var t lockstep.Token
	err := c.json(ctx, call{method: http.MethodDelete, path: tokens + "/" + seg(ref)}, nil, &t)
	return t, err
}

// SignOutToken ends every session that was begun with a token, by ID or name,
// and says how many there were. The token goes on to hold.
func (c *Client) SignOutToken(ctx context.Context, ref string) (int, error) {
	var out struct {
		Ended int `json:"ended"`
	}
	err := c.json(ctx, call{method: http.MethodDelete, path: tokens + "/" + seg(ref) + "/sessions"}, nil, &out)
	return out.Ended, err
}

// Session is who the client's token says that it is.
type Session struct {
	Name        string                `json:"name"`
	Role        lockstep.Role         `json:"role"`
	Permissions []lockstep.Permission `json:"permissions"`
	ExpiresAt   *time.Time            `json:"expiresAt,omitempty"` // nil: never
}

// Session says whose the client's token is, and what it may do.
func (c *Client) Session(ctx context.Context) (Session, error) {
	return get[Session](ctx, c, session, nil)
}

// SignInCode signs a browser in once, as the client's token.
type SignInCode struct {
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// SignInCode makes a code that holds for 10 minutes.
func (c *Client) SignInCode(ctx context.Context) (SignInCode, error) {
	return post[SignInCode](ctx, c, session+"/codes", nil, nil)
}

// SignInAddress is where a browser signs in with a code. Browsers keep the
// part that has it to themselves.
func (c *Client) SignInAddress(code SignInCode) string {
	return SignInAddress(c.base.String(), code.Code)
}

// SignInAddress is that of a server.
func SignInAddress(server, code string) string {
	return strings.TrimSuffix(server, "/") + "/sign-in#code=" + url.QueryEscape(code)
}
