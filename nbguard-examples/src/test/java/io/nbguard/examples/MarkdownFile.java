package io.nbguard.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of the documentation: its links, its headings' anchors as GitHub makes them, and its inline code. */
record MarkdownFile(Path path, List<String> links, Set<String> anchors, List<String> code) {

    private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");

    static MarkdownFile read(Path path) throws IOException {
        String text = FENCE.matcher(Files.readString(path)).replaceAll("");
        List<String> code = groups(CODE, text).stream()
                .map(span -> span.replaceAll("\\s+", " "))
                .toList();
        List<String> links = groups(LINK, CODE.matcher(text).replaceAll(""));
        return new MarkdownFile(path, links, anchors(text), code);
    }

    private static List<String> groups(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).toList();
    }

    private static Set<String> anchors(String text) {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> used = new HashMap<>();
        Matcher headings = HEADING.matcher(text);
        while (headings.find()) {
            String slug = headings.group(1)
                    .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                    .replace(' ', '-');
            int before = used.merge(slug, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? slug : slug + "-" + before);
        }
        return anchors;
    }
}
