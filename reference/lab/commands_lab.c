#include "commands_lab.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "commands_parts.h"
#include "experiments.h"
#include "protocol.h"
#include "rules.h"
#include "scoreboard.h"
#include "threads.h"
#include "trials.h"

enum { RULE_EXAMPLES = 1000000, TABLE_EXAMPLES = 100000 };  // unless others are asked for

// struct lab_ask: what the command is asked for.
struct lab_ask {
    const char *data, *trial, *only, *out;
    int examples, seeds, list, table, tune;
    uint64_t seed;
};

static void print_list(void)
{
    for (int i = 0; i < rules_count(); i++)
        printf("%-10s %s\n", rules_at(i)->name, rules_at(i)->plain);
    for (int i = 0; i < experiments_count(); i++)
        printf("%-10s %s\n", experiments_at(i)->name, experiments_at(i)->plain);
}

// print_curve prints the rule's score after more and more examples, each time from a fresh start,
// so that a rate that falls has fallen.
static void print_curve(const struct lab_rule *rule, const struct lab_data *d,
                        const struct lab_ask *ask)
{
    static const size_t STOPS[] = {10000, 30000, 100000, 300000, 1000000};
    printf("%9s%9s%8s%12s%10s%10s\n", "examples", "bits", "right", "calibration", "numbers",
           "seconds");
    for (int i = 0; i < COUNT_OF(STOPS); i++) {
        size_t n = STOPS[i];
        if (n >= (size_t)ask->examples || i + 1 == COUNT_OF(STOPS)) n = (size_t)ask->examples;
        for (int k = 0; k < ask->seeds; k++) {
            struct lab_score s = lab_run(rule, d, n, ask->seed + (uint64_t)k);
            printf("%9zu%9.4f%8.4f%12.4f%10zu%10.2f\n", s.examples, s.bits, s.right, s.calibration,
                   s.numbers, s.seconds);
            fflush(stdout);
        }
        if (n == (size_t)ask->examples) break;
    }
}

static void print_forgetting(const struct lab_rule *rule, const struct lab_data *d,
                             const struct lab_ask *ask)
{
    size_t half = (size_t)ask->examples;
    struct trial_forgetting t = trial_forgetting(rule, d, half, ask->seed);
    printf("%-22s%9s%8s\n", "", "bits", "right");
    printf("%-22s%9.4f%8.4f\n", "A, after A", t.before.bits, t.before.right);
    printf("%-22s%9.4f%8.4f\n", "A, after B as well", t.after.bits, t.after.right);
    printf("%-22s%9.4f%8.4f\n", "B", t.second.bits, t.second.right);
}

static void print_once(const struct lab_rule *rule, const struct lab_data *d,
                       const struct lab_ask *ask)
{
    struct trial_once t = trial_once(rule, d, (size_t)ask->examples, ask->seed);
    printf("%-22s%9s%9s\n", "", "before", "after");
    printf("%-22s%9.4f%9.4f\n", "words met once", t.before, t.after);
    printf("%-22s%9.4f%9.4f\n", "held-back text", t.val_before, t.val_after);
}

static void print_novelty(const struct lab_rule *rule, const struct lab_data *d,
                          const struct lab_ask *ask)
{
    static const int WINDOW[] = {20, 100};
    printf("%10s%9s\n", "characters", "area");
    for (int i = 0; i < COUNT_OF(WINDOW); i++)
        printf("%10d%9.4f\n", WINDOW[i],
               trial_novelty(rule, d, (size_t)ask->examples, WINDOW[i], ask->seed));
}

static void print_noise(const struct lab_rule *rule, const struct lab_data *d,
                        const struct lab_ask *ask)
{
    struct trial_noise t = trial_noise(rule, d, (size_t)ask->examples, 0.2, ask->seed);
    printf("%-22s%9s%8s\n", "", "bits", "right");
    printf("%-22s%9.4f%8.4f\n", "told the truth", t.clean.bits, t.clean.right);
    printf("%-22s%9.4f%8.4f\n", "a fifth by lot", t.noisy.bits, t.noisy.right);
    printf("%-22s%9.4f\n", "share drawn by lot", t.drawn);
    if (!isnan(t.taken)) printf("%-22s%9.4f\n", "by the rule's account", t.taken);
}

static void print_online(const struct lab_rule *rule, const struct lab_data *d,
                         const struct lab_ask *ask)
{
    printf("%-22s%9s%8s%12s\n", "", "bits", "right", "calibration");
    for (int k = 0; k < ask->seeds; k++) {
        struct trial_online t =
            trial_online(rule, d, (size_t)ask->examples, ask->seed + (uint64_t)k);
        printf("%-22s%9.4f%8.4f%12.4f\n", "only asked", t.asked.bits, t.asked.right,
               t.asked.calibration);
        printf("%-22s%9.4f%8.4f%12.4f\n", "learns as it reads", t.reads.bits, t.reads.right,
               t.reads.calibration);
        fflush(stdout);
    }
}

#define TRIAL_NAMES "curve, forgetting, once, novelty, noise or online"

