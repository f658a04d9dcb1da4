package io.nbguard.papermill.notebook;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nbguard.api.internal.UntrustedFiles;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that a notebook's {@code parameters} cell mentions: all words in it, for what counts is to find a name that is
 * nowhere there, in whatever language and however it is assigned. Papermill itself only warns of such a name.
 */
public final class ParameterNames {

    /** The cell stands near the beginning; a notebook with much output before it is not read to its end. */
    private static final long MOST_READ = 16 << 20;

    private static final int LONGEST_SOURCE = 256 << 10;
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{Nd}_]*");
    private static final Pattern TAKES_NAMES_FROM_ELSEWHERE = Pattern.compile("import\\s+\\*|%run\\b|\\bsource\\(");

    private final JsonParser parser;

    private ParameterNames(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Returns the names.
     *
     * @return empty if there is no such cell, if it takes names from elsewhere, or if it cannot be read: then nothing is
     *     known of them
     */
    public static Optional<Set<String>> of(Path notebook) {
        try (JsonParser parser =
                NotebookJson.parser(new Bounded(UntrustedFiles.stream(notebook, Long.MAX_VALUE)), 2 * LONGEST_SOURCE)) {
            parser.nextToken();
            NotebookJson.members(parser, new ParameterNames(parser)::notebookMember);
            return Optional.empty();
        } catch (Found cell) {
            return names(cell.source);
        } catch (IOException e) {
            // What is wrong with the notebook is told by those who run it.
            return Optional.empty();
        }
    }

    private static Optional<Set<String>> names(String source) {
        if (source.length() > LONGEST_SOURCE
                || TAKES_NAMES_FROM_ELSEWHERE.matcher(source).find()) {
            return Optional.empty();
        }
        Set<String> names = new LinkedHashSet<>();
        Matcher name = NAME.matcher(source);
        while (name.find()) {
            names.add(name.group());
        }
        return Optional.of(names);
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
        boolean[] isOne = {false};
        NotebookJson.members(parser, name -> {
            switch (name) {
                // Notebooks of format 3 call it input.
                case "source", "input" -> texts(source, "");
                case "metadata" ->
                    NotebookJson.members(parser, member -> {
                        if (member.equals("tags")) {
                            StringBuilder tags = new StringBuilder("\n");
                            texts(tags, "\n");
                            isOne[0] |= tags.indexOf("\nparameters\n") >= 0;
                        } else {
                            parser.skipChildren();
                        }
                    });
                default -> parser.skipChildren();
            }
        });
        if (isOne[0]) {
            throw new Found(source.toString());
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

    /** Ends the reading: papermill takes the first cell of that tag, and what follows is of no interest. */
    private static final class Found extends IOException {

        private static final long serialVersionUID = 1;
        private final String source;

        Found(String source) {
            super("found");
            this.source = source;
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    /** Ends early. */
    private static final class Bounded extends FilterInputStream {

        private long left = MOST_READ;

        Bounded(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            return left-- <= 0 ? -1 : super.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int read = super.read(into, offset, (int) Math.min(left, length));
            left -= Math.max(0, read);
            return read;
        }
    }
}
