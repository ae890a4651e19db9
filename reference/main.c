// main: the commands of gpt.
//
// `train` is the straight path through the course.  Text becomes tokens, tokens become windows,
// windows go through the model to a loss, the loss goes back to gradients, gradients change the
// weights, and the weights go to disk.  Every word of it is a module to read on in.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "checkpoint.h"
#include "clock.h"
#include "commands.h"
#include "commands_lab.h"
#include "corpus.h"
#include "dataset.h"
#include "evaluate.h"
#include "file.h"
#include "hash.h"
#include "interrupt.h"
#include "loss_log.h"
#include "model_file.h"
#include "progress.h"
#include "recall_suffix.h"
#include "teacher.h"
#include "team.h"
#include "threads.h"
#include "train.h"
#include "train_batches.h"
#include "train_tokenizer.h"

// --- train -----------------------------------------------------------------------------------

// struct ids: a text as tokens.
struct ids {
    int32_t *id;
    size_t count;
};

// struct run: a training run and what it works with.
struct run {
    struct train_options o;
    struct arena *arena;  // what lasts as long as the run
    struct dataset data;
    struct tokenizer *tokenizer;
    struct ids train, val;
    struct train at;                // where it is
    struct doubt doubt;             // of --intend and --trust
    struct team *team;              // with whom
    int at_once;                    // batches of a step
    struct train_batches *batches;  // if these are more than one
    int saved;                      // the last step that is safe
    int lock;                       // on the directory
    struct progress *progress;
    struct loss_log log;
    double nats;  // loss on the whole validation part, from the last report
    int reached;  // that is no more than --until
    int first;    // the step it began at in this process
};

static struct ids encode(const struct run *r, const struct part *text)
{
    struct error e;
    struct ids ids;
    enum err code =
        tokenizer_encode(r->tokenizer, text->size, text->bytes, &ids.id, &ids.count, &e);
    dataset_in(&e, code, text);
    if (r->o.resume) error_in(&e, code, r->o.out);  // whose own tokenizer it is
    error_must(code, &e);
    return ids;
}

// prepare_targets sees to what the options say of the tokens to be predicted.
static void prepare_targets(struct run *r)
{
    const struct train_options *o = &r->o;
    int V = tokenizer_vocab(r->tokenizer);
    if (o->noise > 0) {
        int32_t *answers = arena_alloc(r->arena, r->train.count * sizeof *answers);
        struct random random = random_start(o->seed, RANDOM_NOISE);
        doubt_lots(r->train.count, r->train.id, V, o->noise, &random, answers);
        corpus_answers(r->at.corpus, answers);
    }
    if (o->intend == 0 && !o->trust) return;
    r->doubt = (struct doubt){.intend = o->intend, .trust = o->trust, .V = V};
    r->at.state.epsilon = o->trust ? (double)DOUBT_FIRST : 0;
    r->at.doubt = &r->doubt;
}

// prepare_model makes a model that knows nothing yet and its vocabulary, or reads the two to begin
// with.  A run that goes on has its own vocabulary, and room for its weights.
static void prepare_model(struct run *r)
{
    const struct train_options *o = &r->o;
    struct error e;
    struct gpt_config shape;
    if (*o->from && !o->resume) {
        error_must(model_read(o->from, &r->at.model, &r->tokenizer, &e), &e);
        return;
    }
    error_must(train_tokenizer(o, &r->data, &r->tokenizer, &e), &e);
    if (*o->from)
        error_must(model_shape(o->out, &shape, &e), &e);
    else
        error_must(train_options_shape(o, tokenizer_vocab(r->tokenizer), &shape, &e), &e);
    r->at.model = gpt_new(&shape, o->seed);
}

