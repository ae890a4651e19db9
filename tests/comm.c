// comm: messages between real processes of this machine: whole, in order, longer than any buffer
// between the two; what is said of a process that is gone, silent, or does something else.
#include "comm.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "cluster.h"
#include "comm_local.h"

// start makes a row and returns this process's place in it.
static struct comm *start(int size, struct comm_local **own)
{
    struct comm *c;
    struct error e;
    CHECK(comm_local_fork(size, &c, own, &e) == ERR_NONE, "%s", e.text);
    return c;
}

Test(comm, alone)
{
    struct comm *c = comm_alone();
    cr_assert_eq(comm_rank(c), 0);
    cr_assert_eq(comm_size(c), 1);
    comm_free(c);
}

Test(comm, a_long_message_and_a_short_one)
{
    enum { N = 1 << 21 };
    struct comm_local *own;
    struct comm *c = start(2, &own);
    float *x = malloc(N * sizeof *x), y = 7;
    struct error e;
    CHECK(x, "out of memory");
    if (comm_rank(c) == 1) {
        for (int i = 0; i < N; i++) x[i] = (float)i;
        int failed = comm_send(c, 0, N, x, &e) || comm_send(c, 0, 1, &y, &e);
        _exit(failed);
    }
    cr_assert_eq(comm_receive(c, 1, N, x, &e), ERR_NONE, "%s", e.text);
    for (int i = 0; i < N; i++) cr_assert_eq(x[i], (float)i, "at %d", i);
    y = 0;
    cr_assert_eq(comm_receive(c, 1, 1, &y, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(y, 7);
    free(x);
    comm_free(c);
    comm_local_end(own, 0);
}

Test(comm, messages_of_another_length)
{
    struct comm_local *own;
    struct comm *c = start(2, &own);
    float x[4] = {1, 2, 3, 4};
    struct error e;
    if (comm_rank(c) == 1) _exit(comm_send(c, 0, 3, x, &e) != ERR_NONE);
    cr_assert_eq(comm_receive(c, 1, 4, x, &e), ERR_MATCH);
    cr_assert_str_eq(e.text, "process 1 sent 3 numbers where 4 were expected");
    comm_free(c);
    comm_local_end(own, 0);
}

Test(comm, who_was_killed)
{
    struct comm_local *own;
    struct comm *c = start(4, &own);
    float x = 0;
    struct error e;
    // Each waits for the one behind it; the last is killed.
    if (comm_rank(c) == 3) raise(SIGKILL);
    enum err code = comm_receive(c, comm_rank(c) + 1, 1, &x, &e);
    if (comm_rank(c) > 0) _exit(code ? COMM_LOST : 0);
    cr_assert_eq(code, ERR_IO);
    cr_assert_str_eq(e.text, "process 1 is gone");
    comm_local_verdict(own, &e);
    cr_assert_str_eq(e.text, "process 3 of 4 was killed by signal 9 (Killed)");
    comm_free(c);
    comm_local_end(own, 0);
}

Test(comm, who_gave_up)
{
    struct comm_local *own;
    struct comm *c = start(3, &own);
    float x = 0;
    struct error e;
    if (comm_rank(c) == 2) _exit(1);
    enum err code = comm_receive(c, comm_rank(c) + 1, 1, &x, &e);
    if (comm_rank(c) > 0) _exit(code ? COMM_LOST : 0);
    cr_assert_eq(code, ERR_IO);
    comm_local_verdict(own, &e);
    cr_assert_str_eq(e.text, "process 2 of 3 has ended with status 1");
    comm_free(c);
    comm_local_end(own, 0);
}

Test(comm, a_message_to_nobody)
{
    enum { N = 1 << 21 };
    struct comm_local *own;
    struct comm *c = start(2, &own);
    struct error e;
    if (comm_rank(c) == 1) _exit(0);
    float *x = calloc(N, sizeof *x);
    CHECK(x, "out of memory");
    cr_assert_eq(comm_send(c, 1, N, x, &e), ERR_IO);
    cr_assert_str_eq(e.text, "process 1 is gone");
    free(x);
    comm_free(c);
    comm_local_end(own, 0);
}

Test(comm, silence_ends_after_a_while)
{
    struct comm_local *own;
    struct comm *c = start(2, &own);
    float x = 0;
    struct error e;
    if (comm_rank(c) == 1) {
        for (;;) pause();
    }
    comm_patience(c, 1);
    cr_assert_eq(comm_receive(c, 1, 1, &x, &e), ERR_IO);
    cr_assert_str_eq(e.text, "process 1 has not answered for 1 s");
    comm_free(c);
    comm_local_end(own, 1);
}

// The functions of lesson 21 between processes that really are some.
Test(comm, a_sum_and_its_way_back)
{
    enum { N = 100000, SIZE = 4 };
    struct comm_local *own;
    float *g = malloc(SIZE * N * sizeof *g), *want = calloc(N, sizeof *want);
    CHECK(g && want, "out of memory");
    for (int i = 0; i < SIZE * N; i++) g[i] = 1.0f / (float)(1 + i % 9973);
    for (int r = 0; r < SIZE; r++)
        for (int i = 0; i < N; i++) want[i] += g[r * N + i];
    struct comm *c = start(SIZE, &own);
    float *sum = calloc(N, sizeof *sum);
    struct error e;
    CHECK(sum, "out of memory");
    enum err code = cluster_fold(c, N, 777, 1, g + comm_rank(c) * N, sum, &e);
    if (!code) code = cluster_spread(c, N, 1000, sum, &e);
    // How many have it right, by the same way.
    float same = !code && memcmp(sum, want, N * sizeof *sum) == 0, count = 0;
    code = cluster_fold(c, 1, 1, 1, &same, &count, &e);
    if (!code) code = cluster_spread(c, 1, 1, &count, &e);
    if (comm_rank(c) > 0) _exit(0);
    cr_assert_eq(code, ERR_NONE, "%s", e.text);
    cr_assert_eq(count, SIZE);
    free(g), free(want), free(sum);
    comm_free(c);
    comm_local_end(own, 0);
}
