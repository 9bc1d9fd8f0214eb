# Runs a PostgreSQL server for as long as standard input stays open: server.sh BIN DIR
# Says "ready" on standard output once the server takes connections. The log goes there when it has ended.
bin=$1 dir=$2
exec 3>&1 >"$dir/log" 2>&1

# The server is a child of this script, which waits for it: no process is left for the machine to clear away.
"$bin/initdb" --pgdata="$dir/data" --username=lockstep --auth=trust --encoding=UTF8 --no-locale --no-sync &&
	cat "$dir/settings" >>"$dir/data/postgresql.conf" && {
	"$bin/postgres" -D "$dir/data" 3>&- &
	server=$!
}

# The server writes its state into the eighth line of its pid file; nothing else tells.
until sed -n 8p "$dir/data/postmaster.pid" 2>/dev/null | grep -q ready; do
	kill -0 "$server" || break
	sleep 0.05
done

status=1
if kill -0 "$server"; then
	status=0
	echo ready >&3
	read -r _ # nothing ever comes: this ends when the tests end
	kill -QUIT "$server"
	wait "$server"
fi
cat "$dir/log" >&3
rm -rf "$dir"
exit $status
