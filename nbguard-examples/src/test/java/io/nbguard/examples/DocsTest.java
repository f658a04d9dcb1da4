package io.nbguard.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documentation leads to what is there, and names what the sources declare. */
class DocsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** A type, with a member and perhaps what the member is called with: {@code Sampler.tick()}. */
    private static final Pattern TYPE =
            Pattern.compile("([A-Z]\\w*[a-z]\\w*)((?:\\.[A-Z]\\w*[a-z]\\w*)*)(?:\\.(\\w+))?(?:\\(.*\\))?");

    /** A call without a type: {@code takeOver(fire)}; not a page of the manual such as {@code flock(2)}. */
    private static final Pattern CALL = Pattern.compile("([a-z]\\w*)\\((?!\\d\\))[\\w., ]*\\)");

    private static final Set<String> OF_THE_JDK = Set.of("OutOfMemoryError", "ServiceLoader", "ThreadFactory");

    @Test
    void everyRelativeLinkLeadsToAFileAndASectionThatExist() throws IOException {
        List<String> broken = new ArrayList<>();
        for (MarkdownFile page : pages(".", "docs", "docker", "guest", "benchmarks")) {
            for (String link : page.links()) {
                if (!link.matches("[a-z]+:.*") && !leadsSomewhere(page, link)) {
                    broken.add(ROOT.relativize(page.path()) + " links to " + link);
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    private static boolean leadsSomewhere(MarkdownFile page, String link) throws IOException {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? page.path() : page.path().resolveSibling(file);
        if (!Files.exists(target)) {
            return false;
        }
        return hash < 0 || MarkdownFile.read(target).anchors().contains(link.substring(hash + 1));
    }

    @Test
    void everyTypeAndMethodThatThePagesForDevelopersNameIsDeclared() throws IOException {
        DeclaredNames declared = DeclaredNames.below(ROOT);
        List<String> unknown = new ArrayList<>();
        int known = 0;
        List<MarkdownFile> pages = new ArrayList<>(pages("docs/internals", "docs/decisions"));
        pages.add(MarkdownFile.read(ROOT.resolve("docs/architecture.md")));
        for (MarkdownFile page : pages) {
            for (String code : page.code()) {
                if (!isDeclared(code, declared)) {
                    unknown.add(ROOT.relativize(page.path()) + " names " + code);
                } else if (TYPE.matcher(code).matches()) {
                    known++;
                }
            }
        }

        assertThat(unknown).isEmpty();
        assertThat(known).as("types that the pages name").isGreaterThan(100);
    }

    /** Returns whether the sources declare it, or it does not look like Java. */
    private static boolean isDeclared(String code, DeclaredNames declared) {
        Matcher call = CALL.matcher(code);
        if (call.matches()) {
            return declared.hasMethod(call.group(1));
        }
        Matcher type = TYPE.matcher(code);
        if (!type.matches() || OF_THE_JDK.contains(type.group(1))) {
            return true;
        }
        String outer = type.group(1);
        boolean found = declared.hasType(outer);
        for (String nested : type.group(2).isEmpty()
                ? new String[0]
                : type.group(2).substring(1).split("\\.")) {
            found &= declared.hasMember(outer, nested);
            outer = nested;
        }
        return found && (type.group(3) == null || declared.hasMember(outer, type.group(3)));
    }

    private static List<MarkdownFile> pages(String... folders) throws IOException {
        List<MarkdownFile> pages = new ArrayList<>();
        for (String folder : folders) {
            int depth = folder.equals("docs") ? Integer.MAX_VALUE : 1;
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder).normalize(), depth)) {
                for (Path file : files.filter(found -> found.toString().endsWith(".md"))
                        .sorted()
                        .toList()) {
                    pages.add(MarkdownFile.read(file));
                }
            }
        }
        return pages;
    }
}
