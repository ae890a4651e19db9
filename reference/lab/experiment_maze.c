#include "experiment_maze.h"

#include <stdio.h>

#include "maze.h"

enum { RUNS = 200, EPISODES = 50, SHORT = 20, SETTINGS = 3 };
static const int IMAGINED[SETTINGS] = {0, 5, 50};

// struct result: what RUNS runs came to, each a mean.
struct result {
    double episodes;         // the first of at most SHORT steps is the how manieth
    double real, all;        // steps until that was over, without and with the imagined ones
    double steps[EPISODES];  // of each episode
};

static struct result run_all(int imagined, uint64_t seed)
{
    struct result sum = {0};
    struct random r = random_start(seed, LAB_OWN);
    for (int k = 0; k < RUNS; k++) {
        struct maze_learner m;
        maze_begin(&m);
        double real = 0;
        int found = 0;
        for (int e = 0; e < EPISODES || !found; e++) {
            int steps = maze_episode(&m, imagined, &r);
            real += steps;
            if (e < EPISODES) sum.steps[e] += (double)steps / RUNS;
            if (found || steps > SHORT) continue;
            found = 1;
            sum.episodes += (e + 1.0) / RUNS;
            sum.real += real / RUNS;
            sum.all += real * (1 + imagined) / RUNS;
        }
    }
    return sum;
}

// print_maps prints what one learner expects after two episodes, for each setting.
static void print_maps(uint64_t seed)
{
    char map[SETTINGS][MAZE_ROWS][MAZE_TEXT];
    for (int i = 0; i < SETTINGS; i++) {
        struct maze_learner m;
        struct random r = random_start(seed, LAB_OWN);
        maze_begin(&m);
        for (int e = 0; e < 2; e++) maze_episode(&m, IMAGINED[i], &r);
        maze_map(&m, map[i]);
    }
    printf("\nafter two episodes, with 0, 5, 50 imagined: the way, where one is known\n");
    for (int row = 0; row < MAZE_ROWS; row++)
        printf("  %s   %s   %s\n", map[0][row], map[1][row], map[2][row]);
}

static void print_steps(const struct result *result)
{
    static const int SHOWN[] = {1, 2, 3, 4, 5, 7, 10, 15, 20, 30, EPISODES};
    printf("\n%8s  steps, with 0, 5, 50 imagined\n", "episode");
    for (size_t k = 0; k < sizeof SHOWN / sizeof *SHOWN; k++) {
        printf("%8d", SHOWN[k]);
        for (int i = 0; i < SETTINGS; i++) printf("%8.1f", result[i].steps[SHOWN[k] - 1]);
        putchar('\n');
    }
}

static void run(const struct experiment_ask *ask)
{
    struct result last[SETTINGS];
    printf("%8s%6s%10s%12s%11s  until one took at most %d\n", "imagined", "runs", "episodes",
           "real steps", "all steps", SHORT);
    for (int seed = 0; seed < ask->seeds; seed++)
        for (int i = 0; i < SETTINGS; i++) {
            last[i] = run_all(IMAGINED[i], ask->seed + (uint64_t)seed);
            printf("%8d%6d%10.1f%12.0f%11.0f\n", IMAGINED[i], RUNS, last[i].episodes, last[i].real,
                   last[i].all);
        }
    print_steps(last);
    print_maps(ask->seed);
}

const struct experiment EXPERIMENT_MAZE = {
    .name = "maze", .plain = "Dyna-Q: a way through a maze, with imagined steps", .run = run};
