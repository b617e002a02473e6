# Sourced by postgres: base backups, the archive of the write-ahead log, and going back to a moment. Uses its variables and functions.
# shellcheck shell=bash disable=SC2154

# archiving : settings. Archiving is always on, so that a backup can begin without a restart; where nobody backs up it keeps nothing, and no log piles up.
archiving() {
  local to
  echo 'archive_mode = on'
  if [[ ! -s $home/backup-folder ]]; then
    printf '%s\n' "archive_timeout = 0" "archive_command = '/bin/true'"
    return
  fi
  to=$(<"$home/backup-folder")/wal
  echo 'archive_timeout = 60'
  # Doing it again after a crash is right when it is the same; a file that is another is never written over.
  echo "archive_command = 'if test -e \"$to/%f.gz\"; then gzip -dc \"$to/%f.gz\" | cmp -s - \"%p\"; else gzip -1 -c \"%p\" >\"$to/%f.new\" && sync \"$to/%f.new\" && mv \"$to/%f.new\" \"$to/%f.gz\"; fi'"
}

# own_directory DIR… : private ones of the server's user.
own_directory() {
  if ((EUID == 0)); then install -d -m 700 -o "$owner" -g "$group" "$@"; else install -d -m 700 "$@"; fi
}

# as_client COMMAND… : a client of the running cluster, as its superuser. The password is in a file that only the server's user reads.
as_client() {
  local command=$1
  shift
  if [[ ! -e $place/client/pgpass ]]; then
    own_directory "$place/client"
    printf '127.0.0.1:*:*:eventmesh:%s\n' "$(secret "$home/password")" | write_as_owner "$place/client/pgpass"
  fi
  as_owner_in / env PGPASSFILE="$place/client/pgpass" "$bin/$command" -h 127.0.0.1 -p "$(<"$home/port")" -U eventmesh -w "$@"
}

ask() { as_client psql -d eventmesh -XAtq -v ON_ERROR_STOP=1 "$@"; }

archives() { [[ $(ask -c 'show archive_command') == *"$folder/wal"* ]]; }
archived() { [[ -e $folder/wal/$1.gz ]]; }

# first_segment BASE : the first segment of the log that a backup needs.
first_segment() { as_owner_in / tar -xzOf "$folder/base/$1/base.tar.gz" --occurrence=1 backup_label | sed -nE 's/^START WAL LOCATION: .*\(file ([0-9A-F]{24})\)$/\1/p'; }

