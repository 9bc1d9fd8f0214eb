package coverage

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"testing"

	_ "modernc.org/sqlite" // the migrations are written for it
)

// readDatabase runs the migrations and asks the database what came of it.
func readDatabase(t *testing.T) (columns map[string][]string, indexes []string) {
	t.Helper()
	files, err := filepath.Glob(top + "/internal/store/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("found no migrations: %v", err)
	}
	slices.Sort(files)
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // nothing is kept
	db.SetMaxOpenConns(1)             // each connection has a memory of its own
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), string(text)); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	columns = map[string][]string{}
	for _, pair := range query(t, db, "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid") {
		columns[pair[0]] = append(columns[pair[0]], pair[1])
	}
	for _, pair := range query(t, db, "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name") {
		indexes = append(indexes, pair[0])
	}
	return columns, indexes
}

func query(t *testing.T, db *sql.DB, text string) [][2]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // rows.Err is looked at
	var all [][2]string
	for rows.Next() {
		var pair [2]string
		if err := rows.Scan(&pair[0], &pair[1]); err != nil {
			t.Fatal(err)
		}
		all = append(all, pair)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
