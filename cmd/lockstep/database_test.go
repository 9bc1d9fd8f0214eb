package main

import (
	"database/sql"
	"errors"
	"os"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // what the server keeps its state in
)

// truncate FILE SIZE cuts a file off.
func truncate(ts *testscript.TestScript, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: truncate FILE SIZE")
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	return os.Truncate(ts.MkAbs(args[0]), size)
}

// sql FILE STATEMENT is another program that writes to a database.
func runSQL(ts *testscript.TestScript, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: sql FILE STATEMENT")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	if err != nil {
		return err
	}
	_, err = db.Exec(args[1]) //nolint:noctx // at once
	return errors.Join(err, db.Close())
}

// hold FILE is another program that has a database to itself, until letgo.
func hold(ts *testscript.TestScript, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: hold FILE")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0])+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	worldOf(ts).held = db
	_, err = db.Exec("BEGIN EXCLUSIVE") //nolint:noctx // waits for 10s at most
	return err
}

func letGo(ts *testscript.TestScript, _ []string) error {
	w := worldOf(ts)
	if w.held == nil {
		return errors.New("nothing is held")
	}
	_, err := w.held.Exec("ROLLBACK") //nolint:noctx // at once
	err = errors.Join(err, w.held.Close())
	w.held = nil
	return err
}