// prepare goes from text to a model.
static void prepare(struct run *r)
{
    const struct train_options *o = &r->o;
    struct error e;
    error_must(dataset_read(o->data, &r->data, &e), &e);
    prepare_model(r);
    r->train = encode(r, &r->data.train);
    r->val = encode(r, &r->data.val);
    if (r->val.count < 2) {
        error_must(error_set(&e, ERR_VALUE,
                             "%s: the validation part has %zu tokens: expected at least 2", o->data,
                             r->val.count),
                   &e);
    }
    enum err code = corpus_new(r->train.count, r->train.id, o->context, o->seed, train_shuffle,
                               &r->at.corpus, &e);
    error_must(dataset_in(&e, code, &r->data.train), &e);
    prepare_targets(r);

    r->at.o = o;
    enum gpt_attention how;
    error_must(train_options_attention(o->attention, &how, &e), &e);
    gpt_set_attention(r->at.model, how);
    r->at.tape = tape_new();
    tape_lean(r->at.tape);
    if (*o->teacher)
        error_must(teacher_open(o->teacher, r->tokenizer, o->context, how, &r->at.teacher, &e), &e);

    size_t window = (size_t)o->batch * (size_t)o->context, weights = gpt_weights(r->at.model);
    r->at.tokens = arena_alloc(r->arena, window * sizeof *r->at.tokens);
    r->at.target = arena_alloc(r->arena, window * sizeof *r->at.target);
    // The gradients of a step that is one batch are the model's own.
    r->at.gradient = o->accumulate > 1 ? arena_zeros(r->arena, weights) : gpt_grad(r->at.model);
    r->at.state.m = arena_zeros(r->arena, weights);
    r->at.state.v = arena_zeros(r->arena, weights);
    error_must(train_batches_at_once(o, gpt_config(r->at.model), threads_max(), &r->at_once, &e),
               &e);
    if (!team_alone(r->team)) r->at_once = 1;
    if (r->at_once > 1) r->batches = train_batches_new(&r->at, r->at_once);
    r->at.state.data = hash_bytes(r->train.id, r->train.count * sizeof *r->train.id);
}

// diverged ends the run: going on would replace the checkpoint by one without numbers in it.
static _Noreturn void diverged(struct run *r)
{
    team_leave(r->team);
    if (!team_leads(r->team)) exit(1);  // what process 0 has, it has, and that one says so
    progress_free(r->progress);
    die("after step %d: a loss, gradient or weight is not a finite number: the run has diverged; "
        "%s keeps the last checkpoint; try a smaller --lr",
        r->at.state.step, r->o.out);
}

// lost ends a run of which another process has ended.
static _Noreturn void lost(struct run *r, const struct error *e)
{
    char again[300];
    if (!team_leads(r->team)) team_follower_lost(r->team, &r->at, e);
    progress_free(r->progress);
    team_again(r->team, sizeof again, again);
    fprintf(stderr, "gpt: %s in step %d: %s keeps the checkpoint of step %d; `%s` goes on\n",
            e->text, r->at.state.step + 1, r->o.out, r->saved, again);
    team_break(r->team);
    exit(1);
}

// learn takes one step.
static void learn(struct run *r)
{
    struct error e;
    int taken;
    r->doubt.epsilon = (float)r->at.state.epsilon;
    if (r->batches)
        taken = train_batches_step(r->batches);
    else if (team_step(r->team, &r->at, &taken, &e))
        lost(r, &e);
    if (!taken) diverged(r);
    doubt_step(&r->doubt);
    r->at.state.epsilon = (double)r->doubt.epsilon;
}

// follow takes the steps that process 0 calls.
static void follow(struct run *r)
{
    struct error e;
    interrupt_hold();  // it is process 0 that heeds them
    error_must(team_in(r->team, &e, team_share(r->team, &r->at, &e)), &e);
    while (team_called(r->team, &r->at)) learn(r);
}

// save makes everything so far safe.
static void save(struct run *r)
{
    struct error e;
    const float *weights = gpt_data(r->at.model);
    for (size_t i = 0; i < gpt_weights(r->at.model); i++) {
        if (!isfinite(weights[i])) diverged(r);
    }
    loss_log_flush(&r->log);
    enum err code = checkpoint_save(r->o.out, r->at.model, r->tokenizer, &r->at.state, r->o.count,
                                    r->o.specs, &e);
    if (code) {
        team_leave(r->team);
        progress_free(r->progress);  // so that the message has a line of its own
    }
    error_must(code, &e);
    r->saved = r->at.state.step;
}

// validate returns the loss, in nats per token, on about `tokens` tokens of the validation part;
// 0 means all of it.
static double validate(struct run *r, int tokens)
{
    int windows = tokens / r->o.context;
    tape_reset(r->at.tape);
    return evaluate_loss(r->at.model, r->at.tape, r->val.count, r->val.id,
                         (size_t)(tokens && windows < 1 ? 1 : windows));
}

