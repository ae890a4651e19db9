// scalar_expr: formulas against their values computed here, and what is refused.
#include "scalar_expr.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static double value_of(const char *formula, const char *at)
{
    struct scalar_expr x;
    struct error e;
    enum err code = scalar_expr_read(formula, at, &x, &e);
    cr_assert(code == ERR_NONE, "%s: %s", formula, e.text);
    double value = (double)scalar_value(x.g, x.end);
    scalar_expr_free(&x);
    return value;
}

static void expect_value(const char *formula, double want)
{
    double got = value_of(formula, "a=2, b=-3,z=0.5");
    cr_expect(fabs(got - want) < 1e-5, "%s: %g, expected %g", formula, got, want);
}

Test(scalar_expr, values)
{
    expect_value("a", 2);
    expect_value("1.5", 1.5);
    expect_value("(a*b + 10)*a", 8);
    expect_value("a - b - a", 3);
    expect_value("a + b * a", -4);
    expect_value("-a*-b - -a", -4);
    expect_value("a*-b", 6);
    expect_value(" tanh(z) + exp( a*z ) - log(exp(b))", tanh(0.5) + exp(1) + 3);
    expect_value("((((a))))", 2);
}

Test(scalar_expr, a_name_is_one_leaf)
{
    struct scalar_expr x;
    struct error e;
    cr_assert(scalar_expr_read("a*a + a", "a=3", &x, &e) == ERR_NONE);
    cr_expect(scalar_count(x.g) == 3);
    scalar_backward(x.g, x.end);
    cr_expect(scalar_grad(x.g, x.leaf[0]) == 7);
    cr_expect(x.leaf[1] == SCALAR_NONE);
    scalar_expr_free(&x);
}

static void expect_refused(const char *formula, const char *at, const char *part)
{
    struct scalar_expr x = {.end = 77};
    struct error e;
    cr_expect(scalar_expr_read(formula, at, &x, &e) == ERR_VALUE, "%s at %s", formula, at);
    cr_expect(strstr(e.text, part), "%s at %s: %s, expected %s", formula, at, e.text, part);
    cr_expect(x.end == 77, "%s at %s: the output is touched", formula, at);
}

Test(scalar_expr, refused)
{
    expect_refused("", "", "character 1 of '': expected a name");
    expect_refused("a+", "a=1", "character 3 of '");
    expect_refused("a b", "a=1,b=1", "character 3 of '");
    expect_refused("(a", "a=1", "character 3 of '");
    expect_refused("a)", "a=1", "character 2 of '");
    expect_refused("a/2", "a=1", "character 2 of '");
    expect_refused("tanh a", "a=1", "expected a name that has a value");
    expect_refused("b", "a=1", "expected a name that has a value");
    expect_refused("1e999", "", "expected a number");
    expect_refused("a", "a", "character 2 of '");
    expect_refused("a", "a=", "character 3 of '");
    expect_refused("a", "a=nan", "expected a number");
    expect_refused("a", "a=1 b=2", "expected a comma");
    expect_refused("a", "a=1,a=2", "expected a new name");
    expect_refused("a", "A=1", "expected a new name");
    char deep[1001];
    memset(deep, '(', 1000);
    deep[1000] = 0;
    expect_refused(deep, "", "expected fewer brackets in brackets");
}
