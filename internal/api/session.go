package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

const sessionPath = "/api/system/session"

// SignIn is what somebody signs in with: one of both.
type SignIn struct {
	Token string `json:"token,omitempty" maxLength:"500"`
	Code  string `json:"code,omitempty" maxLength:"200" doc:"From an address that lockstep dashboard printed."`
}

// Session is who asks, and what they may do.
type Session struct {
	Name        string                `json:"name"`
	Role        lockstep.Role         `json:"role"`
	Permissions []lockstep.Permission `json:"permissions"`
	ExpiresAt   *time.Time            `json:"expiresAt,omitempty" doc:"When it ends if it is not used, or a token ends; absent: never."`
	Key         string                `json:"key,omitempty" doc:"Of a session that begins: every later request has it in X-Lockstep-Session, beside the cookie."`
}

func sessionOf(who control.Identity) Session {
	return Session{Name: who.Name, Role: who.Role, Permissions: policy.Permissions(who.Role), ExpiresAt: who.ExpiresAt}
}

// browser is the request as it came, where an answer sets a cookie.
type browser struct{ request *http.Request }

// Resolve implements huma.Resolver.
func (b *browser) Resolve(ctx huma.Context) []error {
	b.request, _ = humago.Unwrap(ctx)
	return nil
}

type signInInput struct {
	browser
	Project      // so that a client may name one with whatever it asks
	DryRun  bool `query:"dryRun" doc:"Say whose it is, and begin no session: a code is not used up."`
	Body    SignIn
}

type signedIn struct {
	SetCookie string `header:"Set-Cookie" doc:"The session; HttpOnly, SameSite=Strict, and Secure over TLS. None where it is a dry run."`
	Body      Session
}

type signedOut struct {
	SetCookie string `header:"Set-Cookie"`
}

// NewCode signs in once.
type NewCode struct {
	Code      string    `json:"code" doc:"The address to open is /sign-in#code=CODE."`
	ExpiresAt time.Time `json:"expiresAt"`
}

func (h *Handler) sessionRoutes() {
	tags := []string{"Access"}
	register(h, huma.Operation{
		OperationID: "sign-in", Method: http.MethodPost, Path: sessionPath, Tags: tags,
		Summary:       "Begin a session, as a browser needs it",
		Description:   "With a token, or with a code, which works once. The session has the name and the role of the token, and ends with it, after 12 hours in which it is not used, and after 7 days.",
		DefaultStatus: http.StatusCreated,
	}, h.signIn)
	register(h, huma.Operation{
		OperationID: "get-session", Method: http.MethodGet, Path: sessionPath, Tags: tags,
		Summary: "Who asks, and what they may do", Description: "For tokens, too.",
	}, func(ctx context.Context, _ *Project) (*body[Session], error) {
		return answer(sessionOf(identity(ctx)), nil)
	})
	register(h, huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: sessionPath, Tags: tags,
		Summary: "End the session that this request comes with", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		browser
		Project
	},
	) (*signedOut, error) {
		if err := h.control.SignOut(ctx, identity(ctx)); err != nil {
			return nil, err
		}
		return &signedOut{setCookie(in.request, "")}, nil
	})
	register(h, huma.Operation{
		OperationID: "create-sign-in-code", Method: http.MethodPost, Path: sessionPath + "/codes", Tags: tags,
		Summary:       "Make a code that signs in once, within 10 minutes",
		Description:   "As the token that asks, which has to be one: a session makes none.",
		DefaultStatus: http.StatusCreated,
	}, func(ctx context.Context, _ *Project) (*body[NewCode], error) {
		code, err := h.control.CreateSignInCode(ctx, identity(ctx))
		return answer(NewCode(code), err)
	})
}

func (h *Handler) signIn(ctx context.Context, in *signInInput) (*signedIn, error) {
	var session control.SignedIn
	var err error
	switch {
	case (in.Body.Token == "") == (in.Body.Code == ""):
		return nil, lockstep.Invalid("token", "send a token or a code, and not both")
	case in.DryRun:
		session.Identity, err = h.control.Whose(ctx, in.Body.Token, in.Body.Code)
	case in.Body.Token != "":
		session, err = h.control.SignInByToken(ctx, in.Body.Token)
	default:
		session, err = h.control.SignInByCode(ctx, in.Body.Code)
	}
	if lockstep.CodeOf(err) == lockstep.CodeUnauthenticated {
		if slow := h.attempts.failed(ctx, in.request.RemoteAddr); slow != nil {
			return nil, slow
		}
	}
	if err != nil {
		return nil, err
	}
	note(ctx, func(s *seen) { s.actor = session.Name })
	if in.DryRun {
		return &signedIn{Body: sessionOf(session.Identity)}, nil
	}
	out := &signedIn{SetCookie: setCookie(in.request, session.Cookie), Body: sessionOf(session.Identity)}
	out.Body.Key = session.Key
	return out, nil
}
