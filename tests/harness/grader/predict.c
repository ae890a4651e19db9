// predict: a lesson's questions, asked before anything runs.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "course.h"
#include "journal.h"
#include "print.h"
#include "questions.h"
#include "say.h"
#include "verbs.h"

static const char EXPECTED[] =
    "expected a number such as 1000, 10 000, 1e3 or 0.5: a point for decimals, no comma";
static const char BANDS[] = "right: off by 1 % at most, 3 points; close: 10 %, 2 points; "
                            "right size: within a factor of 2, 1 point";

// struct session: one round of questions.
struct session {
    const struct course_lesson *lesson;
    const char *mine;
    struct questions q;
    int terminal;  // a person answers
    int line;      // read so far
    int answered, score;
    int headed;  // the journal ends with this lesson's section of today
    struct arena *a;
};

// struct grade: how good a guess was.
struct grade {
    int points;
    const char *word;
    double percent;  // relative error; NaN if the truth is 0 and the guess is not
};

static struct grade judge(double guess, double truth)
{
    double off = fabs(guess - truth), ratio = guess / truth;
    struct grade g = {0, "far off", 100 * off / fabs(truth)};
    if (off == 0) g.percent = 0;  // 0 / 0 too
    if (truth == 0 && off != 0) g.percent = (double)NAN;
    if (ratio >= 0.5 && ratio <= 2) g.points = 1, g.word = "right size";
    if (g.percent <= 10) g.points = 2, g.word = "close";
    if (g.percent <= 1) g.points = 3, g.word = "right";
    return g;
}

// describe says how far off a guess is: "50 % too small: right size".
static const char *describe(struct grade g, double guess, double truth, struct arena *a)
{
    const char *way = guess > truth ? "too large" : "too small";
    double ratio = guess / truth;
    if (g.percent == 0) return "exact";
    if (isnan(g.percent)) return print_text(a, "%s by %.6g: far off", way, fabs(guess - truth));
    if (ratio > 2) return print_text(a, "%.3g times too large: %s", ratio, g.word);
    if (ratio > 0 && ratio < 0.5)
        return print_text(a, "%.3g times too small: %s", 1 / ratio, g.word);
    return print_text(a, "%.3g %% %s: %s", g.percent, way, g.word);
}

// next_line reads a line of the answers, without its end.  Returns NULL at their end.
static char *next_line(struct session *s)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n = getline(&line, &room, stdin);
    char *copy = NULL;
    if (n >= 0) {
        s->line++;
        line[strcspn(line, "\r\n")] = 0;
        copy = arena_string(s->a, line);
    }
    free(line);
    return copy;
}

// read_guess asks until there is a number.  *more is 0 when the answers end.
static enum err read_guess(struct session *s, const struct question *q, double *guess, int *more,
                           struct error *e)
{
    *more = 1;
    for (;;) {
        printf("Your guess, in %s: ", q->unit);
        fflush(stdout);
        char *line = next_line(s);
        if (!line) *more = 0;
        // What a person types is on the screen already.
        if (!s->terminal || !line) printf("%s\n", line ? line : "");
        if (!line || question_number(line, q->unit, guess)) return ERR_NONE;
        if (!s->terminal)
            return error_set(e, ERR_VALUE, "standard input:%d: '%.60s': %s", s->line, line,
                             EXPECTED);
        printf("%s\n", EXPECTED);
    }
}

// heading returns the heading of a section of the journal, of today.
static const char *heading(struct session *s)
{
    char date[32] = "";
    time_t t = time(NULL);
    struct tm *local = localtime(&t);
    if (local) strftime(date, sizeof date, "%Y-%m-%d", local);
    return print_text(s->a, "## %s, lesson %s", date, s->lesson->slug);
}

static enum err note(struct session *s, const struct question *q, double guess, double truth,
                     const char *how, struct error *e)
{
    const char *before = s->headed ? "" : print_text(s->a, "\n%s\n\n", heading(s));
    s->headed = 1;
    return journal_add(s->mine,
                       print_text(s->a, "%s- %s I said %.10g, it is %.10g %s: %s.\n", before,
                                  q->text, guess, truth, q->unit, how),
                       e);
}

// noted returns 1 if the journal's line is the answer to q.
static int noted(const char *line, const struct question *q, double *guess, double *truth)
{
    size_t n = strlen(q->text);
    return strncmp(line, "- ", 2) == 0 && strncmp(line + 2, q->text, n) == 0 &&
           sscanf(line + 2 + n, " I said %lf, it is %lf", guess, truth) == 2;
}

