package io.nbguard.core.admission;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.internal.Similarity;
import io.nbguard.spi.executor.Executor;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses a parameter that the notebook does not know: its value would change nothing, and the run would look well. Every
 * entrance comes through here, so all say the same.
 */
final class ParameterCheck {

    private static final Logger LOG = LoggerFactory.getLogger(ParameterCheck.class);

    private ParameterCheck() {}

    /**
     * Looks at the parameters of a request, unless it allows unknown ones.
     *
     * @throws GuardException (INVALID_REQUEST) if the notebook says which it has, and one is not among them
     */
    static void check(ExecutionRequest request, Path notebook, Executor executor) {
        if (request.parameters().isEmpty() || request.allowsUnknownParameters()) {
            return;
        }
        names(notebook, executor).ifPresent(known -> request.parameters().keySet().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw unknown(request.notebook(), name, known);
                }));
    }

    private static Optional<Set<String>> names(Path notebook, Executor executor) {
        try {
            return executor.parameterNames(notebook);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("executor {} cannot say which parameters {} has; any may be set", executor.name(), notebook, e);
            return Optional.empty();
        }
    }

    private static GuardException unknown(String notebook, String name, Set<String> known) {
        String near = Similarity.nearest(name, known)
                .map(other -> "; did you mean '" + other + "'?")
                .orElse("");
        return new GuardException(
                ErrorCode.INVALID_REQUEST,
                "notebook '" + notebook + "' has no parameter '" + name
                        + "': no cell of it mentions that name" + near
                        + (near.isEmpty() ? "; allow" : " Allow") + " unknown parameters to set it all the same");
    }
}
