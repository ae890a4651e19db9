#!/bin/sh
# One run on several processes: the same bytes as on one, however it is divided; a process that is
# killed or stopped is named, nothing hangs, and the run goes on from its checkpoint, also on another
# number of processes.  First with processes of one machine, then, where MPI is, with mpirun.
set -u
gpt=${GPT:-build/gpt}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# In a container everything is done by root, who is to say so twice.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_WAIT_POLICY=passive
unset OMP_NUM_THREADS

check() { # check STATUS WHAT: what was said last is shown below a failure
    if [ "$1" = 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2"
        sed 's/^/#   /' "$dir/said" 2>/dev/null | tail -n 20
    fi
}

awk 'BEGIN { n = split("the cat sat on a mat and saw the old dog run far away from home", w, " "); srand(1)
             for (i = 0; i < 6000; i++) printf "%s%s", w[int(rand() * n) + 1], i % 12 == 11 ? ".\n" : " " }' >"$dir/text"
# The rate ends where it is highest: so it does not depend on how many steps there are to be.
options="--data $dir/text --tokenizer chars --layers 2 --heads 2 --channels 48 --context 32 --batch 2
         --accumulate 4 --steps 40 --warmup 10 --lr-end 1 --save-every 10 --eval-every 25"

same() { # same DIR: whether it is the run of one process, to the byte
    for file in model.safetensors state.safetensors loss.tsv; do
        cmp -s "$dir/whole/$file" "$1/$file" || return 1
    done
}

# shellcheck disable=SC2086  # several options
"$gpt" train $options --threads 1 --out "$dir/whole" >"$dir/said" 2>&1
check $? "one process, four micro-batches a step"

# --- processes of this machine ----------------------------------------------------------------------

