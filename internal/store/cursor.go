package store

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const (
	defaultLimit = 50
	maxLimit     = 200
)

// limitOf is how many rows a page has.
func limitOf(p lockstep.Page) (int, error) {
	switch {
	case p.Limit == 0:
		return defaultLimit, nil
	case p.Limit < 1 || p.Limit > maxLimit:
		return 0, lockstep.Invalid("limit", "limit %d: choose 1 to %d", p.Limit, maxLimit)
	}
	return p.Limit, nil
}

// A cursor names the last row of a page by what the list is ordered by, so
// that rows which come or go meanwhile move nothing.
func encodeCursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// cursorText is the key in a cursor; "" before the first page.
func cursorText(cursor string) (string, error) {
	key, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || storable(string(key)) != nil {
		return "", badCursor()
	}
	return string(key), nil
}

func badCursor() error {
	return lockstep.Invalid("cursor", "the cursor is none of ours: leave it out to begin at the start")
}

// A moment orders lists that show the newest first: by time, then by ID.
type moment struct {
	at int64
	id string
}

func momentCursor(t time.Time, id string) string {
	return encodeCursor(strconv.FormatInt(micros(t), 10) + " " + id)
}

// cursorMoment is nil before the first page.
func cursorMoment(cursor string) (*moment, error) {
	key, err := cursorText(cursor)
	if err != nil || key == "" {
		return nil, err
	}
	number, id, _ := strings.Cut(key, " ")
	at, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id == "" {
		return nil, badCursor()
	}
	return &moment{at, id}, nil
}

// newestFirst is the end of a query for a page of rows that have created_at
// and id; it adds to the conditions and their arguments.
func newestFirst(page lockstep.Page, conditions []string, args []any) (string, []any, error) {
	limit, err := limitOf(page)
	if err != nil {
		return "", nil, err
	}
	after, err := cursorMoment(page.Cursor)
	if err != nil {
		return "", nil, err
	}
	if after != nil {
		args = append(args, after.at, after.id)
		conditions = append(conditions, "(created_at, id) < ("+arg(len(args)-1)+", "+arg(len(args))+")")
	}
	where := ""
	if len(conditions) > 0 {
		where = " WHERE " + strings.Join(conditions, " AND ")
	}
	args = append(args, limit+1)
	return where + " ORDER BY created_at DESC, id DESC LIMIT " + arg(len(args)), args, nil
}

// arg is the placeholder of the nth argument.
func arg(n int) string { return "$" + strconv.Itoa(n) }

// cut drops the row that was read only to learn whether there are more.
func cut[T any](rows []T, limit int) ([]T, bool) {
	if len(rows) > limit {
		return rows[:limit], true
	}
	return rows, false
}