// resume looks in the journal for the questions of this round that have their answers already.
static void resume(struct session *s)
{
    struct lines l;
    if (lines_read(print_text(s->a, "%s/journal.md", s->mine), s->a, &l, NULL)) return;
    const char *today = heading(s), *ours = print_text(s->a, ", lesson %s", s->lesson->slug);
    int in = 0;  // a section of this lesson
    for (size_t i = 0; i < l.count; i++) {
        const char *line = l.line[i];
        double guess, truth;
        if (strncmp(line, "## ", 3) == 0) {
            size_t n = strlen(line), end = strlen(ours);
            in = n > end && strcmp(line + n - end, ours) == 0;
            s->headed = strcmp(line, today) == 0;
        }
        if (!in || !noted(line, &s->q.question[s->answered], &guess, &truth)) continue;
        s->score += judge(guess, truth).points;
        // Behind the last one a new round begins.
        if (++s->answered == s->q.count) s->answered = s->score = 0;
    }
}

// show_command prints the command so that it can be typed: with the program's name for "$GPT" or
// $GPT.
static void show_command(const char *command)
{
    const char *gpt = getenv("GPT");
    printf("\n    $ ");
    for (const char *at = command; *at;) {
        size_t quoted = strncmp(at, "\"$GPT\"", 6) == 0 ? 6 : strncmp(at, "$GPT", 4) == 0 ? 4 : 0;
        if (quoted)
            printf("%s", gpt);
        else if (*at == '\n')
            printf("\n    > ");
        else
            putchar(*at);
        at += quoted ? quoted : 1;
    }
    printf("\n");
}

static enum err ask_one(struct session *s, int i, int *more, struct error *e)
{
    const struct question *q = &s->q.question[i];
    double guess, truth;
    printf("\n%d of %d.  %s\n", i + 1, s->q.count, q->text);
    enum err code = read_guess(s, q, &guess, more, e);
    if (code || !*more) return code;
    code = question_ask(&s->q, i, &truth, e);
    if (code) return code;
    struct grade g = judge(guess, truth);
    const char *how = describe(g, guess, truth, s->a);
    show_command(q->command);
    printf("    %.10g\n\nYou said %.10g %s; it is %.10g: %s.\n\n%s", truth, guess, q->unit, truth,
           how, q->why);
    code = note(s, q, guess, truth, how, e);
    if (code) return code;
    s->answered++;
    s->score += g.points;
    printf("Score so far: %d of %d.\n", s->score, 3 * s->answered);
    return ERR_NONE;
}

// ask_theirs asks for the learner's own question, which the journal keeps.
static enum err ask_theirs(struct session *s, struct error *e)
{
    printf("\nWhat would you like to know now?  One line, or nothing: ");
    fflush(stdout);
    char *line = next_line(s);
    if (!s->terminal || !line) printf("%s\n", line ? line : "");
    const char *asked = line ? line_trim(print_clean(s->a, strlen(line), line)) : "";
    if (!*asked) return ERR_NONE;
    return journal_add(s->mine, print_text(s->a, "- My question: %s\n", asked), e);
}

static enum err ask_all(struct session *s, struct error *e)
{
    printf("Predictions for %02d %s.  A guess is enough; nobody grades it.\n%s.\n",
           s->lesson->number, s->lesson->slug, BANDS);
    int more = 1, before = s->answered;
    enum err code = ERR_NONE;
    if (before)
        printf("Going on with question %d: your journal has your answers up to there.\n",
               before + 1);
    for (int i = before; i < s->q.count && more && !code; i++) code = ask_one(s, i, &more, e);
    if (code) return code;
    if (!more) {
        printf("No more answers: %d of %d questions asked.\n", s->answered, s->q.count);
    } else {
        code = ask_theirs(s, e);
        if (code) return code;
    }
    if (s->answered == before) return ERR_NONE;
    if (more)
        code = journal_add(s->mine,
                           print_text(s->a, "- Score: %d of %d.\n", s->score, 3 * s->answered), e);
    if (!code)
        printf("Score: %d of %d.  It is written down in %s/journal.md.\n", s->score,
               3 * s->answered, s->mine);
    return code;
}

int verb_predict(const struct house *h, int argc, char **argv)
{
    struct course c;
    struct session s = {.mine = h->mine, .terminal = isatty(STDIN_FILENO)};
    struct error e;
    int status = course_ask(h, argc, argv, "predict LESSON", &c, &s.lesson);
    if (status) return status;
    s.a = arena_new();
    setenv("GPT", print_text(s.a, "%s/gpt", h->build), 1);
    const char *path = print_text(s.a, "%s/predict.md", s.lesson->at.text);
    enum err code = questions_read(path, s.a, &s.q, &e);
    if (!code) {
        resume(&s);
        code = ask_all(&s, &e);
    }
    if (code) status = say_error(&e);
    arena_free(s.a);
    course_free(&c);
    return status;
}
