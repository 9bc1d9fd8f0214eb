package lockstep

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code classifies an error that a person may see. The set is closed; the
// tables in this file give each its HTTP status and CLI exit code.
type Code string

// The codes.
const (
	CodeInvalid              Code = "invalid"                // the input is wrong; Problems says where
	CodeUnauthenticated      Code = "unauthenticated"        // no token, or one we do not know
	CodeForbidden            Code = "forbidden"              // known, but may not (Host, Origin, role)
	CodeRefused              Code = "refused_by_policy"      // the gate said no; Problems holds its reasons
	CodeNotFound             Code = "not_found"              // the thing named does not exist
	CodeNoCurrentEnvironment Code = "no_current_environment" // no environment is live yet
	CodeConflict             Code = "conflict"               // exists already, or in a state that excludes the request
	CodeStale                Code = "stale"                  // If-Match did not match: changed by someone else meanwhile
	CodePreconditionRequired Code = "precondition_required"  // If-Match is missing
	CodeGone                 Code = "gone"                   // events before the retention, resumed too late
	CodeTooLarge             Code = "too_large"              // over a documented cap
	CodeUnsupported          Code = "unsupported"            // not built for this runtime or platform
	CodeFenced               Code = "fenced"                 // a newer worker holds this environment
	CodeFailed               Code = "failed"                 // an operation did what it could and failed
	CodeUnavailable          Code = "unavailable"            // try again: a peer is down or busy
	CodeInternal             Code = "internal"               // ours; logged with a reference, never shown
)

// Exit codes of the command line (see the README).
const (
	ExitDone     = 0
	ExitFailed   = 1 // the operation failed or was rolled back
	ExitUsage    = 2
	ExitRefused  = 3
	ExitNotFound = 4
	ExitConflict = 5
)

type codeRow struct{ http, exit int }

var codeTable = map[Code]codeRow{
	CodeInvalid:              {422, ExitUsage},
	CodeUnauthenticated:      {401, ExitRefused},
	CodeForbidden:            {403, ExitRefused},
	CodeRefused:              {403, ExitRefused},
	CodeNotFound:             {404, ExitNotFound},
	CodeNoCurrentEnvironment: {404, ExitNotFound},
	CodeConflict:             {409, ExitConflict},
	CodeStale:                {412, ExitConflict},
	CodePreconditionRequired: {428, ExitUsage},
	CodeGone:                 {410, ExitConflict},
	CodeTooLarge:             {413, ExitUsage},
	CodeUnsupported:          {501, ExitUsage},
	CodeFenced:               {409, ExitConflict},
	CodeFailed:               {500, ExitFailed},
	CodeUnavailable:          {503, ExitFailed},
	CodeInternal:             {500, ExitFailed},
}

// Codes lists every code, for the tests that keep the tables complete.
func Codes() []Code {
	out := make([]Code, 0, len(codeTable))
	for c := range codeTable {
		out = append(out, c)
	}
	return out
}

// HTTPStatus is the status that carries the code; 500 for one it does not know.
func (c Code) HTTPStatus() int {
	if row, ok := codeTable[c]; ok {
		return row.http
	}
	return 500
}

// ExitCode is the CLI's exit code for the code; 1 for one it does not know.
func (c Code) ExitCode() int {
	if row, ok := codeTable[c]; ok {
		return row.exit
	}
	return ExitFailed
}

// Problem is one thing wrong with an input. Line and Column are 1-based and
// zero where there is no file. Field is a path such as "services.backend.port".
type Problem struct {
	Field      string `json:"field,omitempty"`
	Message    string `json:"message"`
	Line       int    `json:"line,omitempty"`
	Column     int    `json:"column,omitempty"`
	Excerpt    string `json:"excerpt,omitempty"`
	Suggestion string `json:"suggestion,omitempty"`
}

// Text is the problem as people read it, as compilers write theirs: place,
// field and message, and below them, further in, its excerpt and suggestion.
// fold breaks sentences where lines have to end; nil: nowhere.
func (p Problem) Text(fold func(string) string) string {
	if fold == nil {
		fold = func(text string) string { return text }
	}
	head := "  "
	switch {
	case p.Line > 0 && p.Column > 0:
		head += fmt.Sprintf("line %d, column %d: ", p.Line, p.Column)
	case p.Line > 0:
		head += fmt.Sprintf("line %d: ", p.Line)
	}
	if p.Field != "" {
		head += p.Field + ": "
	}
	var b strings.Builder
	b.WriteString(fold(head + p.Message))
	for line := range strings.Lines(p.Excerpt) {
		b.WriteString("\n    " + strings.TrimRight(line, "\n"))
	}
	if p.Suggestion != "" {
		b.WriteString("\n" + fold("    "+p.Suggestion))
	}
	return b.String()
}

// Error is an error with a code. Message names the thing, what is wrong with
// it, and what to do; neither it nor a Problem ever holds a secret's value.
type Error struct {
	Code     Code
	Message  string
	Field    string
	Problems []Problem
	Until    *time.Time // when what stands in the way ends by itself; nil: the passing of time changes nothing
	Err      error      // the cause, for logs; not shown
}

// Errorf makes an Error; a %w verb sets its cause.
func Errorf(code Code, format string, args ...any) *Error {
	wrapped := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: wrapped.Error(), Err: errors.Unwrap(wrapped)}
}

// Invalid makes a CodeInvalid error about one field.
func Invalid(field, format string, args ...any) *Error {
	return &Error{Code: CodeInvalid, Message: fmt.Sprintf(format, args...), Field: field}
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	for _, p := range e.Problems {
		b.WriteString("\n  ")
		if p.Field != "" {
			b.WriteString(p.Field + ": ")
		}
		b.WriteString(p.Message)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code of the first Error in err's chain, CodeInternal where
// there is none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// IsTerminal says that trying again cannot help: the error carries a code
// other than CodeUnavailable. Errors without a code (a connection that broke)
// are tried again.
func IsTerminal(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code != CodeUnavailable
}
