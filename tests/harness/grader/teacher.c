#include "teacher.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "print.h"

// struct test: one function of one lesson, as both reports need it.
struct test {
    const char *name, *how;
    int got, possible, passed;
    const char *text;  // "" if it passed
};

static int all_passed(const struct graded *g)
{
    return g->ran && g->result.verdict == VERDICT_PASSED;
}

static int tests(const struct graded *g)
{
    return g->ran && g->result.functions ? g->result.functions : 1;
}

// test_of returns test i of a lesson.  A lesson that gave no functions is one test.
static struct test test_of(const struct graded *g, int i, struct arena *a)
{
    struct test t = {
        .name = g->lesson->slug, .how = "error", .possible = g->lesson->points, .text = g->text};
    if (g->ran) t.how = verdict_name(g->result.verdict), t.passed = all_passed(g);
    if (!g->ran || !g->result.functions) return t;
    const struct result_function *f = g->result.function;
    int first = 0;
    while (first < i && !strcmp(f[first].how, "passed")) first++;
    t = (struct test){.name = f[i].name, .how = f[i].how, .got = f[i].got};
    char how[RESULT_HOW];
    result_how(&f[i], how);
    t.possible = f[i].possible;
    t.passed = !strcmp(f[i].how, "passed");
    if (t.passed)
        t.text = "";
    else if (first == i)
        t.text = g->text;
    else
        t.text = print_text(a, "%s: %s.  The verdict shows the first that did not pass: %s.\n",
                            t.name, how, f[first].name);
    return t;
}

// --- JUnit --------------------------------------------------------------------------------------

// xml_write writes text, which must be clean, as an attribute or as the text of an element.
static void xml_write(struct output *o, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '&')
            output_print(o, "&amp;");
        else if (*p == '<')
            output_print(o, "&lt;");
        else if (*p == '>')
            output_print(o, "&gt;");
        else if (*p == '"')
            output_print(o, "&quot;");
        else
            output_write(o, p, 1);
    }
}

static void junit_test(struct output *o, const struct graded *g, int i, struct arena *a)
{
    struct test t = test_of(g, i, a);
    output_print(o, "    <testcase classname=\"%s\" name=\"%s\"", g->lesson->slug, t.name);
    if (t.passed) {
        output_print(o, "/>\n");
        return;
    }
    const char *element = g->ran ? "failure" : "error";
    output_print(o, ">\n      <%s type=\"%s\" message=\"", element, t.how);
    xml_write(o, print_text(a, "%.*s", (int)strcspn(t.text, "\n"), t.text));
    output_print(o, "\">");
    xml_write(o, t.text);
    output_print(o, "</%s>\n    </testcase>\n", element);
}

static int not_passed(const struct graded *g, struct arena *a)
{
    int n = 0;
    for (int i = 0; i < tests(g); i++) n += !test_of(g, i, a).passed;
    return n;
}

static void junit_totals(struct output *o, int all, int failures, int errors, double seconds)
{
    output_print(o, " tests=\"%d\" failures=\"%d\" errors=\"%d\" time=\"%.3f\">\n", all, failures,
                 errors, seconds);
}

enum err teacher_junit(const char *path, int count, const struct graded *g, struct error *e)
{
    struct output *o;
    enum err code = output_open(path, &o, e);
    if (code) return code;
    struct arena *a = arena_new();
    int all = 0, failures = 0, errors = 0;
    double seconds = 0;
    for (int l = 0; l < count; l++) {
        all += tests(&g[l]);
        *(g[l].ran ? &failures : &errors) += not_passed(&g[l], a);
        seconds += g[l].seconds;
    }
    output_print(o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    junit_totals(o, all, failures, errors, seconds);
    for (int l = 0; l < count; l++) {
        int open = not_passed(&g[l], a);
        output_print(o, "  <testsuite name=\"%02d %s\"", g[l].lesson->number, g[l].lesson->slug);
        junit_totals(o, tests(&g[l]), g[l].ran ? open : 0, g[l].ran ? 0 : open, g[l].seconds);
        int got = 0, possible = 0;
        result_points(&g[l].result, &got, &possible);
        output_print(o,
                     "    <properties><property name=\"points\" value=\"%d/%d\"/></properties>\n",
                     got, possible ? possible : g[l].lesson->points);
        for (int i = 0; i < tests(&g[l]); i++) junit_test(o, &g[l], i, a);
        output_print(o, "  </testsuite>\n");
    }
    output_print(o, "</testsuites>\n");
    arena_free(a);
    return output_commit(o, e);
}

// --- Gradescope ---------------------------------------------------------------------------------

static json_t *must(json_t *value)
{
    if (!value) die("out of memory: results.json");
    return value;
}

static void put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, must(value)) != 0) die("out of memory: results.json");
}

static json_t *gradescope_test(const struct graded *g, int i, struct arena *a)
{
    struct test t = test_of(g, i, a);
    json_t *test = must(json_object());
    put(test, "name",
        json_string(print_text(a, "%02d %s: %s", g->lesson->number, g->lesson->slug, t.name)));
    put(test, "number", json_string(print_text(a, "%d.%d", g->lesson->number, i + 1)));
    put(test, "score", json_integer(t.got));
    put(test, "max_score", json_integer(t.possible));
    put(test, "status", json_string(t.passed ? "passed" : "failed"));
    put(test, "output", json_string(t.text));
    put(test, "output_format", json_string("text"));
    put(test, "visibility", json_string("visible"));
    return test;
}

enum err teacher_gradescope(const char *path, int count, const struct graded *g, struct error *e)
{
    struct arena *a = arena_new();
    json_t *root = must(json_object()), *list = must(json_array());
    int got = 0, possible = 0;
    for (int l = 0; l < count; l++) {
        for (int i = 0; i < tests(&g[l]); i++) {
            struct test t = test_of(&g[l], i, a);
            got += t.got, possible += t.possible;
            if (json_array_append_new(list, gradescope_test(&g[l], i, a)) != 0)
                die("out of memory: results.json");
        }
    }
    put(root, "score", json_integer(got));
    put(root, "max_score", json_integer(possible));
    put(root, "output", json_string(print_text(a, "%d of %d points\n", got, possible)));
    put(root, "visibility", json_string("visible"));
    put(root, "stdout_visibility", json_string("visible"));
    put(root, "tests", list);
    char *text = json_dumps(root, JSON_INDENT(2));
    if (!text) die("out of memory: results.json");
    json_decref(root);
    struct output *o;
    enum err code = output_open(path, &o, e);
    if (!code) {
        output_print(o, "%s\n", text);
        code = output_commit(o, e);
    }
    free(text);
    arena_free(a);
    return code;
}
