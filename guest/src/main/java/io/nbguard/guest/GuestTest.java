package io.nbguard.guest;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Marks a test class that runs inside the guest only, started by {@code guest/run}. There it is root on a machine of its
 * own, and may do what no test may do elsewhere: make cgroups, run out of memory, set {@code pid_max}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Tag(GuestTest.TAG)
@EnabledIfEnvironmentVariable(
        named = "NBGUARD_GUEST",
        matches = "1",
        disabledReason = "runs inside the guest only, by: guest/run --class NAME")
public @interface GuestTest {

    /** The tag that Surefire leaves out and {@code guest/run} takes. */
    String TAG = "guest";
}
