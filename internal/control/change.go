package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// By is who asks for a change, and how. Key is the Idempotency-Key, "" where
// none came. DryRun asks what the change would be.
type By struct {
	Actor  string
	Key    string
	DryRun bool
}

// errDryRun ends the transaction of a dry run before its commit.
var errDryRun = errors.New("dry run")

// change runs fn in one transaction and, where the request has a key, stores
// its answer there too. what and request identify what was asked. A dry run
// goes all the way and then takes its transaction back.
func change[T any](ctx context.Context, c *Control, by By, what string, request any, fn func(Tx) (T, error)) (T, error) {
	var out, zero T
	asked, err := lockstep.Hash(struct {
		What    string `json:"what"`
		Request any    `json:"request"`
	}{what, request})
	if err != nil {
		return zero, fmt.Errorf("%s: %w", what, err)
	}
	tried := false
	run := func(tx Tx) error {
		out, tried = zero, false
		if found, err := recall(tx, by, asked, &out); err != nil || found {
			return err
		}
		var err error
		if out, err = fn(tx); err != nil {
			return err
		}
		if by.DryRun {
			tried = true
			return errDryRun
		}
		return c.remember(tx, by, asked, out)
	}
	err = c.store.Update(ctx, run)
	if by.Key != "" && lockstep.CodeOf(err) == lockstep.CodeConflict {
		// Perhaps the same request with the same key was faster: its answer
		// is visible now. Any other conflict shows itself again.
		err = c.store.Update(ctx, run)
	}
	if tried {
		return out, nil
	}
	if err != nil {
		return zero, err
	}
	c.wake()
	return out, nil
}

func recall(tx Tx, by By, asked string, out any) (bool, error) {
	if by.Key == "" || by.DryRun {
		return false, nil
	}
	answer, err := tx.Answer(by.Actor, by.Key)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if answer.Request != asked {
		return false, lockstep.Errorf(lockstep.CodeConflict, "this Idempotency-Key was used for another request: use a new key for each")
	}
	if err := json.Unmarshal(answer.Body, out); err != nil {
		return false, fmt.Errorf("stored answer: %w", err)
	}
	return true, nil
}

func (c *Control) remember(tx Tx, by By, asked string, out any) error {
	if by.Key == "" {
		return nil
	}
	body, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return tx.AddAnswer(lockstep.Answer{Actor: by.Actor, Key: by.Key, Request: asked, Body: body, CreatedAt: c.now()})
}

// view runs fn in one read-only transaction.
func view[T any](ctx context.Context, c *Control, fn func(Tx) (T, error)) (T, error) {
	var out, zero T
	err := c.store.View(ctx, func(tx Tx) error {
		var err error
		out, err = fn(tx)
		return err
	})
	if err != nil {
		return zero, err
	}
	return out, nil
}
