package api

import (
	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// Project narrows a request to a project.
type Project struct {
	Project string `query:"project" maxLength:"64" doc:"The project's name. Default: the only one, or else the one called default."`
}

// Change is how a change is asked for.
type Change struct {
	Project
	Key    string `header:"Idempotency-Key" maxLength:"200" doc:"The same key with the same request is answered alike and changes nothing more, for a day."`
	DryRun bool   `query:"dryRun" doc:"Say what would change, and change nothing."`
}

// Page asks for a part of a list.
type Page struct {
	Cursor string `query:"cursor" maxLength:"500" doc:"What the page before returned as nextCursor."`
	Limit  int    `query:"limit" minimum:"0" maximum:"200" doc:"At most so many. Default: 50."`
}

func (p Page) page() lockstep.Page { return lockstep.Page{Cursor: p.Cursor, Limit: p.Limit} }

// Ref addresses an environment.
type Ref struct {
	ID string `path:"id" maxLength:"64" doc:"The environment's ID or name."`
}

// ID addresses anything else.
type ID struct {
	ID string `path:"id" maxLength:"64"`
}

// body is an answer.
type body[T any] struct{ Body T }

func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// items is a whole list.
func items[T any](all []T, err error) (*body[control.List[T]], error) {
	return answer(control.List[T]{Items: all}, err)
}
