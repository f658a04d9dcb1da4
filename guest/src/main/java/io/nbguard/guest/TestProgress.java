package io.nbguard.guest;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Says in the guest's console how each test went, in lines that {@code guest/run} shows while it waits. */
final class TestProgress implements TestExecutionListener {

    /** What {@code guest/run} knows such lines by. */
    private static final String MARK = "nbguard-guest: ";

    private final String name;
    private final Map<String, Long> begun = new ConcurrentHashMap<>();
    private volatile boolean failed;

    TestProgress(String className) {
        name = className.substring(className.lastIndexOf('.') + 1);
    }

    /** Returns whether nothing has failed. */
    boolean passed() {
        return !failed;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        begun.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        say("skipped", test, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        boolean success = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
        if (test.isTest() || !success) {
            long nanos = System.nanoTime() - begun.getOrDefault(test.getUniqueId(), System.nanoTime());
            String status =
                    switch (result.getStatus()) {
                        case SUCCESSFUL -> "passed";
                        case ABORTED -> "skipped";
                        case FAILED -> "FAILED";
                    };
            String why = result.getThrowable().map(Throwable::toString).orElse("");
            say(status, test, String.format("%.1f s %s", nanos / 1e9, why).strip());
            failed |= result.getStatus() == TestExecutionResult.Status.FAILED;
            result.getThrowable().ifPresent(Throwable::printStackTrace);
        }
    }

    private void say(String status, TestIdentifier test, String more) {
        System.out.println(MARK + status + " " + name + "." + test.getDisplayName() + " "
                + more.lines().findFirst().orElse(""));
    }
}