// step_tokens returns how many tokens a step reads.
static double step_tokens(const struct train_options *o)
{
    return (double)o->batch * o->accumulate * o->context;
}

static double bits(const struct ids *ids, const struct part *text, double nats)
{
    return bits_per_byte(nats, ids->count, text->size);
}

// glance validates on the way.  Where a part of the text says that --until is reached, all of it
// is asked.  Returns bits per byte.
static double glance(struct run *r)
{
    enum { GLANCE = 32768 };  // tokens
    int step = r->at.state.step;
    double nats = validate(r, GLANCE), val = bits(&r->val, &r->data.val, nats);
    progress_note(r->progress, "step %d: validation %.4f bits/byte", step, val);
    if (nats > (double)r->o.until) return val;
    r->nats = validate(r, 0);
    r->reached = r->nats <= (double)r->o.until;
    progress_note(r->progress, "step %d: val loss %.4f on the whole validation part%s", step,
                  r->nats, r->reached ? "" : ": not there yet");
    return bits(&r->val, &r->data.val, r->nats);
}

// report validates, if it is time to, and adds the last step's line to the log.  It comes after
// saving: a run that dies in it, or before it, repeats it when it is resumed.
static void report(struct run *r)
{
    int step = r->at.state.step;
    double val = (double)NAN;
    if (step >= r->o.steps) {
        r->nats = validate(r, 0);
        r->reached = r->nats <= (double)r->o.until;
        val = bits(&r->val, &r->data.val, r->nats);
    } else if (step % r->o.eval_every == 0) {
        val = glance(r);
    }
    loss_log_add(&r->log, step, bits(&r->train, &r->data.train, r->at.state.loss), val);
}

// claim makes the run's directory this process's own.
static void claim(struct run *r)
{
    struct error e;
    error_must(file_make_directory(r->o.out, &e), &e);
    error_must(file_lock(r->o.out, &r->lock, &e), &e);
    error_must(train_options_out(&r->o, &e), &e);
}

// begin opens the run in the directory: a new one, or the one to go on with.
static void begin(struct run *r)
{
    const struct train_options *o = &r->o;
    struct error e;
    claim(r);
    if (o->resume) {
        error_must(train_resume(&r->at, &e), &e);
    } else {
        error_must(checkpoint_begin(o->out, r->at.model, r->tokenizer, &r->at.state, o->count,
                                    o->specs, &e),
                   &e);
    }
    r->saved = r->at.state.step;
    error_must(team_share(r->team, &r->at, &e), &e);
    int logged = o->resume && r->at.state.step ? r->at.state.step - 1 : r->at.state.step;
    error_must(loss_log_open(o->out, logged, r->data.val.floor, &r->log, &e), &e);
    fprintf(stderr,
            "%s: %zu bytes, %zu tokens to train on, %d in the vocabulary\n"
            "model: %d layers, %d heads, %d channels, context %d: %zu weights\n",
            o->data, r->data.train.size, r->train.count, tokenizer_vocab(r->tokenizer), o->layers,
            o->heads, o->channels, o->context, gpt_weights(r->at.model));
    if (r->at_once > 1)
        fprintf(stderr, "%d batches of a step at once, a thread each\n", r->at_once);
    if (r->at.state.step >= o->steps)
        fprintf(stderr, "%d steps are done already, of %d; a larger --steps goes on\n",
                r->at.state.step, o->steps);
    r->first = r->at.state.step;
    r->progress = progress_new(r->first, o->steps, step_tokens(o),
                               bits(&r->train, &r->data.train, 1), r->data.train.floor);
    // The checkpoint was written before its own step was reported.
    if (r->at.state.step > 0 && r->at.state.step < o->steps) report(r);
}

