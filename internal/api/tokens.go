package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

const tokensPath = "/api/system/tokens"

// NewToken is what a token is made of.
type NewToken struct {
	Name      string        `json:"name" minLength:"1" maxLength:"64" doc:"Letters, digits and . _ - @. Changes are told under it."`
	Role      lockstep.Role `json:"role"`
	ExpiresIn string        `json:"expiresIn,omitempty" maxLength:"20" example:"90d" doc:"For how long it holds: 12h, 90d. Default: until it is revoked."`
}

// CreatedToken is a token, with what is sent.
type CreatedToken struct {
	lockstep.Token
	Text string `json:"token" doc:"What is sent. It is kept nowhere and shown this once."`
}

// EndedSessions are those that were ended.
type EndedSessions struct {
	Ended int `json:"ended" doc:"How many browsers were signed in."`
}

func (h *Handler) tokenRoutes() {
	tags := []string{"Access"}
	register(h, huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: tokensPath, Tags: tags,
		Summary: "Who has which token, by name", Description: "The administrators', which are in files, are not among them. sessions is how many browsers are signed in with it, 20 at most.",
	}, func(ctx context.Context, in *struct {
		Project
		Revoked bool `query:"revoked" doc:"Those that were revoked, too."`
	},
	) (*body[control.List[lockstep.Token]], error) {
		return items(h.control.Tokens(ctx, in.Revoked))
	})
	register(h, huma.Operation{
		OperationID: "create-token", Method: http.MethodPost, Path: tokensPath, Tags: tags,
		Summary:       "Make a token",
		Description:   "It takes no Idempotency-Key: its answer would have to be kept.",
		DefaultStatus: http.StatusCreated,
	}, func(ctx context.Context, in *struct {
		Project
		Body NewToken
	},
	) (*body[CreatedToken], error) {
		expires, err := span("expiresIn", in.Body.ExpiresIn)
		if err != nil {
			return nil, err
		}
		t, text, err := h.control.CreateToken(ctx, by(ctx, Change{}), control.TokenRequest{Name: in.Body.Name, Role: in.Body.Role, Expires: expires})
		return answer(CreatedToken{t, text}, err)
	})
	register(h, huma.Operation{
		OperationID: "revoke-token", Method: http.MethodDelete, Path: tokensPath + "/{id}", Tags: tags,
		Summary:     "End a token",
		Description: "At once, on every server, with the sessions that were begun with it.",
	}, func(ctx context.Context, in *struct {
		ID string `path:"id" maxLength:"64" doc:"The token's ID or name."`
		Change
	},
	) (*body[lockstep.Token], error) {
		return answer(h.control.RevokeToken(ctx, by(ctx, in.Change), in.ID))
	})
	register(h, huma.Operation{
		OperationID: "sign-out-token", Method: http.MethodDelete, Path: tokensPath + "/{id}/sessions", Tags: tags,
		Summary:     "End every session that was begun with a token",
		Description: "The token itself goes on to hold. Also of an administrator's, by name.",
	}, func(ctx context.Context, in *struct {
		ID string `path:"id" maxLength:"64" doc:"The token's ID or name."`
		Change
	},
	) (*body[EndedSessions], error) {
		ended, err := h.control.SignOutToken(ctx, by(ctx, in.Change), in.ID)
		return answer(EndedSessions{ended}, err)
	})
}
