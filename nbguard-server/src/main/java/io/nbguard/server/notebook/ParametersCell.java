package io.nbguard.server.notebook;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.nbguard.server.http.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of a notebook: the assignments {@code name: type = literal  # help} in the first cell tagged
 * {@code parameters}, in their order; of several to one name the last. Papermill's form {@code # type: int help} is known
 * too.
 */
public final class ParametersCell {

    private static final int LONGEST = 256 << 10;
    private static final int MOST = 1_000;
    private static final int LONGEST_HEAD = 500;
    private static final Pattern ASSIGNMENT =
            Pattern.compile("([\\p{L}_][\\p{L}\\p{Nd}_]*)[ \\t]*(?::[ \\t]*([^=\\n#]+?))?[ \\t]*=(?!=)[ \\t]*");
    private static final Pattern TYPE_COMMENT = Pattern.compile("type:\\s*([\\w.\\[\\], ]*?[\\w\\]])(?:\\s+(.*))?");
    private static final Map<String, String> TYPES = Map.of(
            "str", "string", "int", "int", "float", "float", "bool", "bool", "list", "list", "tuple", "list", "dict",
            "map", "None", "null");

    private final String source;
    private final Map<String, NotebookParameter> found = new LinkedHashMap<>();

    private ParametersCell(String source) {
        this.source = source;
    }

    /**
     * Returns the parameters of a notebook.
     *
     * @param notebook read as far as its parameters; not closed
     * @throws Refusal (400) if the file is no notebook
     */
    public static List<NotebookParameter> of(InputStream notebook) {
        List<NotebookParameter> parameters = new ArrayList<>();
        try {
            CellReader.read(notebook, new CellReader.Visitor() {
                @Override
                public boolean wantsOutputs() {
                    return false;
                }

                @Override
                public boolean cell(NotebookCell cell) {
                    if (!cell.type().equals("code") || !cell.tags().contains("parameters")) {
                        return true;
                    }
                    parameters.addAll(parse(cell.source()));
                    return false;
                }
            });
        } catch (IOException e) {
            throw Refusal.badRequest("the notebook cannot be read: " + reason(e));
        }
        return parameters;
    }

    private static String reason(IOException e) {
        return e instanceof JsonProcessingException known ? known.getOriginalMessage() : String.valueOf(e.getMessage());
    }

    static List<NotebookParameter> parse(String source) {
        String text = source.replace("\r\n", "\n");
        ParametersCell cell = new ParametersCell(text.length() > LONGEST ? text.substring(0, LONGEST) : text);
        cell.statements();
        return List.copyOf(cell.found.values());
    }

    private void statements() {
        int at = 0;
        while (at < source.length() && found.size() < MOST) {
            Matcher assignment = ASSIGNMENT.matcher(source).region(at, Math.min(source.length(), at + LONGEST_HEAD));
            // Only at the very beginning of a line: what is indented is not always executed.
            at = assignment.lookingAt() ? assignment(assignment) : PythonLines.endOfStatement(source, at);
        }
    }

    private int assignment(Matcher assignment) {
        Object value = null;
        boolean literal = false;
        int end = assignment.end();
        try {
            PythonLiteral.Read read = PythonLiteral.read(source, end);
            int after = PythonLines.skipBlanks(source, read.end());
            if (after == source.length() || "\n#;".indexOf(source.charAt(after)) >= 0) {
                literal = true;
                value = read.value();
                end = after;
            }
        } catch (NotALiteral e) {
            // Reported as unknown.
        }
        int next = PythonLines.endOfStatement(source, end);
        String comment = PythonLines.comment(source, end, next);
        add(assignment.group(1), Optional.ofNullable(assignment.group(2)), value, literal, comment);
        return next;
    }

    private void add(
            String name, Optional<String> annotation, @Nullable Object value, boolean literal, String comment) {
        Matcher typed = TYPE_COMMENT.matcher(comment);
        boolean commented = annotation.isEmpty() && typed.matches();
        Optional<String> declared = commented ? Optional.of(typed.group(1)) : annotation;
        String help = commented ? Optional.ofNullable(typed.group(2)).orElse("") : comment;
        String type = declared.map(ParametersCell::declaredType)
                .filter(known -> !known.equals("unknown"))
                .orElseGet(() -> literal ? typeOf(value) : "unknown");
        found.remove(name);
        found.put(
                name,
                new NotebookParameter(
                        name, type, value, Optional.of(help.strip()).filter(text -> !text.isEmpty())));
    }

    private static String declaredType(String annotation) {
        String text = annotation.strip().replace("typing.", "");
        if (text.startsWith("Optional[") && text.endsWith("]")) {
            return declaredType(text.substring("Optional[".length(), text.length() - 1));
        }
        String plain = text.replaceFirst("\\s*\\|\\s*None$", "").replaceFirst("\\[.*", "");
        return TYPES.getOrDefault(TYPES.containsKey(plain) ? plain : plain.toLowerCase(Locale.ROOT), "unknown");
    }

    private static String typeOf(@Nullable Object value) {
        if (value == null) {
            return "null";
        } else if (value instanceof String) {
            return "string";
        } else if (value instanceof Boolean) {
            return "bool";
        } else if (value instanceof Long || value instanceof BigInteger) {
            return "int";
        } else if (value instanceof Double) {
            return "float";
        } else if (value instanceof List<?>) {
            return "list";
        }
        return "map";
    }
}
