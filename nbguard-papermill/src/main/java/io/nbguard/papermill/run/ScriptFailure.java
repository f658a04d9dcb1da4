package io.nbguard.papermill.run;

import java.util.Map;
import java.util.Optional;

/**
 * The exception that ended papermill, as our script reported it.
 *
 * @param type its class, such as {@code NoSuchKernel}
 * @param message its text
 * @param module the module that could not be imported, for a ModuleNotFoundError
 * @param kernels the kernels that are installed, for a NoSuchKernel; {@code python3, ir}
 * @param errno the system's number of the error, for an OSError
 */
record ScriptFailure(
        String type, String message, Optional<String> module, Optional<String> kernels, Optional<String> errno) {

    /** The executed notebook could not be written. */
    private static final String NOT_WRITTEN = "NotWritten";

    private static final String ENOSPC = "28";
    private static final String EDQUOT = "122";

    /** Makes it of a message's members. */
    static ScriptFailure of(Map<String, String> facts) {
        return new ScriptFailure(
                facts.getOrDefault("type", "Exception"),
                facts.getOrDefault("message", ""),
                Optional.ofNullable(facts.get("module")),
                Optional.ofNullable(facts.get("kernels")),
                Optional.ofNullable(facts.get("errno")));
    }

    /** Returns what it says, with its type unless that says nothing. */
    String describe() {
        String own = message.isBlank() ? type : type + ": " + message;
        String what = type.equals(NOT_WRITTEN) ? "the executed notebook could not be written: " + message : own;
        return switch (errno.orElse("")) {
            case ENOSPC -> "the disk is full: " + what;
            case EDQUOT -> "the disk quota is used up: " + what;
            default -> what;
        };
    }

    /** Returns whether papermill itself is well, and only its output could not be written. */
    boolean isNotWritten() {
        return type.equals(NOT_WRITTEN);
    }
}
