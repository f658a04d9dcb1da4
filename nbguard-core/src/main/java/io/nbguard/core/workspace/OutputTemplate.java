package io.nbguard.core.workspace;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How executed notebooks are called (spec A5): text with {@code {name}}, {@code {timestamp}}, {@code {date}}, {@code {id}} and
 * {@code {owner}}, with {@code /} between folders. Dates and times are UTC.
 */
public final class OutputTemplate {

    private static final String DEFAULT_TEXT = "{name}_exec_{timestamp}_{id}.ipynb";

    /** Gives {@code report_exec_20260113T020000Z_k3x9m2pq.ipynb}. */
    public static final OutputTemplate DEFAULT = parse(DEFAULT_TEXT);

    /** The end that every executed notebook's name has, but for what is no notebook (see {@link OutputKeeper}). */
    static final String EXTENSION = ".ipynb";

    private static final int LONGEST_FILE_NAME_BYTES = 255;
    // Room for the suffix of a second notebook of the same name.
    private static final int SUFFIX_BYTES = 8;

    private final String text;
    private final List<Part> parts;

    private OutputTemplate(String text, List<Part> parts) {
        this.text = text;
        this.parts = parts;
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException if it has an unknown placeholder, does not end in {@code .ipynb}, is absolute or
     *     could leave the outputs folder
     */
    public static OutputTemplate parse(String text) {
        if (!text.endsWith(EXTENSION) || text.length() == EXTENSION.length()) {
            throw refusal(text, "it must end in " + EXTENSION);
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw refusal(text, "it has a control character");
        }
        for (String folder : text.split("/", -1)) {
            if (folder.isEmpty() || folder.equals(".") || folder.equals("..") || folder.equals(EXTENSION)) {
                throw refusal(text, "it must be a relative path without empty, '.' or '..' parts");
            }
        }
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('{', at);
            String literal = text.substring(at, open < 0 ? text.length() : open);
            if (literal.indexOf('}') >= 0) {
                throw refusal(text, "it has a '}' without a '{'");
            }
            parts.add(new Literal(literal));
            if (open < 0) {
                break;
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw refusal(text, "it has a '{' without a '}'");
            }
            parts.add(placeholder(text, text.substring(open + 1, close)));
            at = close + 1;
        }
        return new OutputTemplate(text, List.copyOf(parts));
    }

    private static Placeholder placeholder(String text, String name) {
        for (Placeholder placeholder : Placeholder.values()) {
            if (placeholder.word.equals(name)) {
                return placeholder;
            }
        }
        throw refusal(text, "there is no placeholder {" + name + "}");
    }

    private static IllegalArgumentException refusal(String text, String why) {
        return new IllegalArgumentException("the output template '" + text + "' cannot be used: " + why
                + "; placeholders are {name}, {timestamp}, {date}, {id} and {owner}, as in " + DEFAULT_TEXT);
    }

    /** Returns the file that the executed notebook becomes: the one that its request names, else one in {@code outputs}. */
    public Path fileOf(ExecutionId id, ExecutionRequest request, Instant startedAt, Path outputs) {
        return request.output()
                .orElseGet(
                        () -> outputs.resolve(render(request.notebook(), id.shortForm(), request.owner(), startedAt)));
    }

    /**
     * Returns the name for one execution, relative to the outputs folder.
     *
     * @param notebook the notebook's path as in the request; its file name without extension is {@code {name}}
     */
    public String render(String notebook, String shortId, Optional<String> owner, Instant startedAt) {
        String file = notebook.substring(notebook.lastIndexOf('/') + 1);
        int dot = file.lastIndexOf('.');
        String name = dot <= 0 ? file : file.substring(0, dot);
        Values values = new Values(name, shortId, owner.orElse("nobody"), startedAt);
        String rendered = render(values);
        int excess = longestPart(rendered) + SUFFIX_BYTES - LONGEST_FILE_NAME_BYTES;
        return excess <= 0 ? rendered : render(values.withName(shortened(name, excess)));
    }

    private String render(Values values) {
        return parts.stream().map(part -> part.render(values)).collect(Collectors.joining());
    }

    private static int longestPart(String path) {
        int longest = 0;
        for (String part : path.split("/")) {
            longest = Math.max(longest, part.getBytes(StandardCharsets.UTF_8).length);
        }
        return longest;
    }

    private static String shortened(String name, int byBytes) {
        int end = name.length();
        int room = Math.max(1, name.getBytes(StandardCharsets.UTF_8).length - byBytes);
        while (end > 0 && name.substring(0, end).getBytes(StandardCharsets.UTF_8).length > room) {
            end = name.offsetByCodePoints(end, -1);
        }
        return name.substring(0, end);
    }

    /** Returns the template as it was given. */
    @Override
    public String toString() {
        return text;
    }

    /** What the placeholders stand for in one execution. */
    private record Values(String name, String id, String owner, Instant startedAt) {
        Values withName(String other) {
            return new Values(other, id, owner, startedAt);
        }
    }

    private sealed interface Part {
        String render(Values values);
    }

    private record Literal(String text) implements Part {
        @Override
        public String render(Values values) {
            return text;
        }
    }

    private enum Placeholder implements Part {
        NAME("name") {
            @Override
            public String render(Values values) {
                return values.name();
            }
        },
        TIMESTAMP("timestamp") {
            @Override
            public String render(Values values) {
                return TIMESTAMP_FORM.format(values.startedAt());
            }
        },
        DATE("date") {
            @Override
            public String render(Values values) {
                return DATE_FORM.format(values.startedAt());
            }
        },
        ID("id") {
            @Override
            public String render(Values values) {
                return values.id();
            }
        },
        OWNER("owner") {
            @Override
            public String render(Values values) {
                // An owner is unchecked text: it must name neither a folder nor a hidden file.
                return values.owner().replaceAll("[^\\p{L}\\p{Nd}_-]", "_");
            }
        };

        private static final DateTimeFormatter TIMESTAMP_FORM =
                DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
        private static final DateTimeFormatter DATE_FORM =
                DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);

        private final String word;

        Placeholder(String word) {
            this.word = word;
        }
    }
}
