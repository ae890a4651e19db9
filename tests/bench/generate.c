// Tokens a second of a model of GPT-2's shape with random weights, F32, beside llama.cpp's where it
// is installed.
//   usage: generate PYTHON        wall clock, best of several rounds, taken in turns
#include <stdio.h>

#include "bench.h"
#include "bench_generate.h"
#include "error.h"
#include "threads.h"

enum { PEERS_MOST = 8 };

// struct job: what is generated, and on how many threads.
struct job {
    const char *name;
    double (*once)(void);
    double tokens;
    int threads;
};

static double once(void *context)
{
    const struct job *j = context;
    threads_use(j->threads);
    return j->once();
}

static void bench_job(struct job *j, const char *python)
{
    enum { ROUNDS = 3 };
    struct bench_row ours = {"gpt", "", 0, ""}, peer[PEERS_MOST];
    int rows = 0;
    char command[1024];
    snprintf(ours.what, sizeof ours.what, "%s, %d thread%s", j->name, j->threads,
             j->threads > 1 ? "s" : "");
    snprintf(command, sizeof command, "%s " BENCH_PEERS "peers_generate.py %s %d", python, j->name,
             j->threads);
    for (int i = 0; i < ROUNDS; i++) {
        bench_keep(&ours, bench_fresh(once, j));
        bench_peers(command, PEERS_MOST, &rows, peer);
    }
    bench_print(&ours, j->tokens, ours.best);
    for (int i = 0; i < rows; i++) bench_print(peer + i, j->tokens, ours.best);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 2) die("usage: generate PYTHON");
    puts("GPT-2 124M, F32, beside other programs: wall clock, the best of several");
    int cores = bench_cores();
    for (int i = 0; i < (cores > 1 ? 2 : 1); i++) {
        int threads = i ? cores : 1;
        struct job decode = {"decode", bench_decode_once, 1, threads};
        struct job prompt = {"prompt", bench_prompt_once, BENCH_PROMPT, threads};
        bench_job(&decode, argv[1]);
        bench_job(&prompt, argv[1]);
    }
    return 0;
}