# prune KEEP : deletes all backups but the newest KEEP, and the segments of the log that none of these needs.
prune() {
  local bases base segment first='' file kept
  mapfile -t bases < <(find "$folder/base" -mindepth 1 -maxdepth 1 -name '2*Z' -printf '%f\n' | sort -r)
  kept=("${bases[@]:0:$1}")
  # On whichever line of history: where a restore has gone back, a later backup may begin at an earlier place. The first eight digits are the line.
  for base in "${kept[@]}"; do
    segment=$(first_segment "$base")
    [[ -n $segment ]] || die "the backup $base does not say where it begins, so nothing was deleted"
    segment=${segment:8}
    [[ -n $first && ! $segment < $first ]] || first=$segment
  done
  for base in "${bases[@]:$1}"; do rm -rf "$folder/base/$base"; done
  for file in "$folder/wal/"*; do
    segment=${file##*/}
    # Segments and what belongs to one of them. The histories of lines are small and always kept.
    [[ $segment =~ ^[0-9A-F]{24} && ${segment:8:16} < $first ]] && rm -f "$file"
  done
  say "Kept: ${#kept[@]} backups, the oldest of ${kept[-1]}; the log since then."
}

# backup FOLDER [KEEP] : a base backup into it; from the first one on the log is archived there, too.
backup() {
  local name segment keep=${2:-}
  [[ -z $keep || $keep =~ ^[1-9][0-9]{0,5}$ ]] || die "KEEP=$keep is not a number of backups to keep, from 1"
  folder=$(realpath -m "$1")
  [[ $folder != *[\'\"%\\$]* ]] || die "the name of the backup folder may not hold quotes, %, \$ or backslashes"
  running || die "PostgreSQL in $home is not running: start EventMesh, then back it up"
  find_binaries
  own_directory "$folder" "$folder/wal" "$folder/base"
  as_owner_in / test -w "$folder/wal" || die "user $owner, who runs PostgreSQL, cannot write to $folder: open every directory above it, or choose another by BACKUP=DIR"
  echo "$folder" >"$home/backup-folder"
  port=$(<"$home/port")
  settings | write_as_owner "$data/eventmesh.conf"
  ask -c 'select pg_reload_conf()' >/dev/null
  eventually 60 archives || die "PostgreSQL does not take on its new settings: see $place/log"
  [[ $(ask -c 'show archive_mode') == on ]] || die "this cluster was started before it could archive: stop EventMesh and start it once"

  rm -rf "$folder/base/new"
  as_client pg_basebackup -D "$folder/base/new" -Ft -z -X stream --checkpoint=fast >&2
  # The log until now goes with it: what was committed before this command can be restored by it.
  segment=$(ask -c 'select pg_walfile_name(pg_switch_wal())')
  eventually 60 archived "$segment" || die "the log is not archived to $folder/wal: see $place/log"
  # By the time from which on one can go back with it.
  name=$(date -u +%Y%m%dT%H%M%SZ)
  mv "$folder/base/new" "$folder/base/$name"
  [[ -z $keep ]] || prune "$keep"
  printf '%s\n' "$folder/base/$name"
}

# newest_transaction DIRECTORY SEGMENT : the highest transaction that ended in the log from there on; nothing when there is none.
newest_transaction() {
  as_owner_in / "$bin/pg_waldump" -p "$1" -r Transaction "$2" 2>/dev/null | sed -nE 's/.* tx: +([0-9]+),.*/\1/p' | sort -n | tail -n 1 || true
}

# The last transaction that anybody may have heard of: of the cluster that is replaced, and of the end of the archive.
last_known_transaction() {
  local old=$1 scratch=$place/log.new segment
  {
    if [[ -e $old/global/pg_control ]]; then
      segment=$(as_owner_in / "$bin/pg_controldata" "$old" | sed -n "s/^Latest checkpoint's REDO WAL file: *//p")
      as_owner_in / "$bin/pg_controldata" "$old" | sed -nE "s/^Latest checkpoint's NextXID: *[0-9]+:([0-9]+)/\1/p"
      newest_transaction "$old/pg_wal" "$segment"
    fi
    rm -rf "$scratch"
    own_directory "$scratch"
    while read -r segment; do
      as_owner_in / sh -c 'gzip -dc "$1" >"$2"' sh "$folder/wal/$segment.gz" "$scratch/$segment"
      newest_transaction "$scratch" "$segment"
    done < <(cd "$folder/wal" && printf '%s\n' * | sed -nE 's/^([0-9A-F]{24})\.gz$/\1/p' | sort | tail -n 4)
    rm -rf "$scratch"
  } | sort -n | tail -n 1
}

# put_back OLD [WHY] : leaves everything as it was before a restore that failed.
put_back() {
  kill_in "$data" postgres
  rm -rf "$data"
  [[ -z $1 ]] || mv "$1" "$data"
  die "${2:-the restored PostgreSQL did not start} ($(grep -E 'FATAL|ERROR' "$place/log" | tail -n 1)). What was there is there again."
}

recovered_or_gone() { ! running || [[ $(ask -c 'select pg_is_in_recovery()' 2>/dev/null) == f ]]; }

# restore FOLDER [TO] : the cluster as it was at the end of the log, or at TO. What there is now is moved aside, never written over.
restore() {
  local to=${2:-} base stamp new old='' lost wanted line
  folder=$(realpath -m "$1")
  ! running || die "PostgreSQL in $home is running: stop EventMesh first"
  wanted=$(date -u -d "${to:-now}" +%Y%m%dT%H%M%SZ) || die "'$to' is not a time such as 2026-11-21 10:00:00Z"
  base=$(find "$folder/base" -mindepth 1 -maxdepth 1 -name '2*Z' -printf '%f\n' 2>/dev/null | sort | awk -v wanted="$wanted" '$0 <= wanted' | tail -n 1)
  [[ -n $base ]] || die "there is no backup in $folder that was finished before ${to:-now}"
  stamp=$(date -u +%Y%m%dT%H%M%SZ) new=$place/data.new
  # Every restore begins a line of history of its own; the one meant is that which was going on then.
  line=$(awk -v wanted="$wanted" '$1 <= wanted { line = $2 } END { print line ? line : "current" }' "$folder/lines" 2>/dev/null || echo current)

  rm -rf "$new"
  own_directory "$new"
  as_owner_in / tar -xzf "$folder/base/$base/base.tar.gz" -C "$new"
  as_owner_in / tar -xzf "$folder/base/$base/pg_wal.tar.gz" -C "$new/pg_wal"
  as_owner_in / cp "$folder/base/$base/backup_manifest" "$new/"
  bin=/usr/lib/postgresql/$(as_owner_in / cat "$new/PG_VERSION")/bin
  as_owner_in / "$bin/pg_verifybackup" -q -n "$new" >&2 || die "the backup $base is damaged"

  if [[ -e $data ]]; then old=$place/data.before-$stamp; mv "$data" "$old"; say "What was there is in $old; delete it when all is well."; fi
  lost=$(last_known_transaction "${old:-/nonexistent}")
  # What was not archived yet may still lie in the log of the cluster that is replaced.
  {
    printf '%s\n' "restore_command = 'gzip -dc \"$folder/wal/%f.gz\" >\"%p\" 2>/dev/null || cp \"${old:-/nonexistent}/pg_wal/%f\" \"%p\" # restoring'" \
      "recovery_target_timeline = '$line' # restoring" "recovery_target_action = 'promote' # restoring" "recovery_target_time = '${to:+$(date -u -d "$to" '+%F %T.%N' | cut -c1-26)+00}' # restoring"
  } | as_owner_in "$new" tee -a "$new/postgresql.auto.conf" >/dev/null
  as_owner_in / touch "$new/recovery.signal"
  mv "$new" "$data"
  echo "$folder" >"$home/backup-folder"

  (START_SECONDS=86400 start >/dev/null) || put_back "$old"
  # It answers readers before it has come to the end of the log.
  eventually 86400 recovered_or_gone && running || put_back "$old" "the log does not lead to ${to:-its end}"
  as_owner_in / sed -i '/# restoring$/d' "$data/postgresql.auto.conf"
  # Positions that were given out after the moment we went back to may be known outside: none of them is given again.
  ask -v "known=${lost:-0}" -f - <"$scripts/after-restore.sql" >&2 || put_back "$old" "the positions that were given out could not be passed over"
  printf '%s %s\n' "$stamp" "$(ask -c 'select timeline_id from pg_control_checkpoint()')" >>"$folder/lines"
  stop
  say "Restored from $base${to:+ to $to}. Start EventMesh; check the history with eventmesh verify (docs/backup.md)."
}
