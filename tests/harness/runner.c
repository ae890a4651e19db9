// What a lesson's suite has, and main.
//
// Criterion starts the program anew for every test.  With the two dozen libraries it needs, that
// takes more processor time than most tests do; a fork of a program that has run nothing yet is as
// fresh, and takes a twentieth.  So the grader's tests are forks; without a grader Criterion's own
// main is done here.
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "lesson.h"
#include "report.h"

static struct lesson_function *functions;
static struct lesson_test *tests;

void lesson_add_function(struct lesson_function *f)
{
    struct lesson_function **at = &functions;
    while (*at) at = &(*at)->next;
    *at = f;
}

void lesson_add_test(struct lesson_test *t)
{
    struct lesson_test **at = &tests;
    for (; *at; at = &(*at)->next) t->index++;
    *at = t;
}

// is_wanted returns 1 if `name` is what the environment asks for, or if it asks for nothing.
static int is_wanted(const char *variable, const char *name)
{
    const char *wanted = getenv(variable);
    return !wanted || !*wanted || strcmp(wanted, name) == 0;
}

enum { WRONG = 1 };  // how a test's process ends that has seen a wrong answer

static void start(struct lesson_test *t)
{
    pid_t pid = fork();
    if (pid < 0) die("lesson: no process for the test %s", t->name);
    if (pid > 0) {
        setpgid(pid, pid);  // whichever of the two comes first
        t->pid = (int)pid;
        return;
    }
    setpgid(0, 0);
    lesson_begin(t);
    t->run();
    lesson_end();
    _exit(guard_failed() ? WRONG : 0);
}

// end_one waits for a test's end; returns 1 if its answer was wrong.
static int end_one(void)
{
    pid_t pid;
    int status;
    while ((pid = wait(&status)) < 0 && errno == EINTR) continue;
    for (struct lesson_test *t = tests; t; t = t->next) {
        if (t->pid != (int)pid) continue;
        guard_gone(t);
        t->pid = 0;
        return WIFEXITED(status) && WEXITSTATUS(status) == WRONG;
    }
    return 0;
}

// run_those runs the tests of a function, of all for NULL; returns how many answers were wrong.
static int run_those(const char *function)
{
    long most = sysconf(_SC_NPROCESSORS_ONLN), running = 0;
    int wrong = 0;
    for (struct lesson_test *t = tests; t; t = t->next) {
        if (!is_wanted(REPORT_FUNCTION, t->function) || !is_wanted(REPORT_TEST, t->name)) continue;
        if (function && strcmp(t->function, function) != 0) continue;
        for (; running > 0 && running >= most; running--) wrong += end_one();
        start(t);
        running++;
    }
    for (; running > 0; running--) wrong += end_one();
    return wrong;
}

static void run_all(void)
{
    const char *enough = getenv(REPORT_ENOUGH);
    if (!enough || strcmp(enough, "1") != 0) {
        run_those(NULL);
        return;
    }
    // What is told is the first function that answers wrongly, and why: the others change nothing.
    for (struct lesson_function *f = functions; f; f = f->next) {
        if (run_those(f->name)) return;
    }
}

int main(int argc, char **argv)
{
    if (guard_plan(functions, tests)) {
        run_all();
        guard_over();
        return 0;
    }
    struct criterion_test_set *set = criterion_initialize();
    int failed = criterion_handle_args(argc, argv, true) && !criterion_run_all_tests(set);
    criterion_finalize(set);
    return failed;
}