for way in 1:2 2:1 2:2 3:1 4:1 4:2; do
    processes=${way%:*} threads=${way#*:}
    # shellcheck disable=SC2086
    "$gpt" train $options --processes "$processes" --threads "$threads" --out "$dir/run" --overwrite \
        >"$dir/said" 2>&1 && same "$dir/run"
    check $? "$processes processes, $threads threads each: the same bytes"
done

# A run that would take long, so that it is in the midst of it when it ends.
long="$options --steps 1000000 --save-every 3 --eval-every 1000000 --threads 1 --overwrite --out $dir/run"

begun() { # begun: waits until the run has a checkpoint behind its first one
    for _ in $(seq 1 600); do
        step=$("$gpt" inspect "$dir/run/state.safetensors" 2>/dev/null | awk '$1 == "step" { print $2 }')
        [ "${step:-0}" -lt 6 ] || return 0
        sleep 0.05
    done
    return 1
}

children() { # children PID: those it has started, in the order of their numbers
    ps -eo pid=,ppid= | awk -v of="$1" '$2 == of { print $1 }' | sort -n
}

ended() { # ended PID …: whether all are gone, now or within two seconds
    for _ in $(seq 1 40); do
        alive=
        for pid; do kill -0 "$pid" 2>/dev/null && alive=yes; done
        [ "$alive" ] || return 0
        sleep 0.05
    done
    return 1
}

# resumed PROCESSES: goes on for some steps on so many processes, and compares with a run of one
# process that nobody ended.
resumed() {
    steps=$("$gpt" inspect "$dir/run/state.safetensors" | awk '$1 == "step" { print $2 + 7 }')
    # shellcheck disable=SC2086
    "$gpt" train $options --threads 1 --steps "$steps" --save-every 1000 --eval-every 1000000 --overwrite \
        --out "$dir/unbroken" >"$dir/said" 2>&1 || return 1
    "$gpt" train --resume --steps "$steps" --save-every 1000 --threads 1 --processes "$1" --out "$dir/run" \
        >"$dir/said" 2>&1 || return 1
    cmp -s "$dir/unbroken/model.safetensors" "$dir/run/model.safetensors" &&
        cmp -s "$dir/unbroken/loss.tsv" "$dir/run/loss.tsv"
}

rm -rf "$dir/run"
# shellcheck disable=SC2086
"$gpt" train $long --processes 4 >"$dir/out" 2>"$dir/said" &
pid=$!
begun
team=$(children $pid)
victim=$(echo "$team" | sed -n 2p)
kill -9 "$victim"
wait $pid
status=$?
[ $status = 1 ] && [ "$(grep -c '^gpt: ' "$dir/said")" = 1 ] &&
    grep -q "^gpt: process 2 of 4 was killed by signal 9 (Killed) in step [0-9]*: $dir/run keeps the checkpoint of step [0-9]*; \`gpt train --resume --out $dir/run --processes 4\` goes on\$" "$dir/said"
check $? "process 2 is killed: one line says which, in which step, and how to go on; status 1 ($status)"
# shellcheck disable=SC2086
ended $team
check $? "and no process is left"
resumed 2
check $? "resumed on two processes: the bytes of a run that was not killed"

rm -rf "$dir/run"
# shellcheck disable=SC2086
"$gpt" train $long --processes 3 >"$dir/out" 2>"$dir/said" &
pid=$!
begun
team=$(children $pid)
kill -9 $pid
wait $pid 2>/dev/null
status=$?
# shellcheck disable=SC2086
ended $team && [ $status = 137 ]
check $? "process 0 is killed: the others end too"
grep -q "^gpt: process 1: process 0 is gone, in step" "$dir/said"
check $? "and the next one says so"
resumed 1
check $? "resumed on one process: the bytes of a run that was not killed"

rm -rf "$dir/run"
# shellcheck disable=SC2086
"$gpt" train $long --processes 3 --timeout 2 >"$dir/out" 2>"$dir/said" &
pid=$!
begun
team=$(children $pid)
kill -STOP "$(echo "$team" | sed -n 1p)"
wait $pid
status=$?
# shellcheck disable=SC2086
ended $team && [ $status = 1 ] && grep -q '^gpt: process 1 of 3 is stopped by signal' "$dir/said"
check $? "process 1 does not answer any more: after --timeout it is named, and nothing hangs"

rm -rf "$dir/run"
# shellcheck disable=SC2086
"$gpt" train $long --processes 3 >"$dir/out" 2>"$dir/said" &
pid=$!
begun
team=$(children $pid)
kill -TERM $pid
wait $pid 2>/dev/null
status=$?
# shellcheck disable=SC2086
ended $team && [ $status = 143 ] && grep -q '^stopped after step [0-9]* and saved' "$dir/said"
check $? "asked to end, it ends its step, saves, and all end"

one() { # one STATUS PART OPTION …: whether it ends so, with one line that has PART
    wanted=$1 part=$2
    shift 2
    "$gpt" train "$@" --out "$dir/none" >"$dir/said" 2>&1
    [ $? = "$wanted" ] && [ "$(wc -l <"$dir/said")" = 1 ] && grep -q "$part" "$dir/said"
}
one 2 'expected a micro-batch for each' --data "$dir/text" --tokenizer chars --processes 3 --accumulate 2
check $? "more processes than micro-batches are refused in one line"
one 1 'nowhere: ' --data "$dir/nowhere" --processes 3 --accumulate 3
check $? "a mistake that all would make is told once"

"$gpt" cluster --rounds 1 >"$dir/said" 2>&1 &&
    grep -q '^latency [0-9.]* us, bandwidth [0-9.]* GB/s$' "$dir/said" && grep -q '^the step .* ms .* ms$' "$dir/said"
check $? "gpt cluster measures"

# --- mpirun -----------------------------------------------------------------------------------------

if ! command -v mpirun >/dev/null || ! nm -P "$gpt" 2>/dev/null | grep -q '^MPI_Isend'; then
    echo "# not run: needs MPI: $(tests/harness/install.sh report mpi)"
    exit 0
fi
# OpenMPI refuses more processes than cores without it; other kinds of MPI do not know it.
over=
case $(mpirun --version 2>/dev/null) in *"Open MPI"*) over=--oversubscribe ;; esac

for way in 1:1 2:1 4:1 2:2; do
    processes=${way%:*} threads=${way#*:}
    # shellcheck disable=SC2086
    mpirun $over -np "$processes" "$gpt" train $options --threads "$threads" --out "$dir/run" --overwrite \
        >"$dir/said" 2>&1 && same "$dir/run"
    check $? "mpirun -np $processes, $threads threads each: the same bytes"
done

[ "$(grep -c '^at step 40 ' "$dir/said")" = 1 ] && [ "$(grep -c '^model: ' "$dir/said")" = 1 ]
check $? "only process 0 says where the run is"

for victim in 1 2; do
    rm -rf "$dir/run"
    # shellcheck disable=SC2086
    mpirun $over -np 3 "$gpt" train $long >"$dir/out" 2>"$dir/said" &
    pid=$!
    begun
    team=$(children $pid)
    kill -9 "$(echo "$team" | sed -n $((victim + 1))p)"
    wait $pid
    status=$?
    # shellcheck disable=SC2086
    ended $team && [ $status != 0 ] && grep -q "rank $victim .*signal 9" "$dir/said" &&
        grep -q "^gpt: .* in step [0-9]*: $dir/run keeps the checkpoint of step [0-9]*; \`mpirun -np 3 gpt train --resume" "$dir/said"
    check $? "mpirun: process $victim is killed: it is named, and how to go on; status $status"
done
resumed 4
check $? "resumed without mpirun on four processes: the bytes of a run that was not killed"
