// interrupt: a signal that is held waits, and then acts.
#include "interrupt.h"

#include <criterion/criterion.h>
#include <signal.h>

// A shell that runs this in the background may have it ignored.
static void as_in_a_terminal(void)
{
    signal(SIGINT, SIG_DFL);
}

TestSuite(interrupt, .init = as_in_a_terminal);

Test(interrupt, a_held_signal_waits)
{
    interrupt_hold();
    cr_assert_eq(interrupt_waits(), 0);
    raise(SIGINT);  // would end this test
    cr_assert_eq(interrupt_waits(), 1);
    signal(SIGINT, SIG_IGN);  // forgets it
    cr_assert_eq(interrupt_waits(), 0);
    raise(SIGTERM);
    cr_assert_eq(interrupt_waits(), 1);
    signal(SIGTERM, SIG_IGN);
}

Test(interrupt, released_it_ends_the_program, .signal = SIGINT)
{
    interrupt_hold();
    raise(SIGINT);
    cr_assert_eq(interrupt_waits(), 1);
    interrupt_release();
    cr_assert_fail("still here");
}

Test(interrupt, so_does_sigterm, .signal = SIGTERM)
{
    interrupt_hold();
    raise(SIGTERM);
    interrupt_release();
    cr_assert_fail("still here");
}

Test(interrupt, an_ignored_signal_stays_ignored)
{
    signal(SIGINT, SIG_IGN);
    interrupt_hold();
    raise(SIGINT);
    cr_assert_eq(interrupt_waits(), 0, "nohup is not honoured");
    interrupt_release();
}

Test(interrupt, without_a_signal_nothing_happens)
{
    interrupt_hold();
    cr_assert_eq(interrupt_waits(), 0);
    interrupt_release();
    cr_assert_eq(interrupt_waits(), 0);
}