// finish prints what the run came to.
static void finish(struct run *r)
{
    struct error e;
    double seconds = progress_seconds(r->progress), rate = progress_rate(r->progress);
    progress_free(r->progress);
    r->progress = NULL;
    error_must(loss_log_close(&r->log, &e), &e);
    printf("at step %d after %.1f s, %.0f tokens/s\n", r->at.state.step, seconds, rate);
    printf("checksum %016" PRIx64 "\n", model_checksum(r->at.model));
    printf("val bits/byte %.4f", bits(&r->val, &r->data.val, r->nats));
    if (!isnan(r->data.val.floor)) printf(" (floor %.4f)", r->data.val.floor);
    printf("\nval loss %.4f\n", r->nats);
    if (r->o.intend > 0 && r->doubt.targets)
        printf("--intend %g: %.1f %% of the targets sent nothing back%s\n", (double)r->o.intend,
               100 * (double)r->doubt.skipped / (double)r->doubt.targets,
               r->first ? " since it was resumed" : "");
    if (r->o.trust)
        printf("--trust: %.4f of the targets taken for drawn by lot\n", r->at.state.epsilon);
    if (r->o.until > 0)
        printf("--until %.4f %s: %.0f tokens, %.1f s%s\n", (double)r->o.until,
               r->reached ? "reached" : "not reached", r->at.state.step * step_tokens(&r->o),
               seconds, r->first ? " since it was resumed" : "");
}

// estimate takes a few steps, which change nothing on the disk, and says how long all would take.
// The first of them is not counted, unless it is slow: it meets its memory for the first time.
//   ready  seconds that went by until the first step
static void estimate(struct run *r, double ready)
{
    enum { STEPS = 20 };
    const double budget = 2, begin = clock_seconds();
    learn(r);
    double from = clock_seconds(), now = from;
    int counted = 0;
    for (; counted < STEPS && now - begin < budget; now = clock_seconds(), counted++) learn(r);
    double step = counted ? (now - from) / counted : from - begin, all = step * r->o.steps;
    printf("ready after %.1f s; a step takes %.*f ms, %.0f tokens/s: %d steps take about ", ready,
           step < 0.1 ? 1 : 0, 1000 * step, step_tokens(&r->o) / step, r->o.steps);
    if (all < 100)
        printf("%.0f s\n", all);
    else
        printf("%.0f min\n", all / 60);
}

static void close_run(struct run *r)
{
    team_free(r->team);
    file_unlock(r->lock);
    train_batches_free(r->batches);
    tape_free(r->at.tape);
    gpt_free(r->at.model);
    teacher_free(r->at.teacher);
    corpus_free(r->at.corpus);
    free(r->train.id);
    free(r->val.id);
    tokenizer_free(r->tokenizer);
    dataset_free(&r->data);
    arena_free(r->arena);
}

// stop ends a run that was asked to end, by the signal that asked.
static void stop(struct run *r)
{
    char again[300];
    team_again(r->team, sizeof again, again);
    progress_note(r->progress, "stopped after step %d and saved; `%s` goes on", r->at.state.step,
                  again);
    team_leave(r->team);
    interrupt_release();
}

// steps takes the run from where it is to its last step, or to --until.
static void steps(struct run *r)
{
    const struct train_options *o = &r->o;
    interrupt_hold();
    while (r->at.state.step < o->steps && !r->reached) {
        learn(r);
        progress_step(r->progress, r->at.state.step, r->at.state.loss);
        int waits = interrupt_waits(), step = r->at.state.step;
        if (waits || step % o->save_every == 0 || step == o->steps) save(r);
        if (waits) stop(r);
        if (step < o->steps) report(r);
        if (r->reached && step % o->save_every != 0) save(r);
    }
    interrupt_release();
    team_leave(r->team);
    if (!r->reached) report(r);
}

static int train(int argc, char **argv)
{
    struct run r = {.arena = arena_new(), .lock = -1};
    struct error e;
    int help;
    error_must(team_enter(&r.team, &e), &e);
    error_must(team_in(r.team, &e, train_options_read(&r.o, argc, argv, r.arena, &help, &e)), &e);
    if (!help) {
        if (r.o.threads) threads_use(r.o.threads);
        error_must(team_form(r.team, &r.o, &e), &e);
        double begun = clock_seconds();
        prepare(&r);
        error_must(team_ready(r.team, &r.at, &e), &e);
        if (!team_leads(r.team)) {
            follow(&r);
        } else if (r.o.estimate) {
            error_must(team_share(r.team, &r.at, &e), &e);
            estimate(&r, clock_seconds() - begun);
        } else {
            begin(&r);
            steps(&r);
            finish(&r);
        }
        close_run(&r);
    } else {
        team_free(r.team);
        arena_free(r.arena);
    }
    return command_end();
}