typedef void print_trial(const struct lab_rule *, const struct lab_data *, const struct lab_ask *);

static print_trial *trial_named(const char *name)
{
    static const char *const NAMES[] = {"curve",   "forgetting", "once",
                                        "novelty", "noise",      "online"};
    static print_trial *const PRINT[] = {print_curve,   print_forgetting, print_once,
                                         print_novelty, print_noise,      print_online};
    struct error e;
    int which = 0;
    error_must(option_choice("trial", name, COUNT_OF(NAMES), NAMES, TRIAL_NAMES, &which, &e), &e);
    return PRINT[which];
}

static void open_text(const struct lab_ask *ask, struct lab_data *d)
{
    struct error e;
    error_must(lab_open(ask->data, ask->tune, d, &e), &e);
    printf("%s: %zu characters to learn from, %zu to judge by, %d different", ask->data,
           d->train.count, d->val.count, d->V);
    if (!isnan(d->floor)) printf(", floor %.4f", d->floor);
    putchar('\n');
}

static void run_experiment(const struct experiment *experiment, const struct lab_ask *ask)
{
    struct lab_data d;
    struct experiment_ask told = {.text = ask->data,
                                  .examples =
                                      ask->examples ? (size_t)ask->examples : experiment->examples,
                                  .seed = ask->seed,
                                  .seeds = ask->seeds};
    if (experiment->text) open_text(ask, &d), told.data = &d;
    printf("%s: %s\n", experiment->name, experiment->plain);
    fflush(stdout);
    experiment->run(&told);
    if (experiment->text) lab_close(&d);
}

// run_rules: the rule of that name, or the table.
static void run_rules(const char *name, struct lab_ask *ask)
{
    struct error e;
    struct lab_data d;
    const struct lab_rule *rules[RULES_MOST];
    if (!ask->examples) ask->examples = ask->table ? TABLE_EXAMPLES : RULE_EXAMPLES;
    struct scoreboard_ask board = {.rules = rules,
                                   .out = ask->out,
                                   .examples = (size_t)ask->examples,
                                   .seeds = ask->seeds,
                                   .seed = ask->seed};
    print_trial *print = trial_named(ask->trial);
    if (ask->table)
        error_must(error_in(&e, rules_choose(ask->only, rules, &board.count, &e), "--only"), &e);
    else
        error_must(rules_find(name, rules, &e), &e);
    open_text(ask, &d);
    if (!ask->table) printf("%s: %s\n", rules[0]->name, rules[0]->plain);
    fflush(stdout);
    if (ask->table)
        error_must(scoreboard_run(&board, &d, &e), &e);
    else
        print(rules[0], &d, ask);
    lab_close(&d);
}

int command_lab(int argc, char **argv)
{
    struct lab_ask ask = {.data = "stories", .trial = "curve", .seeds = 1, .seed = 1};
    const struct option_spec specs[] = {
        {"data", OPTION_STRING, &ask.data, 1, 0, "WHAT",
         "text file, directory, or name of a data set", 0},
        {"examples", OPTION_INT, &ask.examples, 0, 1e9, "N",
         "that it is shown; 0: 1000000, for the table 100000, for an experiment its own number", 0},
        {"trial", OPTION_STRING, &ask.trial, 1, 0, "NAME", TRIAL_NAMES, 0},
        {"seed", OPTION_SEED, &ask.seed, 0, 0, "N", "of whatever is drawn", 0},
        {"seeds", OPTION_INT, &ask.seeds, 1, 100, "N",
         "of the curve and of online: as many rows, from --seed on", 0},
        {"tune", OPTION_FLAG, &ask.tune, 0, 0, NULL,
         "judge by the last twentieth of what there is to learn from, and learn from the rest", 0},
        {"table", OPTION_FLAG, &ask.table, 0, 0, NULL, "all rules side by side, in place of RULE",
         0},
        {"only", OPTION_STRING, &ask.only, 1, 0, "NAMES",
         "of the table: these rules, as in mlp,reso", 0},
        {"out", OPTION_STRING, &ask.out, 1, 0, "DIR",
         "of the table: leave table.tsv, results.tsv, examples.svg and seconds.svg in DIR", 0},
        {"list", OPTION_FLAG, &ask.list, 0, 0, NULL,
         "print the rules and experiments, and their plain names", 0},
    };
    const struct command c = {"lab", "Lets a rule learn a text, and measures it.",
                              "RULE|EXPERIMENT|--table|--list [options]", specs, COUNT_OF(specs)};
    int words = 1;
    for (int i = 1; i < argc; i++)
        words &= strcmp(argv[i], "--list") != 0 && strcmp(argv[i], "--table") != 0;
    commands_arguments(&c, argc, argv, words);
    if (ask.list) {
        print_list();
        return command_end();
    }
    threads_use(1);
    const struct experiment *experiment = ask.table ? NULL : experiments_find(argv[1]);
    if (experiment)
        run_experiment(experiment, &ask);
    else
        run_rules(argv[1], &ask);
    return command_end();
}
