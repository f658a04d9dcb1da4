package io.nbguard.core.admission;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRequest;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at the paths in a request before it is accepted, so that its sender learns of a mistake at once. */
final class RequestPaths {

    private RequestPaths() {}

    /**
     * Checks them.
     *
     * @throws GuardException (INVALID_REQUEST) if one cannot be meant
     */
    static void check(ExecutionRequest request) {
        request.workingDirectory().filter(folder -> !Files.isDirectory(folder)).ifPresent(folder -> {
            throw refusal("working directory", folder, "it is not a folder");
        });
        request.python().filter(python -> !Files.exists(python)).ifPresent(python -> {
            throw refusal("Python", python, "there is nothing there");
        });
        request.output().filter(Files::isDirectory).ifPresent(output -> {
            throw refusal("output", output, "it is a folder: name the file in it");
        });
        request.output().ifPresent(RequestPaths::checkPlace);
    }

    /** Folders that are missing are made later; those that are there must let that happen. */
    private static void checkPlace(Path output) {
        Path place = output.toAbsolutePath().getParent();
        while (place != null && !Files.exists(place)) {
            place = place.getParent();
        }
        if (place == null || !Files.isDirectory(place)) {
            throw refusal("output", output, place + " is not a folder");
        }
        if (!Files.isWritable(place)) {
            throw refusal("output", output, "this user may not write to " + place);
        }
    }

    private static GuardException refusal(String what, Path path, String why) {
        return new GuardException(ErrorCode.INVALID_REQUEST, "the " + what + " '" + path + "' cannot be used: " + why);
    }
}