// What these remember with is of the lab, a floor above theirs.
static int generate(int argc, char **argv)
{
    return command_generate(argc, argv, &RECALL_SUFFIX);
}

static int evaluate(int argc, char **argv)
{
    return command_eval(argc, argv, &RECALL_SUFFIX);
}

struct entry {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
};

// What a person does with a model, then what a lesson shows with.
static const struct entry COMMANDS[] = {
    {"train", "train a GPT on text", train},
    {"generate", "let a trained GPT write", generate},
    {"chat", "write in turns with a trained GPT", command_chat},
    {"eval", "measure a trained GPT on text", evaluate},
    {"tokenize", "show how text becomes tokens", command_tokenize},
    {"import", "take over a model that llama2.c trained", command_import},
    {"grow", "make a trained GPT larger, to be trained on", command_grow},
    {"export", "write a model as one GGUF file, for llama.cpp", command_export},
    {"quantize", "round a model's weights to 8 or 4 bits", command_quantize},
    {"inspect", "show what is in a checkpoint", command_inspect},
    {"plot", "draw the loss of a run", command_plot},
    {"compare", "tell whether two runs of the same setting agree", command_compare},
    {"memory", "tell how much memory a training step takes", command_memory},
    {"bench", "tell how fast this machine trains and writes, and could", command_bench},
    {"cluster", "tell what training on several processes costs", command_cluster},
};

static const struct entry DEMONSTRATIONS[] = {
    {"ngram", "score counted n-grams on text, or let them write", command_ngram},
    {"slope", "show how exact slopes by differences are, and walk by them", command_slope},
    {"bigram", "learn which character follows which, by gradient descent", command_bigram},
    {"scalar", "show slopes sent back through graphs of single numbers", command_scalar},
    {"view", "show which floats a tensor reads", command_view},
    {"near", "show which tokens a trained GPT takes for alike", command_near},
    {"tape", "show a small tape, node by node", command_tape},
    {"mlp", "train a small network on the last few tokens, and score it", command_mlp},
    {"optim", "walk down a valley with an optimizer, step by step", command_optim},
    {"attend", "show which tokens of a text a trained GPT's heads look at", command_attend},
    {"position", "show what a score knows of two places", command_position},
    {"depth", "show what goes through a stack of blocks, and back", command_depth},
    {"gemm", "time a matrix product, from three loops to blocks of tiles", command_gemm},
    {"lab", "let a text be learnt by a rule other than backprop", command_lab},
    {"flash", "show a softmax that never sees all its scores", command_flash},
    {"parallel", "show what several threads lose, and what they gain", command_parallel},
    {"shape", "count the weights of a model's shape, without making it", command_shape},
    {"blocks", "show what rounding to 8 or 4 bits does to a model's weights", command_blocks},
};

#define COUNT(entries) ((int)(sizeof(entries) / sizeof *(entries)))

static void print_entries(FILE *f, int count, const struct entry *entries)
{
    for (int i = 0; i < count; i++) fprintf(f, "  %-10s %s\n", entries[i].name, entries[i].summary);
}

static void print_commands(FILE *f)
{
    fprintf(f, "usage: gpt COMMAND [options]      gpt COMMAND --help explains one\n\n");
    print_entries(f, COUNT(COMMANDS), COMMANDS);
    fprintf(f, "\nWhat the lessons show:\n\n");
    print_entries(f, COUNT(DEMONSTRATIONS), DEMONSTRATIONS);
}

// find returns the command of that name, or NULL.
static const struct entry *find(const char *name)
{
    for (int i = 0; i < COUNT(COMMANDS); i++) {
        if (strcmp(name, COMMANDS[i].name) == 0) return &COMMANDS[i];
    }
    for (int i = 0; i < COUNT(DEMONSTRATIONS); i++) {
        if (strcmp(name, DEMONSTRATIONS[i].name) == 0) return &DEMONSTRATIONS[i];
    }
    return NULL;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const struct entry *command = find(name);
    if (command) return command->run(argc - 1, argv + 1);
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        print_commands(stdout);
        return command_end();
    }
    if (argc > 1)
        fprintf(stderr, "gpt: %s: no such command; `gpt --help` lists them\n", name);
    else
        print_commands(stderr);
    return 2;
}
