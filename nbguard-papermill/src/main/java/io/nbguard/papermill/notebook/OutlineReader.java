package io.nbguard.papermill.notebook;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.internal.UntrustedFiles;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads a {@link Outline}. */
public final class OutlineReader {

    private final JsonParser parser;
    private int cells;
    private int codeCells;
    private @Nullable String kernel;
    private @Nullable String language;
    private OptionalInt parametersCell = OptionalInt.empty();
    private OptionalInt injectedCell = OptionalInt.empty();
    private boolean hasCells;
    private boolean hasFormat;

    private OutlineReader(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Reads it; see {@link Outline#read}.
     *
     * @throws GuardException if it is no notebook, or cannot be read
     */
    public static Outline read(Path notebook) {
        try (JsonParser parser = NotebookJson.parser(UntrustedFiles.stream(notebook, Long.MAX_VALUE))) {
            return new OutlineReader(parser).read(notebook.toString());
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw invalid(notebook.toString(), "is broken JSON" + where + ": " + withoutPlaces(e), e);
        } catch (CharacterCodingException e) {
            throw invalid(
                    notebook.toString(),
                    "is not UTF-8, nor begins with the byte order mark of another Unicode encoding",
                    e);
        } catch (NoSuchFileException e) {
            throw new GuardException(ErrorCode.NOT_FOUND, "there is no notebook " + notebook, e);
        } catch (IOException e) {
            throw new GuardException(ErrorCode.ENVIRONMENT, "notebook " + notebook + " cannot be read: " + e, e);
        }
    }

    private static String withoutPlaces(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        int place = message.indexOf(" (start marker at ");
        return place < 0 ? message : message.substring(0, place);
    }

    private Outline read(String name) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw invalid(name, "is empty", null);
        }
        if (first != JsonToken.START_OBJECT) {
            throw invalid(name, "is not a notebook: expected a JSON object, found " + first.asString(), null);
        }
        NotebookJson.members(parser, this::notebookMember);
        if (parser.nextToken() != null) {
            throw invalid(name, "is not a notebook: something follows its end", null);
        }
        if (!hasCells || !hasFormat) {
            throw invalid(
                    name,
                    "is not a notebook: expected the members 'cells' and 'nbformat', as Jupyter writes them",
                    null);
        }
        return new Outline(
                cells,
                codeCells,
                Optional.ofNullable(kernel),
                Optional.ofNullable(language),
                parametersCell,
                injectedCell);
    }

    private void notebookMember(String name) throws IOException {
        switch (name) {
            case "cells" -> {
                hasCells = true;
                NotebookJson.elements(parser, this::cell);
            }
            // Notebooks of format 3: papermill upgrades them, with the cells in the same order.
            case "worksheets" ->
                NotebookJson.elements(parser, () -> NotebookJson.members(parser, this::notebookMember));
            case "metadata" -> NotebookJson.members(parser, this::metadataMember);
            case "nbformat" -> {
                hasFormat = true;
                parser.skipChildren();
            }
            default -> parser.skipChildren();
        }
    }

    private void metadataMember(String name) throws IOException {
        switch (name) {
            case "kernelspec" ->
                NotebookJson.members(parser, member -> {
                    switch (member) {
                        case "name" -> kernel = present(NotebookJson.text(parser), kernel);
                        case "language" -> language = present(NotebookJson.text(parser), language);
                        default -> parser.skipChildren();
                    }
                });
            case "language_info" ->
                NotebookJson.members(parser, member -> {
                    if (member.equals("name")) {
                        language = present(NotebookJson.text(parser), language);
                    } else {
                        parser.skipChildren();
                    }
                });
            default -> parser.skipChildren();
        }
    }

    private static @Nullable String present(String text, @Nullable String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    private void cell() throws IOException {
        int index = cells++;
        NotebookJson.members(parser, name -> {
            switch (name) {
                case "cell_type" -> {
                    if (NotebookJson.text(parser).equals("code")) {
                        codeCells++;
                    }
                }
                case "metadata" ->
                    NotebookJson.members(parser, member -> {
                        if (member.equals("tags")) {
                            NotebookJson.texts(parser, tag -> tag(index, tag));
                        } else {
                            parser.skipChildren();
                        }
                    });
                default -> parser.skipChildren();
            }
        });
    }

    private void tag(int index, String tag) {
        if (tag.equals("parameters") && parametersCell.isEmpty()) {
            parametersCell = OptionalInt.of(index);
        }
        if (tag.equals("injected-parameters") && injectedCell.isEmpty()) {
            injectedCell = OptionalInt.of(index);
        }
    }

    private static GuardException invalid(String name, String what, @Nullable Throwable cause) {
        return new GuardException(ErrorCode.INVALID_REQUEST, "notebook " + name + " " + what, cause);
    }
}
