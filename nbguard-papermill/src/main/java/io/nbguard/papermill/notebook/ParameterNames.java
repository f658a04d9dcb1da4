package io.nbguard.papermill.notebook;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nbguard.api.internal.UntrustedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that a notebook with a {@code parameters} cell mentions: all words in its code, for what counts is to find a name
 * that is nowhere there, in whatever language and however it is assigned. A value need not have a default: a cell further
 * down, or a second one of that tag, may be the only one that knows it.
 */
public final class ParameterNames {

    private static final int LONGEST_SOURCE = 256 << 10;
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{Nd}_]*");

    /** Names that are no words of the notebook: those of another file, or made while it runs. */
    private static final Pattern TAKES_NAMES_FROM_ELSEWHERE = Pattern.compile("import\\s+\\*|%run\\b|\\bsource\\("
            + "|\\b(?:globals|locals|vars|eval|exec|mget|parse)\\s*\\(|\\buser_ns\\b|__main__");

    private final JsonParser parser;
    private final Set<String> names = new LinkedHashSet<>();
    private boolean hasCell;
    private boolean unknowable;

    private ParameterNames(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Returns the names.
     *
     * @return empty if there is no such cell, if names come from elsewhere, or if it cannot be read: then nothing is known
     *     of them
     */
    public static Optional<Set<String>> of(Path notebook) {
        try (JsonParser parser =
                NotebookJson.parser(UntrustedFiles.stream(notebook, Long.MAX_VALUE), 2 * LONGEST_SOURCE)) {
            ParameterNames reader = new ParameterNames(parser);
            parser.nextToken();
            NotebookJson.members(parser, reader::notebookMember);
            return reader.hasCell && !reader.unknowable && parser.currentToken() == JsonToken.END_OBJECT
                    ? Optional.of(reader.names)
                    : Optional.empty();
        } catch (IOException e) {
            // A defect of the notebook is reported when it runs.
            return Optional.empty();
        }
    }

    private void take(String source) {
        unknowable |= source.length() > LONGEST_SOURCE
                || TAKES_NAMES_FROM_ELSEWHERE.matcher(source).find();
        if (!unknowable) {
            Matcher name = NAME.matcher(source);
            while (name.find()) {
                names.add(name.group());
            }
        }
    }

    private void notebookMember(String name) throws IOException {
        switch (name) {
            case "cells" -> NotebookJson.elements(parser, this::cell);
            case "worksheets" ->
                NotebookJson.elements(parser, () -> NotebookJson.members(parser, this::notebookMember));
            default -> parser.skipChildren();
        }
    }

    private void cell() throws IOException {
        StringBuilder source = new StringBuilder();
        boolean[] isCode = {false};
        NotebookJson.members(parser, name -> {
            switch (name) {
                case "cell_type" -> isCode[0] = NotebookJson.text(parser).equals("code");
                // Notebooks of format 3 call it input.
                case "source", "input" -> texts(source, "");
                case "metadata" ->
                    NotebookJson.members(parser, member -> {
                        if (member.equals("tags")) {
                            StringBuilder tags = new StringBuilder("\n");
                            texts(tags, "\n");
                            hasCell |= tags.indexOf("\nparameters\n") >= 0;
                        } else {
                            parser.skipChildren();
                        }
                    });
                default -> parser.skipChildren();
            }
        });
        if (isCode[0]) {
            take(source.toString());
        }
    }

    /** Reads a text, or the texts of an array, each with an end after it. */
    private void texts(StringBuilder into, String end) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            into.append(parser.getText()).append(end);
        } else {
            NotebookJson.elements(parser, () -> {
                if (parser.currentToken() == JsonToken.VALUE_STRING) {
                    into.append(parser.getText()).append(end);
                } else {
                    parser.skipChildren();
                }
            });
        }
    }
}
