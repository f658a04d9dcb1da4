package io.nbguard.papermill.python;

import io.nbguard.api.GuardException;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.executor.Readiness.Check;
import io.nbguard.spi.executor.Readiness.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Decides which Python runs notebooks: one that was given, else nbguard's own. */
public final class PythonFinder {

    /** What can be set. */
    public static final List<Setting<?>> SETTINGS = List.of(GivenPython.PYTHON, EnvironmentFolder.SETTING);

    private static final String PYTHON = "Python";
    private static final String PAPERMILL = "papermill";

    private final Surroundings surroundings;

    /** Looks around as this process would. */
    public PythonFinder() {
        this(Surroundings.ofThisProcess());
    }

    PythonFinder(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * Returns the interpreter to use. A given one is not examined: papermill's start shows at no cost what it lacks.
     *
     * @param requested the request's own choice
     * @param progress takes what is going on while an environment is made, on this thread
     * @throws GuardException {@code ENVIRONMENT} if there is none; the message says what to do
     * @throws InterruptedException if this thread is interrupted; nothing half-made is left
     */
    public Path find(Optional<Path> requested, PluginConfig configuration, Consumer<String> progress)
            throws InterruptedException {
        Optional<GivenPython> given = GivenPython.of(requested, configuration, surroundings);
        return given.isPresent()
                ? given.get().interpreter(surroundings)
                : new PrivateEnvironment(configuration, surroundings).prepare(progress);
    }

    /** Says what {@link #find} would come to, without changing anything. */
    public Readiness check(PluginConfig configuration) {
        try {
            Optional<GivenPython> given = GivenPython.of(Optional.empty(), configuration, surroundings);
            return new Readiness(given.isPresent() ? checkGiven(given.get()) : checkPrivate(configuration));
        } catch (GuardException e) {
            return new Readiness(List.of(problem(
                    PYTHON,
                    String.valueOf(e.getMessage()),
                    "or name a Python that has papermill by " + GivenPython.PYTHON + " or " + GivenPython.VARIABLE)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Readiness(List.of(problem(PYTHON, "the check was interrupted", "check again")));
        }
    }

    private List<Check> checkGiven(GivenPython given) throws InterruptedException {
        Path interpreter;
        try {
            interpreter = given.interpreter(surroundings);
        } catch (GuardException e) {
            return List.of(problem(
                    PYTHON,
                    String.valueOf(e.getMessage()),
                    "correct " + given.origin() + ", or remove it and let nbguard make an environment"));
        }
        try {
            PythonProbe.Answer answer = PythonProbe.ask(interpreter, false);
            return List.of(
                    ok(PYTHON, answer.version() + ", " + interpreter + ", given by " + given.origin()),
                    packages(answer, interpreter));
        } catch (IOException e) {
            return List.of(problem(
                    PYTHON, interpreter + " " + e.getMessage(), "correct " + given.origin() + ", or remove it"));
        }
    }

    private static Check packages(PythonProbe.Answer answer, Path interpreter) {
        if (answer.papermill().isEmpty() || answer.ipykernel().isEmpty()) {
            String missing = answer.papermill().isEmpty() ? PAPERMILL : "ipykernel";
            return problem(
                    PAPERMILL, interpreter + " has no " + missing, interpreter + " -m pip install papermill ipykernel");
        }
        return ok(
                PAPERMILL,
                "papermill " + answer.papermill().get() + ", ipykernel "
                        + answer.ipykernel().get());
    }

    private List<Check> checkPrivate(PluginConfig configuration) throws InterruptedException {
        PrivateEnvironment environment = new PrivateEnvironment(configuration, surroundings);
        Optional<Path> ready = environment.ready();
        if (ready.isPresent()) {
            try {
                PythonProbe.Answer answer = PythonProbe.ask(ready.get(), false);
                return List.of(
                        ok(PYTHON, answer.version() + ", nbguard's own environment " + ready.get()),
                        packages(answer, ready.get()));
            } catch (IOException e) {
                return List.of(problem(
                        PYTHON,
                        ready.get() + " " + e.getMessage(),
                        "delete that environment's folder in " + environment.root() + ": it is made again"));
            }
        }
        PrivateEnvironment.Readiness base = environment.findBase();
        if (!base.possible()) {
            return List.of(problem(PYTHON, base.text(), "see the finding"));
        }
        return List.of(
                ok(PYTHON, base.text()),
                new Check(
                        PAPERMILL,
                        Level.ADVICE,
                        "nbguard's own environment is made on first use, in " + environment.root()
                                + " (some 25 MB to download, 150 MB on disk)",
                        "nothing to do, or name a Python that has papermill by " + GivenPython.PYTHON + " or "
                                + GivenPython.VARIABLE));
    }

    private static Check ok(String title, String finding) {
        return new Check(title, Level.OK, finding, "");
    }

    private static Check problem(String title, String finding, String cure) {
        return new Check(title, Level.PROBLEM, finding, cure);
    }
}
