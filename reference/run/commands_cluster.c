#include "comm_local.h"
#include "commands.h"
#include "commands_parts.h"
#include "team_cost.h"

int command_cluster(int argc, char **argv)
{
    struct team_cost_settings s = {.processes = 2, .accumulate = 4, .rounds = 5};
    float latency = 50e-6f, bandwidth = 117e6f, micro = 1, update = 0.1f;
    int most = 0, weights = 124439808;
    const struct option_spec specs[] = {
        {"processes", OPTION_INT, &s.processes, 2, COMM_LOCAL_MOST, "N",
         "processes to measure with; or mpirun -np N", 0},
        {"accumulate", OPTION_INT, &s.accumulate, 1, 1 << 20, "N", "micro-batches of a step", 0},
        {"rounds", OPTION_INT, &s.rounds, 1, 1000, "N", "measure N times, the best counts", 0},
        {"project", OPTION_INT, &most, 0, 1 << 16, "N",
         "measure nothing: compute a step on up to N machines, from what follows", 0},
        {"weights", OPTION_INT, &weights, 1, 2000000000, "N", "of the model", 0},
        {"latency", OPTION_FLOAT, &latency, 0, 100, "X", "seconds that any message takes", 0},
        {"bandwidth", OPTION_FLOAT, &bandwidth, 1, 1e15, "X", "bytes a second", 0},
        {"micro", OPTION_FLOAT, &micro, 0, 1e9, "X", "seconds of a micro-batch", 0},
        {"update", OPTION_FLOAT, &update, 0, 1e9, "X", "seconds of the optimizer", 0},
    };
    const struct command c = {
        "cluster", "Measures what it costs to train on several processes, or computes it.",
        "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    if (most > 0) {
        const struct team_cost_plan plan = {.cost = {(double)latency, (double)bandwidth},
                                            .weights = weights,
                                            .micro = (double)micro,
                                            .update = (double)update,
                                            .accumulate = s.accumulate};
        team_cost_project(&plan, most, stdout);
    } else {
        struct error e;
        error_must(team_cost_measure(&s, stdout, &e), &e);
    }
    return command_end();
}
